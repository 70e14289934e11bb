"""What a world is made of. A native world is a page of these declarations; the kernel only ever sees their tables.

Levels, costs and gains are in the level's own unit, a share of full in [0, 1]; times are in steps; distances are in
cells and count diagonals as one (Chebyshev).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dualbrain.errors import UserError, unknown
from dualbrain.senses import Sense

Changes = Mapping[str, float]
Colour = tuple[int, int, int]

WALL = "wall"
LONGEST = 2**16 - 2
"""Greatest length of an episode: what the visits to one cell are counted in is 16 bits wide."""


@dataclass(frozen=True)
class Level:
    """A level of the body in [0, 1], exported as the sense of the same name."""

    name: str
    start: tuple[float, float] = (0.8, 1.0)
    """Least and greatest level at birth."""
    drain: float = 0.0
    """Lost at every step."""
    moving: float = 0.0
    """Added at a step on which the agent moved."""
    resting: float = 0.0
    """Added at a step on which the agent stayed and did not consume."""
    lethal: bool = False
    """Whether the agent dies when nothing is left."""
    colour: Colour = (200, 200, 200)
    meaning: str = ""


@dataclass(frozen=True)
class Toll:
    """What a level costs the body at each step at which it lies within ``[low, high]``."""

    level: str
    low: float
    high: float
    changes: Changes


@dataclass(frozen=True)
class Thing:
    """A kind of thing that stays on its cell. It can be consumed if that changes a level or has a taste."""

    name: str
    count: int
    sprite: str
    """Name of the drawing in `envs.sprites`."""
    consumed: Changes = field(default_factory=dict)
    """What consuming it adds to each level, a step later."""
    tastes: Changes = field(default_factory=dict)
    """What consuming it makes of the world's event senses at that step."""
    entered: Changes = field(default_factory=dict)
    """What walking onto it adds to each level."""
    pain: float = 0.0
    """Damage felt on walking onto it, in [0, 1]."""
    lasts: bool = False
    """Whether it remains when consumed; otherwise it is gone until it regrows."""
    regrow: tuple[int, int] = (40, 80)
    """Least and greatest time until it is back."""
    wanders: bool = False
    """Whether it grows back on a random free cell instead of its own."""

    @property
    def edible(self) -> bool:
        """Whether consuming it does anything."""
        return bool(self.consumed or self.tastes)


@dataclass(frozen=True)
class Creature:
    """A kind of creature: it wanders, hunts what it notices, bites or gives up, and then keeps away for a while."""

    name: str
    count: int
    sprite: str
    notice: int = 4
    """Distance within which it hunts."""
    speed: float = 0.6
    """Chance to move per step, hunting or keeping away; below 1 the agent can outrun it."""
    wander: float = 0.3
    """Chance to move per step, in a random direction, otherwise."""
    bite: Changes = field(default_factory=dict)
    """What a bite adds to each level."""
    pain: float = 0.5
    """Damage felt at a bite, in [0, 1]."""
    patience: int = 8
    """Time for which it hunts before it gives up."""
    cooldown: int = 20
    """Time it keeps away after a bite, or after giving up."""
    clearance: int = 5
    """Least distance from the agent at birth."""


@dataclass(frozen=True)
class Vocabulary:
    """Words that are heard now and then. A word that names a thing or a creature of the world announces it."""

    words: tuple[str, ...]
    chance: float = 0.25
    """Chance per step that a word is heard."""
    honesty: float = 0.7
    """Chance that it truly announces something in earshot, if anything is; otherwise it is any word: idle talk."""
    earshot: int = 6


@dataclass(frozen=True)
class World:
    """A native gridworld: a square of ``size`` cells, walled in, seen through a window centred on the agent."""

    name: str
    levels: tuple[Level, ...]
    things: tuple[Thing, ...] = ()
    creatures: tuple[Creature, ...] = ()
    tolls: tuple[Toll, ...] = ()
    events: tuple[Sense, ...] = ()
    """Senses that are 0 except at a step at which something consumed has such a taste."""
    vocabulary: Vocabulary = Vocabulary(())
    size: int = 16
    walls: int = 0
    """Number of walls that stand inside the square."""
    view: int = 7
    """Side of the window seen, odd."""
    max_episode_steps: int = 2000
    """Length at which an episode is truncated."""
    theme: str = "meadow"
    """Name of the ground's look in `envs.sprites`."""
    score: float = 1.0
    """The world's own reward for each step survived."""

    def __post_init__(self) -> None:
        self._check_names()
        counts = [thing.count for thing in self.things] + [creature.count for creature in self.creatures]
        placed = self.walls + sum(counts)
        for problem, found in (
            (f"view must be odd and positive, not {self.view}", self.view % 2 == 0 or self.view < 1),
            (
                f"max_episode_steps must lie in 1 to {LONGEST}, not {self.max_episode_steps}",
                not 1 <= self.max_episode_steps <= LONGEST,
            ),
            (f"no room for {placed} things in {self.size} x {self.size} cells", 2 * placed > self.size**2),
            ("a count is negative", min(counts, default=0) < 0),
        ):
            if found:
                raise UserError(f"world '{self.name}': {problem}")

    @property
    def planes(self) -> tuple[str, ...]:
        """Names of the planes of the view: walls, things, creatures."""
        return (WALL, *(thing.name for thing in self.things), *(creature.name for creature in self.creatures))

    def _check_names(self) -> None:
        levels, events = [level.name for level in self.levels], [sense.name for sense in self.events]
        for where, changes in self._changes():
            self._check("body level", changes, levels, where)
        for thing in self.things:
            self._check("event sense", thing.tastes, events, thing.name)
        self._check("body level", (toll.level for toll in self.tolls), levels, "toll")

    def _changes(self) -> Iterable[tuple[str, Changes]]:
        for thing in self.things:
            yield thing.name, {**thing.consumed, **thing.entered}
        for creature in self.creatures:
            yield creature.name, creature.bite
        for toll in self.tolls:
            yield f"toll on {toll.level}", toll.changes

    def _check(self, what: str, names: Iterable[str], valid: list[str], where: str) -> None:
        for name in names:
            if name not in valid:
                raise unknown(what, name, valid, f" (in {where} of world {self.name})")

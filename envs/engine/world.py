"""A native world: its parts put together, and checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import compress
from typing import get_args

from dualbrain.errors import UserError, unknown
from dualbrain.steering.sense import Sense
from envs.engine.actions import ACTION_NAMES
from envs.engine.declarations import Act, Creature, Item, Level, LevelEffect, Manner, Person, Thing, Vocabulary
from envs.engine.validation import named_twice, problems_of

WALL = "wall"
EXPRESSIONS = ("smile", "frown", "hurt", "gaze")
"""Planes of what is read off familiar faces."""
OTHER = "other"
"""Plane of the other agents."""
AGENT_NAME = "agent"
"""What agents are called where parts refer to others by name."""
WALLED, FLOOR, START, MARKED = PLAN_SIGNS = "# @?"
"""Cells of a plan: wall; floor; one on which an agent can begin, anywhere if there are none; one on which a thing lies,
the first things that are declared in an order drawn for each episode."""
LONGEST = 2**16 - 2
"""Greatest length of an episode: what the visits to one cell are counted in is 16 bits wide."""
MOST_KINDS = 120
"""Greatest number of kinds of things and items: they are counted in 8 bits."""


@dataclass(frozen=True)
class World:
    """A native gridworld: a square of ``size`` cells, walled in, seen through a window centred on the agent."""

    name: str
    levels: tuple[Level, ...]
    things: tuple[Thing, ...] = ()
    creatures: tuple[Creature, ...] = ()
    people: tuple[Person, ...] = ()
    items: tuple[Item, ...] = ()
    acts: tuple[Act, ...] = ()
    level_effects: tuple[LevelEffect, ...] = ()
    events: tuple[Sense, ...] = ()
    """Senses that are 0 except at a step at which something has such a taste, or an act such an event."""
    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary(()))
    agents: int = 1
    """Agents that live in it together."""
    size: int = 16
    walls: int = 0
    """Number of walls that stand inside the square."""
    plan: tuple[str, ...] = ()
    """The square as it always is, ``size`` rows of as many signs, of `PLAN_SIGNS`; all of it is floor where empty."""
    view: int = 7
    """Side of the window seen, odd."""
    max_episode_steps: int = 2000
    """Length at which an episode is truncated."""
    theme: str = "meadow"
    """Name of the ground's look in `envs.sprites`."""
    score: float = 1.0
    """The world's own reward for each step survived, times the share of levels at ease if any has a ``comfort``."""

    def __post_init__(self) -> None:
        for problem, found in self._problems():
            if found:
                raise UserError(f"world '{self.name}': {problem}")
        for where, what, names, valid in self._references():
            for name in names:
                if name not in valid:
                    raise unknown(what, name, valid, f" (in {where} of world {self.name})")

    @property
    def social(self) -> bool:
        """Whether anybody else is there: people, or other agents."""
        return bool(self.people) or self.agents > 1

    @property
    def action_names(self) -> tuple[str, ...]:
        """Names of the actions, by number."""
        return (*ACTION_NAMES, *(act.name for act in self.acts))

    @property
    def thing_planes(self) -> tuple[str, ...]:
        """Planes of the view in which walls and things are seen."""
        return tuple(dict.fromkeys((WALL, *(plane for thing in self.things for plane in thing.planes))))

    @property
    def being_planes(self) -> tuple[str, ...]:
        """Planes of the view in which creatures, people and other agents are seen; they come after those of things."""
        beings = (
            *(creature.name for creature in self.creatures),
            *(p for person in self.people for p in person.planes),
        )
        return tuple(dict.fromkeys((*beings, *self.expressions, *((OTHER,) if self.agents > 1 else ()))))

    @property
    def expressions(self) -> tuple[str, ...]:
        """Which of `EXPRESSIONS` can show on faces here, given what pleases and hurts people and what they watch."""
        liked = [liking for person in self.people for liking in person.likes.values()]
        moves, mishaps = [*liked, *(act.mood for act in self.acts)], any(person.mishap for person in self.people)
        possible = (
            any(person.meal for person in self.people) or max(moves, default=0.0) > 0.0,
            mishaps or min(moves, default=0.0) < 0.0,
            mishaps or any(act.hurts for act in self.acts),
            any(person.watches for person in self.people),
        )
        return tuple(compress(EXPRESSIONS, possible)) if self.people else ()

    @property
    def planes(self) -> tuple[str, ...]:
        """Names of the planes of the view."""
        return (*self.thing_planes, *self.being_planes)

    def _problems(self) -> Iterator[tuple[str, bool]]:
        """Yield what could be wrong, and whether it is."""
        kinds: tuple[Thing | Creature | Person, ...] = (*self.things, *self.creatures, *self.people)
        counts = [kind.count for kind in kinds]
        placed = self.walls + sum(counts)
        yield f"view must be odd and positive, not {self.view}", self.view % 2 == 0 or self.view < 1
        steps = self.max_episode_steps
        yield f"max_episode_steps must lie in 1 to {LONGEST}, not {steps}", not 1 <= steps <= LONGEST
        floor = self.size**2 - self.plan_count(WALLED)
        yield f"no room for {placed} things in {self.size} x {self.size} cells", 2 * placed > floor
        together = f"{placed} things and {self.agents} agents in {self.size} x {self.size} cells"
        yield f"no room for {together}", placed + self.agents > floor
        yield f"walls must be at least 0, not {self.walls}", self.walls < 0
        yield f"agents must be at least 1, not {self.agents}", self.agents < 1
        yield f"more than {MOST_KINDS} kinds of things and items", len(self.things) + len(self.items) > MOST_KINDS
        for what, names in self._namesakes():
            yield named_twice(what, names)
        heard, sight = self.vocabulary, self.view // 2
        deaf = heard.unseen_only and heard.earshot <= sight
        yield f"earshot must exceed {sight}, how far the eye reaches, as words are of what it does not see", deaf
        yield "yoked words need idle talk, or those that name nothing are never heard", heard.yoked and not heard.idle
        for person in self.people:
            yield f"{person.name} works, but has no recipe", person.manner == "work" and not person.recipe
            yield (
                f"the manner of {person.name} is to watch, but it names nothing to watch",
                (person.manner == "watch" and not person.watches),
            )
        for part in (*self.levels, *kinds, *self.items, *self.acts, self.vocabulary):
            yield from problems_of(part)
        yield from self._problems_of_plan()

    def plan_count(self, sign: str) -> int:
        """Return how many cells of the plan have a sign."""
        return "".join(self.plan).count(sign)

    def _problems_of_plan(self) -> Iterator[tuple[str, bool]]:
        square = {(len(self.plan), len(row)) for row in self.plan} <= {(self.size, self.size)}
        yield f"the plan must be {self.size} rows of {self.size} signs", not square
        unknown_signs = set("".join(self.plan)) - set(PLAN_SIGNS)
        yield f"signs of the plan are {[*PLAN_SIGNS]}, not {sorted(unknown_signs)}", bool(unknown_signs)
        starts, marked = self.plan_count(START), self.plan_count(MARKED)
        yield f"{self.agents} agents, but {starts} cells of the plan to begin on", 0 < starts < self.agents
        things = sum(thing.count for thing in self.things)
        yield f"{marked} marked cells of the plan, but {things} things", marked > things
        for thing in self.things:
            needed = len(thing.cues) not in (0, marked)
            yield f"{thing.name} has {len(thing.cues)} cues for {marked} marked cells of the plan", needed
        yield "more than one kind of thing has cues", sum(bool(thing.cues) for thing in self.things) > 1

    def _namesakes(self) -> Iterator[tuple[str, list[str]]]:
        """Yield what must not have the same name, and the names."""
        yield "things", [thing.name for thing in self.things]
        yield "creatures", [creature.name for creature in self.creatures]
        yield "people", [person.name for person in self.people]
        yield "items", [item.name for item in self.items]
        yield "senses", [*(level.name for level in self.levels), *(sense.name for sense in self.events)]
        yield "actions", [*self.action_names]
        yield "words", [*self.vocabulary.words]
        yield "planes, of things and of beings,", [*self.planes]

    def _references(self) -> Iterator[tuple[str, str, Iterable[str], list[str]]]:
        """Yield where a part refers to others by name: where, what is named, the names, and the valid ones."""
        levels, events = [level.name for level in self.levels], [sense.name for sense in self.events]
        things, items = [thing.name for thing in self.things], [item.name for item in self.items]
        people, words = [person.name for person in self.people], list(self.vocabulary.words)
        for effect in self.level_effects:
            yield f"effect on {effect.level}", "body level", {effect.level, *effect.changes}, levels
        for thing in self.things:
            yield thing.name, "body level", {**thing.consumed, **thing.entered, **thing.around}, levels
            yield thing.name, "event sense", thing.tastes, events
            yield thing.name, "word", [*thing.cues, *filter(None, [thing.tone])], words
            yield (
                thing.name,
                "item",
                filter(None, (thing.gives, thing.spoils, *thing.turns, *thing.turns.values())),
                items,
            )
        for item in self.items:
            yield item.name, "body level", item.consumed, levels
            yield item.name, "event sense", item.tastes, events
        for creature in self.creatures:
            yield creature.name, "body level", creature.bite, levels
        for person in self.people:
            yield person.name, "thing", person.recipe, things
            yield person.name, "word", [*person.likes, *filter(None, [person.cry])], words
            yield person.name, "manner", [person.manner], [*get_args(Manner)]
            yield person.name, "thing or person", filter(None, [person.watches]), [AGENT_NAME, *people, *things]
        for act in self.acts:
            yield act.name, "body level", {**act.cost, **act.gain, **act.gives}, levels
            yield act.name, "event sense", {**act.events, **act.felt}, events
            yield act.name, "word", filter(None, [act.says]), words
            yield act.name, "being", act.on, [AGENT_NAME, *people, *(creature.name for creature in self.creatures)]
            yield act.name, "thing", {*act.reveals, *act.reveals.values()}, things

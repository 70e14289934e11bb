"""The parts of a world. A native world is a page of these declarations; the kernel only reads their tables.

Levels, costs and gains are in the level's own unit, a share of full in [0, 1]; times are in steps; distances are in
cells and count diagonals as one (Chebyshev).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Literal

Changes = Mapping[str, float]
Colour = tuple[int, int, int]

Manner = Literal["stay", "wander", "seek", "work", "watch"]
"""How a person moves: not; at random; up to an agent, and away for a while once acted upon; from thing to thing
of its recipe; up to whom it watches."""


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
    comfort: tuple[float, float] | None = None
    """Least and greatest level of ease; the world's own reward pays for the share of such levels that are at ease."""
    colour: Colour = (200, 200, 200)
    meaning: str = ""


@dataclass(frozen=True)
class LevelEffect:
    """The cost of a level at each step at which it lies within ``[low, high]``."""

    level: str
    low: float
    high: float
    changes: Changes


@dataclass(frozen=True)
class Item:
    """What an agent can hold in its hand. Consuming on a free cell eats what is in the hand."""

    name: str
    sprite: str
    consumed: Changes = field(default_factory=dict)
    """What eating it adds to each level, a step later."""
    tastes: Changes = field(default_factory=dict)
    """What eating it makes of the world's event senses at that step."""
    pain: float = 0.0
    """Damage felt on eating it, in [0, 1]."""
    score: float = 0.0
    """The world's own reward for eating it."""


@dataclass(frozen=True)
class Thing:
    """A kind of thing that stays on its cell. It can be consumed if that does anything."""

    name: str
    count: int
    sprite: str
    """Name of the drawing in `envs.sprites`."""
    consumed: Changes = field(default_factory=dict)
    """What consuming it adds to each level, a step later."""
    tastes: Changes = field(default_factory=dict)
    """What consuming it makes of the world's event senses at that step."""
    delay: int = 0
    """Steps from consuming it to its taste; meanwhile nothing else can be consumed."""
    tone: str = ""
    """Word of the vocabulary that is heard during the delay."""
    score: float = 0.0
    """The world's own reward for consuming it."""
    sting: float = 0.0
    """Damage felt on consuming it, in [0, 1]."""
    entered: Changes = field(default_factory=dict)
    """What walking onto it adds to each level."""
    pain: float = 0.0
    """Damage felt on walking onto it, in [0, 1]."""
    around: Changes = field(default_factory=dict)
    """What it adds to each level at every step within ``reach``."""
    reach: int = 1
    gives: str = ""
    """Item that consuming it puts into an empty hand; with a full hand nothing happens, as with a station."""
    turns: Mapping[str, str] = field(default_factory=dict)
    """A station: which item in the hand it turns into which, or into ``""``: nothing. All that consuming it does, it
    does only if the hand changes."""
    spoils: str = ""
    """Item into which a station turns any other item; unchanged where empty."""
    looks: tuple[str, ...] = ()
    """Planes of the view in which it is seen; that of its name where empty. Kinds that look alike are not
    distinguished."""
    lasts: bool = False
    """Whether it remains when consumed; otherwise it is gone until it regrows."""
    regrow: tuple[int, int] = (40, 80)
    """Least and greatest time until it is back."""
    kin: tuple[float, ...] = ()
    """Chance that it does grow back when its time has come, by the number of its kind within two cells (the last one
    for any more); otherwise it waits as long again. Always, where empty."""
    wanders: bool = False
    """Whether it grows back on a random free cell instead of its own."""
    ends: bool = False
    """Whether tasting it ends the episode, and nobody has died."""
    cues: tuple[str, ...] = ()
    """Words, one for each marked cell of the world's ``plan`` as one reads: as an episode begins, that for the cell on
    which the first of its kind lies is heard."""

    @property
    def handles(self) -> bool:
        """Whether consuming it is a work on the hand; it is not tasted unless it has a taste or nourishes."""
        return bool(self.gives or self.turns or self.spoils)

    @property
    def edible(self) -> bool:
        """Whether consuming it does anything."""
        return bool(self.consumed or self.tastes or self.score or self.sting or self.handles or self.ends)

    @property
    def planes(self) -> tuple[str, ...]:
        """Planes of the view in which it is seen."""
        return self.looks or (self.name,)


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
class Person:
    """A kind of person: moves in its manner, looks at something, has moods and pains, and is pleased or displeased.

    What is read off a face (mood, pain, gaze) shows only on familiar people: to the innate senses, and in the planes
    ``smile``, ``frown``, ``hurt`` and ``gaze`` of the view, of those that can ever show in the world (the last marks
    what it looks at or, if that is out of view, the cell in front of its eyes).
    """

    name: str
    count: int
    sprite: str
    manner: Manner = "wander"
    speed: float = 0.5
    """Chance to move per step."""
    notice: int = 6
    """Distance within which it seeks an agent, or looks at one; a seeker that notices no agent wanders."""
    cooldown: int = 6
    """Time for which one who seeks keeps away after an act upon it."""
    watches: str = ""
    """What it looks at: ``"agent"`` (the nearest within ``notice``), the name of a person (the nearest), or that of a
    thing (the nearest when it chooses, until that is gone or none of the kind is there); nothing where empty."""
    honesty: float = 1.0
    """Chance, each time it chooses a thing to look at, that this is what it ``watches``, not something of another kind
    that looks the same, if there is any."""
    recipe: tuple[str, ...] = ()
    """Things at which one who works stands in turn, using each for ``pause`` steps, over and over."""
    pause: int = 2
    familiar: bool = True
    relation: float = 0.0
    """From -1 (enemy) to 1 (friend)."""
    likes: Mapping[str, float] = field(default_factory=dict)
    """How much each word said in earshot changes its mood, in [-1, 1]."""
    slow: bool = False
    """Whether a word moves it only at the step after the one at which it was said."""
    standing: float = 0.0
    """The world's own reward for saying a word, per unit of the person's liking."""
    welfare: float = 0.0
    """The world's own reward to all agents, per step and unit of its mood."""
    mishap: float = 0.0
    """Chance per step that it comes to grief: it is in pain, and its mood falls to -1."""
    ache: int = 20
    """Steps for which a pain lasts unless healed."""
    cry: str = ""
    """Word heard within ``carries`` cells of it as long as it is in pain, if any; and at the same time the word that is
    its name, if the vocabulary has that."""
    carries: int = 8
    meal: float = 0.0
    """Chance per step that it is seen to eat, which raises its mood to 1."""
    calm: float = 0.05
    """Share of its mood that fades per step without pain."""
    looks: tuple[str, ...] = ()
    """Planes of the view in which it is seen; that of its name where empty."""
    clearance: int = 1
    """Least distance from the agent at birth."""

    @property
    def planes(self) -> tuple[str, ...]:
        """Planes of the view in which it is seen."""
        return self.looks or (self.name,)


@dataclass(frozen=True)
class Act:
    """Something an agent can do besides walking and consuming; the actions after ``consume``, in order.

    Its target is the nearest person, creature or other agent within ``reach`` (a thing where it ``reveals``); of those
    equally near a person before a creature before an agent. What an act does for its target, what it gains, its events
    and its score happen only if there is one. The body's effort is that of consuming.
    """

    name: str
    reach: int = 1
    on: tuple[str, ...] = ()
    """Whom it can be aimed at: names of people and of creatures, and ``"agent"``; anybody where empty."""
    cost: Changes = field(default_factory=dict)
    """What doing it adds to each level of one's own, target or none."""
    price: float = 0.0
    """The world's own reward lost by doing it, target or none."""
    gain: Changes = field(default_factory=dict)
    """What it adds to one's own levels."""
    events: Changes = field(default_factory=dict)
    """What it makes of one's own event senses at that step."""
    touches: bool = False
    """Whether both feel a touch."""
    score: float = 0.0
    """The world's reward for it, times the target's ``relation`` where ``by_relation`` (0 for creatures and agents)."""
    by_relation: bool = False
    mood: float = 0.0
    """Change of the mood of a target that is a person."""
    heals: bool = False
    """Whether it ends the pain of a target that is a person."""
    hurts: bool = False
    """Whether it puts a person in pain, for its ``ache``; another agent feels ``damage`` 1."""
    gives: Changes = field(default_factory=dict)
    """What it adds to the levels of a target that is an agent."""
    felt: Changes = field(default_factory=dict)
    """What it makes of the event senses of a target that is an agent."""
    stuns: int = 0
    """Number of its next turns at which a target that is an agent can only rest."""
    says: str = ""
    """Word of the vocabulary that all others in earshot hear at once, target or none; people like it or not."""
    aloud: bool = False
    """Whether one hears the word oneself, unless another speaks at the same step."""
    reveals: Mapping[str, str] = field(default_factory=dict)
    """Which kind of thing it turns into which, in its place; once taken it grows back as what it was."""


@dataclass(frozen=True)
class Vocabulary:
    """Words that are heard now and then. A word that names a thing or a creature of the world announces it."""

    words: tuple[str, ...]
    chance: float = 0.25
    """Chance per step that a word is heard."""
    honesty: float = 0.7
    """Chance that it truly announces something in earshot, if anything is; otherwise it is any word: idle talk."""
    earshot: int = 6
    lingers: int = 1
    """Steps for which a word is heard, if no other comes between."""
    idle: bool = True
    """Whether there is idle talk; otherwise silence in its place."""
    unseen_only: bool = False
    """Whether a word is heard only while nothing that it names is in the hearer's view; otherwise silence in its place,
    and a word that lingers breaks off. Tones, and words that people or agents say, are heard all the same."""
    yoked: bool = False
    """Whether all words are heard equally often in the long run, whatever is there.

    With ``chance`` per step any word falls due, each as often as any other. If it names something that the world has it
    is an announcement with chance ``honesty``, and waits until it is true; otherwise it is idle talk. Of the words that
    are due and can be heard any is heard next. Where ``unseen_only`` too, idle talk waits as long as anything that any
    word names is in view: if each word waited for its own to leave the view, it would mean something. If a word waits
    that hardly ever comes true, so do the others in the end: see `envs.engine.state.MOST_OWED`."""


def in_order(words: tuple[str, ...], permuted: int | None) -> tuple[str, ...]:
    """Return words in the order that a number draws; as they are for None.

    The bits of an observation in which words are heard are in this order, so that it draws which bit names what.
    """
    return words if permuted is None else tuple(Random(permuted).sample(words, len(words)))

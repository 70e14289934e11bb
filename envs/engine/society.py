"""Tables and state of people and of acts.

Sizes: P kinds of people, J people, A acts, X planes of the view, L levels, E event senses, K kinds of things. Kinds
are rows with a name for each column (records), for they have many traits and few numbers each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast, get_args

import numpy as np
from numpy.typing import NDArray

from envs.engine.declarations import Act, Changes, Manner, Person
from envs.engine.senses import before_people
from envs.engine.world import AGENT_NAME, EXPRESSIONS, OTHER, World

STAY, WANDER, SEEK, WORK, WATCH = range(5)
"""Manners, in the order of their declaration."""
NOBODY, AGENT, PERSON, THING = range(4)
"""What one can look at."""
NONE = -1
"""No word, no plane, no thing, no cell."""
THING_KINDS = 2
"""Number of the first kind of thing: 0 is nothing, 1 is wall."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Records = NDArray[np.void]

PERSON_TRAITS = np.dtype(
    [
        *((name, np.float64) for name in ("speed", "honesty", "mishap", "meal")),
        *((name, np.float32) for name in ("relation", "standing", "welfare", "calm")),
        *((name, np.int32) for name in ("manner", "notice", "cooldown", "pause", "ache", "clearance", "tasks")),
        *((name, np.int32) for name in ("looks_for", "which", "cry", "call", "carries")),
        ("familiar", np.bool_),
        ("slow", np.bool_),
    ],
    align=True,
)
"""As declared, but: ``looks_for`` is `NOBODY`, `AGENT`, `PERSON` or `THING`, and ``which`` the kind of it that it
watches; ``tasks`` is the length of its recipe; ``cry`` and ``call`` are the numbers of its cry and its name among the
words, or `NONE`."""

ACT_TRAITS = np.dtype(
    [
        *((name, np.float32) for name in ("price", "score", "mood")),
        *((name, np.int32) for name in ("reach", "stuns", "says")),
        *((name, np.bool_) for name in ("touches", "by_relation", "heals", "hurts", "reveals", "aloud")),
    ],
    align=True,
)
"""As declared, but ``says`` is the number of the word, or `NONE`."""

PERSON_STATE = np.dtype(
    [
        ("cell", np.int32),
        ("mood", np.float32),
        ("stirred", np.float32),
        ("ache", np.int32),
        ("away", np.int32),
        ("eyes", np.int32),
        ("target", np.int32),
        ("task", np.int32),
        ("goal", np.int32),
        ("used", np.int32),
        ("heading", np.int32),
        ("hand", np.int32),
        ("detour", np.int32),
        ("least", np.int32),
        ("hasty", np.bool_),
        ("ate", np.bool_),
    ],
    align=True,
)
"""``stirred``: change of mood that is still to come. ``ache`` and ``away``: steps for which it is still in pain, and
still keeps away. ``eyes``: what it looks at (`NOBODY`...), and ``target`` the number of that. ``task``: place in its
recipe, ``goal`` the thing it works at or goes to, ``used`` the steps for which it has used it. The rest is for
`envs.engine.beings.movement`, but ``ate``: at this step."""


class People(NamedTuple):
    """The people of a world, as declared."""

    first_sense: int
    """Row of the first social sense, or `NONE` without people and other agents."""
    expressions: Ints
    """``(4,)``: the plane of each expression among those of beings, or `NONE` where it cannot show."""
    other: int
    """The plane of other agents among those of beings."""
    sort: Ints
    """``(J,)``: the kind of each person."""
    kind: Records
    """``(P,)``: `PERSON_TRAITS`."""
    planes: Ints
    """``(P, X)``: the planes of beings in which it is seen, then `NONE`."""
    likes: Floats
    """``(P, words)``"""
    recipe: Ints
    """``(P, longest)``: kinds of things."""
    alike: NDArray[np.bool_]
    """``(K, K)``: which kinds of things look the same, but for each kind itself."""


class Acts(NamedTuple):
    """The acts of a world, as declared."""

    kind: Records
    """``(A,)``: `ACT_TRAITS`."""
    on: NDArray[np.bool_]
    """``(A, P + S + 1)``: the kinds of people, the S species of creatures, and agents, that it can be aimed at."""
    cost: Floats
    """``(A, L)``"""
    gain: Floats
    """``(A, L)``"""
    gives: Floats
    """``(A, L)``"""
    events: Floats
    """``(A, E)``"""
    felt: Floats
    """``(A, E)``"""
    reveals: NDArray[np.int8]
    """``(A, K)``: the kind that a kind of thing turns into, 0 for none."""


class Society(NamedTuple):
    """The people of W worlds, and what N agents do to each other."""

    person: Records
    """``(W, J)``: `PERSON_STATE`."""
    stunned: NDArray[np.int32]
    """``(N,)``: turns at which the agent can still only rest."""
    spoken: NDArray[np.int32]
    """``(N,)``: the word that another agent said or a person cried in earshot at this step, or `NONE`."""
    called: NDArray[np.int32]
    """``(N,)``: the name of the one that cried, a word too, or `NONE`."""
    said: NDArray[np.int32]
    """``(N,)``: the word that the agent said aloud at this step, or `NONE`."""


def has_society(world: World) -> bool:
    """Return whether there is anything to know of people or acts."""
    return world.social or bool(world.acts)


def people_of(world: World) -> People:
    """Build the tables of a world's people."""
    kinds, beings = world.people, world.being_planes
    return People(
        first_sense=before_people(world) if world.social else NONE,
        expressions=np.array([beings.index(e) if e in world.expressions else NONE for e in EXPRESSIONS], np.int64),
        other=beings.index(OTHER) if world.agents > 1 else NONE,
        sort=np.repeat(np.arange(len(kinds)), [kind.count for kind in kinds]).astype(np.int64),
        kind=np.array([_person_traits(world, kind) for kind in kinds], PERSON_TRAITS),
        planes=_ragged([[beings.index(plane) for plane in kind.planes] for kind in kinds]),
        likes=_named([kind.likes for kind in kinds], world.vocabulary.words),
        recipe=_ragged([[_thing_kind(world, name) for name in kind.recipe] for kind in kinds]),
        alike=_alike(world),
    )


def acts_of(world: World) -> Acts:
    """Build the tables of a world's acts."""
    acts = world.acts
    levels, events = [level.name for level in world.levels], [sense.name for sense in world.events]
    return Acts(
        kind=np.array([_act_traits(world, act) for act in acts], ACT_TRAITS),
        on=_aims(world),
        cost=_named([act.cost for act in acts], levels),
        gain=_named([act.gain for act in acts], levels),
        gives=_named([act.gives for act in acts], levels),
        events=_named([act.events for act in acts], events),
        felt=_named([act.felt for act in acts], events),
        reveals=_revelations(world),
    )


def empty_society(people: People | None, worlds: int, agents: int) -> Society:
    """Allocate the people of so many worlds, each with so many agents; None if there are none."""
    if people is None:
        return cast(Society, None)
    return Society(
        person=np.zeros((worlds, len(people.sort)), PERSON_STATE),
        stunned=np.zeros(worlds * agents, np.int32),
        spoken=np.full(worlds * agents, NONE, np.int32),
        called=np.full(worlds * agents, NONE, np.int32),
        said=np.full(worlds * agents, NONE, np.int32),
    )


def _person_traits(world: World, kind: Person) -> tuple[Any, ...]:
    looks_for, which = _watched(world, kind.watches)
    found = {
        "manner": get_args(Manner).index(kind.manner),
        "tasks": len(kind.recipe),
        "looks_for": looks_for,
        "which": which,
        "cry": _word(world, kind.cry),
        "call": _word(world, kind.name),
    }
    return tuple(found[name] if name in found else getattr(kind, name) for name in PERSON_TRAITS.names or ())


def _watched(world: World, name: str) -> tuple[int, int]:
    """Return what sort of thing is watched, and which kind of it."""
    people = [kind.name for kind in world.people]
    if name in people:
        return PERSON, people.index(name)
    if name in ("", AGENT_NAME):
        return (AGENT if name else NOBODY), 0
    return THING, _thing_kind(world, name)


def _act_traits(world: World, act: Act) -> tuple[Any, ...]:
    found = {"says": _word(world, act.says), "reveals": bool(act.reveals)}
    return tuple(found[name] if name in found else getattr(act, name) for name in ACT_TRAITS.names or ())


def _word(world: World, word: str) -> int:
    words = world.vocabulary.words
    return words.index(word) if word in words else NONE


def _thing_kind(world: World, name: str) -> int:
    return THING_KINDS + [thing.name for thing in world.things].index(name)


def _alike(world: World) -> NDArray[np.bool_]:
    alike = np.zeros((THING_KINDS + len(world.things),) * 2, np.bool_)
    for a, one in enumerate(world.things, THING_KINDS):
        for b, other in enumerate(world.things, THING_KINDS):
            alike[a, b] = a != b and set(one.planes) == set(other.planes)
    return alike


def _aims(world: World) -> NDArray[np.bool_]:
    names = [*(kind.name for kind in world.people), *(kind.name for kind in world.creatures), AGENT_NAME]
    return np.array([[not act.on or name in act.on for name in names] for act in world.acts], np.bool_).reshape(
        len(world.acts), len(names)
    )


def _revelations(world: World) -> NDArray[np.int8]:
    becomes = np.zeros((len(world.acts), THING_KINDS + len(world.things)), np.int8)
    for a, act in enumerate(world.acts):
        for before, after in act.reveals.items():
            becomes[a, _thing_kind(world, before)] = _thing_kind(world, after)
    return becomes


def _ragged(rows: Sequence[Sequence[int]]) -> Ints:
    """Write rows of unequal length, filled up with `NONE`."""
    longest = max((len(row) for row in rows), default=0)
    return np.array([[*row, *[NONE] * (longest - len(row))] for row in rows], np.int64).reshape(len(rows), longest)


def _named(rows: Sequence[Changes], names: Sequence[str]) -> Floats:
    """Write each row's changes into the columns of ``names``."""
    changes: list[Mapping[str, float]] = list(rows)
    return np.array([[row.get(name, 0.0) for name in names] for row in changes], np.float32).reshape(
        len(rows), len(names)
    )

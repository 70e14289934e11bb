"""Probes: what experiments and tests may ask of a native world, and set in it, without knowing the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dualbrain.errors import UserError, unknown
from envs.engine.ground import WALL_KIND
from envs.engine.state import PRESENT, State
from envs.engine.tables import Tables
from envs.engine.world import AGENT_NAME, WALL, World
from envs.observation import Layout
from envs.sightings import Sightings

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]
Cells = NDArray[np.int32]


class Probes:
    """W worlds of N agents that can be asked who is where; a part of `envs.vector.VectorWorld`.

    A place is a row and a column, each 0 to ``size - 1``, counted from the north-west corner within the outer wall.
    """

    world: World
    tables: Tables
    state: State
    layout: Layout

    @property
    def probes(self) -> Self:
        """The world itself, for callers that hold it in wrappers (see `dualbrain.worlds.probes`)."""
        return self

    @property
    def action_names(self) -> tuple[str, ...]:
        """Names of the actions, by number."""
        return self.world.action_names

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of all that can be somewhere: the agents, inner walls, things, creatures and people, as declared."""
        return (AGENT_NAME, WALL, *self._thing_names(), *self._creature_names(), *self._person_names())

    def where(self, kind: str) -> Places:
        """Return the places ``(W, n, 2)`` of the n of a kind in each world, those of an agent who is dead -1.

        A thing that was consumed is where it was last, or will be next: see `there`. Raises `UserError` for a name that
        is not among `kinds`.
        """
        everything, mine = self._cells(kind)
        cells = everything[:, mine]
        places = np.stack([self.tables.row[cells], self.tables.column[cells]], axis=-1) - self.tables.pad
        return np.where((cells < 0)[..., np.newaxis], -1, places)

    def there(self, thing: str) -> Flags:
        """Return ``(W, n)`` which of the n things of a kind are there, and not gone until they grow back."""
        return np.asarray(self.state.due[:, self._things(thing)] == PRESENT)

    def sightings(self, plane: str) -> Sightings:
        """Return what keeps who has seen and reached something of a plane; `UserError` where the view has not it."""
        return Sightings(self.layout, plane)

    def put(self, kind: str, places: ArrayLike) -> None:
        """Put agents, creatures or people on places ``(W, n, 2)``, or any shape that broadcasts to it.

        What lies or stands there is not asked. Raises `UserError` for what does not move, or a place out of the square.
        """
        if kind in (WALL, *self._thing_names()):
            raise UserError(f"'{kind}' cannot be put elsewhere: only agents, creatures and people can")
        rows_columns, size = np.asarray(places, np.int64), self.world.size
        if not ((rows_columns >= 0) & (rows_columns < size)).all():
            raise UserError(
                f"rows and columns of {self.world.name} lie in 0 to {size - 1}: got {rows_columns.tolist()}"
            )
        side = size + 2 * self.tables.pad
        numbers = (rows_columns + self.tables.pad) @ np.array([side, 1])
        everything, mine = self._cells(kind)
        everything[:, mine] = numbers

    def levels(self) -> dict[str, Floats]:
        """Return copies of the levels ``{level: (N,)}``, each 0 to 1."""
        return {name: self.state.levels[:, at].copy() for at, name in enumerate(self.layout.levels)}

    def set_levels(self, levels: Mapping[str, ArrayLike]) -> None:
        """Set levels of all agents, ``{level: number or (N,)}``.

        Raises `UserError` for a level that the body has not, or numbers out of 0 to 1.
        """
        self._write_levels(levels, np.ones(len(self.state.levels), np.bool_))

    def held(self) -> NDArray[np.int64]:
        """Return ``(N,)`` what is in each hand: 0 for nothing, else the place in `Layout.items`, counted from 1."""
        return self.state.hand.astype(np.int64)

    def likes(self, person: str) -> dict[str, float]:
        """Return what people of a name feel when they hear a word, for those they do not hear with indifference.

        Raises `UserError` for a name that no people of this world have.
        """
        found = {kind.name: dict(kind.likes) for kind in self.world.people}
        if person not in found:
            raise unknown("person", person, found, f" (in {self.world.name})")
        return found[person]

    def _write_levels(self, levels: Mapping[str, ArrayLike], mask: Flags) -> None:
        names = self.layout.levels
        for name, level in levels.items():
            if name not in names:
                raise unknown("body level", name, names)
            values = np.broadcast_to(np.asarray(level, np.float32), mask.shape)
            if not ((values >= 0.0) & (values <= 1.0)).all():
                raise UserError(f"body level '{name}' must lie in [0, 1], not {np.asarray(level)}")
            self.state.levels[mask, names.index(name)] = values[mask]

    def _cells(self, kind: str) -> tuple[Cells, Flags]:
        """Return cells ``(W, m)``, to read and to write, and which ``(m,)`` of them are those of a kind."""
        if kind == AGENT_NAME:
            return self.state.agent.reshape(-1, self.world.agents), np.ones(self.world.agents, np.bool_)
        if kind in (names := [*self._creature_names()]):
            return self.state.creature, self.tables.species == names.index(kind)
        if kind in (names := [*self._person_names()]):
            return self.state.society.person["cell"], self.tables.people.sort == names.index(kind)
        return self.state.place, self._things(kind)

    def _things(self, kind: str) -> Flags:
        names = (WALL, *self._thing_names())
        if kind not in names:
            raise unknown("kind", kind, self.kinds, f" (in {self.world.name})")
        return np.asarray(self.tables.thing_kind == WALL_KIND + names.index(kind))

    def _thing_names(self) -> Iterator[str]:
        return (thing.name for thing in self.world.things)

    def _creature_names(self) -> Iterator[str]:
        return (creature.name for creature in self.world.creatures)

    def _person_names(self) -> Iterator[str]:
        return (person.name for person in self.world.people)

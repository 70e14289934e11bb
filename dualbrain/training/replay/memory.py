"""The memory of a cortex: past rollouts in so many bytes, and windows drawn from them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dualbrain.errors import UserError
from dualbrain.heads.targets import ShortTargets
from dualbrain.steering.signal import Signal
from dualbrain.training.memory import machine_memory
from dualbrain.training.replay.packing import Packing
from dualbrain.training.replay.ring import Column, Ring
from dualbrain.training.rollout import Rollout

Array = NDArray[Any]
ACTION, START, PRESENT, TARGET, LESSON = "action", "start", "present", "target", "lesson"
OBSERVATION, STATE = "observation", "state"
"""Names of columns; those of the entries of a Dict and of the tensors of a state follow a slash."""
NOTHING, SILENCE, EVIDENCE = 0, 1, 2
"""What a row teaches a short head: nothing, that there was no evidence, or its target."""


@dataclass(frozen=True)
class Drawn:
    """B windows of L steps, as arrays; K signals."""

    observations: Any
    """(L * B, ...) or a dict of such, as the rollouts had them"""
    actions: Array
    """(L, B, ...) actions carried out"""
    starts: NDArray[np.bool_]
    """(L, B) an episode began here"""
    present: NDArray[np.bool_]
    """(L, B) the agent took part"""
    target: NDArray[np.float32]
    """(L, B, K) targets of the short heads"""
    lesson: NDArray[np.uint8]
    """(L, B, K) `NOTHING`, `SILENCE` or `EVIDENCE`"""
    state: tuple[Array, ...]
    """(B, ...) each, of the cortex before the first step; empty where none is kept"""

    def weight(self, unlearn: float) -> NDArray[np.float32]:
        """Return the weights ``(L, B, K)`` of the targets, where silence counts ``unlearn``."""
        return np.array([0.0, unlearn, 1.0], np.float32)[self.lesson]


class CortexMemory:
    """The latest rollouts of N agents, T steps each, in at most ``size`` bytes.

    Windows have ``length`` steps and lie within one rollout. They start at any step, or, where states of a cortex are
    kept (``state`` has an example of one agent's, ``(1, ...)`` each), at every ``length``-th. A rollout that is too
    large as a whole is kept of some agents only, and of one agent only its beginning; a warning says so.

    Raises `UserError` where not even one window fits, and for more bytes than the machine has.
    """

    def __init__(
        self,
        space: spaces.Space[Any],
        action_space: spaces.Space[Any],
        signals: Mapping[str, Signal],
        agents: int,
        steps: int,
        length: int,
        size: int,
        state: Sequence[Array] = (),
    ):
        if size > machine_memory():
            raise UserError(f"{size:,} bytes are more than this machine has: choose a smaller 'memory' for the cortex")
        self.length, self._size, self._of = min(length, steps), size, (agents, steps)
        self._signals = dict(signals)
        entries = space.spaces if isinstance(space, spaces.Dict) else {"": space}
        self._packings = {_observation(name): Packing.of(entry) for name, entry in entries.items()}
        self._packings[ACTION] = Packing.of(action_space)
        self._state = {f"{STATE}/{i}": Column(rows.shape[1:], rows.dtype) for i, rows in enumerate(state)}
        self.agents, self.steps = self._extent()
        self.ring = Ring(size, self._columns(self.agents, self.steps))

    def _extent(self) -> tuple[int, int]:
        """Return of how many agents, and how many steps of each, rollouts are kept."""
        agents, steps = self._of
        each = sum(column.nbytes for column in self._columns(1, steps).values())
        kept = min(agents, self._size // each)
        if kept == agents:
            return agents, steps
        most = steps if kept else steps * self._size // each // self.length * self.length
        if not most:
            raise UserError(
                f"the memory of a cortex has {self._size:,} bytes, and one window of it needs about "
                f"{each * self.length // steps:,}: choose a larger 'memory' in its schedule"
            )
        logging.getLogger("dualbrain").warning(
            "the memory of the cortex has %s bytes and a rollout %s: it keeps %d of %d agents, %d of %d steps",
            *(f"{self._size:,}", f"{each * agents:,}", max(kept, 1), agents, most, steps),
        )
        return max(kept, 1), most

    def _columns(self, agents: int, steps: int) -> dict[str, Column]:
        """Return the columns of rollouts ``(A, S, ...)``, states ``(A, S // L, ...)``."""
        rows, k = (agents, steps), len(self._signals)
        columns = {name: Column((*rows, each.width), each.dtype) for name, each in self._packings.items()}
        flags = Column(rows, np.dtype(bool))
        lessons = {TARGET: Column((*rows, k), np.dtype(np.float32)), LESSON: Column((*rows, k), np.dtype(np.uint8))}
        begins = (agents, steps // self.length)
        states = {name: Column((*begins, *each.shape), each.dtype) for name, each in self._state.items()}
        return {**columns, START: flags, PRESENT: flags, **lessons, **states}

    def add(self, rollout: Rollout, short: ShortTargets, observations: Any, states: Sequence[Array] = ()) -> None:
        """Keep a rollout.

        Observations are flattened ``(N * T, ...)``, or a dict of such; ``states`` are those of the cortex before every
        L-th step, ``(T // L, N, ...)`` each. Raises `UserError` for numbers that are not of their spaces.
        """
        entries = observations if isinstance(observations, dict) else {"": observations}
        lesson = np.where(short.complete, np.where(short.evidence, EVIDENCE, SILENCE), NOTHING).astype(np.uint8)
        lesson[~rollout.present] = NOTHING
        rows = {ACTION: rollout.executed, START: rollout.episode_starts, PRESENT: rollout.present}
        rows |= {TARGET: short.target, LESSON: lesson}
        block = {name: self._cut(column.swapaxes(0, 1)) for name, column in rows.items()}  # type: ignore[union-attr]
        for name, entry in entries.items():
            block[_observation(name)] = self._cut(entry.reshape(rollout.n_envs, rollout.n_steps, *entry.shape[1:]))
        packed = {name: self._packings[name].packed(block[name]) for name in self._packings}
        begins = {f"{STATE}/{i}": self._cut(rows.swapaxes(0, 1), self.length) for i, rows in enumerate(states)}
        self.ring.add({**block, **packed, **begins})

    def _cut(self, rows: Array, every: int = 1) -> Array:
        """Return the part of ``(N, T, ...)`` that is kept."""
        return rows[: self.agents, : self.steps // every]

    @property
    def steps_of_a_rollout(self) -> int:
        """T, the steps of each agent in a rollout, whether all of them are kept or not."""
        return self._of[1]

    @property
    def drawable(self) -> bool:
        """Whether there is any window: one at whose first step an agent is present."""
        return bool(self._present_at_starts().any())

    def _present_at_starts(self) -> NDArray[np.bool_]:
        """Return whether an agent is present where windows may start, ``(blocks, A, G)``."""
        starts: NDArray[np.bool_] = self.ring[PRESENT][:, :, : self.steps - self.length + 1 : self._every]
        return starts

    @property
    def _every(self) -> int:
        return self.length if self._state else 1

    def draw(self, n: int, rng: np.random.Generator) -> Drawn:
        """Draw ``n`` windows, each equally likely that starts with a present agent; there must be one: `drawable`."""
        block, agent, start = self._starts(n, rng)
        where = (block, agent, start * self._every + np.arange(self.length)[:, None])
        entries = {name: self.ring[name][where] for name in self._packings}
        rows = {name: self._packings[name].unpacked(kept) for name, kept in entries.items()}
        actions = rows.pop(ACTION)
        flat = {name.partition("/")[2]: _flat(each) for name, each in rows.items()}
        return Drawn(
            flat.get("", flat),
            actions,
            self.ring[START][where],
            self.ring[PRESENT][where],
            self.ring[TARGET][where],
            self.ring[LESSON][where],
            tuple(self.ring[name][block, agent, start] for name in self._state),
        )

    def _starts(self, n: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], ...]:
        """Return blocks, agents and places ``(n,)`` where windows start."""
        present = self._present_at_starts()
        found = np.zeros(0, np.int64)
        while len(found) < n:
            drawn = rng.integers(present.size, size=n)
            found = np.concatenate([found, drawn[present[np.unravel_index(drawn, present.shape)]]])
        return np.unravel_index(found[:n], present.shape)

    def fit(self, signals: Mapping[str, Signal]) -> None:
        """Have other signals from now on: what is kept teaches those of the same name, range and horizon."""
        if list(signals.items()) == list(self._signals.items()):
            return
        places = [_place(self._signals, name, signal) for name, signal in signals.items()]
        self._signals = dict(signals)
        extent = self._extent()
        if extent != (self.agents, self.steps):
            self.agents, self.steps = extent
            self.ring = Ring(self._size, self._columns(*extent))
            return
        convert = {name: lambda rows: _columns_at(rows, places) for name in (TARGET, LESSON)}
        self.ring.change(self._columns(*extent), convert)

    def state_dict(self) -> dict[str, Any]:
        """Return what is remembered, as copies."""
        return self.ring.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned; raises an error for what is no memory of such rollouts."""
        blocks = state["blocks"]
        for name, packing in self._packings.items():
            if packing.largest != 1:
                packing.check(blocks[name])
        if not np.isfinite(blocks[TARGET]).all() or np.any(blocks[LESSON] > EVIDENCE):
            raise ValueError("what a memory teaches is not finite, or of no kind")
        if any(np.any(blocks[name].view(np.uint8) > 1) for name in (START, PRESENT)):
            raise ValueError("a flag in a memory is neither true nor false")
        if not all(np.isfinite(blocks[name]).all() for name in self._state):
            raise ValueError("a state in a memory is not finite")
        self.ring.load_state_dict(state)


def _observation(name: str) -> str:
    return f"{OBSERVATION}/{name}"


def _flat(rows: Array) -> Array:
    return rows.reshape(-1, *rows.shape[2:])


def _place(before: Mapping[str, Signal], name: str, signal: Signal) -> int:
    """Return the place of a signal among those before; -1 where it was not there, or meant something else."""
    known = before.get(name)
    if known is None or (known.low, known.high, known.horizon) != (signal.low, signal.high, signal.horizon):
        return -1
    return list(before).index(name)


def _columns_at(rows: Array, places: Sequence[int]) -> Array:
    """Return columns of ``(..., K)`` by their places, zeros for -1."""
    taken: Array = np.concatenate([rows, np.zeros_like(rows[..., :1])], axis=-1)[..., list(places)]
    return taken

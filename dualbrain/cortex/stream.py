"""Carry the state of a cortex along with N agents, from one observation to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dualbrain.cortex.experience import Observations, State, rows_in
from dualbrain.cortex.interface import Cortex, begun
from dualbrain.errors import UserError

Arrays = Sequence[NDArray[Any]]
"""A state as arrays ``(N, ...)``, as files and Stable-Baselines3 hold it."""
Flags = NDArray[np.bool_]


class ThoughtStream:
    """What a cortex remembers of N agents; it is in the initial state until it has thought of something.

    Observations are as networks read them. For a cortex without a state it costs nothing. Nothing has a gradient.
    """

    cortex: Cortex
    """What thinks; it may be exchanged for one with the same state."""
    before: State
    """The state that the last observations were thought of in, each ``(N, ...)``."""

    def __init__(self, cortex: Cortex):
        self.cortex = cortex
        self.before = ()
        self._state: State = ()

    @torch.no_grad()
    def think(self, obs: Observations, starts: Flags | None = None) -> Tensor:
        """Return the thoughts ``(N, Z)`` of the agents' next observations, and remember these.

        The state begins anew where an episode ``starts`` ``(N,)``, a birth included.
        """
        self.before = self._kept(rows_in(obs), starts)
        thought: Tensor
        thought, self._state = self.cortex(obs, self.before)
        return thought

    @torch.no_grad()
    def peek(self, obs: Observations, starts: Flags | None = None) -> Tensor:
        """Return the thoughts ``(N, Z)`` of what may come next, as of final observations; nothing is remembered."""
        thought: Tensor = self.cortex(obs, self._kept(rows_in(obs), starts))[0]
        return thought

    @torch.no_grad()
    def peek_some(self, obs: Observations, agents: NDArray[np.integer[Any]]) -> Tensor:
        """Return the thoughts ``(n, Z)`` of what may come next for some of the agents ``(n,)``."""
        state = tuple(part[torch.as_tensor(agents, device=part.device)] for part in self._state)
        thought: Tensor = self.cortex(obs, state)[0]
        return thought

    @torch.no_grad()
    def restart(self, obs: Observations, agents: NDArray[np.integer[Any]]) -> None:
        """Begin anew for some of the agents ``(n,)``, with the first observations ``(n, ...)`` of their episodes."""
        first: State = self.cortex(obs, self.cortex.initial_state(len(agents)))[1]
        at = torch.as_tensor(agents)
        self._state = tuple(
            part.index_copy(0, at.to(part.device), new) for part, new in zip(self._state, first, strict=True)
        )

    def restart_all(self, obs: Observations) -> None:
        """Begin anew for all agents, with the first observations ``(N, ...)`` of their episodes."""
        self._state = ()
        self.think(obs)

    def _kept(self, n: int, starts: Flags | None) -> State:
        """Return the state of ``n`` agents, fresh where an episode starts, and where there is none yet."""
        fresh = self.cortex.initial_state(n)
        if not fresh or _agents(self._state) != n:
            return fresh
        if starts is None:
            return self._state
        return begun(fresh, self._state, torch.as_tensor(starts, device=fresh[0].device))

    def state_dict(self) -> dict[str, Any]:
        """Return the state as arrays; empty for a cortex that has none."""
        return {"state": as_arrays(self._state)} if self._state else {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned; raises `UserError` for what is no state of this cortex."""
        self._state = as_state(self.cortex, state["state"]) if state else ()


def recall(
    cortex: Cortex, obs: Observations, state: Arrays | None = None, starts: Flags | None = None
) -> tuple[Tensor, list[NDArray[Any]] | None]:
    """Return the thoughts ``(N, Z)`` of observations, from a state as arrays, and the next state.

    Without ``state`` it is the initial one; it begins anew where an episode ``starts`` ``(N,)``. The next state is None
    for a cortex that has none. Raises `UserError` for what is no state of N agents.
    """
    stream = ThoughtStream(cortex)
    if state is not None and cortex.remembers:
        stream.load_state_dict({"state": state})
        _check_agents(stream, rows_in(obs))
    thought = stream.think(obs, starts)
    return thought, stream.state_dict().get("state")


def _check_agents(stream: ThoughtStream, n: int) -> None:
    if _agents(stream._state) != n:
        raise UserError(f"a state of {_agents(stream._state)} agents does not go with {n} observations")


def as_arrays(state: State) -> list[NDArray[Any]]:
    """Return a state as arrays, copied."""
    return [part.detach().cpu().numpy().copy() for part in state]


def as_state(cortex: Cortex, arrays: Arrays) -> State:
    """Return arrays as a state; raises `UserError` for what is none of this cortex."""
    fresh = cortex.initial_state(len(arrays[0]) if len(arrays) else 0)
    shapes, wanted = [np.shape(part) for part in arrays], [tuple(part.shape) for part in fresh]
    if shapes != wanted:
        raise UserError(f"arrays of the shapes {shapes} are no state of the cortex, which has {wanted}")
    return tuple(
        torch.as_tensor(np.array(given), dtype=part.dtype, device=part.device)
        for given, part in zip(arrays, fresh, strict=True)
    )


def _agents(state: State) -> int:
    """Return of how many agents a state is; 0 for none."""
    return len(state[0]) if state else 0

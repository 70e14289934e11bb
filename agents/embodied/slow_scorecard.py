"""The scorecard that the steering subsystem reads: short predictions of an agent's slow copy, state included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dualbrain.cortex.building import world_models
from dualbrain.cortex.ema import EMACopy
from dualbrain.cortex.experience import Observations
from dualbrain.cortex.interface import Cortex
from dualbrain.cortex.stream import ThoughtStream
from dualbrain.cortex.world_models import WorldModel
from dualbrain.errors import UserError
from dualbrain.heads.short_long import PopArtLinear
from dualbrain.steering.bound_module import Floats
from dualbrain.steering.signal import ahead
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.training.step import some_of
from dualbrain.worlds.spaces.normalisation import Normalised, prepared


class SlowNetwork(Protocol):
    """A network that keeps a slow copy."""

    slow: EMACopy[PopArtLinear] | None

    def percept(self, obs: Any) -> Observations:
        """Return observations ``(N, ...)``, as tensors, as networks read them."""

    def slow_predictions(self, thought: Tensor) -> Tensor:
        """Return the short predictions ``(N, K)`` of the slow heads for thoughts ``(N, Z)`` of the slow cortex."""


class Assessing(Normalised, Protocol):
    """An agent with a slow copy."""

    @property
    def assessing(self) -> SlowNetwork:
        """Return the network that keeps it, which may be exchanged."""

    def percept(self, obs: Any) -> Observations:
        """Return observations as `predict` takes them, as networks read them."""


class SlowScorecard:
    """Short predictions ``(N, K)`` by an agent's slow copy, for observations of one `SteeringVecEnv`.

    Where the slow cortex is a world model it reads them ahead, too. What a slow cortex remembers of the N agents is
    kept here, so each environment needs one of its own. Called before any `reset` it begins in the initial state. With
    ``raw`` it takes observations as the world gives them, else as `predict` takes them.
    """

    def __init__(self, agent: Assessing, raw: bool = False):
        self._agent, self._raw = agent, raw
        self._stream: ThoughtStream | None = None

    def __call__(self, obs: Any) -> Floats:
        """Return the predictions for the observations that a step led to, final ones where episodes ended."""
        self._thought = self._following().think(self._percept(obs))
        return self._predicted(self._thought)

    @torch.no_grad()
    def imagine(self, steps: NDArray[np.int64]) -> Floats:
        """Return the predictions of what follows the observations of the last call, no action being chosen.

        Each signal's is read so many ``steps`` ``(K,)`` ahead; 0 is the present.
        """
        cortex, predictions = self._following().cortex, self._predicted(self._thought)
        assert isinstance(cortex, WorldModel)
        for n in np.unique(steps[steps > 0]).tolist():
            later = self._predicted(cortex.imagine_steps(self._thought, n))
            predictions = np.where(steps == n, later, predictions)
        return predictions

    def _predicted(self, thought: Tensor) -> Floats:
        predictions: Floats = self._agent.assessing.slow_predictions(thought).cpu().numpy()
        return predictions

    def reset(self, obs: Any) -> None:
        """Begin anew for all agents, with the observations after a reset of all worlds."""
        stream = self._following()
        if stream.cortex.remembers:
            stream.restart_all(self._percept(obs))

    def restart(self, obs: Any, starts: NDArray[np.bool_]) -> None:
        """Begin anew for the agents whose episode ``starts`` ``(N,)``, with their first observations."""
        stream = self._following()
        if stream.cortex.remembers:
            agents = np.flatnonzero(starts)
            stream.restart(self._percept(some_of(obs, agents)), agents)

    def _following(self) -> ThoughtStream:
        """Return the stream, with the slow cortex as it is now."""
        slow = self._agent.assessing.slow
        assert slow is not None
        if self._stream is None:
            self._stream = ThoughtStream(slow.cortex)
        self._stream.cortex = slow.cortex
        return self._stream

    def _percept(self, obs: Any) -> Observations:
        return self._agent.percept(prepared(self._agent, obs) if self._raw else obs)

    def state_dict(self) -> dict[str, Any]:
        """Return what the slow copy remembers, as arrays; empty where it remembers nothing."""
        return {} if self._stream is None else self._stream.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned; raises `UserError` for what does not fit."""
        if state:
            self._following().load_state_dict(state)


def check_imagination(cortex: type[Cortex], steering: SteeringSubsystem) -> None:
    """Raise `UserError` where predictions are read ahead, and the cortex is no world model."""
    for name, steps in steering.imagining.items():
        if not issubclass(cortex, WorldModel):
            able = ", ".join(world_models())
            raise UserError(
                f"signal '{name}' is read {ahead(steps)}, but the cortex {cortex.__name__} cannot imagine: "
                f"choose a world model ({able}), or imagined=0"
            )

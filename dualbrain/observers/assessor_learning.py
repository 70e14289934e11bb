"""Let assessors beside an algorithm predict and learn, from the rollouts that its training brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3.common.utils import obs_as_tensor
from torch import Tensor

from dualbrain.cortex.experience import Observations
from dualbrain.cortex.stream import ThoughtStream
from dualbrain.heads.assessor_network import AssessorNetwork
from dualbrain.heads.options import AssessorOptions
from dualbrain.heads.targets import successor_values
from dualbrain.steering.bound_module import Floats
from dualbrain.training.auxiliary import TrainingPhase
from dualbrain.training.observer import About, Observer
from dualbrain.training.replay.cortex_learning import CortexLearning
from dualbrain.training.replay.training_phase import train_assessors
from dualbrain.training.rollout import Rollout, flatten_observations
from dualbrain.training.rollout_thoughts import RolloutThoughts
from dualbrain.training.step import Step, some_of

BATCH = 256
"""Rows per minibatch, unless the options say otherwise."""
MOST_ROWS = 4096
"""Observations that are judged at a time."""
Values = Callable[[Any], Tensor]
"""Return ``(n,)`` what an algorithm expects of observations ``(n, ...)`` as tensors."""
Judge = Callable[[Any], Floats]
"""Return ``(n, C)`` what is expected of observations ``(n, ...)`` as tensors."""


class RolloutPredictions(Observer):
    """Fills rollouts in: what the algorithm's value function and the heads predict, targets, TD errors.

    ``network`` is None where there are no heads. Rollouts must keep their observations. It comes before all observers
    that read predictions. A cortex with a state thinks of each step as it comes, any other of all at the end.
    """

    def __init__(self, values: Values, network: AssessorNetwork | None, device: torch.device):
        self._values, self._network, self._device = values, network, device
        self._stream = network.live if network is not None and network.cortex.remembers else None

    def on_rollout_start(self, about: About) -> None:
        """Forget the last rollout."""
        self._gamma, self._steering_env = about.gamma, about.steering_env
        self._finals: dict[tuple[int, int], Any] = {}
        self._steps = 0
        if self._stream is not None:
            self._kept = RolloutThoughts(self._stream, about.n_steps)

    def on_step(self, step: Step) -> None:
        """Keep the final observations of truncated episodes, and the observations that follow."""
        self._next = step.next_obs
        cut = np.flatnonzero(step.truncated)
        if len(cut):
            finals = step.final_obs
            self._finals |= {(self._steps, i): row_of(finals, i) for i in cut.tolist()}
        self._steps += 1
        if self._stream is not None:
            self._kept.keep(self._think(self._stream, step))
            if len(cut):
                self._kept.keep_finals(cut, self._stream.peek_some(self._percept(some_of(finals, cut)), cut))

    def on_unrecorded(self, step: Step) -> None:
        """Think of a step that is in no rollout."""
        if self._stream is not None:
            self._think(self._stream, step)

    def _think(self, stream: ThoughtStream, step: Step) -> Tensor:
        stream.cortex.eval()
        with torch.random.fork_rng(devices=[]):
            return stream.think(self._percept(step.obs), step.starts)

    def _percept(self, obs: Any) -> Observations:
        assert self._network is not None
        return self._network.percept(self._tensors(obs))

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:  # noqa: ARG002
        """Predict for every observation, and work out targets and TD errors."""
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            self._set_valence(rollout)
            if self._network is not None:
                self._set_predictions(rollout, self._network)
        return {}

    def _set_valence(self, rollout: Rollout) -> None:
        now, last, final = self._judged(rollout, lambda obs: self._values(obs)[:, None].cpu().numpy(), 1)
        after = successor_values(now, last, final, rollout.terminated, rollout.truncated)
        errors: Floats = rollout.reward + np.float32(self._gamma) * after[..., 0] - now[..., 0]
        rollout.valence_errors = errors

    def _set_predictions(self, rollout: Rollout, network: AssessorNetwork) -> None:
        network.set_training_mode(False)
        if self._stream is not None:
            last = self._stream.peek(self._percept(self._next), self._steering_env.starts)
            self._kept.fill(rollout, network.predictions, last)
        else:
            self._predict_at_once(rollout, network)
        heads = network.heads
        rollout.set_targets(heads.horizon, heads.gamma, heads.gae_lambda)

    def _predict_at_once(self, rollout: Rollout, network: AssessorNetwork) -> None:
        k = len(rollout.signals)
        now, last, final = self._judged(rollout, lambda obs: np.hstack(network.predictions(network.think(obs))), 2 * k)
        rollout.short, rollout.long = np.ascontiguousarray(now[..., :k]), np.ascontiguousarray(now[..., k:])
        rollout.last_long[:], rollout.final_long[:] = last[:, k:], final[..., k:]

    def state_dict(self) -> dict[str, Any]:
        """Return what the cortex remembers of the agents."""
        return {} if self._stream is None else self._stream.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Let the cortex remember it again."""
        if self._stream is not None:
            self._stream.load_state_dict(state)

    def _judged(self, rollout: Rollout, judge: Judge, columns: int) -> tuple[Floats, Floats, Floats]:
        """Return what is expected of every observation ``(T, N, C)``, of the next ``(N, C)``, of final ones."""
        seen = flatten_observations(rollout.observations)
        parts = [judge(self._tensors(part)) for part in _parts(seen)]
        now = np.concatenate(parts).reshape(rollout.n_envs, rollout.n_steps, columns).swapaxes(0, 1)
        final = np.zeros_like(now)
        for place, obs in self._finals.items():
            final[place] = judge(self._tensors(obs))[0]
        return now, judge(self._tensors(self._next)), final

    def _tensors(self, obs: Any) -> Any:
        return obs_as_tensor(obs, self._device)


class AssessorLearning(Observer):
    """Trains the heads beside an algorithm, and their cortex, on every rollout; it comes last.

    ``learning`` is that of a cortex with a schedule.
    """

    def __init__(self, network: AssessorNetwork, shuffle: np.random.Generator, learning: CortexLearning | None = None):
        self._network, self._shuffle, self._learning = network, shuffle, learning

    def on_rollout_start(self, about: About) -> None:
        """Note which drives are active."""
        self._about = about

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:  # noqa: ARG002
        """Learn; return the losses."""
        options: AssessorOptions = self._network.options
        if not rollout.present.any():
            return {}
        phase = TrainingPhase(
            self._network,
            flatten_observations(rollout.observations),
            rollout,
            options,
            options.batch_size or BATCH,
            self._shuffle,
            self._about.steering.active,
        )
        with self._network.own_stream():
            losses = train_assessors(phase, self._learning)
        self._network.set_training_mode(False)
        return losses


def row_of(observations: Any, i: int) -> Any:
    """Return one of the observations ``(N, ...)``, or of a dict of such, as a copied batch of one."""
    if isinstance(observations, dict):
        return {name: part[i : i + 1].copy() for name, part in observations.items()}
    return observations[i : i + 1].copy()


def _parts(observations: Any) -> list[Any]:
    """Return observations ``(n, ...)`` in parts of at most `MOST_ROWS`."""
    n = len(next(iter(observations.values())) if isinstance(observations, dict) else observations)
    return [_cut(observations, slice(at, at + MOST_ROWS)) for at in range(0, n, MOST_ROWS)]


def _cut(observations: Any, rows: slice) -> NDArray[Any] | dict[str, NDArray[Any]]:
    return (
        {name: part[rows] for name, part in observations.items()}
        if isinstance(observations, dict)
        else observations[rows]
    )

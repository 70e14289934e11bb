"""Complete PPO's rollouts with predictions from the thoughts of its critic, targets and TD errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from agents.policy import BrainPolicy
from dualbrain.training.observer import About, Observer
from dualbrain.training.rollout import Rollout
from dualbrain.training.step import Step


class Recorder(Observer):
    """Keeps the thoughts of a policy's critic at every step, and predicts from them at the rollout's end."""

    def __init__(self, policy: BrainPolicy):
        self._policy = policy

    def on_rollout_start(self, about: About) -> None:  # noqa: ARG002
        """Forget the last rollout."""
        self._thoughts: list[torch.Tensor] = []
        self._cut: list[tuple[int, NDArray[np.int64]]] = []
        self._finals: list[Any] = []
        self._steps = 0

    def on_step(self, step: Step) -> None:
        """Keep the thought, and final observations where episodes were truncated."""
        if self._policy.assessors is not None:
            self._thoughts.append(self._policy.thought)
            self._keep_finals(step)
            self._steps += 1

    def _keep_finals(self, step: Step) -> None:
        cut = np.flatnonzero(step.truncated)
        if len(cut):
            finals = step.final_obs
            self._finals.append({k: v[cut] for k, v in finals.items()} if isinstance(finals, dict) else finals[cut])
            self._cut.append((self._steps, cut))

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:  # noqa: ARG002
        """Predict from every thought and from the observation after the rollout, and set the targets."""
        policy = self._policy
        if policy.assessors is None:
            return {}
        rollout.short, rollout.long = policy.predictions(torch.stack(self._thoughts))
        rollout.last_long[:] = policy.predictions(policy.thought)[1]
        for (t, cut), finals in zip(self._cut, self._finals, strict=True):
            rollout.final_long[t, cut] = policy.predictions(self._think(finals))[1]
        rollout.set_targets(policy.assessors.horizon, policy.assessors.gamma, policy.assessors.gae_lambda)
        return {}

    def _think(self, obs: Any) -> torch.Tensor:
        with torch.no_grad():
            return self._policy.think(self._policy.obs_to_tensor(obs)[0])

"""The callback that fills the record: it runs after the world's step and before SB3 changes the reward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.training.step import Step

if TYPE_CHECKING:
    from agents.ppo import DualBrainPPO


class Recorder(BaseCallback):
    """Copy every step's `SteeringStep`, actions and predictions into the agent's `Rollout`."""

    model: DualBrainPPO

    def _on_rollout_start(self) -> None:
        self.model.record.begin()
        self.model.rollout_buffer.present = self.model.record.present
        self._thoughts: list[torch.Tensor] = []
        self._cut: list[tuple[int, NDArray[np.int64]]] = []
        self._finals: list[Any] = []

    def _on_step(self) -> bool:
        model, given = self.model, self.locals
        starts = np.asarray(model._last_episode_starts, bool)
        step = Step.of(model.body, model._last_obs, given["new_obs"], given["dones"], given["infos"], starts)
        model.record.add(step)
        if model.policy.assessors is not None:
            self._thoughts.append(model.policy.thought)
            self._keep_finals(model.record.pos - 1, step)
        return True

    def _keep_finals(self, t: int, step: Step) -> None:
        cut = np.flatnonzero(step.truncated)
        if len(cut):
            finals = step.final_obs
            self._finals.append({k: v[cut] for k, v in finals.items()} if isinstance(finals, dict) else finals[cut])
            self._cut.append((t, cut))

    def _on_rollout_end(self) -> None:
        """Predict from every thought of the rollout and from the observation after it, and set the targets."""
        policy, record = self.model.policy, self.model.record
        if policy.assessors is None:
            return
        record.short, record.long = policy.predictions(torch.stack(self._thoughts))
        record.last_long[:] = policy.predictions(policy.thought)[1]
        for (t, cut), finals in zip(self._cut, self._finals, strict=True):
            record.final_long[t, cut] = policy.predictions(self._think(finals))[1]
        record.set_targets(policy.assessors.horizon, policy.assessors.gamma, policy.assessors.gae_lambda)

    def _think(self, obs: Any) -> torch.Tensor:
        with torch.no_grad():
            return self.model.policy.think(self.model.policy.obs_to_tensor(obs)[0])

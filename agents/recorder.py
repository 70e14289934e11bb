"""Complete PPO's rollouts with predictions from the thoughts of its cortex, targets and TD errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.policy import BrainPolicy
from dualbrain.cortex.experience import Observations
from dualbrain.training.observer import About, Observer
from dualbrain.training.rollout import Rollout
from dualbrain.training.rollout_thoughts import RolloutThoughts
from dualbrain.training.step import Step, some_of


class Recorder(Observer):
    """Keeps the thoughts of a policy at every step, and predicts from them at the rollout's end.

    It says to the policy whose episodes start with the next observations, and what is thought of the final ones.
    """

    def __init__(self, policy: BrainPolicy):
        self._policy = policy

    def on_rollout_start(self, about: About) -> None:
        """Forget the last rollout."""
        self._steering_env, self._policy.starts = about.steering_env, about.steering_env.starts
        self._kept = RolloutThoughts(self._policy.live, about.n_steps)

    def on_step(self, step: Step) -> None:
        """Keep the thought, and that of final observations where episodes were truncated."""
        policy = self._policy
        policy.starts, policy.finals = self._steering_env.starts, []
        if policy.assessors is None:
            return
        self._kept.keep(policy.thought)
        cut = np.flatnonzero(step.truncated)
        if len(cut):
            thoughts = policy.live.peek_some(self._percept(step.final_obs, cut), cut)
            self._kept.keep_finals(cut, thoughts)
            policy.finals = [*thoughts[:, None]]

    def _percept(self, obs: Any, agents: NDArray[np.int64]) -> Observations:
        return self._policy.percept(self._policy.obs_to_tensor(some_of(obs, agents))[0])

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:  # noqa: ARG002
        """Predict from every thought and from the observation after the rollout, and set the targets."""
        policy = self._policy
        if policy.assessors is not None:
            self._kept.fill(rollout, policy.predictions, policy.thought)
            rollout.set_targets(policy.assessors.horizon, policy.assessors.gamma, policy.assessors.gae_lambda)
        return {}

    def on_end(self) -> None:
        """Let the policy expect nothing more."""
        self._policy.finals = []

    def state_dict(self) -> dict[str, Any]:
        """Return what the cortex remembers of the agents."""
        return self._policy.live.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Let the cortex remember it again."""
        self._policy.live.load_state_dict(state)

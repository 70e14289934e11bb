"""The callback that writes the log every so many rollouts, in a resumed run too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm


class LogWriting(BaseCallback):
    """Write the log at the end of every ``interval``-th rollout, as ``learn(log_interval=...)`` does.

    Stable-Baselines3 counts them in a variable of its own, from 0 at every call. It comes after whatever logs at a
    rollout's end.
    """

    model: OnPolicyAlgorithm

    def __init__(self, interval: int):
        super().__init__()
        self._interval = interval
        self._rollouts = 0

    def state_dict(self) -> dict[str, Any]:
        """Return how many rollouts are complete."""
        return {"rollouts": self._rollouts}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on counting."""
        self._rollouts = int(state["rollouts"])

    def _on_step(self) -> bool:
        return True

    def _on_rollout_end(self) -> None:
        self._rollouts += 1
        if self._rollouts % self._interval == 0:
            self.model.dump_logs(self._rollouts)

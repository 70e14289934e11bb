"""The callback that writes the log every so many rollouts, in a resumed run too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.off_policy_algorithm import OffPolicyAlgorithm
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm
from stable_baselines3.common.type_aliases import TrainFreq, TrainFrequencyUnit

from dualbrain.training.log_schedule import log_interval

EPISODE = 200
"""Steps that an episode is taken to last, where an algorithm's rollouts are episodes."""


class LogWriting(BaseCallback):
    """Write the log at the end of every ``interval``-th rollout, as ``learn(log_interval=...)`` does.

    Stable-Baselines3 counts them in a variable of its own, from 0 at every call. It comes after whatever logs at a
    rollout's end.
    """

    model: BaseAlgorithm

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
            self._write()

    def _write(self) -> None:
        if isinstance(self.model, OnPolicyAlgorithm):
            self.model.dump_logs(self._rollouts)
        elif isinstance(self.model, OffPolicyAlgorithm):
            self.model.dump_logs()


def rollouts_per_write(agent: BaseAlgorithm, steps: int) -> int:
    """Return of how many rollouts scalars are put together, in ``steps`` steps of training.

    Where the brain's scalars are those of a ``window`` of several rollouts, it is that many at least.
    """
    length = _length(agent)
    span = max(int(vars(agent).get("window", length)), length)
    return -(-span // length) * log_interval(steps // max(span * agent.n_envs, 1))


def _length(agent: BaseAlgorithm) -> int:
    """Return how many steps of each agent are a rollout, or are taken between two updates."""
    if isinstance(agent, OnPolicyAlgorithm):
        return agent.n_steps
    freq: Any = agent.train_freq if isinstance(agent, OffPolicyAlgorithm) else 1
    if isinstance(freq, TrainFreq):
        return freq.frequency * (EPISODE if freq.unit is TrainFrequencyUnit.EPISODE else 1)
    return 1

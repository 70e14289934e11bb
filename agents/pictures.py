"""The callback that draws pictures of some rollouts, which `dualbrain/training/log_schedule.py` chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.tensorboard.layout import writers
from dualbrain.training.cues import Cues
from dualbrain.training.guard import Guard, random_streams_kept
from dualbrain.training.log_schedule import picture_rollouts
from dualbrain.worlds.vec_env.raw_world import RawWorld

if TYPE_CHECKING:
    from agents.ppo import DualBrainPPO
    from dualbrain.training.rollout import Rollout


GIVEN = ("new_obs", "rewards", "dones", "infos")
"""What SB3 calls the parts of a step."""
EVERY = 4
"""At every so many of the times, those makers work that do so seldom."""


class Maker(Protocol):
    """Makes pictures of one complete rollout."""

    def __call__(self, agent: DualBrainPPO, record: Rollout, writers: Sequence[Any], step: int) -> None:
        """Write them with each of the `SummaryWriter`, at training step ``step``.

        ``record`` has all rows ``(T, N, ...)``, those of absent agents too; the assessors' share of it is complete.
        Neither agent nor random streams may be changed.
        """


class Gallery(BaseCallback):
    """At ``agent.pictures`` times of a run, logarithmically spaced, let every maker make its pictures.

    Those that make them ``seldom`` do so at the last of these times, and every fourth time before it: what they make
    takes longer, or shows the whole of training anyway. Nothing is made where nothing writes for TensorBoard. Makers
    go by what they make; one that fails is done without, and random streams are left as they were.
    """

    model: DualBrainPPO

    def __init__(self, makers: Mapping[str, Maker], seldom: Mapping[str, Maker]):
        super().__init__()
        self._makers, self._seldom = makers, seldom
        self._guards = {made: Guard(made, f"picture of {made} in TensorBoard") for made in [*makers, *seldom]}
        self._cue_guard = Guard("cues", "picture of dopamine around cues")

    def _on_training_start(self) -> None:
        left = self.model._total_timesteps - self.num_timesteps
        self._writers = writers(self.logger)
        self._plan(0, -(-left // (self.model.n_steps * self.model.n_envs)))
        self._cues = self._cue_guard.run(Cues, self.model.body)
        assert self.model.env is not None
        self._raw = RawWorld(self.model.env)

    def state_dict(self) -> dict[str, Any]:
        """Return how many rollouts are complete, and of how many."""
        return {"rollout": self._rollout, "rollouts": self._rollouts}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on in the middle of a run; called once training has started."""
        self._plan(int(state["rollout"]), int(state["rollouts"]))

    def _plan(self, rollout: int, rollouts: int) -> None:
        """Choose the rollouts that pictures are made of, in a run of so many."""
        self._rollout, self._rollouts = rollout, rollouts
        self._chosen = picture_rollouts(rollouts, self.model.pictures) if self._writers else frozenset()

    def _on_rollout_start(self) -> None:
        self._due = self._rollout + 1 in self._chosen

    def _on_step(self) -> bool:
        if self._due and self._cues:
            self._cue_guard.run(self._keep_cues, self._cues, self.model.record)
        return True

    def _keep_cues(self, cues: Cues, record: Rollout) -> None:
        """Write down which cues are there after the step that `Recorder` has just added."""
        obs, rewards, dones, infos = (self.locals[name] for name in GIVEN)
        obs, _, dones, infos = self._raw.step((obs, rewards, dones, infos))
        for name, there in cues.after(obs, dones, infos).items():
            if name not in record.cues:
                record.cues[name] = np.zeros((record.n_steps, record.n_envs), bool)
            record.cues[name][record.pos - 1] = there

    def _on_rollout_end(self) -> None:
        self._rollout += 1
        if self._due and self.model.record.present.any():
            left = sum(rollout > self._rollout for rollout in self._chosen)
            for made, make in {**self._makers, **(self._seldom if left % EVERY == 0 else {})}.items():
                with random_streams_kept():
                    self._guards[made].run(make, self.model, self.model.record, self._writers, self.num_timesteps)

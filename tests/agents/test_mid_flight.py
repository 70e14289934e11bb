"""Drives, weights and assessors are changed while the brain learns, from inside a callback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.logger import configure

from agents import DualBrainPPO, WeightSchedule, linear
from dualbrain import Stage, SteeringSubsystem, UserError
from reward_modules import Extrinsic, Hunger, Thirst
from tests.event_files import read, scalars
from tests.sample_worlds.corridor import Corridor

STEPS, ENVS = 16, 2


class At(BaseCallback):
    """Does something once: at an event, after so many steps of each world."""

    model: DualBrainPPO

    def __init__(self, event: str, do: Callable[[DualBrainPPO], Any], after: int = 0):
        super().__init__()
        self._event, self._do, self._after, self._done = event, do, after, False

    def _now(self, event: str) -> None:
        if event == self._event and not self._done and self.num_timesteps >= self._after * ENVS:
            self._done = True
            self._do(self.model)

    def _on_training_start(self) -> None:
        self._now("training start")

    def _on_rollout_start(self) -> None:
        self._now("rollout start")

    def _on_step(self) -> bool:
        self._now("step")
        return True

    def _on_rollout_end(self) -> None:
        self._now("rollout end")

    def _on_training_end(self) -> None:
        self._now("training end")


def brain(*drives: Any, **kwargs: Any) -> DualBrainPPO:
    settings = {"n_steps": STEPS, "batch_size": 16, "n_epochs": 1, "seed": 0, "device": "cpu", **kwargs}
    whole = isinstance(drives[0], SteeringSubsystem) if drives else False
    steering = drives[0] if whole else drives or [Hunger(), Thirst()]
    return DualBrainPPO("BrainPolicy", make_vec_env(Corridor, ENVS), steering=steering, **settings)


EVENTS = ("training start", "rollout start", "step", "rollout end", "training end")


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("assessors", [True, False])
def test_drives_exchanged_while_it_learns_steer_from_the_next_rollout_on(event, assessors):
    agent, seen = brain(assessors=assessors), []
    swap = At(event, lambda brain: brain.set_steering([Extrinsic(), Thirst()]))
    agent.learn(
        3 * STEPS * ENVS,
        callback=[swap, At("rollout end", lambda brain: seen.append(list(brain.steering.signals)), 32)],
    )
    assert list(agent.steering.signals) == ["extrinsic.reward", "thirst.water"]
    assert agent.rollout.truth.shape == (STEPS, ENVS, 2)
    assert agent.num_timesteps == 3 * STEPS * ENVS
    agent.learn(STEPS * ENVS, reset_num_timesteps=False)
    assert np.isfinite(agent.rollout.reward).all()


def test_the_rollout_under_way_is_the_old_drives_and_the_next_begins_at_a_reset():
    agent, lived = brain(), []

    def note(brain: DualBrainPPO) -> bool:
        if brain.rollout.pos == STEPS:
            starts = brain.rollout_buffer.episode_starts
            lived.append((list(brain.steering.signals), bool(starts[0].all())))
        return True

    class Noting(At):
        def _on_step(self) -> bool:
            note(self.model)
            return super()._on_step()

    agent.learn(2 * STEPS * ENVS, callback=Noting("step", lambda brain: brain.set_steering([Thirst()]), after=5))
    assert lived == [(["hunger.food", "thirst.water"], True), (["thirst.water"], True)]


def test_a_mistake_is_told_where_it_is_made_and_changes_nothing():
    agent, told = brain(), []

    def wrong(brain: DualBrainPPO) -> None:
        for drives in (["salt"], []):
            with pytest.raises(UserError) as caught:
                brain.set_steering(drives)
            told.append(str(caught.value))
        with pytest.raises(UserError, match="set_env must wait until learn has returned"):
            brain.set_env(make_vec_env(Corridor, ENVS))

    agent.learn(2 * STEPS * ENVS, callback=At("step", wrong))
    assert "unknown sense" in told[0]
    assert "no modules" in told[1]
    assert list(agent.steering.signals) == ["hunger.food", "thirst.water"]


def test_assessors_changed_while_it_learns_are_changed_at_the_next_rollout():
    agent = brain()
    assert agent.options is not None
    options = replace(agent.options, ablated_heads=("hunger.food",))
    agent.learn(2 * STEPS * ENVS, callback=At("step", lambda brain: brain.set_assessors(options), after=5))
    assert agent.options.ablated_heads == ("hunger.food",)
    assert not agent.rollout.short[..., 0].any()
    assert agent.rollout.pos == STEPS


@pytest.mark.parametrize("way", [DualBrainPPO.set_weights, lambda brain, weights: brain.steering.set_weights(weights)])
def test_weights_changed_at_a_step_are_paid_from_the_next_step_on(way):
    agent = brain(Hunger())
    agent.learn(STEPS * ENVS, callback=At("step", lambda brain: way(brain, {"hunger": 50.0}), after=8))
    paid, worth, settled = agent.rollout.from_truth[..., 0], agent.rollout.worth[..., 0], agent.rollout.settled[..., 0]
    current_weights = np.where(np.arange(STEPS) < 8, 1.0, 50.0)[:, None]
    np.testing.assert_allclose(paid, current_weights * worth * settled, rtol=1e-6)


def test_a_change_of_weights_is_logged_and_saved(tmp_path):
    agent = brain(Hunger(), Thirst())
    agent.set_logger(configure(str(tmp_path / "tb"), ["tensorboard"]))
    agent.learn(2 * STEPS * ENVS, callback=At("step", lambda brain: brain.set_weights({"hunger": 3.0}), after=20))
    agent.logger.close()
    assert [value for _, value in scalars(tmp_path / "tb")["drive/hunger.food.weight"]] == [1.0, 3.0]
    (marked,) = read(tmp_path / "tb").Tensors("weights/text_summary")
    assert marked.step == 21 * ENVS, "the first step that was paid by them"
    assert marked.tensor_proto.string_val[0] == b"hunger.food:3, thirst.water:1"
    agent.save(tmp_path / "brain.zip")
    assert DualBrainPPO.load(tmp_path / "brain.zip").steering.weights == {"hunger.food": 3.0, "thirst.water": 1.0}


def test_a_schedule_of_weights_by_training_step():
    stages = [Stage("young", until=STEPS * ENVS, weights={"thirst": 9.0}), Stage("old")]
    agent, weights = brain(SteeringSubsystem([Hunger(), Thirst()], stages=stages)), []

    class Noting(At):
        def _on_rollout_end(self) -> None:
            weights.append(self.model.steering.current_weights.tolist())

    schedule = WeightSchedule({"hunger": linear(1.0, 0.0, until=4 * STEPS * ENVS), "thirst": lambda step: step / 32})
    agent.learn(3 * STEPS * ENVS, callback=[schedule, Noting("", print)])
    assert weights == [[1.0, 9.0], [0.75, 1.0], [0.5, 2.0]], "a stage's own weight wins"
    with pytest.raises(UserError, match="unknown weight 'hungre'"):
        agent.learn(32, callback=WeightSchedule({"hungre": linear(1.0, 0.0, until=9)}))
    with pytest.raises(UserError, match="must end after it begins"):
        linear(1.0, 0.0, until=5, since=5)

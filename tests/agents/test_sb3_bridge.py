"""Any Stable-Baselines3 algorithm in a `SteeringVecEnv` is observed by one callback, and is not changed by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3 import A2C, DQN, PPO
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.logger import configure

from agents import WeightSchedule
from agents.sb3_bridge import BrainCallback
from dualbrain import Stage, SteeringSubsystem, SteeringVecEnv, UserError
from dualbrain.observers.charts import DopamineCharts
from dualbrain.observers.guarded import GuardedObserver
from dualbrain.observers.pictures import PicturesObserver
from dualbrain.observers.scalars import ScalarsObserver
from dualbrain.observers.stage_schedule import StageSchedule
from dualbrain.scalars.audit import Audit
from dualbrain.scalars.recent_rollouts import RecentRollouts
from dualbrain.training.guard import Guard
from dualbrain.training.observer import About, Observer
from dualbrain.training.rollout import VALENCE, Rollout
from dualbrain.training.step import Step
from reward_modules import Extrinsic, Hunger, Thirst
from tests.event_files import read, scalars
from tests.sample_worlds.corridor import Corridor

ALGORITHMS: dict[str, tuple[Any, dict[str, Any]]] = {
    "ppo": (PPO, {"n_steps": 32, "batch_size": 32}),
    "a2c": (A2C, {"n_steps": 8}),
    "dqn": (DQN, {"learning_starts": 32, "train_freq": 3}),
}
STEPS = 192


class Watcher(Observer):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.steps: list[Step] = []
        self.rollouts: list[tuple[int, Any, Any, bool, set[str]]] = []

    def on_start(self, about: About) -> None:
        self.about = about
        self.calls.append("start")

    def on_rollout_start(self, about: About) -> None:
        self.calls.append(f"from {about.step}")

    def on_step(self, step: Step) -> None:
        self.steps.append(step)

    def on_rollout(self, rollout: Rollout, step: int) -> dict[str, float]:
        starts = rollout.episode_starts.copy()
        self.rollouts.append((step, rollout.reward.copy(), starts, rollout.full, {*rollout.td_errors}))
        return {"mine/steps": float(step)}

    def on_end(self) -> None:
        self.calls.append("end")


def steered(*stages: Stage) -> SteeringVecEnv:
    steering = SteeringSubsystem([Hunger(), Thirst(), Extrinsic()], stages=stages)
    return SteeringVecEnv(make_vec_env(Corridor, 2, seed=0), steering)


def learner(name: str, *stages: Stage) -> Any:
    algorithm, settings = ALGORITHMS[name]
    return algorithm("MlpPolicy", steered(*stages), seed=0, **settings)


@pytest.mark.parametrize(
    ("name", "n_steps", "lasts"), [("ppo", None, 32), ("a2c", None, 8), ("a2c", 24, 24), ("dqn", 24, 24)]
)
def test_steps_and_rollouts_are_those_of_the_algorithm(name, n_steps, lasts):
    watcher = Watcher()
    learner(name).learn(STEPS, callback=BrainCallback([watcher], n_steps))
    ends = list(range(2 * lasts, STEPS + 1, 2 * lasts))
    assert watcher.calls == ["start", *(f"from {end - 2 * lasts}" for end in ends), "end"]
    assert [step.timestep for step in watcher.steps] == list(range(2, STEPS + 1, 2))
    assert [rollout[0] for rollout in watcher.rollouts] == ends
    assert all(full for *_, full, _ in watcher.rollouts)
    rewards = np.concatenate([reward for _, reward, *_ in watcher.rollouts])
    np.testing.assert_array_equal(rewards, [step.steering.reward for step in watcher.steps])
    starts = np.concatenate([starts for *_, starts, _, _ in watcher.rollouts])
    ended = np.array([step.dones for step in watcher.steps])
    assert starts[0].all()
    np.testing.assert_array_equal(starts[1:], ended[:-1])
    assert all(
        np.array_equal(one.next_obs, two.obs) for one, two in zip(watcher.steps, watcher.steps[1:], strict=False)
    )
    own = name != "dqn" and n_steps is None
    assert {frozenset(errors) for *_, errors in watcher.rollouts} == {frozenset({VALENCE} if own else ())}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_what_is_observed_learns_the_same(name, tmp_path):
    plain = learner(name).learn(STEPS)
    observed = learner(name)
    observed.set_logger(configure(str(tmp_path), ["tensorboard"]))
    charts = DopamineCharts({})
    pictures = PicturesObserver(2, {"dopamine around events": charts.around}, {"its shift": charts.shift})
    looking = [StageSchedule(), ScalarsObserver(RecentRollouts(), Audit()), pictures]
    observed.learn(STEPS, callback=BrainCallback(looking, None if name == "ppo" else 24))
    weights = observed.policy.state_dict()
    assert all(torch.equal(value, weights[key]) for key, value in plain.policy.state_dict().items())


def test_signals_are_logged_under_dqn_as_under_ppo(tmp_path):
    keys = {}
    for name in ("ppo", "dqn"):
        agent = learner(name)
        agent.set_logger(configure(str(tmp_path / name), ["tensorboard"]))
        agent.learn(STEPS, callback=BrainCallback([StageSchedule(), ScalarsObserver(RecentRollouts(), Audit())], 32))
        agent.logger.dump(STEPS)
        keys[name] = {
            key for key in scalars(tmp_path / name) if key.partition("/")[0] not in ("rollout", "time", "train")
        }
        assert "steering" in str(read(tmp_path / name).Tags()["tensors"])
    assert keys["dqn"] == keys["ppo"] > {"reward/hunger.food.truth", "audit/thirst.water.share", "drive/stage"}


def test_an_observer_s_scalars_are_logged(tmp_path):
    agent = learner("a2c")
    agent.set_logger(configure(str(tmp_path), ["tensorboard"]))
    agent.learn(32, callback=BrainCallback([Watcher()]), log_interval=1)
    assert [value for _, value in scalars(tmp_path)["mine/steps"]] == [16.0, 32.0]


@pytest.mark.parametrize("name", ["a2c", "dqn"])
def test_drives_develop_under_any_algorithm(name):
    agent = learner(name, Stage("young", 96, ("hunger",)), Stage("old"))
    watcher = Watcher()
    agent.learn(STEPS, callback=BrainCallback([StageSchedule(), watcher], 24))
    asleep = np.isnan(np.array([step.steering.truth for step in watcher.steps])).all(axis=1)
    assert not asleep[:, 0].any()
    assert asleep[:, 1].tolist() == [step.timestep <= 96 for step in watcher.steps]


def test_weights_follow_a_schedule_under_any_algorithm(monkeypatch):
    monkeypatch.setattr("agents.weight_schedule.EVERY", 24)
    agent, watcher = learner("dqn"), Watcher()
    agent.learn(96, callback=[WeightSchedule({"hunger": lambda step: step / 8}), BrainCallback([watcher], 24)])
    worth = [(step.timestep, step.steering.from_truth[:, 0] / step.steering.worth[:, 0]) for step in watcher.steps]
    paid = {max(weights) for timestep, weights in worth if timestep > 48 and max(weights)}
    assert paid == {6.0}
    with pytest.raises(UserError, match="SteeringVecEnv"):
        A2C("MlpPolicy", make_vec_env(Corridor, 1)).learn(8, callback=WeightSchedule({"hunger": abs}))


class Failing(Watcher):
    def on_rollout(self, rollout: Rollout, step: int) -> dict[str, float]:
        raise ZeroDivisionError("broken")


def test_what_fails_under_a_guard_is_done_without(switched_off):
    guard, watcher = Guard("mine", "figure of mine"), Watcher()
    guarded = GuardedObserver(Failing(), guard)
    learner("a2c").learn(64, callback=BrainCallback([guarded, watcher]))
    assert len(switched_off) == 1
    assert "no figure of mine from now on: ZeroDivisionError: broken" in switched_off[0]
    assert len(watcher.rollouts) == 4
    assert guarded.name == "Failing"
    assert guarded.state_dict() == {}
    with pytest.raises(ZeroDivisionError):
        learner("a2c").learn(64, callback=BrainCallback([Failing()]))


def test_observers_go_on_from_their_states():
    first = BrainCallback([StageSchedule(), ScalarsObserver(RecentRollouts(), Audit())], 24)
    agent = learner("dqn")
    agent.learn(50, callback=first)
    state = first.state_dict()
    assert {*state} == {"StageSchedule", "ScalarsObserver"}
    other = BrainCallback([StageSchedule(), ScalarsObserver(RecentRollouts(), Audit())], 24)
    learner("dqn").learn(2, callback=other)
    other.load_state_dict(state)
    np.testing.assert_equal(other.state_dict(), state)


def test_what_is_not_steered_is_not_observed():
    with pytest.raises(UserError, match="SteeringVecEnv"):
        A2C("MlpPolicy", make_vec_env(Corridor, 1)).learn(8, callback=BrainCallback([]))

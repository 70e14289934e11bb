"""A saved brain is whole: everything that learns or remembers is in the file, and training goes on from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

from agents import DualBrainPPO
from dualbrain import RewardModule, Signal, Stage, SteeringSubsystem, SteeringVecEnv, UserError
from dualbrain.episodes.evaluate import evaluate
from dualbrain.runs.models import load_model
from reward_modules import Extrinsic
from tests.sample_worlds.counting import LENGTHS, SENSES, Count, Counting

STEPS = 16


@dataclass
class Jaded(RewardModule):
    """Remembers, over all lives, how often it was asked."""

    emits = (Signal("novelty", low=0.0, high=1.0, horizon=1),)

    def bind(self, n):
        self.asked = np.zeros(n)

    def truth(self, who):
        self.asked += 1
        return {"novelty": 1.0 / self.asked}


def several(n: int = 3) -> VecEnv:
    return DummyVecEnv([partial(Counting, who) for who in range(n)])


def steering() -> SteeringSubsystem:
    return SteeringSubsystem([Count(), Jaded()], weights={"count": 3.0})


def trained() -> DualBrainPPO:
    agent = DualBrainPPO("BrainPolicy", several(), steering=steering(), n_steps=STEPS, batch_size=8, n_epochs=2, seed=5)
    agent.learn(2 * STEPS * len(LENGTHS))
    return agent


def going_on(path: Path) -> DualBrainPPO:
    return DualBrainPPO.load(path, several()).learn(2 * STEPS * len(LENGTHS), reset_num_timesteps=False)


def saved(agent: DualBrainPPO, folder: Path) -> Path:
    agent.save(folder / "model.zip")
    return folder / "model.zip"


def same(one: Any, other: Any) -> bool:
    """Return whether nested dicts and lists of tensors and arrays are equal, bit for bit."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    return bool(np.array_equal(one, other))


def contents(agent: DualBrainPPO) -> dict[str, Any]:
    assert agent.policy.assessor_optimizer is not None
    return {
        "networks, slow copy and running scales": dict(agent.policy.state_dict()),
        "optimizer": agent.policy.optimizer.state_dict(),
        "assessor optimizer": agent.policy.assessor_optimizer.state_dict(),
        "modules": agent.steering.state_dict(),
        "weights": agent.steering.weights,
        "signals": list(agent.steering.signals),
        "shuffling": agent._shuffle.bit_generator.state,
        "timesteps": agent.num_timesteps,
    }


@pytest.mark.parametrize("with_env", [False, True])
def test_everything_is_in_the_file(tmp_path, with_env):
    agent = trained()
    loaded = DualBrainPPO.load(saved(agent, tmp_path), several() if with_env else None)
    before, after = contents(agent), contents(loaded)
    assert {what: same(before[what], after[what]) for what in before} == dict.fromkeys(before, True)


def test_the_state_holds_what_it_should():
    """The comparison above is about something."""
    state = trained().policy.state_dict()
    assert any(name.startswith("slow.") for name in state)
    assert {"assessors.short.scale", "assessors.long.mean", "assessors.long.weight"} <= set(state)
    assert trained().steering.state_dict()["jaded"]["asked"].tolist() == [2 * STEPS] * len(LENGTHS)


def test_it_assesses_as_before_without_an_environment(tmp_path):
    agent = trained()
    loaded = DualBrainPPO.load(saved(agent, tmp_path))
    obs = np.array([[0, 1, 2], [1, 1, 1]], np.float32)
    assert same(agent.assess(obs), loaded.assess(obs))
    assert same(agent.predict(obs, deterministic=True)[0], loaded.predict(obs, deterministic=True)[0])


def test_training_goes_on_and_two_loads_go_on_alike(tmp_path):
    agent = trained()
    path = saved(agent, tmp_path)
    before = contents(agent)
    one, other = (contents(going_on(path)) for _ in range(2))
    assert {what: same(one[what], other[what]) for what in one} == dict.fromkeys(one, True)
    changed = [what for what in before if not same(before[what], one[what])]
    assert set(changed) == set(before) - {"weights", "signals"}
    assert one["timesteps"] == 4 * STEPS * len(LENGTHS)


def test_it_may_go_on_in_another_number_of_worlds(tmp_path):
    loaded = DualBrainPPO.load(saved(trained(), tmp_path), several(2))
    loaded.learn(STEPS * 2)
    assert loaded.rollout.truth.shape == (STEPS, 2, 4)
    assert loaded.steering_env.num_envs == 2


def test_it_may_be_put_into_another_world(tmp_path):
    agent = trained()
    agent.set_env(several())
    assert agent.steering.state_dict()["jaded"]["asked"].tolist() == [2 * STEPS] * len(LENGTHS)
    agent.learn(STEPS * len(LENGTHS))
    loaded = DualBrainPPO.load(saved(agent, tmp_path))
    given = several()
    loaded.set_env(given)
    loaded.learn(STEPS * len(LENGTHS))
    assert loaded.env is loaded.steering_env
    assert loaded.get_env() is given


def test_its_own_environment_may_be_set_again():
    agent = trained()
    body = agent.steering_env
    agent.set_env(agent.get_env())  # type: ignore[arg-type]
    assert agent.steering_env is body
    agent.set_env(agent.env)  # type: ignore[arg-type]
    assert agent.steering_env is agent.env is body
    agent.learn(STEPS * len(LENGTHS))


def test_it_cannot_be_put_into_a_body_with_other_drives(tmp_path):
    other = SteeringVecEnv(several(), SteeringSubsystem([Extrinsic()]))
    with pytest.raises(UserError, match=r"extrinsic\.reward"):
        trained().set_env(other)
    with pytest.raises(UserError, match=r"extrinsic\.reward"):
        DualBrainPPO.load(saved(trained(), tmp_path), SteeringVecEnv(several(), SteeringSubsystem([Extrinsic()])))


class Numb(Counting):
    """Feels no age."""

    senses = {name: sense for name, sense in SENSES.items() if name != "age"}


def numb() -> VecEnv:
    return DummyVecEnv([partial(Numb, who) for who in range(3)])


def test_a_world_without_its_senses_is_told(tmp_path):
    path = saved(trained(), tmp_path)
    told = r"^unknown sense 'age' \(read by count.truth\): .*Valid: .*who$"
    with pytest.raises(UserError, match=told):
        DualBrainPPO.load(path, numb())
    with pytest.raises(UserError, match=told):
        DualBrainPPO.load(path).set_env(numb())
    with pytest.raises(UserError, match=told):
        evaluate(DualBrainPPO.load(path), numb(), episodes=1)


def test_a_sense_is_needed_at_every_stage(tmp_path):
    """Also while the drive that reads it is off, since it will wake up."""
    stages = [Stage("numb", 10**9, modules=("jaded",)), Stage("feeling")]
    agent = DualBrainPPO(
        "BrainPolicy", several(), steering=SteeringSubsystem([Count(), Jaded()], stages=stages), n_steps=STEPS
    )
    with pytest.raises(UserError, match="unknown sense 'age'"):
        DualBrainPPO.load(saved(agent, tmp_path), numb())


def test_a_world_that_looks_different_is_told(tmp_path):
    path = saved(trained(), tmp_path)
    with pytest.raises(UserError, match=r"^this world does not fit the brain: Observation spaces do not match: .*$"):
        DualBrainPPO.load(path, "CartPole-v1")


def foreign(folder: Path) -> list[Path]:
    text, other = folder / "text.zip", folder / "other.zip"
    text.write_text("not a model")
    PPO("MlpPolicy", "CartPole-v1", n_steps=16, batch_size=16).save(other)
    return [text, other]


def test_a_foreign_file_is_told_in_one_line(tmp_path):
    for path in foreign(tmp_path):
        with pytest.raises(UserError, match=rf"{path.name} is not a saved model") as told:
            load_model(path, "ppo")
        assert "\n" not in str(told.value)

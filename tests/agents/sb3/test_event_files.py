"""TensorBoard shows of every algorithm what it shows of PPO: the same keys for each signal, audit and stages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from stable_baselines3.common.logger import configure

from agents import DualBrainPPO
from dualbrain.steering.stages import Stage
from dualbrain.steering.subsystem import SteeringSubsystem
from reward_modules import Extrinsic, Novelty
from tests.agents.sb3.algorithms import CASES, worlds
from tests.event_files import read, scalars

STAGES = (Stage("young", 64, ("extrinsic",)), Stage("old"))
OWN = ("train/", "time/", "rollout/")
"""Groups of keys that are the algorithm's own."""


def train(folder: Path, name: str, cls: Any, policy: str, steps: int = 128, **settings: Any) -> Any:
    given = {
        "steering": SteeringSubsystem([Extrinsic(), Novelty()], stages=STAGES),
        "seed": 0,
        "pictures": 1,
        **settings,
    }
    agent = cls(policy, worlds(name), **given)
    agent.set_logger(configure(str(folder), ["tensorboard"]))
    agent.learn(steps, log_interval=1)
    agent.logger.dump(agent.num_timesteps)
    agent.logger.close()
    return agent


def keys(folder: Path) -> set[str]:
    return {key for key in scalars(folder) if not key.startswith(OWN)}


@pytest.mark.parametrize("name", ["dqn", "sac"])
def test_the_same_keys_as_of_ppo(tmp_path: Path, name: str):
    case = CASES[name]
    ours = train(tmp_path / "ours", name, case.ours, "auto", window=64, **case.settings)
    train(tmp_path / "ppo", name, DualBrainPPO, "BrainPolicy", n_steps=64, batch_size=32)
    assert keys(tmp_path / "ours") == keys(tmp_path / "ppo")
    assert any(key.startswith("dopamine/valence") for key in keys(tmp_path / "ours"))
    assert "train/assessor_loss" in scalars(tmp_path / "ours")
    assert set(read(tmp_path / "ours").Tags()["images"]) == set(read(tmp_path / "ppo").Tags()["images"])
    assert ours.report()["signals"].keys() == {"extrinsic.reward", "novelty.novelty"}


def test_stages_are_entered(tmp_path: Path):
    agent = train(tmp_path, "a2c", CASES["a2c"].ours, "auto", window=32)
    assert [value for _, value in scalars(tmp_path)["drive/stage"]][-1] == 1.0
    assert agent.steering.stage == 1

"""A run's config.toml reruns the run: the same world, the same drives, the same brain."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from agents import DualBrainPPO
from dualbrain.structured.tables import read_toml
from tests.command_line import Command

SHORT = ("-n", "64", "--n-envs", "2", "--eval-freq", "0", "--no-progress")
QUICK = ("-params", "n_steps:16", "batch_size:32", "n_epochs:1")
RUN = Path("runs/ppo/Fussy-v0_1")

WORLDS = """
import gymnasium as gym, numpy as np
class Fussy(gym.Env):
    observation_space = gym.spaces.Box(-1, 1, (2,)); action_space = gym.spaces.Discrete(2)
    def __init__(self, limit=5, size=(1, 1), render_mode=None):
        assert limit is None and size == (4, 5), (limit, size)
        self.limit = 5
    def reset(self, *, seed=None, options=None): self.t = 0; return np.zeros(2, np.float32), {}
    def step(self, a): self.t += 1; return np.zeros(2, np.float32), 1.0, self.t >= self.limit, False, {}
class Other(Fussy):
    def __init__(self, render_mode=None): self.limit = 9
gym.register("Fussy-v0", Fussy); gym.register("Other-v0", Other)
"""
BAND = """
from dataclasses import dataclass, field
import numpy as np
from dualbrain import RewardModule, Signal
@dataclass
class Band(RewardModule):
    limits: list[float] = field(default_factory=lambda: [0.0, 1.0])
    names: dict[str, float] = field(default_factory=dict)
    pair: tuple[float, float] = (0.0, 2.0)
    limit: float | None = 1.0
    emits = (Signal("inside", horizon=4),)
    def __post_init__(self): self.limits = np.asarray(self.limits)
    def truth(self, extrinsic_reward): return {"inside": np.where(extrinsic_reward > self.limits[0], 1.0, 0.0)}
"""
FILE = """
[modules.band]
module = "fussy_band:Band"
limits = [0.25, 7.0]
names = { a = inf }
pair = [1, 3]
limit = "python: None"
"""


def drive(run: str) -> dict[str, Any]:
    parameters = DualBrainPPO.load(f"runs/ppo/{run}/model.zip").steering.modules["band"].parameters
    return {**parameters, "limits": parameters["limits"].tolist()}


def test_a_run_goes_on_in_the_same_world_under_the_same_drives(dualbrain: Command):
    Path("fussy_worlds.py").write_text(WORLDS)
    Path("fussy_band.py").write_text(BAND)
    Path("s.toml").write_text(FILE)
    world = ("Fussy-v0", "--gym-packages", "fussy_worlds", "--env-kwargs", "limit:None", "size:(4,5)")
    assert dualbrain("train", *world, "--steering", "s.toml", *SHORT, *QUICK)[0] == 0
    written = tomllib.loads((RUN / "config.toml").read_text())
    assert written["env_kwargs"] == {"limit": "python: None", "size": "python: (4, 5)"}
    assert written["modules"]["band"]["params"]["limits"] == [0.25, 7.0]
    assert read_toml(RUN / "config.toml")["env_kwargs"] == {"limit": None, "size": (4, 5)}
    for command in (("eval", "runs", "--episodes", "1"), ("export", "runs", "--episodes", "1")):
        assert dualbrain(*command)[0] == 0
    assert dualbrain("train", "-i", "runs", *SHORT)[0] == 0
    again = read_toml(Path("runs/ppo/Fussy-v0_2/config.toml"))
    assert {**again, "trained_agent": None} == {**read_toml(RUN / "config.toml"), "trained_agent": None}
    wanted = {"limits": [0.25, 7.0], "names": {"a": np.inf}, "pair": (1.0, 3.0), "limit": None}
    assert drive("Fussy-v0_1") == drive("Fussy-v0_2") == wanted


def test_another_world_does_not_take_over_the_arguments(dualbrain: Command, caplog: pytest.LogCaptureFixture):
    Path("fussy_worlds.py").write_text(WORLDS)
    world = ("Fussy-v0", "--gym-packages", "fussy_worlds", "--env-kwargs", "limit:None", "size:(4,5)")
    assert dualbrain("train", *world, *SHORT, *QUICK)[0] == 0
    assert dualbrain("train", "Other-v0", "-i", "runs", *SHORT)[0] == 0
    assert "the env_kwargs of Fussy-v0 are not taken over by Other-v0" in caplog.text
    assert read_toml(Path("runs/ppo/Other-v0_1/config.toml"))["env_kwargs"] == {}


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("dict(net_arch=[8,8], activation_fn=nn.ReLU)", {"net_arch": [8, 8], "activation_fn": "nn.ReLU"}),
        ("{'net_arch': dict(pi=[8], vf=[8]), 'activation_fn': 'relu'}", {"net_arch": {"pi": [8], "vf": [8]}}),
        ("{'net_arch': [dict(pi=[8], vf=[8.0])], 'activation_fn': torch.nn.ReLU}", {}),
        ("dict(net_arch=[8], activation_fn='torch.nn:ReLU', optimizer_class='SGD')", {"optimizer_class": "SGD"}),
    ],
)
def test_policy_arguments_as_rl_zoo3_writes_them(dualbrain: Command, given: str, written: dict[str, Any]):
    assert dualbrain("train", "CartPole-v1", *SHORT, *QUICK, f"policy_kwargs:{given}", "clip_range_vf:None")[0] == 0
    assert dualbrain("train", "-i", "runs", *SHORT)[0] == 0
    config = read_toml(Path("runs/ppo/CartPole-v1_2/config.toml"))["hyperparams"]
    assert config["policy_kwargs"].items() >= written.items()
    assert config["clip_range_vf"] is None
    agent = DualBrainPPO.load("runs/ppo/CartPole-v1_2/model.zip")
    assert any(isinstance(layer, torch.nn.ReLU) for layer in agent.policy.mlp_extractor.modules())
    assert (config["clip_range_vf"], agent.policy.mlp_extractor.latent_dim_vf) == (None, 8)


def test_a_network_is_not_built_anew_in_silence(dualbrain: Command, caplog: pytest.LogCaptureFixture):
    assert dualbrain("train", "CartPole-v1", *SHORT, *QUICK, "policy_kwargs:dict(net_arch=[8])")[0] == 0
    assert dualbrain("train", "-i", "runs", *SHORT)[0] == 0
    assert "keeps" not in caplog.text
    assert dualbrain("train", "-i", "runs", *SHORT, "-params", "policy_kwargs:dict(net_arch=[9])")[0] == 0
    assert "a trained agent keeps its policy_kwargs: {'net_arch': [8]}, not {'net_arch': [9]}" in caplog.text


def test_the_greatest_seed_trains_and_evaluates(dualbrain: Command):
    flags = ("--seed", "4294967295", "-n", "64", "--n-envs", "2", "--eval-episodes", "1", *QUICK)
    for world, drives in (("CartPole-v1", "extrinsic"), ("dualbrain/Forage-v0", "hunger")):
        assert dualbrain("train", world, "--modules", drives, *flags)[0] == 0


def test_a_file_from_a_windows_editor(dualbrain: Command):
    Path("my drives.toml").write_bytes(b"\xef\xbb\xbf[modules]\r\nextrinsic = { weight = 0.5 }\r\n")
    assert dualbrain("train", "CartPole-v1", "--steering", "my drives.toml", "-f", "my runs", *SHORT, *QUICK)[0] == 0
    assert dualbrain("eval", "my runs", "--episodes", "1")[0] == 0


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("[env_kwargs]\nsize = 'python: (4,'", "run.toml: '(4,' is no value of Python's"),
        (f"[env_kwargs]\nsize = {'[' * 5000}", "run.toml is not valid TOML"),
        (f"seed = {'9' * 5000}", "run.toml is not valid TOML"),
    ],
    ids=["no value", "deep", "long"],
)
def test_a_file_that_makes_no_sense(dualbrain: Command, toml: str, says: str):
    Path("run.toml").write_text(toml)
    code, _, err = dualbrain("train", "CartPole-v1", "--config", "run.toml")
    assert (code, err.count("\n")) == (2, 1)
    assert says in err

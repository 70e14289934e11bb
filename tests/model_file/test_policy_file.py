"""A policy that was written alone acts as its agent does, where there is torch and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

from agents import DualBrainPPO
from dualbrain import UserError
from dualbrain.cli import main
from dualbrain.model_file.policy_file import policy_file
from dualbrain.worlds.spaces.normalisation import prepared

ALONE = """
import json, sys
class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[4:]:
            raise ImportError(name)
sys.meta_path.insert(0, Refused())
sys.path.append(sys.argv[1])
import torch
inside = {"contract.json": ""}
policy = torch.jit.load(sys.argv[2], _extra_files=inside)
kinds = {"float32": torch.float32, "uint8": torch.uint8, "int64": torch.int64, "float64": torch.float64}
inputs = json.loads(inside["contract.json"])["inputs"]
parts = zip(json.loads(sys.argv[3]), inputs, strict=True)
given = [torch.tensor(part, dtype=kinds[told["dtype"]]) for part, told in parts]
print(json.dumps(policy(*given).tolist()))
"""


class World(gymnasium.Env[Any, Any]):
    """Shows any observation, and takes any action."""

    def __init__(self, observations: spaces.Space[Any], actions: spaces.Space[Any]):
        self.observation_space, self.action_space = observations, actions

    def reset(self, **_: Any) -> Any:
        return self.observation_space.sample(), {}

    def step(self, action: Any) -> Any:
        return self.observation_space.sample(), 1.0, False, False, {}


BOX = spaces.Box(-2.0, 2.0, (3,), np.float32)
WORLDS: dict[str, tuple[spaces.Space[Any], spaces.Space[Any], dict[str, Any]]] = {
    "numbers": (BOX, spaces.Discrete(3), {}),
    "moves": (BOX, spaces.Box(np.array([-0.01, 0.0]), np.array([0.01, 1.0]), dtype=np.float32), {}),
    "squashed": (BOX, spaces.Box(-0.1, 0.5, (2,)), {"use_sde": True, "policy_kwargs": {"squash_output": True}}),
    "several": (spaces.MultiDiscrete([2, 3]), spaces.MultiDiscrete([2, 4]), {}),
    "switches": (spaces.Discrete(5), spaces.MultiBinary(3), {}),
    "a picture": (spaces.Box(0, 255, (3, 12, 12), np.uint8), spaces.Discrete(3), {"cortex": "cnn"}),
    "parts": (spaces.Dict({"b": BOX, "a": spaces.Discrete(3)}), spaces.Discrete(3), {}),
}


def agent_in(name: str, normalised: bool = False) -> DualBrainPPO:
    observations, actions, settings = WORLDS[name]
    venv: Any = DummyVecEnv([partial(World, observations, actions)])
    if normalised:
        venv = VecNormalize(venv, norm_obs_keys=["b"] if name == "parts" else None)
    settings = {"n_steps": 16, "batch_size": 16, "n_epochs": 1, "seed": 1, "device": "cpu", **settings}
    return DualBrainPPO("BrainPolicy", venv, steering=["extrinsic"], **settings).learn(32)


def drawn(space: spaces.Space[Any], n: int = 9) -> Any:
    some = [space.sample() for _ in range(n)]
    return (
        {name: np.stack([one[name] for one in some]) for name in space.spaces}
        if isinstance(space, spaces.Dict)
        else (np.stack(some))
    )


@pytest.mark.parametrize(
    ("name", "normalised"), [*((name, False) for name in WORLDS), ("numbers", True), ("parts", True)]
)
def test_it_acts_as_the_agent(tmp_path, name, normalised):
    agent = agent_in(name, normalised)
    content, contract = policy_file(agent)
    (tmp_path / "policy.pt").write_bytes(content)
    observations = drawn(agent.observation_space)
    parts = list(observations.values()) if isinstance(observations, dict) else [observations]
    load: Any = torch.jit.load
    actions = load(tmp_path / "policy.pt")(*map(torch.from_numpy, parts)).numpy()
    expected = agent.predict(prepared(agent, observations), deterministic=True)[0]
    assert actions.dtype == expected.dtype
    assert np.allclose(actions, expected, atol=1e-5)
    assert [part["name"] for part in contract["inputs"]] == (
        list(observations) if isinstance(observations, dict) else ["observation"]
    )


def test_it_acts_where_there_is_torch_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    settings = (
        "--eval-freq",
        "0",
        "--n-envs",
        "1",
        "-params",
        "n_steps:16",
        "batch_size:16",
        "n_epochs:1",
        "pictures:0",
    )
    assert main(["train", "CartPole-v1", "-n", "32", *settings]) == 0
    assert main(["export", "runs", "--policy"]) == 0
    run = Path("runs/ppo/CartPole-v1_1")
    assert "reads observation (4,) float32" in capsys.readouterr().out
    contract = json.loads((run / "policy.json").read_text(encoding="utf-8"))
    assert contract["inputs"][0]["shape"] == [4]
    assert contract["actions"] == {"kind": "Discrete", "shape": [], "dtype": "int64", "values": [0, 1]}
    agent = DualBrainPPO.load(run / "model.zip")
    observations = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    libraries = str(Path(torch.__file__).parents[1])
    refused = ("dualbrain", "agents", "reward_modules", "envs", "stable_baselines3", "gymnasium")
    given = (libraries, str(run / "policy.pt"), json.dumps([observations.tolist()]))
    command = [sys.executable, "-I", "-S", "-c", ALONE, *given, *refused]
    alone = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert alone.returncode == 0, alone.stderr
    assert json.loads(alone.stdout) == agent.predict(observations, deterministic=True)[0].tolist()
    assert main(["export", "runs", "--policy", "-o", "elsewhere/mine.pt"]) == 0
    assert main(["export", "runs", "--policy", "-o", "mine.json"]) == 2, "what it reads is written there"
    assert not Path("mine.json").exists()
    assert Path("elsewhere/mine.json").exists()


def test_what_cannot_be_written_is_said():
    from stable_baselines3 import DQN

    with pytest.raises(UserError, match="the policy of a DQN cannot be written"):
        policy_file(DQN("MlpPolicy", "CartPole-v1", buffer_size=10))

"""Every algorithm keeps the contract of an agent, and the check of it finds those that do not."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from stable_baselines3 import PPO

from agents import DualBrainPPO
from agents.sb3.a2c import SteeredA2C
from dualbrain.errors import UserError
from dualbrain.registry import check_agent_class, load_agent
from dualbrain.testing import ContractError, check_agent

PATHS = {
    "dqn": "agents.sb3.dqn:SteeredDQN",
    "sac": "agents.sb3.sac:SteeredSAC",
    "td3": "agents.sb3.td3:SteeredTD3",
    "qrdqn": "agents.sb3.qrdqn:SteeredQRDQN",
    "recurrent_ppo": "agents.sb3.recurrent_ppo:SteeredRecurrentPPO",
    "maskable_ppo": "agents.sb3.maskable_ppo:SteeredMaskablePPO",
}


def test_ppo_and_a2c_keep_it():
    check_agent(DualBrainPPO)
    check_agent("agents.sb3.a2c:SteeredA2C")


@pytest.mark.parametrize("name", PATHS)
def test_the_others_keep_it(name: str):
    check_agent(PATHS[name], steps=128)


class Careless(SteeredA2C):
    """Forgets what it has learned when it is saved."""

    def _get_torch_save_params(self) -> tuple[list[str], list[str]]:
        return [], []


class Restless(SteeredA2C):
    """Never does the same twice."""

    def _setup_model(self) -> None:
        self.seed = None
        super()._setup_model()


class Silent(SteeredA2C):
    """Expects nothing of one signal."""

    def assess(self, obs: Any, *state: Any) -> dict[str, Any]:
        expected = super().assess(obs, *state)
        expected["short"].pop("novelty.novelty")
        return expected


class Endless(SteeredA2C):
    """Expects endless bliss."""

    def assess(self, obs: Any, *state: Any) -> dict[str, Any]:
        return {**super().assess(obs, *state), "valence": np.full(len(obs), np.inf)}


@pytest.mark.parametrize(
    ("agent", "breach"),
    [
        (Restless, "agent 'Restless': the same seed twice made two different agents"),
        (Silent, r"agent 'Silent': assess names \['extrinsic.reward'\], not its signals, in 'short'"),
        (Endless, "agent 'Endless': assess gives 'valence' numbers that are not finite"),
        (Careless, "agent 'Careless'"),
        (PPO, "PPO is no agent: it takes no steering"),
        ("nobody", "unknown agent 'nobody'"),
    ],
)
def test_a_breach_is_found(agent: Any, breach: str):
    with pytest.raises(ContractError, match=breach):
        check_agent(agent, steps=64)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "sb3_contrib", None)
    monkeypatch.delitem(sys.modules, "agents.sb3.qrdqn", raising=False)
    with pytest.raises(UserError, match="this algorithm comes from the package sb3-contrib: pip install sb3-contrib"):
        load_agent(PATHS["qrdqn"])


class Mute(PPO):
    """Takes steering and says nothing."""

    def __init__(self, *args: Any, steering: Any = (), **kwargs: Any):
        super().__init__(*args, **kwargs)


def test_the_command_line_refuses_what_cannot_be_evaluated():
    with pytest.raises(UserError, match="mine:Mute is no agent: it has no scorecard and no assess"):
        check_agent_class(Mute, "mine:Mute")

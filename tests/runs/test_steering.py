"""Steering files and ablations on the command line: what they say is in the run, and in its configuration."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dualbrain import Stage
from dualbrain.runs.models import load_model
from dualbrain.structured.tables import read_toml
from tests.cli.test_mistakes import complains
from tests.command_line import QUICK, Command
from tests.runs.test_train import parameters, same

STEERING = """
thought_cap = 0.25

[modules]
extrinsic = { weight = 2.0 }
bonus = { module = "novelty", bonus = 0.5 }

[[stages]]
name = "curious"
until = 30
modules = ["bonus"]

[[stages]]
name = "earning"
weights = { bonus = 0.0 }
"""
TRAIN = ("train", "CartPole-v1", "--steering", "my.toml", *QUICK, "-n", "64")
FIRST = Path("runs/ppo/CartPole-v1_1")


def trained(dualbrain: Command, *argv: str) -> str:
    code, out, err = dualbrain(*argv)
    assert (code, err) == (0, "")
    return out


def test_a_run_under_a_steering_file(dualbrain: Command):
    Path("my.toml").write_text(STEERING)
    out = trained(dualbrain, *TRAIN)
    assert "under extrinsic x2, bonus x1 through curious, earning" in out
    steering = load_model(FIRST / "model.zip", "ppo").steering
    assert list(steering.modules) == ["extrinsic", "bonus"]
    assert steering.modules["bonus"].parameters == {"bonus": 0.5}
    assert steering.thought_cap == 0.25
    assert steering.stages == (Stage("curious", 30, ("bonus",)), Stage("earning", weights={"bonus": 0.0}))
    assert steering.stage == 1


def test_its_configuration_reruns_it_without_the_file(dualbrain: Command):
    Path("my.toml").write_text(STEERING)
    trained(dualbrain, *TRAIN, "--ablate", "worth")
    Path("my.toml").unlink()
    config = read_toml(FIRST / "config.toml")
    assert config["modules"]["bonus"] == {"module": "novelty", "weight": 1.0, "params": {"bonus": 0.5}}
    assert [stage["name"] for stage in config["stages"]] == ["curious", "earning"]
    trained(dualbrain, "train", "--config", str(FIRST / "config.toml"))
    again = FIRST.with_name("CartPole-v1_2")
    assert same(parameters(FIRST / "model.zip"), parameters(again / "model.zip"))
    assert (again / "config.toml").read_text() == (FIRST / "config.toml").read_text()


def test_going_on_keeps_stages_until_another_file_comes(dualbrain: Command):
    Path("my.toml").write_text(STEERING)
    trained(dualbrain, *TRAIN)
    trained(dualbrain, "train", "-i", str(FIRST), "-n", "32")
    assert load_model(FIRST.with_name("CartPole-v1_2") / "model.zip", "ppo").steering.stage == 1
    Path("other.toml").write_text("[modules]\nextrinsic = {}")
    trained(dualbrain, "train", "-i", str(FIRST), "--steering", "other.toml", "-n", "32")
    other = load_model(FIRST.with_name("CartPole-v1_3") / "model.zip", "ppo").steering
    assert (list(other.modules), other.stages, other.thought_cap) == (["extrinsic"], (), 0.5)


def test_ablations_are_in_run_and_configuration(dualbrain: Command):
    cut = ("--ablate", "wire", "worth", "--ablate", "gate", "--ablate", "head:extrinsic.reward", "head:novelty.novelty")
    out = trained(dualbrain, "train", "CartPole-v1", "--modules", "extrinsic,novelty", *cut, *QUICK, "-n", "32")
    named = "wire, worth, gate, head:extrinsic.reward, head:novelty.novelty"
    assert f"without {named}" in " ".join(out.split())
    config = read_toml(FIRST / "config.toml")
    assert (config["cut_wire"], config["freeze_worth"], config["assessors"]["unlearn"]) == (True, True, 1.0)
    assert config["assessors"]["ablated_heads"] == ["extrinsic.reward", "novelty.novelty"]
    agent = load_model(FIRST / "model.zip", "ppo")
    assert agent.steering.ablations == ("wire", "worth")
    assert not agent.assess(np.zeros((1, 4), np.float32))["long"]["extrinsic.reward"].any()


def test_a_grown_brain_is_ablated(dualbrain: Command):
    plain = ("train", "CartPole-v1", "--modules", "extrinsic,novelty", *QUICK, "-n", "32")
    trained(dualbrain, *plain)
    trained(dualbrain, "train", "-i", str(FIRST), "--ablate", "head:extrinsic.reward", "-n", "32")
    agent = load_model(FIRST.with_name("CartPole-v1_2") / "model.zip", "ppo")
    expected = agent.assess(np.zeros((1, 4), np.float32))["long"]
    assert not expected["extrinsic.reward"].any()
    assert expected["novelty.novelty"].any()


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (("--steering", "absent.toml"), "cannot read absent.toml"),
        (("--steering", "bad.toml"), "unknown key 'bonnus' in bad.toml [modules.novelty]: did you mean 'bonus'?"),
        (("--steering", "broken.toml"), "broken.toml is not valid TOML: Invalid value (at line 2, column 11)"),
        (("--steering", "bad.toml", "--modules", "novelty"), "give one of them"),
        (("--steering", "hungry.toml"), "unknown sense 'ate'"),
        (("--ablate", "wrie"), "unknown ablation 'wrie': did you mean 'wire'?"),
        (("--ablate", "head"), "did you mean 'head:SIGNAL'?"),
        (("--ablate", "heads:extrinsic.reward"), "unknown ablation 'heads:extrinsic.reward'"),
        (("--ablate", "head:extrinsic.rewrad"), "unknown signal 'extrinsic.rewrad' to ablate: did you mean"),
        (("--ablate", "gate", "--no-assessors"), "nothing to ablate by gate: there are no assessors"),
    ],
    ids=" ".join,
)
def test_mistakes(dualbrain: Command, argv: tuple[str, ...], hint: str):
    Path("bad.toml").write_text("[modules]\nnovelty = { bonnus = 1.0 }")
    Path("broken.toml").write_text("[modules]\nnovelty = = 1")
    Path("hungry.toml").write_text("[modules]\nhunger = {}")
    assert hint in complains(dualbrain, "train", "CartPole-v1", *argv)


def test_a_trained_brain_refuses_a_world_that_does_not_fit(dualbrain: Command):
    """One that lacks a sense that its drives read; and, to go on in, one that looks different altogether."""
    forage = ("train", "dualbrain/Forage-v0", "--modules", "hunger", "--n-envs", "4", "--eval-freq", "0")
    trained(dualbrain, *forage, "-n", "256", "-params", "n_steps:64", "batch_size:256", "n_epochs:1")
    run = "runs/ppo/dualbrain-Forage-v0_1"
    for argv, says in (
        (("eval", run, "--episodes", "2", "--env", "CartPole-v1"), "unknown sense 'ate' (read by hunger.truth)"),
        (("train", "CartPole-v1", "-i", run), "this world does not fit the brain: Observation spaces do not match"),
    ):
        code, _, err = dualbrain(*argv)
        assert (code, err.count("\n")) == (2, 1)
        assert err.startswith(f"dualbrain: error: {says}")

"""Whatever environment is brought, every command works with it or refuses it in one line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from agents import DualBrainPPO
from dualbrain.episodes.evaluate import evaluate
from dualbrain.episodes.export import write_table
from dualbrain.episodes.record import record
from dualbrain.episodes.tables import steps_of
from dualbrain.errors import UserError
from dualbrain.watch.page import build_page
from dualbrain.watch.page_data import Caption
from tests.command_line import Command
from tests.sample_worlds.kinds import KINDS, PICTURES, Kind, env_id, register
from tests.sample_worlds.vec_envs import VECTORS, Vector

register()
QUICK = ("--n-envs", "2", "-params", "n_steps:16", "batch_size:32", "n_epochs:1")
EVALUATED = ("--eval-freq", "32", "--eval-episodes", "1", "--eval-max-steps", "40")
TRAIN = ("-n", "64", "--modules", "extrinsic,novelty", *QUICK, *EVALUATED)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_command_works_in_it_or_refuses_it_in_one_line(
    kind: Kind,
    dualbrain: Command,
    switched_off: list[str],
):
    code, _, told = dualbrain("train", env_id(kind), *TRAIN)
    if kind.refused:
        assert code == 2
        refusal = told.strip().splitlines()[-1]
        assert refusal.startswith("dualbrain: error: ")
        assert re.search(kind.refused, refusal)
        assert "Traceback" not in told
        return
    assert code == 0, told
    for command in COMMANDS:
        code, _, told = dualbrain(*command)
        assert code == 0, f"{command[0]}: {told}"
    assert kind in PICTURES or not switched_off


COMMANDS = [
    ("eval", "runs", "--episodes", "2", "--random", "--max-steps", "40"),
    ("watch", "runs", "--episodes", "1", "--max-steps", "40"),
    ("export", "runs", "--episodes", "1", "--max-steps", "40"),
    ("train", "-i", "runs", "-n", "32", "--eval-freq", "0"),
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_every_use_works_in_it_or_refuses_it_in_one_line(vector: Vector, tmp_path: Path):
    if not vector.refused:
        _use(vector.make(), tmp_path, vector.make)
        return
    with pytest.raises(UserError, match=vector.refused) as refusal:
        _use(vector.make(), tmp_path, vector.make)
    assert "\n" not in str(refusal.value)


def _use(venv: Any, folder: Path, again: Any) -> None:
    """Train, evaluate, look into, export, save, load and go on."""
    settings: dict[str, Any] = {"n_steps": 16, "batch_size": 32, "n_epochs": 1, "device": "cpu"}
    agent = DualBrainPPO("BrainPolicy", venv, steering=["extrinsic", "novelty"], **settings)
    agent.learn(64)
    assert len(evaluate(agent, again(), 2, seed=0, max_steps=40).lengths)
    recording = record(agent, again(), 2, 0, steps=40)
    assert build_page(recording, Caption("a world", {}, []), {})
    assert write_table(steps_of(recording), folder / "steps.csv").is_file()
    agent.save(folder / "brain.zip")
    gone_on = DualBrainPPO.load(folder / "brain.zip", env=again(), device="cpu")
    gone_on.learn(32, reset_num_timesteps=False)

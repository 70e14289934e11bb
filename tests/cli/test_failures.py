"""What is no mistake on the command line keeps its traceback, with one line in front that says whose code it was."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import gymnasium
import pytest

from dualbrain.cli import listing
from tests.cli.test_mistakes import complains
from tests.command_line import QUICK, Command

WORLD = """
import gymnasium as gym, numpy as np

class Own(gym.Env):
    metadata = {{"render_modes": []}}
    observation_space = gym.spaces.Box(-1, 1, (2,))
    action_space = gym.spaces.Discrete(2)

    def __init__(self, render_mode=None):
        print("SIMULATOR STARTED")
        {init}

    def reset(self, *, seed=None, options=None):
        {reset}
        return np.zeros(2, np.float32), {{}}

    def step(self, action):
        {step}
        return np.zeros(2, np.float32), {reward}, True, False, {{}}

gym.register("Own-v0", Own)
"""


def train(dualbrain: Command, **broken: str) -> tuple[int, str, str]:
    """Train in a world of somebody's own with a mistake in one of its methods."""
    parts = {"init": "pass", "reset": "pass", "step": "pass", "reward": "1.0", **broken}
    Path("own_world.py").write_text(WORLD.format(**parts), encoding="utf-8")
    try:
        return dualbrain("train", "Own-v0", "--gym-packages", "own_world", "-n", "32", *QUICK)
    finally:
        sys.modules.pop("own_world", None)
        gymnasium.registry.pop("Own-v0", None)


@pytest.mark.parametrize("where", ["init", "reset", "step"])
@pytest.mark.parametrize("mistake", ["'maps/' + 7", "{}['map']", "open('absent.map')", "raise ValueError('no map')"])
def test_a_mistake_in_the_users_world_is_shown_where_it_is(dualbrain: Command, where: str, mistake: str):
    code, _, err = train(dualbrain, **{where: mistake})
    first, *rest = err.splitlines()
    assert code == 1
    assert first.startswith("dualbrain: error: your own code raised ")
    assert "own_world.py, line " in first
    assert "Traceback (most recent call last):" in rest
    assert mistake in err
    assert "does not accept" not in err


def test_a_world_that_fails_is_not_made_again(dualbrain: Command):
    assert train(dualbrain, init="print('SIMULATOR STARTED'); 'maps/' + 7")[1].count("STARTED") == 2


@pytest.mark.parametrize("reward", ["np.array([1.0, -1.0])", "[1.0, 2.0]", "None", "'much'", "{'a': 1.0}"])
def test_a_reward_that_is_no_number_is_one_line(dualbrain: Command, reward: str):
    code, _, err = train(dualbrain, reward=reward)
    assert code == 2
    assert err.count("\n") == 1
    assert "the reward of a world must be one number" in err


def test_an_unexpected_exception_of_ours_is_not_lost(dualbrain: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(listing.LISTS, "agents", lambda _: [][0])
    monkeypatch.setattr("dualbrain.cli.terminal.failure.own_line", lambda _: None)
    code, _, err = dualbrain("list", "agents")
    assert code == 1
    assert err.startswith("dualbrain: error: unexpected IndexError: list index out of range")
    assert "Traceback (most recent call last):" in err


DRIVE = """
from dataclasses import dataclass
from dualbrain import RewardModule, Signal

@dataclass
class Own(RewardModule):
    {fields}
    emits = (Signal("own", low=-9.0, high=9.0),)

    def __post_init__(self):
        {init}

    def truth(self, extrinsic_reward):
        {truth}
        return {{"own": extrinsic_reward}}

class Plain: ...
"""


def steer(dualbrain: Command, *flags: str, **broken: str) -> tuple[int, str, str]:
    """Train under a drive of somebody's own with a mistake in it."""
    parts = {"fields": "scale: float = 1.0", "init": "pass", "truth": "pass", **broken}
    Path("own_drive.py").write_text(DRIVE.format(**parts), encoding="utf-8")
    importlib.invalidate_caches()
    try:
        return dualbrain("train", "CartPole-v1", *(flags or ("--modules", "own_drive:Own")), "-n", "32", *QUICK)
    finally:
        sys.modules.pop("own_drive", None)


@pytest.mark.parametrize("where", ["init", "truth"])
def test_a_mistake_in_the_users_drive_is_shown_where_it_is(dualbrain: Command, where: str):
    code, _, err = steer(dualbrain, **{where: "self.scale + 'much'"})
    assert code == 1
    assert err.startswith("dualbrain: error: your own code raised TypeError: ")
    assert "own_drive.py, line " in err.splitlines()[0]
    assert "self.scale + 'much'" in err


@pytest.mark.parametrize(
    ("flags", "broken", "says"),
    [
        (
            (),
            {"init": "raise ValueError('no scale')"},
            "refuses its parameters: ValueError: no scale",
        ),
        ((), {"fields": "scale: float"}, "[modules.own.params] lacks 'scale'"),
        ((), {"fields": "undefined_name"}, "NameError: name 'undefined_name' is not defined"),
        (("--modules", "own_drive:Plain"), {}, "own_drive:Plain is no reward module"),
        (("--modules", "own_drive:Absent"), {}, "module 'own_drive' has no attribute 'Absent'"),
    ],
)
def test_a_drive_that_cannot_be_built_is_one_line(
    dualbrain: Command, flags: tuple[str, ...], broken: dict[str, str], says: str
):
    code, _, err = steer(dualbrain, *flags, **broken)
    assert code == 2
    assert err.count("\n") == 1
    assert says in err


@pytest.mark.parametrize("what", ["os:abort", "json:dumps", "builtins:exit", "builtins:int"])
def test_nothing_is_called_to_find_out_that_it_is_no_drive_and_no_agent(dualbrain: Command, what: str):
    assert f"{what} is no reward module" in complains(dualbrain, "train", "CartPole-v1", "--modules", what)
    assert f"{what} is no agent" in complains(dualbrain, "train", "CartPole-v1", "--algo", what)


def test_letters_that_the_terminal_lacks_end_nothing(tmp_path: Path):
    """In a locale without UTF-8, settings with any letters are read, and what is printed loses some."""
    (tmp_path / "schärfe.toml").write_bytes("\ufeff# Schärfe, half\r\n[modulés]\r\n".encode())
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii:strict"}
    command = [sys.executable, "-W", "ignore", "-m", "dualbrain", "train", "CartPole-v1", "--steering", "schärfe.toml"]
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, **locale}, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"dualbrain: error: sch")
    assert b"is not valid TOML" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_a_warning_of_a_library_is_one_line_said_once(tmp_path: Path):
    command = [sys.executable, "-m", "dualbrain", "train", "CartPole-v0", "-n", "32", *QUICK]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    told = [line for line in done.stderr.splitlines() if "out of date" in line]
    assert told == [
        "dualbrain: warning: The environment CartPole-v0 is out of date. You should consider upgrading to version `v1`."
    ]


def test_a_folder_whose_letters_the_locale_lacks(dualbrain: Command):
    word = "läufe".encode().decode("ascii", errors="surrogateescape")
    code, _, err = dualbrain("train", "CartPole-v1", "-f", word, "-n", "32", *QUICK)
    assert code == 2
    assert "has letters that the locale lacks: set PYTHONUTF8=1" in err.encode("ascii", "replace").decode()
    assert err.count("\n") == 1

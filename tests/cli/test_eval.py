"""``dualbrain eval``: in which world, how many of them at once, and for how long."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import QUICK, Command

WORLDS = """
import gymnasium as gym, numpy as np
opened = []
class Easy(gym.Env):
    observation_space = gym.spaces.Box(-1, 1, (2,)); action_space = gym.spaces.Discrete(2)
    def __init__(self, limit=5, pay=1.0, render_mode=None): self.limit, self.pay = limit, pay; opened.append(self)
    def reset(self, *, seed=None, options=None): self.t = 0; return np.zeros(2, np.float32), {}
    def step(self, action): self.t += 1; return np.zeros(2, np.float32), self.pay, self.t == self.limit, False, {}
class Hard(Easy):
    def __init__(self, render_mode=None): super().__init__(9)
class Threefold(Easy):
    action_space = gym.spaces.Discrete(3)
gym.register("Threefold-v0", Threefold); gym.register("Easy-v0", Easy); gym.register("Hard-v0", Hard)
"""


@pytest.fixture
def trained(dualbrain: Command) -> Command:
    """Return the command line, beside a run in ``Easy-v0`` with ``limit:6``."""
    Path("eval_worlds.py").write_text(WORLDS)
    options = ("--gym-packages", "eval_worlds", "--env-kwargs", "limit:6", "-n", "32", "--no-progress")
    assert dualbrain("train", "Easy-v0", *options, *QUICK)[0] == 0
    return dualbrain


def length(out: str) -> str:
    """Return the median length and score of the brain's episodes, with their quartiles."""
    cells = next(line for line in out.splitlines() if "the brain" in line).split("\N{BOX DRAWINGS LIGHT VERTICAL}")
    return ", ".join(cell.strip() for cell in cells[2:4])


def test_the_world_of_training_unless_another_is_asked_for(trained: Command):
    for flags, spread in {
        (): "6 (6 to 6), 6 (6 to 6)",
        ("--env-kwargs", "limit:8"): "8 (8 to 8), 8 (8 to 8)",
        ("--env-kwargs", "pay:0.5"): "6 (6 to 6), 3 (3 to 3)",
        ("--env", "Easy-v0"): "6 (6 to 6), 6 (6 to 6)",
        ("--env", "Hard-v0"): "9 (9 to 9), 9 (9 to 9)",
    }.items():
        code, out, err = trained("eval", "runs", "--episodes", "3", *flags)
        assert (code, err) == (0, ""), flags
        assert length(out) == spread, flags
    code, _, err = trained("eval", "runs", "--env", "Hard-v0", "--env-kwargs", "limit:8")
    assert code == 2
    assert "limit" in err


def test_few_worlds_are_opened_at_once(trained: Command):
    import eval_worlds  # type: ignore[import-not-found]

    for flags, most in {(): 12, ("--n-envs", "3"): 5}.items():  # the worlds, and up to two that are looked at
        eval_worlds.opened.clear()
        assert trained("eval", "runs", "--episodes", "25", *flags)[0] == 0
        assert len(eval_worlds.opened) <= most


def test_endless_episodes_are_said_to_be_cut_off(trained: Command):
    flags = ("--episodes", "2", "--random", "--max-steps", "20", "--env-kwargs", "limit:None")
    code, out, _ = trained("eval", "runs", *flags)
    assert code == 0
    assert "the brain: 2 of 2 episodes did not end and were cut off after 20 steps" in out
    assert "a random agent: 2 of 2 episodes did not end and were cut off after 20 steps" in out


@pytest.mark.parametrize("flag", ["--episodes", "--n-envs", "--max-steps"])
def test_numbers_below_one_are_told(dualbrain: Command, flag: str):
    code, _, err = dualbrain("eval", "runs", flag, "0")
    assert code == 2
    assert err.startswith(f"dualbrain: error: {flag} must be at least 1, not 0")


@pytest.mark.parametrize(("world", "told"), [("CartPole-v1", "observations are Box"), ("Threefold-v0", "actions are")])
def test_a_world_of_other_shapes_is_refused_in_a_line(trained: Command, world: str, told: str):
    code, _, err = trained("eval", "runs", "--env", world, "--episodes", "1")
    assert code == 2
    assert err.startswith("dualbrain: error: this world does not fit the brain: its ")
    assert told in err


def test_pages_and_tables_go_into_files_and_folders(trained: Command):
    Path("taken").touch()
    code, _, err = trained("watch", "runs", "--episodes", "1", "-o", ".")
    assert (code, err) == (2, "dualbrain: error: cannot write .: Is a directory\n")
    code, _, err = trained("export", "runs", "--episodes", "1", "-o", "taken")
    assert (code, err) == (2, "dualbrain: error: taken is a file, not a folder: the tables are several files\n")

"""Evaluations on the way: when, on which worlds, and which model is the best."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from stable_baselines3.common.logger import Logger

from dualbrain.episodes.evaluate import Evaluation
from dualbrain.runs.callbacks import evaluations
from dualbrain.runs.callbacks.evaluations import Evaluations
from dualbrain.runs.config import EvaluationConfig
from dualbrain.runs.run_folder import RunFolder
from dualbrain.runs.train import EVALUATION_SEED
from tests.command_line import Command

N_ENVS = 4


class Learner:
    """Stands for an agent: its model file says at which step it was saved."""

    def __init__(self, begun: int = 0):
        self.num_timesteps = begun
        self.logger = Logger(None, [])

    def get_env(self):
        return None

    def save(self, path: Path) -> None:
        path.write_text(str(self.num_timesteps))


def outcome(scores: Sequence[float], asked: int | None = None) -> Evaluation:
    n = len(scores)
    return Evaluation(np.ones(n, np.int64), np.array(scores, float), np.zeros(n, bool), asked or n, 10_000)


class Run:
    """A run of 12 steps in 4 worlds, whose evaluations come out as given."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, results: list[Evaluation], **settings: Any):
        self.calls: list[dict[str, Any]] = []
        self.folder, self.learner = RunFolder(folder), Learner(settings.pop("begun", 0))
        left, came = settings.pop("left", None), iter(results)

        def evaluate(agent: Any, world: Any, episodes: int, **how: Any) -> Evaluation:
            self.calls.append({"agent": agent, "world": world, "episodes": episodes, **how})
            return next(came)

        monkeypatch.setattr(evaluations, "evaluate", evaluate)
        world: Any = "the world"
        callback = Evaluations(self.folder, world, EvaluationConfig(**settings), left)
        callback.init_callback(self.learner)  # type: ignore[arg-type]
        callback.on_training_start({}, {})
        for _ in range(12):
            self.learner.num_timesteps += N_ENVS
            assert callback.on_step()
        callback.on_training_end()

    @property
    def best(self) -> str | None:
        """The step of the best model."""
        path = self.folder.path / "best_model.zip"
        return path.read_text() if path.exists() else None

    @property
    def history(self) -> dict[str, Any]:
        with np.load(self.folder.path / "evaluations.npz") as kept:
            return {name: kept[name].tolist() for name in kept.files}


NAN = float("nan")


@pytest.mark.parametrize(
    ("means", "best"),
    [
        ((1, 2, 3, 4), "48"),
        ((4, 3, 2, 1), "12"),
        ((1, 9, 3, 2), "24"),
        ((-9, -3, -7, -8), "24"),
        ((5, 5, 5, 5), "12"),
        ((NAN, 2, NAN, 1), "24"),
        ((0, NAN, NAN, NAN), "12"),
        ((NAN, NAN, NAN, NAN), None),
        ((-np.inf, -5, -6, -np.inf), "24"),
    ],
)
def test_the_best_model_is_the_one_that_scored_best(tmp_path, monkeypatch, means, best):
    run = Run(tmp_path, monkeypatch, [outcome([mean]) for mean in means], freq=12)
    assert run.best == best


def test_the_mean_of_all_episodes_decides(tmp_path, monkeypatch):
    scores = [[0, 9, 9], [7, 7, 7], [-50, 61, 8], [0, 0, 15]]
    run = Run(tmp_path, monkeypatch, [outcome(each) for each in scores], freq=12)
    assert run.best == "24"
    assert run.history == {"timesteps": [12, 24, 36, 48], "results": scores, "ep_lengths": [[1, 1, 1]] * 4}


@pytest.mark.parametrize(
    ("freq", "begun", "steps"),
    [
        (12, 0, [12, 24, 36, 48]),
        (8, 0, [8, 16, 24, 32, 40, 48]),
        (10, 0, [12, 20, 32, 40]),  # at the first step at which so many are over
        (48, 0, [48]),
        (49, 0, [48]),  # none was due: one at the end
        (1, 0, [4 * i for i in range(1, 13)]),
        (20, 100, [120, 140]),  # counted from where training goes on
    ],
)
def test_frequency_counts_the_steps_of_all_worlds(tmp_path, monkeypatch, freq, begun, steps):
    run = Run(tmp_path, monkeypatch, [outcome([1.0])] * len(steps), freq=freq, begun=begun)
    assert run.history["timesteps"] == steps
    assert len(run.calls) == len(steps)


@pytest.mark.parametrize("deterministic", [True, False])
def test_settings_arrive(tmp_path, monkeypatch, deterministic):
    settings = {"freq": 48, "episodes": 7, "deterministic": deterministic, "max_steps": 33}
    run = Run(tmp_path, monkeypatch, [outcome([1.0])], **settings, left=lambda: 2.5)
    assert run.calls == [
        {
            "agent": run.learner,
            "world": "the world",
            "episodes": 7,
            "deterministic": deterministic,
            "max_steps": 33,
            "time_limit": 2.5,
            "skill": False,
        }
    ]


def test_what_is_broken_off_does_not_count(tmp_path, monkeypatch, caplog: pytest.LogCaptureFixture):
    results = [outcome([1, 1]), outcome([9], asked=2), outcome([], asked=2), outcome([3, 3])]
    run = Run(tmp_path, monkeypatch, results, freq=12)
    assert run.history["timesteps"] == [12, 48]
    assert run.best == "48"
    assert [record.message.partition(":")[0] for record in caplog.records] == ["step 24", "step 36"]
    assert all(record.levelno == logging.WARNING for record in caplog.records)


MET: list[int | None] = []


class Seeded(gymnasium.Env[Any, Any]):
    """Takes down with which seeds it is reset."""

    observation_space = gymnasium.spaces.Box(-1.0, 1.0, (2,))
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        if seed is not None:
            MET.append(seed)
        self.t = 0
        return np.zeros(2, np.float32), {}

    def step(self, action):
        self.t += 1
        return np.zeros(2, np.float32), 1.0, self.t == 5, False, {}


def test_evaluation_meets_other_worlds_than_training(dualbrain: Command):
    gymnasium.register("Seeded-v0", lambda **_: Seeded())
    MET.clear()
    train = ("train", "Seeded-v0", "-n", "64", "--n-envs", "2", "--seed", "3", "--no-progress")
    code, _, _ = dualbrain(*train, "--eval-freq", "32", "--n-eval-envs", "3", "-params", "n_steps:16", "batch_size:32")
    assert code == 0
    training, evaluation = {3, 4}, {3 + EVALUATION_SEED + i for i in range(3)}
    assert {*MET} == training | evaluation
    assert not training & evaluation

"""Instruments on a rollout written by hand."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray
from stable_baselines3.common.logger import Logger

from dualbrain.heads.targets import Targets, short_targets
from dualbrain.scalars.books import RewardShares
from dualbrain.scalars.instruments import (
    Scalars,
    classification_scalars,
    deference_scalars,
    dopamine_scalars,
    prediction_scalars,
    reward_scalars,
    valence_errors,
)
from dualbrain.scalars.recent_rollouts import RecentRollouts

NAMES = ["flinch.flinch", "hunger.food"]
NAN = np.nan


def zeros(*shape: int) -> NDArray[np.float32]:
    return np.zeros(shape, np.float32)


@dataclass
class Life:
    """A rollout in which nothing happens."""

    steps: int = 4
    n: int = 2
    truth: NDArray[np.float32] = field(init=False)
    settled: NDArray[np.float32] = field(init=False)
    worth: NDArray[np.float32] = field(init=False)
    from_truth: NDArray[np.float32] = field(init=False)
    from_thought: NDArray[np.float32] = field(init=False)
    short: NDArray[np.float32] = field(init=False)
    long: NDArray[np.float32] = field(init=False)
    reward: NDArray[np.float32] = field(init=False)
    world_reward: NDArray[np.float32] = field(init=False)
    preempted: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        for name in ("truth", "settled", "worth", "from_truth", "from_thought", "short", "long"):
            setattr(self, name, zeros(self.steps, self.n, 2))
        self.reward, self.world_reward = zeros(self.steps, self.n), zeros(self.steps, self.n)
        self.preempted = np.zeros((self.steps, self.n), bool)

    def targets(self, horizon: int = 2) -> Targets:
        never = np.zeros((self.steps, self.n), bool)
        return Targets(short_targets(self.truth, never, never, np.array([horizon, horizon])), self.truth)


PROBABLE = np.array([True, True])


def test_truth_is_averaged_over_evidence():
    life = Life()
    life.truth[..., 0] = [[NAN, NAN], [1.0, NAN], [0.0, NAN], [NAN, 0.5]]
    readings = reward_scalars(NAMES, life)
    assert readings.means["drive/flinch.flinch.truth"] == 0.5
    assert readings.means["drive/flinch.flinch.evidence"] == 3 / 8
    assert readings.counts["drive/flinch.flinch.events"] == 2
    assert readings.means["drive/hunger.food.truth"] == 0.0


def test_rewards_and_reflexes_are_per_step():
    life = Life()
    life.from_truth[0, 0, 1], life.from_thought[1, 1, 0], life.worth[..., 0] = 4.0, -2.0, -1.0
    life.reward[:] = life.from_truth.sum(-1) + life.from_thought.sum(-1)
    life.world_reward[:], life.preempted[0] = 3.0, True
    means = reward_scalars(NAMES, life).means
    assert means["reward/hunger.food.truth"] == 0.5
    assert means["reward/flinch.flinch.thought"] == -0.25
    assert means["reward/total"] == 0.25
    assert means["drive/flinch.flinch.worth"] == -1.0
    assert means["world/reward"] == 3.0
    assert means["world/reflexes"] == 0.25


def test_deference_and_what_the_cap_withheld():
    """At a weight of 2, a settled .5 of worth -3 would pay -3, and pays -1; evidence loses nothing."""
    life = Life()
    life.truth[..., 0], life.worth[..., 0] = NAN, -3.0
    life.settled[0, 0, 0], life.from_thought[0, 0, 0] = 0.5, -1.0
    life.truth[..., 1] = life.settled[..., 1] = life.worth[..., 1] = life.from_truth[..., 1] = 1.0
    means = deference_scalars(NAMES, life, np.array([2.0, 1.0], np.float32)).means
    assert means == {
        "drive/flinch.flinch.deferred": 1 / 8,
        "drive/hunger.food.deferred": 0.0,
        "reward/flinch.flinch.capped": 2 / 8,
        "reward/hunger.food.capped": 0.0,
    }


def read_all(life: Life) -> Scalars:
    """Read whatever the assessors foresaw."""
    return prediction_scalars(NAMES, life, life.targets()) | classification_scalars(
        NAMES, PROBABLE, life, life.targets()
    )


def test_prediction_and_target_are_over_the_same_windows():
    life = Life(n=1)
    life.truth[:, 0, 0] = [NAN, 1.0, 0.0, NAN]  # horizon 2: targets .5, 1, 0; the last window is not whole
    life.short[:, 0, 0] = [0.25, 0.75, 0.5, 100.0]
    means = read_all(life).means
    assert means["drive/flinch.flinch.target"] == pytest.approx(0.5)
    assert means["drive/flinch.flinch.prediction"] == pytest.approx(0.5)
    assert means["assessor/flinch.flinch.auroc"] == 0.5  # .25 and .75 against .5
    assert means["assessor/flinch.flinch.calibration"] == pytest.approx((0.25 + 0.25 + 0.5) / 3)


def test_one_event_in_one_of_many_worlds_is_counted_once():
    life = Life(steps=16, n=1024)
    life.truth[9, 700, 0] = 1.0
    assert reward_scalars(NAMES, life).counts["drive/flinch.flinch.events"] == 1
    foreseen = classification_scalars(NAMES, PROBABLE, life, life.targets(horizon=4))
    assert foreseen.counts == {"assessor/flinch.flinch.positives": 4, "assessor/hunger.food.positives": 0}
    assert foreseen.means["assessor/flinch.flinch.auroc"] == 0.5


def test_only_probabilities_are_ranked():
    life = Life()
    keys = classification_scalars(NAMES, np.array([False, True]), life, life.targets()).means
    assert "assessor/flinch.flinch.auroc" not in keys
    assert "assessor/hunger.food.auroc" in keys


def test_dopamine_has_mean_and_size():
    errors = np.array([[[3.0]], [[-1.0]]], np.float32)
    means = dopamine_scalars(["valence"], errors).means
    assert means == {"dopamine/valence": 1.0, "dopamine/valence.rms": pytest.approx(5.0**0.5)}


def test_valence_errors_undo_gae():
    rng = np.random.default_rng(0)
    errors = rng.normal(size=(6, 3)).astype(np.float32)
    starts = (rng.random((6, 3)) < 0.3).astype(np.float32)
    advantages, after = zeros(6, 3), zeros(3)
    for t in reversed(range(6)):
        follows = 1.0 - starts[t + 1] if t < 5 else 0.0
        after = advantages[t] = errors[t] + 0.9 * 0.8 * follows * after
    np.testing.assert_allclose(valence_errors(advantages, starts, 0.9, 0.8), errors, atol=1e-6)


def test_between_two_writes_means_are_averaged_and_counts_added():
    logger = Logger(None, [])
    Scalars({"a": 1.0}, {"n": 1.0}).write(logger)
    Scalars({"a": 3.0, "b": NAN}, {"n": 2.0}).write(logger)
    assert dict(logger.name_to_value) == {"a": 2.0, "n": 3.0}
    logger.dump()
    Scalars({"a": 5.0}, {"n": 1.0}).write(logger)
    assert dict(logger.name_to_value) == {"a": 5.0, "n": 1.0}


def test_values_are_plain_floats():
    life = Life()
    readings = reward_scalars(NAMES, life) | read_all(life)
    assert {type(value) for value in [*readings.means.values(), *readings.counts.values()]} == {float}


def test_shares_add_up_to_one():
    history, life = RecentRollouts(), Life()
    life.from_truth[..., 0], life.from_truth[..., 1], life.from_thought[..., 1] = -1.0, 2.0, -1.0
    readings = Scalars({"assessor/hunger.food.auroc": 0.75, "assessor/hunger.food.ev": 0.5})
    history.keep(NAMES, life, RewardShares.of(life), readings)
    assert history.report() == {
        "modules": {"flinch": {"truth": 0.25, "thought": 0.0}, "hunger": {"truth": 0.5, "thought": 0.25}},
        "signals": {
            "flinch.flinch": {
                "auroc": pytest.approx(NAN, nan_ok=True),
                "explained_variance": pytest.approx(NAN, nan_ok=True),
            },
            "hunger.food": {"auroc": 0.75, "explained_variance": 0.5},
        },
    }
    assert history.thought_sums == {"flinch.flinch": 0.0, "hunger.food": -8.0}


def test_only_the_latest_rollouts_are_reported():
    history = RecentRollouts(length=2)
    for skill in (0.1, 0.6, 0.8):
        history.keep(NAMES, Life(), RewardShares.of(Life()), Scalars({"assessor/hunger.food.auroc": skill}))
    assert history.report()["signals"]["hunger.food"]["auroc"] == pytest.approx(0.7)


def test_nothing_lived_nothing_to_report():
    assert RecentRollouts().report() == {"modules": {}, "signals": {}}

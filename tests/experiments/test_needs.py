"""Needs: both brains are paid alike, gains and their slope are worked out right, and the verdict can turn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dualbrain.lab.experiment import SeedResults
from dualbrain.lab.verdict import Verdict, judge
from experiments.bodies import needs
from tests.envs.lives import make


def paid(modular: bool, days: np.ndarray[Any, np.dtype[np.float32]]) -> list[float]:
    """Return what is paid step by step for the levels ``(T, K)`` of one body."""
    names = ("energy", "hydration", "sodium")
    steering, awake = needs.drives(names, modular), np.zeros(1, bool)
    steering.bind(1, names)
    told = [dict(zip(names, levels[:, None], strict=True)) for levels in days]
    return [float(steering.step(senses, None, awake).reward[0]) for senses in told]


def test_a_reward_taken_apart_sums_up_to_the_whole() -> None:
    days = np.random.default_rng(0).random((20, 3), np.float32)
    assert paid(modular=True, days=days) == pytest.approx(paid(modular=False, days=days), abs=1e-5)


def test_a_meal_is_paid_by_what_it_brings_nearer() -> None:
    days = np.array([[0.4, 0.8, 0.8], [0.8, 0.8, 1.0]], np.float32)
    assert paid(modular=True, days=days) == pytest.approx([0.0, needs.WEIGHT * (0.4 - 0.2)], abs=1e-5)


def test_there_is_a_signal_for_each_need_or_one_for_all() -> None:
    names = ("energy", "hydration")
    assert [*needs.drives(names, modular=True).signals] == ["energy.relief", "hydration.relief"]
    assert [*needs.drives(names, modular=False).signals] == ["energy_and_hydration.relief"]


def test_the_course_of_a_life_is_taken_down() -> None:
    world, diary = make(needs.WORLD, 2, needs=2), needs.Diary(("energy", "hydration"))
    env = SimpleNamespace(get_attr=lambda *_: [world])
    agent: Any = SimpleNamespace(get_env=lambda: env)
    for step in range(2 * needs.PARTS):
        away = 0.01 * step
        level = np.full(2, needs.SETPOINT - away, np.float32)
        world.transition_senses = {"energy": level, "hydration": np.full(2, needs.SETPOINT, np.float32)}
        assert diary({"self": agent}, {})
    assert diary.course == pytest.approx([0.01 * part + 0.0025 for part in range(needs.PARTS)], abs=1e-6)


def found(modular: tuple[float, float, float], monolithic: tuple[float, float, float]) -> SeedResults:
    """Return made-up outcomes of 20 seeds, noise and all: deviations with 2, 4 and 6 needs."""
    rng = np.random.default_rng(0)

    def lived(means: tuple[float, float, float]) -> dict[str, float]:
        noisy = zip(needs.COUNTS, rng.normal(means, 0.02), strict=True)
        return {f"{count} needs{late}": value for count, value in noisy for late in ("", ", late")}

    brains = dict(zip(needs.BRAINS, (modular, monolithic, monolithic), strict=True))
    return needs.NEEDS.found([{brain: lived(means) for brain, means in brains.items()} for _ in range(20)])


def test_gains_are_differences_of_a_seed_and_their_slope_is_per_need() -> None:
    brain = {"2 needs": [0.3, 0.2], "4 needs": [0.3, 0.3], "6 needs": [0.3, 0.1]}
    other = {"2 needs": [0.3, 0.3], "4 needs": [0.4, 0.3], "6 needs": [0.5, 0.1]}
    told = {
        name: {f"{key}{late}": np.array(value) for key, value in values.items() for late in ("", ", late")}
        for name, values in (("modular", brain), ("monolithic", other))
    }
    gains = needs.gains(told, "modular")
    assert gains["gain with 4"] == pytest.approx([0.1, 0.0])
    assert gains["gain with 6, late"] == pytest.approx([0.2, 0.0])
    assert gains["gain per need"] == pytest.approx([0.05, -0.025])


@pytest.mark.parametrize(
    ("modular", "verdict"),
    [
        ((0.30, 0.25, 0.20), Verdict.PASS),
        ((0.30, 0.30, 0.30), Verdict.FAIL),
        ((0.20, 0.20, 0.20), Verdict.FAIL),
        ((0.30, 0.35, 0.40), Verdict.FAIL),
    ],
)
def test_a_growing_gap_passes_and_nothing_else_does(modular: tuple[float, float, float], verdict: Verdict) -> None:
    judgement = judge(needs.NEEDS, found(modular, monolithic=(0.3, 0.3, 0.3)))
    assert judgement.verdict is verdict
    assert judgement.failed_controls == (needs.SHAM,)


def test_the_whole_of_it_on_a_tiny_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "COUNTS", (2, 6))
    made = needs.run(seed=0, steps=512)
    assert list(made) == [*needs.BRAINS]
    course, same, other = (made[brain]["course, 6 needs"] for brain in needs.BRAINS)
    assert course == same
    assert course != other
    assert np.all(np.array(made["modular"]["course, 2 needs"]) > 0.0)

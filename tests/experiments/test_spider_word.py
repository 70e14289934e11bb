"""Spider word: its verdict follows from what was measured, and no moment with a word teaches the flinch."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.lab.verdict import ExperimentResult, Verdict
from dualbrain.training.replay.memory import NOTHING, CortexMemory
from dualbrain.training.rollout import flatten_observations
from experiments.fear.spider_word import CONTROLS, NONSENSE, REPORTED, SPIDER_WORD
from experiments.fear.spider_word_life import Life, live
from experiments.fear.spider_word_trial import spoken, told_apart
from tests.lab.judging import judged, says_no

SHOWN = {"pooled": 0.97, "within a place": 1.0, "skill": 0.93, "rank": 13.0}
SEEDS = 20
ORDER = 3


def made_up(wrong: dict[str, float] | None = None, **others: dict[str, float]) -> ExperimentResult:
    """Judge seeds alike, of which everything is as it should be but what is ``wrong`` and how ``others`` did."""
    chance = {**SHOWN, "pooled": 0.5, "within a place": 0.5}
    measured = {"intact": SHOWN | (wrong or {})} | dict.fromkeys((*CONTROLS, *REPORTED), chance) | others
    return judged(
        SPIDER_WORD,
        {name: {key: np.full(SEEDS, value) for key, value in each.items()} for name, each in measured.items()},
    )


def test_a_word_that_frightens_and_controls_that_do_not_know_it_are_a_pass():
    assert made_up().verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("wrong", "claim"),
    [
        ({"pooled": 0.949}, "pooled over places"),
        ({"within a place": 0.98}, "within a place"),
        ({"skill": 0.89}, "real flinches"),
        ({"rank": 7.9}, "effective rank"),
    ],
)
def test_each_claim_can_fail(wrong: dict[str, float], claim: str):
    judgement = made_up(wrong)
    assert judgement.verdict is Verdict.FAIL
    assert claim in says_no(judgement)[0]


@pytest.mark.parametrize("pooled", [0.39, 0.61])
def test_words_that_mean_nothing_must_be_read_by_chance(pooled: float):
    judgement = made_up(**{NONSENSE: {**SHOWN, "pooled": pooled}})
    assert judgement.verdict is Verdict.FAIL
    assert "mean nothing" in says_no(judgement)[0]


def test_a_control_that_knows_the_word_does_not_fail():
    assert "mlp" not in made_up(mlp=SHOWN).failed_controls


@pytest.fixture(scope="module")
def life() -> Life:
    """A short life."""
    return live(seed=1, order=ORDER, steps=80, worlds=16)


def test_words_are_heard_but_never_beside_a_spider(life: Life):
    rollout = life.rollout
    assert 0.2 < rollout.heard.mean() < 0.6
    assert rollout.seen.any()
    assert not (rollout.heard & rollout.seen).any()
    assert life.layout.words != ("spider", "berry", "water", "cave", "stone", "dark"), "the seed draws the order"


def test_no_moment_with_a_word_teaches_the_flinch(life: Life):
    rollout, venv = life.rollout, life.venv
    lessons = rollout.short_targets(np.array([5]))
    assert not lessons.weights(unlearn=1.0)[rollout.heard].any()
    assert lessons.weights()[~rollout.heard].any()
    memory = CortexMemory(venv.observation_space, venv.action_space, rollout.signals, 16, 80, 5, 2**22)
    memory.add(rollout, lessons, flatten_observations(rollout.observations))
    drawn = memory.draw(200, np.random.default_rng(0))
    heard = drawn.observations[:, life.layout.word].any(-1).reshape(5, 200)
    assert heard.any()
    assert (drawn.lesson[heard] == NOTHING).all()
    assert (drawn.lesson[~heard] != NOTHING).any()


def test_each_word_is_spoken_in_each_place():
    heard = spoken(np.zeros((2, 5), np.uint8), slice(1, 4))
    assert heard.shape == (6, 5)
    assert (heard[:3, 1:4] == np.eye(3)).all()
    assert not heard[:, [0, 4]].any()


def test_one_word_is_told_apart_anywhere_and_in_its_place():
    assert told_apart(np.array([[0.2, 0.1], [0.5, 0.3]], np.float32), 0) == (0.75, 1.0)
    assert told_apart(np.ones((3, 4), np.float32), 2) == (0.5, 0.5)

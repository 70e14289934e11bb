"""Code length: what labels cost that are known in advance, guessed, or only counted; and when it jumps."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dualbrain.scalars.code_length import CodeLength

ROWS = 4000


def labels(rng: np.random.Generator, often: float) -> np.ndarray:
    return (rng.random((ROWS, 1)) < often).astype(np.float32)


def test_the_bits_of_a_few_labels_by_hand():
    code = CodeLength(["a", "b"])
    target = np.array([[1.0, 0.0], [0.0, 0.5], [1.0, 0.0]], np.float32)
    weight = np.array([[1, 0], [1, 1], [0, 0]], np.float32)
    found = code.add(np.array([[0.5, 0.1], [0.75, 0.25], [0.1, 0.9]], np.float32), target, weight)
    half = 0.5 * math.log2(1 / 0.25) + 0.5 * math.log2(1 / 0.75)
    np.testing.assert_allclose(found.bits, [(1 + 2) / 2, half])
    np.testing.assert_allclose(found.counting, [1, 1])
    assert found.labels.tolist() == [2, 1]
    assert found.whole == pytest.approx((3 + half) / 3)
    again = code.add(np.array([[0.5, 0.5]], np.float32), np.array([[1.0, 1.0]], np.float32), np.array([[1.0, 0.0]]))
    assert again.counting[0] == 1.0  # one of each kind, and half of each before
    assert np.isnan(again.bits[1])


def test_what_is_foreseen_costs_less_than_counting_and_what_is_not_costs_more():
    rng = np.random.default_rng(0)
    foreseen, guessed, wrong = CodeLength(["a"]), CodeLength(["a"]), CodeLength(["a"])
    for _ in range(3):
        came = labels(rng, 0.1)
        found = [
            coder.add(predicted, came, np.ones_like(came))
            for coder, predicted in (
                (foreseen, 0.02 + 0.9 * came),
                (guessed, np.full_like(came, 0.1)),
                (wrong, labels(rng, 0.1) * 0.8 + 0.1),
            )
        ]
    assert found[0].whole < 0.2
    assert found[1].whole == pytest.approx(1.0, abs=0.02)
    assert found[2].whole > 1.2


def test_a_jump_is_noted_where_the_world_changes_and_not_before():
    rng = np.random.default_rng(1)
    code = CodeLength(["a"])
    for _ in range(40):
        came = labels(rng, 0.1)
        code.add(0.05 + 0.8 * came, came, np.ones_like(came))
        assert not code.jumped
    came = labels(rng, 0.1)
    code.add(0.05 + 0.8 * labels(rng, 0.1), came, np.ones_like(came))
    assert code.jumped


def test_who_predicts_worse_than_by_counting_notices_no_change():
    rng = np.random.default_rng(1)
    code = CodeLength(["a"])
    for turn in range(20):
        came = 0.001 * labels(rng, 0.1)
        code.add(np.full_like(came, 0.5 if turn == 15 else 0.1), came, np.ones_like(came))
        assert not code.jumped


def test_it_goes_on_from_a_saved_state():
    rng = np.random.default_rng(2)
    whole, first, second = CodeLength(["a"]), CodeLength(["a"]), CodeLength(["a"])
    for turn in range(4):
        came = labels(rng, 0.3)
        given = (0.5 * came + 0.2, came, np.ones_like(came))
        expected = whole.add(*given)
        if turn == 2:
            second.load_state_dict(first.state_dict())
        assert (first if turn < 2 else second).add(*given).whole == expected.whole
    with pytest.raises(ValueError, match="not those of"):
        CodeLength(["b"]).load_state_dict(first.state_dict())


def test_without_labels_nothing_is_said():
    nothing = np.zeros((5, 1), np.float32)
    found = CodeLength(["a"]).add(nothing, nothing, nothing)
    assert math.isnan(found.whole)
    assert np.isnan(found.ratios).all()

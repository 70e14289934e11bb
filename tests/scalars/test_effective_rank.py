"""The effective rank counts directions, whatever their size; the deviation is their size."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.scalars.effective_rank import deviation, effective_rank


def test_it_counts_the_directions_in_which_thoughts_vary():
    rng = np.random.default_rng(0)
    free = rng.normal(size=(5000, 6)).astype(np.float32)
    assert effective_rank(free) == pytest.approx(6.0, rel=0.01)
    assert effective_rank(0.001 * free + 5.0) == pytest.approx(6.0, rel=0.01)
    assert effective_rank(free[:, :2] @ rng.normal(size=(2, 64)).astype(np.float32)) <= 2.0
    assert effective_rank(np.full((5, 3), 2.0, np.float32)) == 0.0


def test_directions_of_unequal_variance_count_by_the_entropy_of_their_shares():
    thoughts = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    shares = np.array([0.9, 0.1])
    assert effective_rank(thoughts) == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))
    assert deviation(thoughts) == pytest.approx((np.sqrt(4.5) + np.sqrt(0.5)) / 2)

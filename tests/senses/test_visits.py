"""Visits are exact within a bound, and memory stays within it."""

from __future__ import annotations

import logging
from collections import Counter

import numpy as np
import pytest

from dualbrain.visits import FEWEST, MOST, Visits


def test_counts_are_exact_while_few_observations_are_met():
    visits, truth, rng = Visits(2, remembered=50), Counter[int](), np.random.default_rng(0)
    for place in rng.integers(50, size=500):
        truth[int(place)] += 1
        assert visits.count(np.full((2, 3), place), [1]).tolist() == [1.0, truth[int(place)]]


def test_agents_and_parts_of_observations_are_told_apart():
    visits = Visits(2)
    obs = {"image": np.zeros((2, 4)), "direction": np.array([0, 1])}
    assert visits.count(obs, [0, 1]).tolist() == [1.0, 1.0]
    assert visits.count(obs, [0]).tolist() == [2.0, 1.0]
    assert visits.count(obs | {"direction": np.array([1, 1])}, [0, 1]).tolist() == [1.0, 2.0]


def test_what_does_not_come_back_is_forgotten_and_that_is_said_once(caplog: pytest.LogCaptureFixture):
    visits = Visits(1, remembered=10)
    with caplog.at_level(logging.WARNING, "dualbrain"):
        for time in range(1000):
            assert visits.count(np.array([[-1.0]]), [0]) == time + 1, "it comes back: counted for ever"
            assert visits.count(np.array([[float(time)]]), [0]) == 1
    assert [record.message for record in caplog.records] == [
        "sense 'visits': environment 0 has met 10 different observations; those that do not come back while "
        "as many others are met are forgotten from now on, and count from 1 again"
    ]
    assert sum(len(counts) for counts in (visits._recent[0], visits._earlier[0])) <= 20
    assert visits.count(np.array([[0.0]]), [0]) == 1, "met long ago"


def test_memory_is_shared_among_agents():
    assert Visits(1).remembered == MOST
    assert Visits(8).remembered == MOST // 8
    assert Visits(10_000).remembered == FEWEST

"""Visits are exact within a bound, and memory stays within it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dualbrain import UserError
from dualbrain.worlds.vec_env.visits import FEWEST, MOST, Visits, fingerprint

RESUME = """
import sys, numpy as np
from dualbrain.worlds.vec_env.visits import Visits

visits = Visits(2, remembered=3)
with np.load(sys.argv[1]) as state:
    visits.load_state_dict(dict(state))
print([visits.count({"place": np.full((2, 3), place), "sky": np.zeros(2)}, [0, 1]).tolist() for place in range(5)])
"""
"""Meets the places 0 to 4 in another process."""


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


def met(visits: Visits, place: int, *agents: int) -> list[float]:
    return [float(count) for count in visits.count({"place": np.full((2, 3), place), "sky": np.zeros(2)}, agents)]


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_counts_go_on_in_another_process(tmp_path: Path, seed: str):
    visits = Visits(2, remembered=3)
    for place in (0, 0, 0, 1, 2, 2, 3, 0):  # agent 0 forgets at place 3: recent are 3 and 0, earlier 0, 1 and 2
        met(visits, place, 0)
    met(visits, 1, 1)
    np.savez(tmp_path / "visits.npz", **visits.state_dict())  # type: ignore[arg-type]
    command = [sys.executable, "-c", RESUME, str(tmp_path / "visits.npz")]
    path = os.pathsep.join(filter(None, sys.path))
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
    done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == str([[5.0, 1.0], [2.0, 2.0], [1.0, 1.0], [2.0, 1.0], [1.0, 1.0]])
    assert done.stdout.strip() == str([met(visits, place, 0, 1) for place in range(5)]), "as in this process"


def test_state_is_plain_arrays_of_its_own():
    visits = Visits(2, remembered=3)
    for place in (0, 0, 0, 1, 2, 2, 3, 0):
        met(visits, place, 0)
    met(visits, 1, 1)
    state = visits.state_dict()
    met(visits, 3, 0, 1)
    assert {name: (str(array.dtype), array.shape) for name, array in state.items()} == {
        "keys": ("uint64", (6,)),
        "counts": ("int64", (6,)),
        "lengths": ("int64", (2, 2)),
        "warned": ("bool", ()),
    }
    places = [fingerprint(np.full(3, place).tobytes() + np.zeros(1).tobytes()) for place in range(4)]
    assert state["keys"].tolist() == [places[i] for i in (3, 0, 1, 0, 1, 2)]
    assert state["counts"].tolist() == [1, 4, 1, 3, 1, 2]
    assert state["lengths"].tolist() == [[2, 1], [3, 0]]
    assert state["warned"].item() is True


def test_what_was_said_once_is_not_said_again_after_a_round_trip(caplog: pytest.LogCaptureFixture):
    visits, resumed = Visits(2, remembered=2), Visits(2, remembered=2)
    with caplog.at_level(logging.WARNING, "dualbrain"):
        resumed.load_state_dict(visits.state_dict())
        for place in range(3):
            met(visits, place, 0)
        assert len(caplog.records) == 1
        resumed.load_state_dict(visits.state_dict())
        for place in range(9):
            assert met(resumed, place, 0) == met(visits, place, 0)
    assert len(caplog.records) == 1


def test_a_full_memory_is_kept_and_put_back_quickly():
    keys = np.random.default_rng(0).integers(2**64, size=2 * MOST, dtype=np.uint64)
    lengths, counts = np.full((2, 8), MOST // 8), np.arange(1, 2 * MOST + 1)
    state = {"keys": keys, "counts": counts, "lengths": lengths, "warned": np.array(True)}
    visits, start = Visits(8), time.perf_counter()
    visits.load_state_dict(state)
    again = visits.state_dict()
    assert time.perf_counter() - start < 5.0, "0.15 s where nothing else runs"
    for name, array in state.items():
        np.testing.assert_array_equal(again[name], array)


def state_of(**changed: Any) -> dict[str, Any]:
    """Return a state of two agents and three observations, or one changed from it."""
    keys, lengths = np.array([7, 8, 7], np.uint64), np.array([[2, 1], [0, 0]])
    return {"keys": keys, "counts": np.array([1, 2, 3]), "lengths": lengths, "warned": np.array(False), **changed}


REFUSED: list[tuple[Any, str]] = [
    (None, "must be a dict of keys, counts, lengths, warned, not 'NoneType'"),
    ({}, r"must be a dict of keys, counts, lengths, warned, not \[\]"),
    (state_of(more=1), r"must be a dict of .*, not \['keys', .*"),
    (state_of(keys=[7, 8, 7]), r"'keys' must be an array of uint64 \(3,\), not list"),
    (state_of(keys=np.array([7, 8, 7])), r"'keys' must be an array of uint64 \(3,\), not int64 \(3,\)"),
    (state_of(keys=np.array([7, 8, 7], ">u8")), r"'keys' must be an array of uint64 \(3,\), not >u8 \(3,\)"),
    (state_of(keys=np.array([7, 8], np.uint64)), r"'keys' must be an array of uint64 \(3,\), not uint64 \(2,\)"),
    (state_of(keys=np.array([7, 7, 8], np.uint64)), "'keys' has an observation of an agent twice"),
    (state_of(counts=np.array([1.0, 2.0, 3.0])), r"'counts' must be an array of int64 \(3,\), not float64 \(3,\)"),
    (state_of(counts=np.array([[1, 2, 3]])), r"'counts' must be an array of int64 \(3,\), not int64 \(1, 3\)"),
    (state_of(counts=np.array([1, 0, 3])), r"'counts' must be 1 to 2\*\*53 - 1"),
    (state_of(counts=np.array([1, 2**63 - 1, 3])), r"'counts' must be 1 to 2\*\*53 - 1"),
    (state_of(lengths=np.array([[2], [1]])), r"'lengths' must be an array of int64 \(2, 2\), not int64 \(2, 1\)"),
    (state_of(lengths=np.array([[4, -1], [0, 0]])), "'lengths' must be 0 to 3"),
    (state_of(lengths=np.array([[4, 0], [0, 0]])), "'lengths' must be 0 to 3"),
    (state_of(lengths=np.array([[2**62, 2**62], [2**62, 2**62 + 3]])), "'lengths' must be 0 to 3"),
    (state_of(warned=np.array([True])), r"'warned' must be an array of bool \(\), not bool \(1,\)"),
    (state_of(warned=0), r"'warned' must be an array of bool \(\), not int"),
]


@pytest.mark.parametrize(("state", "message"), REFUSED)
def test_a_state_that_does_not_fit_is_refused_in_one_line_and_changes_nothing(state: Any, message: str):
    visits = Visits(2, remembered=3)
    visits.load_state_dict(state_of())
    with pytest.raises(UserError, match=f"^counted visits:? {message}$") as refused:
        visits.load_state_dict(state)
    assert "\n" not in str(refused.value)
    for name, array in visits.state_dict().items():
        np.testing.assert_array_equal(array, state_of()[name])


def test_fingerprints_tell_small_changes_apart():
    view = bytearray(148)
    seen = {fingerprint(bytes(view))}
    for one in range(148):
        for other in range(one):
            for kind in range(1, 5):
                view[one], view[other] = kind, 5 - kind
                seen.add(fingerprint(bytes(view)))
                view[one] = view[other] = 0
    assert len(seen) == 1 + 4 * 148 * 147 // 2

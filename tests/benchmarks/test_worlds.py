"""The comparison of worlds: ratios by turn, and a peer that is missing is named with the reason."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from benchmarks.interleaved_timing import MissingError, Peer, ratio, stepping, take_turns
from benchmarks.worlds import MEDIAN, Contender, Report, Row, compare, median, row, table


def absent(n: int, seconds: float) -> Peer:
    return Peer("no_such_peer", n, seconds)


def test_speeds_are_compared_within_a_turn():
    speeds = {"peer": [1.0, 10.0, 2.0], "world": [10.0, 20.0, 40.0]}
    assert ratio(speeds["world"], speeds["peer"]) == 10.0
    assert row("world", speeds, ["peer"]) == Row("world", 20.0, {"peer": 10.0})
    turns = iter(range(6))
    assert take_turns({"a": lambda: next(turns), "b": lambda: -next(turns)}, 3) == {"a": [0, 2, 4], "b": [-1, -3, -5]}


def test_a_rollout_counts_the_steps_of_all_agents():
    taken: list[int] = []
    assert stepping(taken.append, np.zeros((3, 5)))() == 15
    assert len(taken) == 3


def test_the_median_world_is_the_median_of_each_ratio():
    worlds = [Row("a", 1.0, {"p": 3.0}), Row("b", 2.0, {"p": 1.0}), Row("c", 9.0, {"p": 2.0})]
    assert median(worlds) == Row(MEDIAN, 2.0, {"p": 2.0})


@pytest.mark.parametrize(("python", "reason"), [(sys.executable, "ModuleNotFoundError"), ("/nowhere", "cannot run")])
def test_a_peer_that_is_not_there_says_why(python: str, reason: str):
    with pytest.raises(MissingError, match=reason):
        Peer("no_such_peer", 1, 0.01, python=python)


def test_a_peer_takes_its_turns_in_its_own_process():
    peer = Peer("minigrid", 2, 0.01)
    assert peer() > 0.0
    assert peer() > 0.0
    peer.close()


def test_a_missing_peer_is_reported():
    report = compare([Contender("Absent", "pip install absent", absent)], ["dualbrain/Forage-v0"], 8, 1, 0.01)
    assert [world.name for world in report.worlds] == ["dualbrain/Forage-v0", MEDIAN]
    assert list(report.missing) == ["Absent"]
    assert "not measured: Absent: ModuleNotFoundError" in table(report)
    assert "(pip install absent)" in table(report)


def test_the_table_names_peers_by_number():
    report = Report([Row("Peer", 10.0)], [Row("World", 25.0, {"Peer": 2.5}), Row(MEDIAN, 1e4, {"Peer": 1234.5})], {})
    assert [line.split() for line in table(report).splitlines()] == [
        ["steps/s", "to", "1"],
        ["1", "Peer", "10"],
        ["World", "25", "2.5"],
        [*MEDIAN.split(), "10,000", "1,234"],
    ]

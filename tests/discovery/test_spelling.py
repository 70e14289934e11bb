"""Only what is near is proposed."""

from __future__ import annotations

import pytest

from dualbrain.spelling import errors_between, nearest

DRIVES = ["approval", "boredom", "extrinsic", "flinch", "hunger", "novelty", "pain", "salt", "startle", "thirst"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("hungre", "hunger"),
        ("HUNGER", "hunger"),
        ("hunge", "hunger"),
        ("hungerr", "hunger"),
        ("extrinsics", "extrinsic"),
        ("salz", "salt"),
        ("start", "startle"),
        ("nov", "novelty"),
        ("lats", "salt"),
        ("startled", "startle"),
        ("extrinsically", "extrinsic"),
    ],
)
def test_what_is_near_is_proposed(written: str, meant: str):
    assert nearest(written, DRIVES) == meant


@pytest.mark.parametrize("written", ["", "x", "no", "sugar", "curiosity", "reward", "hungerstriker", "y" * 10**6])
def test_what_is_far_is_not(written: str):
    assert nearest(written, DRIVES) is None


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("ab", "ba", 1), ("kitten", "sitting", 3), ("abcd", "badc", 2)],
)
def test_errors_are_counted(one: str, other: str, errors: int):
    assert errors_between(one, other) == errors == errors_between(other, one)


def test_the_nearest_of_several_counts():
    assert nearest("gammm", ["gamma", "gammas", "gam"]) == "gamma"

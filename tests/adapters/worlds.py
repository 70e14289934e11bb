"""How adapted worlds are tried: beside the bare environment, with the same seeds and the same actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gymnasium
import numpy as np
import pytest

from dualbrain.worlds.single_env import make

Env = gymnasium.Env[Any, Any]


def needs(package: str, extra: str) -> None:
    """Skip where a package is missing, saying how to get it."""
    pytest.importorskip(package, reason=f"needs pip install dualbrain[{extra}]")


def check_door(env_id: str, bare: Callable[[], Env], score: Callable[[Any], float] = float, steps: int = 300) -> None:
    """Check that the adapter changes neither observations nor score, and senses what it declares, within range."""
    adapted, plain = make(env_id), bare()
    declared = adapted.get_wrapper_attr("senses")
    assert declared
    assert all(sense.meaning and sense.unit for sense in declared.values())
    chance = np.random.default_rng(0)
    obs, info, other = *adapted.reset(seed=3), plain.reset(seed=3)[0]
    for _ in range(steps):
        same(obs, other)
        within(info["senses"], declared)
        action = chance.integers(adapted.action_space.n)  # type: ignore[attr-defined]
        obs, reward, terminated, truncated, info = adapted.step(action)
        other, other_reward, *ends, _ = plain.step(action)
        assert type(reward) in (int, float)
        assert (reward, terminated, truncated) == (score(other_reward), *ends)
        if terminated or truncated:
            within(info["senses"], declared)
            obs, info, other = *adapted.reset(), plain.reset()[0]


def same(one: Any, other: Any) -> None:
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            same(one[key], other[key])
    else:
        np.testing.assert_array_equal(one, other)


def within(senses: Mapping[str, float], declared: Mapping[str, Any]) -> None:
    assert senses.keys() == declared.keys()
    for name, value in senses.items():
        assert isinstance(value, float), name
        assert declared[name].low <= value <= declared[name].high, name

"""`check_determinism` finds out worlds that turn random, however late, and PettingZoo's own test does not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Discrete

from dualbrain import Sense
from dualbrain.testing import ContractError, check_determinism, check_world

LENGTH = 350
"""Steps of an episode of the worlds below."""
STRAY = np.random.default_rng()
"""A stream that no seed of a world reaches."""
RARELY = 0.95
"""Two copies then seldom end by chance at once: 3 episodes fail to tell them apart once in 30,000 times."""
PARTS = ("obs", "reward", "truncated", "senses")


class Drifting(gymnasium.Env[np.ndarray, np.int64]):
    """Deterministic until a step of an episode, and from it on random in one part of what it shows."""

    observation_space = Box(0.0, 2.0, (1,), np.float64)
    senses: Any = (Sense("age", 0.0, 2.0 * LENGTH),)

    def __init__(self, turns: int, part: str = "obs", draw: Callable[[], float] = STRAY.random):
        self.action_space = Discrete(2)
        self.turns, self.part, self.draw = turns, part, draw

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed)
        self.age, self.start = 0, float(self.np_random.random())
        return np.array([self.start]), self.info("senses")

    def step(self, action: np.int64) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        self.age += 1
        over = self.age >= LENGTH or self.strayed("truncated") > RARELY
        return np.array([self.start + self.strayed("obs")]), self.strayed("reward"), False, over, self.info("senses")

    def info(self, part: str) -> dict[str, Any]:
        return {"senses": {"age": self.age + self.strayed(part)}}

    def strayed(self, part: str) -> float:
        return self.draw() if part == self.part and self.age >= self.turns else 0.0


class Pair:
    """Two of them as a PettingZoo `ParallelEnv`; the second is the one that strays."""

    possible_agents = ["steady", "stray"]
    metadata: dict[str, Any] = {"name": "pair"}

    def __init__(self, turns: int):
        self.worlds = {"steady": Drifting(10**6), "stray": Drifting(turns)}
        self.agents: list[str] = []

    def observation_space(self, agent: str) -> Any:
        return self.worlds[agent].observation_space

    def action_space(self, agent: str) -> Any:
        return self.worlds[agent].action_space

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.agents = list(self.possible_agents)
        return self._by_agent([world.reset(seed=seed) for world in self.worlds.values()])

    def step(self, actions: dict[str, Any]) -> Any:
        told = self._by_agent([self.worlds[agent].step(action) for agent, action in actions.items()])
        self.agents = [agent for agent in self.agents if not told[3][agent]]
        return told

    def _by_agent(self, told: list[Any]) -> Any:
        return tuple(dict(zip(self.agents, part, strict=True)) for part in zip(*told, strict=True))

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("turns", [1, 3, 300])
def test_a_world_that_turns_random_is_found_out(turns: int, part: str):
    with pytest.raises(ContractError, match=r"the same seed and actions, but not the same \(step \d+, ") as raised:
        check_determinism(lambda: Drifting(turns, part))
    step, where = str(raised.value).rpartition("(step ")[2].rstrip(")").split(", ")
    assert int(step) >= turns
    assert (where, int(step)) == (part, turns) or part == "truncated"


@pytest.mark.parametrize("draw", [random.random, np.random.random], ids=["random", "numpy"])
def test_one_that_draws_from_a_global_stream_is_found_out(draw: Callable[[], float]):
    with pytest.raises(ContractError, match="step 3, obs"):
        check_determinism(lambda: Drifting(3, draw=draw))


def test_one_whose_second_episode_is_not_seeded_is_found_out():
    class Forgetful(Drifting):
        def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, dict[str, Any]]:
            return super().reset(seed=int(STRAY.integers(2**32)) if seed is None else seed)

    with pytest.raises(ContractError, match=f"step {LENGTH + 1}, obs"):
        check_determinism(lambda: Forgetful(10**6))


def test_one_that_does_not_begin_anew_is_found_out():
    class Headstrong(Drifting):
        def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, dict[str, Any]]:
            self.begun = getattr(self, "begun", 0) + 1
            return super().reset(seed=seed if self.begun == 1 else None)

    with pytest.raises(ContractError, match="step 1000, obs"):
        check_determinism(lambda: Headstrong(10**6))


@pytest.mark.parametrize("turns", [3, 300])
def test_several_agents_are_looked_at_too(turns: int):
    with pytest.raises(ContractError, match=rf"step {turns}, obs"):
        check_determinism(lambda: Pair(turns))


@pytest.mark.parametrize("turns", [3, 300])
def test_pettingzoos_own_test_misses_them(turns: int):
    seed_test = pytest.importorskip("pettingzoo.test").parallel_seed_test
    seed_test(lambda: Pair(turns))
    with pytest.raises(AssertionError):
        seed_test(lambda: Pair(0))


@pytest.mark.parametrize("turns", [3, 300])
def test_checking_a_world_includes_it(turns: int):
    with pytest.raises(ContractError, match=rf"step {turns}, obs"):
        check_world(lambda: Drifting(turns), steps=50)


def test_those_that_never_stray_pass():
    check_determinism(lambda: Drifting(10**6))
    check_determinism(lambda: Pair(10**6))
    check_determinism("CartPole-v1")


def test_what_lies_beyond_the_longest_episode_is_not_seen():
    check_determinism(lambda: Drifting(300), longest=299)

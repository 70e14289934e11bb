"""A world of several agents is a sound PettingZoo environment, and the batch of that one world."""

from __future__ import annotations

import importlib
import sys
import warnings
from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from pettingzoo.test import parallel_api_test, parallel_seed_test, render_test
from pettingzoo.utils.conversions import parallel_to_aec

import envs.parallel
from dualbrain import UserError
from envs.engine.world import World
from envs.parallel import ParallelWorld, parallel_env
from envs.vector import VectorWorld

ID, M = "dualbrain/Commons-v0", 3
OPTIONS: dict[str, Any] = {"agents": M, "size": 12, "apples": 12, "max_episode_steps": 110}
"""So few apples that some die early, and some see the end."""


def world() -> ParallelWorld:
    return parallel_env(ID, **OPTIONS)


def played(env: ParallelWorld, seed: int, steps: int = 400) -> list[Any]:
    """Return everything that ``steps`` steps of random actions told, through deaths and resets."""
    rng = np.random.default_rng(seed)
    told: list[Any] = [env.reset(seed=seed)]
    for _ in range(steps):
        if not env.agents:
            told.append(env.reset())
        actions = {agent: int(rng.integers(env.action_space(agent).n)) for agent in env.agents}
        told.append((*env.step(actions), list(env.agents)))
    return told


def test_pettingzoos_own_tests_pass_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parallel_api_test(world(), num_cycles=300)
        parallel_seed_test(world, num_cycles=300)


def test_pettingzoos_render_test_passes():
    """It asks for a window first, only to read which modes there are."""
    render_test(lambda render_mode: parallel_to_aec(parallel_env(ID, render_mode="rgb_array", **OPTIONS)))


def test_the_same_seed_is_the_same_world_for_many_steps():
    one, two, other = played(world(), 3), played(world(), 3), played(world(), 4)
    assert data_equivalence(one, two)
    assert not data_equivalence(one, other)


def test_a_world_that_turns_random_at_step_3_is_caught():
    """The control: PettingZoo's own test looks at one step only and lets it pass; ours does not."""

    class Fickle(ParallelWorld):
        steps = 0

        def step(self, actions: Any) -> Any:
            self.steps += 1
            luck = np.random.default_rng().random() if self.steps > 3 else 0.0
            obs, rewards, *rest = super().step(actions)
            return obs, {agent: reward + luck for agent, reward in rewards.items()}, *rest

    def fickle() -> ParallelWorld:
        return Fickle(envs.WORLDS[ID], **OPTIONS)

    parallel_seed_test(fickle, num_cycles=300)
    assert not data_equivalence(played(fickle(), 3), played(fickle(), 3))


def test_it_is_the_batch_of_that_one_world():
    """Bit for bit, deaths included: with all agents in the rows of a batch that resets itself."""
    alone, batch = world(), VectorWorld(envs.WORLDS[ID], M, **OPTIONS)
    obs, infos = alone.reset(seed=5)
    rows, _ = batch.reset(seed=5)
    rng, deaths, ends = np.random.default_rng(0), 0, 0
    for _ in range(400):
        for agent in alone.agents:
            np.testing.assert_array_equal(obs[agent], rows[int(agent[-1])])
        actions, living = rng.integers(len(batch.world.action_names), size=M), list(alone.agents)
        obs, rewards, terminated, truncated, infos = alone.step({a: int(actions[int(a[-1])]) for a in living})
        rows, score, died, cut, _ = batch.step(actions)
        assert [int(agent[-1]) for agent in living] == np.flatnonzero(batch.present).tolist()
        for agent in living:
            i = int(agent[-1])
            assert (rewards[agent], terminated[agent], truncated[agent]) == (score[i], died[i], cut[i])
            assert infos[agent]["senses"] == {name: float(v[i]) for name, v in batch.transition_senses.items()}
            if died[i] or cut[i]:
                np.testing.assert_array_equal(obs[agent], batch.final_observations[i])
        deaths += died.sum() if alone.agents else 0
        if not alone.agents:
            ends += 1
            obs, infos = alone.reset()
    assert deaths
    assert ends > 1


def test_the_dead_leave():
    env = world()
    env.reset(seed=0)
    env.batch.state.levels[1] = 0.0
    obs, _, terminated, truncated, infos = env.step(dict.fromkeys(env.agents, 0))
    assert terminated == {"agent_0": False, "agent_1": True, "agent_2": False}
    assert not any(truncated.values())
    assert env.agents == ["agent_0", "agent_2"]
    assert env.step({"agent_0": 0, "agent_2": 0})[0].keys() == {"agent_0", "agent_2"}
    assert "agent_1" in infos
    assert "agent_1" in obs


def test_every_agent_has_senses_by_name():
    env = world()
    _, infos = env.reset(seed=0)
    assert infos["agent_2"]["senses"].keys() == env.senses.keys()
    assert all(type(value) is float for value in infos["agent_2"]["senses"].values())


def test_mistakes_are_told():
    env = world()
    with pytest.raises(UserError, match="call reset"):
        env.step({})
    env.reset()
    with pytest.raises(UserError, match="no action for agent_2"):
        env.step({"agent_0": 0, "agent_1": 0})
    with pytest.raises(UserError, match="did you mean 'dualbrain/Commons-v0'"):
        parallel_env("dualbrain/Common-v0")
    with pytest.raises(UserError, match="agent"):
        parallel_env(ID, agent=2)


def test_a_declared_world_will_do():
    env = parallel_env(VectorWorld(envs.WORLDS[ID], M, **OPTIONS).world)
    assert isinstance(env.batch.world, World)
    assert env.possible_agents == ["agent_0", "agent_1", "agent_2"]


def test_without_pettingzoo_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pettingzoo", None)
    monkeypatch.delitem(sys.modules, "envs.parallel")
    with pytest.raises(UserError, match=r"pip install 'dualbrain\[pettingzoo\]'"):
        importlib.import_module("envs.parallel")

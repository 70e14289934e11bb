"""PettingZoo: agents as rows, who die one by one and are born together."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from agents import DualBrainPPO
from dualbrain import UserError
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.single_env import is_batched, senses_of
from tests.adapters.worlds import needs

needs("pettingzoo", "pettingzoo")
needs("mpe2", "pettingzoo")

SPREAD = "pettingzoo/mpe2.simple_spread_v3"
ZOMBIES = "pettingzoo/pettingzoo.butterfly.knights_archers_zombies_v11"
AGENTS = {SPREAD: 3, ZOMBIES: 4}
QUICK = [SPREAD, pytest.param(ZOMBIES, marks=pytest.mark.slow)]
"""Zombies take five seconds to begin with."""


@pytest.mark.parametrize("world", AGENTS)
def test_rows_are_pettingzoos_own_agents(world):
    """Each copy beside the world itself, seeded alike, until and beyond its first end."""
    m, copies = AGENTS[world], 2
    venv = make_vec_env(world, m * copies, seed=7)
    assert is_batched(world)
    assert venv.world.n_agents == m  # type: ignore[attr-defined]
    page = importlib.import_module(world.removeprefix("pettingzoo/"))
    own = [page.parallel_env() for _ in range(copies)]
    agents = own[0].possible_agents
    obs: Any = venv.reset()
    seen = [each.reset(seed=7 + w * m)[0] for w, each in enumerate(own)]
    chance, ends = np.random.default_rng(0), 0
    for _ in range(700):
        alive = np.array([agent in each.agents for each in own for agent in agents])
        rows = [seen[w].get(agent) if agent in own[w].agents else None for w in range(copies) for agent in agents]
        for row, expected in enumerate(rows):
            np.testing.assert_array_equal(obs[row], 0.0 if expected is None else expected)
        actions = chance.integers(0, 5, m * copies)
        obs, rewards, dones, infos = venv.step(actions)
        np.testing.assert_array_equal(venv.present(), alive)  # type: ignore[attr-defined]
        for w, each in enumerate(own):
            here = list(each.agents)
            seen[w], paid, died, cut, _ = each.step({a: int(actions[w * m + agents.index(a)]) for a in here})
            for a, agent in enumerate(agents):
                row, present = w * m + a, agent in here
                assert rewards[row] == pytest.approx(paid[agent] if present else 0.0)
                assert dones[row] == (present and (died[agent] or cut[agent]))
                if dones[row]:
                    ends += 1
                    assert infos[row]["TimeLimit.truncated"] == (cut[agent] and not died[agent])
                    np.testing.assert_array_equal(infos[row]["terminal_observation"], seen[w][agent])
            if not each.agents:
                seen[w], _ = each.reset()
    assert ends > m * copies


@pytest.mark.parametrize("world", QUICK)
def test_the_same_seed_gives_the_same_lives(world):
    def live() -> list[Any]:
        chance, told = np.random.default_rng(1), []
        for _ in range(2):
            venv.seed(3)
            told.append(venv.reset())
            for _ in range(300):
                obs, rewards, dones, _ = venv.step(chance.integers(0, 5, venv.num_envs))
                felt = {**venv.transition_senses(), "visits": 0}  # which are counted for good
                told += [obs, rewards, dones, *felt.values()]
        return told

    venv: Any = make_vec_env(world, 2 * AGENTS[world])
    first = live()
    for one, other in zip(first, live(), strict=True):  # a used world, seeded anew
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("world", QUICK)
def test_senses_are_declared_in_range_and_0_where_nobody_is(world):
    venv: Any = make_vec_env(world, 2 * AGENTS[world], seed=0)
    assert senses_of(world) == venv.senses
    venv.reset()
    chance, dead = np.random.default_rng(0), 0
    for _ in range(900):
        _, rewards, _, _ = venv.step(chance.integers(0, 5, venv.num_envs))
        told = venv.transition_senses()
        assert told.keys() == venv.senses.keys()
        present, dead = venv.present(), dead + int((~venv.present()).sum())
        np.testing.assert_array_equal(told["extrinsic_reward"], rewards)
        for name, values in told.items():
            assert (values[~present] == 0.0).all(), name
            assert (values[present] >= venv.senses[name].low).all(), name
            assert (values[present] <= venv.senses[name].high).all(), name
        assert (told["visits"][present] >= 1.0).all()
        assert (venv.reset_senses()["visits"] > 0).tolist() == venv.alive().tolist()
    assert (dead > 0) == (world == ZOMBIES)


def test_spread_senses_what_the_observation_shows():
    venv: Any = make_vec_env(SPREAD, 3, seed=0)
    obs, touched = venv.reset(), 0.0
    for _ in range(24):
        x, y = obs[:, 2], obs[:, 3]
        inwards = np.where(np.abs(x) > np.abs(y), np.where(x > 0, 1, 2), np.where(y > 0, 3, 4))
        obs, _, _, _ = venv.step(np.where([True, True, False], inwards, 0))
        told = venv.transition_senses()
        distance = np.linalg.norm(obs[:, 4:10].reshape(3, 3, 2), axis=-1).min(axis=1)
        np.testing.assert_allclose(told["landmark_distance"], distance, rtol=1e-5)
        others = np.linalg.norm(obs[:, 10:14].reshape(3, 2, 2), axis=-1)
        np.testing.assert_array_equal(told["collisions"], (others < 0.3).sum(axis=1))
        assert told["exertion"].tolist() == [1.0, 1.0, 0.0]
        touched += float(told["collisions"].sum())
    assert touched > 0


def test_zombies_are_sensed_near_and_kill():
    venv: Any = make_vec_env(ZOMBIES, 8, seed=0, env_kwargs={"spawn_delay": 5})
    venv.reset()
    chance, hurt, deaths, near = np.random.default_rng(0), 0.0, 0, 0.0
    for _ in range(600):
        obs, _, _, infos = venv.step(chance.integers(0, 6, 8))
        told, alive = venv.transition_senses(), venv.alive() & venv.present()
        beasts = obs[:, -10:, 0]
        nearest = np.where(beasts > 0, beasts, 1.0).min(axis=1)
        unended = alive & ~np.array(["episode" in info for info in infos])
        np.testing.assert_allclose(told["zombie_distance"][unended], nearest[unended], atol=0.03)
        hurt, near = hurt + told["damage"].sum(), near + told["zombie_near"].sum()
        deaths += sum("episode" in info for info in infos)
    assert 0 < hurt <= deaths
    assert near > 0


@pytest.mark.parametrize("world", AGENTS)
def test_a_brain_lives_in_all_rows(world):
    agent = DualBrainPPO("BrainPolicy", world, n_envs=12, steering=["extrinsic", "novelty"], n_steps=64, seed=0)
    agent.learn(2 * 64 * 12)
    assert np.isfinite(agent.assess(agent.env.reset())["valence"]).all()  # type: ignore[union-attr]


def test_mistakes_are_told():
    for env_id, n_envs, message in (
        (SPREAD, 4, "has 3 agents: n_envs must be a multiple of it, not 4"),
        ("pettingzoo/mpe2.simple_adversary_v3", 3, "differ in their observation spaces"),
        ("pettingzoo/mpe2.simple_sprea_v3", 3, "there is no module mpe2.simple_sprea_v3"),
        ("pettingzoo/json", 1, "no PettingZoo world"),
    ):
        with pytest.raises(UserError, match=message):
            make_vec_env(env_id, n_envs)
    with pytest.raises(UserError, match="rows of a batch need one of a fixed shape"):
        make_vec_env(ZOMBIES, 4, env_kwargs={"obs_method": "vector-sequence"})

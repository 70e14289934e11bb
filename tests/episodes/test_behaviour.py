"""Behaviour in the world's own words: senses counted and averaged by hand, and in whole evaluations."""

from __future__ import annotations

import numpy as np
import pytest

from agents import DualBrainPPO
from dualbrain.episodes.behaviour import Tally, measured
from dualbrain.episodes.evaluate import evaluate
from dualbrain.steering.sense import EXTRINSIC_REWARD, Sense, by_name
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from dualbrain.worlds.make_env import make_vec_env
from reward_modules import Extrinsic, Novelty
from tests.episodes.test_evaluation import Prophet, clocks
from tests.sample_worlds.commune import AGENTS, Commune

SENSES = by_name([Sense("ate", 0.0, 1.0, "event"), Sense("energy", 0.0, 1.0, "share"), EXTRINSIC_REWARD])
YES = np.ones(2, bool)


def test_advice_and_the_score_are_no_behaviour():
    assert measured({**SENSES, "retreat": Sense("retreat", -1, 4, "action")}) == ["ate", "energy"]


def test_events_are_counted_and_levels_averaged():
    tally = Tally(SENSES, 2)
    for t, ate in enumerate(([1, 0], [0, 1], [1, 1])):
        tally.step({"ate": np.array(ate), "energy": np.array([0.5, 0.1 * t])}, YES)
        tally.close(np.array([t == 1, t == 2]), YES, np.array([t + 1, t + 1]))
    assert tally.episodes["ate"].tolist() == [1.0, 2.0]
    assert tally.episodes["energy"].tolist() == pytest.approx([0.5, 0.1])


def test_what_the_absent_sense_does_not_count():
    tally = Tally(SENSES, 2)
    for present in ([True, False], [False, True]):
        tally.step({"ate": np.ones(2), "energy": np.full(2, np.nan)}, np.array(present))
    tally.close(YES, np.array([True, False]), np.array([1, 1]))
    assert tally.episodes["ate"].tolist() == [1.0]


def test_each_episode_is_added_up_by_itself():
    played = evaluate(Prophet(), clocks(20, 9, 12), 6, behaviour=True)
    assert sorted(zip(played.lengths.tolist(), played.behaviour["ringing"].tolist(), strict=True)) == [
        (9, 0.0), (9, 0.0), (12, 1.0), (12, 1.0), (20, 1.0), (20, 1.0)
    ]  # fmt: skip
    assert played.behaviour.keys() == {"ringing", "visits"}


def test_innate_reward_stands_beside_the_score():
    played = evaluate(Prophet(), clocks(20, 9), 4)
    assert played.innate_scores is not None
    assert sorted(zip(played.lengths.tolist(), played.innate_scores.tolist(), strict=True)) == [
        (9, 0.0), (9, 0.0), (20, -7.0), (20, -7.0)
    ]  # fmt: skip
    assert played.paid is not None
    assert played.paid.truth.tolist() == [14.0]


def test_steps_after_a_worlds_share_pay_nothing_that_counts():
    played = evaluate(Prophet(), clocks(16, 160), 2, behaviour=True)
    assert played.paid is not None
    assert played.paid.truth.tolist() == [14.0]
    assert played.behaviour["ringing"].tolist() == [1.0, 1.0]


def test_behaviour_is_measured_whatever_the_drives_read():
    """Of an environment that gathers senses only where a drive reads them, too; playing stays the same."""
    agents = {
        drive: DualBrainPPO("BrainPolicy", "CartPole-v1", steering=[drive()], n_steps=16, batch_size=16, seed=0)
        for drive in (Extrinsic, Novelty)
    }
    watched = {drive: evaluate(agent, "CartPole-v1", 3, 0, behaviour=True) for drive, agent in agents.items()}
    assert [played.behaviour.keys() for played in watched.values()] == [{"visits"}, {"visits"}]
    for drive, played in watched.items():
        assert played.scores.tolist() == evaluate(agents[drive], "CartPole-v1", 3, 0).scores.tolist()


def test_of_a_native_world_every_sense_is_told():
    world = make_vec_env("dualbrain/Forage-v0", 4, seed=0, env_kwargs={"max_episode_steps": 30})
    agent = DualBrainPPO("BrainPolicy", world, steering=["hunger"], n_steps=64, batch_size=64, seed=0)
    played = evaluate(agent, world, 8, 0, behaviour=True)
    assert {"ate", "drank", "energy", "visits", "damage"} <= played.behaviour.keys()
    assert all(values.shape == (8,) for values in played.behaviour.values())
    assert ((played.behaviour["energy"] > 0.0) & (played.behaviour["energy"] <= 1.0)).all()


def test_agents_that_die_early_are_counted_while_they_live():
    agent = DualBrainPPO("BrainPolicy", BatchedVecEnv(Commune()), steering=[Extrinsic()], n_steps=16, batch_size=32)
    rubbish = BatchedVecEnv(Commune(rubbish=np.random.default_rng(0)))
    told = [evaluate(agent, world, 2 * AGENTS, 0, behaviour=True) for world in (BatchedVecEnv(Commune()), rubbish)]
    for clean, dirty in zip(told[0].behaviour.values(), told[1].behaviour.values(), strict=True):
        assert clean.tolist() == dirty.tolist()
    assert told[0].innate_scores is not None
    assert told[0].innate_scores.tolist() == pytest.approx(told[0].scores.tolist(), rel=1e-5)

"""What a VecEnv offers of senses and presence, and what takes its place where it offers none."""

from __future__ import annotations

import numpy as np
from stable_baselines3.common.vec_env import VecMonitor

from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.vec_env.gathered import SenseVecWrapper
from dualbrain.worlds.vec_env.presence import Presence
from dualbrain.worlds.vec_env.sensed import as_sensed
from dualbrain.worlds.vec_env.stated import agents_per_world, rows_present, stated_senses


def test_what_senses_itself_stays_what_it_is_also_in_a_wrapper() -> None:
    batch = make_vec_env("dualbrain/Forage-v0", 2)
    wrapped = VecMonitor(batch)
    assert as_sensed(batch) is batch
    assert as_sensed(wrapped) is wrapped


def test_other_worlds_are_wrapped_for_what_is_wanted() -> None:
    gathered = as_sensed(make_vec_env("CartPole-v1", 2), ["extrinsic_reward"])
    assert isinstance(gathered, SenseVecWrapper)
    gathered.reset()
    gathered.step(np.zeros(2, np.int64))
    assert gathered.transition_senses()["extrinsic_reward"].tolist() == [1.0, 1.0]
    assert gathered.transition_senses()["visits"].tolist() == [1.0, 1.0]
    counting = as_sensed(make_vec_env("CartPole-v1", 1))
    assert [*counting.state_dict()] == ["visits"]


def test_all_are_there_where_a_world_knows_no_absence() -> None:
    presence = Presence(make_vec_env("CartPole-v1", 3))
    assert presence.present().tolist() == presence.alive().tolist() == [True] * 3


def test_who_died_is_absent() -> None:
    batch = make_vec_env("dualbrain/Commons-v0", 4, seed=0)
    presence = Presence(batch)
    batch.set_options({"body": {"energy": np.array([0.001, 1.0, 1.0, 1.0])}})
    batch.reset()
    for _ in range(2):
        batch.step(np.zeros(4, np.int64))
    assert presence.present().tolist() == presence.alive().tolist() == [False, True, True, True]


def test_what_a_world_states_is_read_or_what_goes_without_saying() -> None:
    class Pair:
        n_agents, present, senses = 2, np.array([True, False]), ()

    everybody = np.ones(2, np.bool_)
    assert (agents_per_world(Pair()), agents_per_world(object())) == (2, 1)
    assert rows_present(Pair(), everybody).tolist() == [True, False]
    assert rows_present(object(), everybody) is everybody
    assert (stated_senses(Pair()), stated_senses(object())) == ((), None)

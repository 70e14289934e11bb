"""Evaluation ends: episodes that do not are cut off and counted; worlds that are handed in stay open."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

from agents import DualBrainPPO
from dualbrain.episodes.evaluate import Evaluation, evaluate, evaluate_random
from dualbrain.episodes.lending import MAX_STEPS, MOST_WORLDS, enough, longest
from dualbrain.episodes.record import record
from dualbrain.episodes.tables import episodes_of
from dualbrain.errors import UserError
from dualbrain.worlds.make_env import make_vec_env
from tests.episodes.test_evaluation import HORIZON, Clock, Prophet, clocks


class Lasting(Clock):
    """Rings at step 10 of each episode, and the n-th episode lasts the n-th of ``lengths`` steps; 0 is without end."""

    def __init__(self, *lengths: int):
        super().__init__(0)
        self.lengths, self.begun, self.closed = lengths, -1, False

    def reset(self, *, seed=None, options=None):
        self.begun += 1
        self.length = self.lengths[self.begun % len(self.lengths)]
        self.t = 0
        return self.look(), {"senses": {"ringing": 0.0}}

    def close(self):
        self.closed = True


def lasting(*worlds: tuple[int, ...]) -> VecEnv:
    given = iter(worlds)
    return DummyVecEnv([lambda: Lasting(*next(given)) for _ in worlds])


def facts(played: Evaluation) -> list[tuple[int, bool]]:
    return sorted(zip(played.lengths.tolist(), played.cut_off.tolist(), strict=True))


def test_an_endless_episode_is_cut_off_and_said(caplog: pytest.LogCaptureFixture):
    played = evaluate(Prophet(reflex_to=1), lasting((0,)), 3, max_steps=25)
    assert facts(played) == [(25, True)] * 3
    assert played.scores.tolist() == [25.0] * 3
    assert played.unplayed == 0
    assert played.reservations == "3 of 3 episodes did not end and were cut off after 25 steps"
    assert played.reservations in caplog.text


def test_whole_episodes_are_said_nothing_of(caplog: pytest.LogCaptureFixture):
    played = evaluate(Prophet(), lasting((25,), (3,)), 4, max_steps=25)
    assert facts(played) == [(3, False), (3, False), (25, False), (25, False)]
    assert played.reservations == ""
    assert not caplog.records


def test_every_world_plays_its_share_when_some_are_cut_off():
    played = evaluate(Prophet(), lasting((0,), (4,), (12, 40)), 9, max_steps=20)
    assert facts(played) == [(4, False)] * 3 + [(12, False)] * 2 + [(20, True)] * 4


def test_an_episode_that_ends_after_it_was_cut_off_makes_room_for_the_next():
    played = evaluate(Prophet(), lasting((25, 5), (18,)), 4, max_steps=20)
    assert facts(played) == [(5, False), (18, False), (18, False), (20, True)]


def test_what_follows_a_cut_begins_anew():
    """Also of scores, innate reward and what the world made the agent sense."""
    played = evaluate(Prophet(reflex_to=1), lasting((0, 12), (15,)), 4, max_steps=20, behaviour=True)
    assert facts(played) == [(12, False), (15, False), (15, False), (20, True)]
    np.testing.assert_array_equal(played.scores, played.lengths)
    assert played.innate_scores is not None
    assert played.innate_scores.tolist() == [-7.0] * 4
    assert played.behaviour["ringing"].tolist() == [1.0] * 4


def test_a_cut_is_a_truncation_to_what_is_foreseen():
    played = evaluate(Prophet(), lasting((0,), (20,)), 4, seed=0, max_steps=20)
    truncated = evaluate(Prophet(), clocks(20, 20), 4, seed=0)
    bell, wanted = (each.signals["hearing.bell"] for each in (played, truncated))
    assert replace(bell, auroc_shuffled=0.0) == replace(wanted, auroc_shuffled=0.0)
    assert bell.windows == 4 * (20 - HORIZON + 1)


def test_random_play_is_cut_off_as_well():
    assert facts(evaluate_random(lasting((0,), (5,)), 3, seed=0, max_steps=9)) == [(5, False), (9, True), (9, True)]


def test_time_ends_it():
    started = time.monotonic()
    played = evaluate(Prophet(), lasting((0,), (7,)), 40, time_limit=0.3)
    assert time.monotonic() - started < 5.0
    assert set(facts(played)) <= {(7, False)}
    assert len(played.lengths) + played.unplayed == 40
    assert played.unplayed >= 20
    assert "were not played to their end" in played.reservations
    bell = played.signals["hearing.bell"]
    assert bell.windows == len(played.lengths) * (7 - HORIZON + 1), "unfinished episodes are left out"
    nothing = evaluate(Prophet(), lasting((0,)), 2, time_limit=0.0)
    assert (nothing.lengths.size, nothing.unplayed, nothing.signals) == (0, 2, {})
    assert np.isnan([nothing.median_score, *nothing.score_quartiles]).all()


def test_a_limit_is_long_enough_for_what_a_world_declares():
    assert longest(make_vec_env("CartPole-v1", 1)) == MAX_STEPS
    assert longest(make_vec_env("CartPole-v1", 1, env_kwargs={"max_episode_steps": 20_000})) == 20_000
    assert longest(make_vec_env("dualbrain/Forage-v0", 1, env_kwargs={"max_episode_steps": 20_000})) == 20_000
    assert longest(lasting((0,))) == MAX_STEPS


@pytest.mark.parametrize(
    ("env", "episodes", "n"),
    [("CartPole-v1", 100, MOST_WORLDS), ("CartPole-v1", 3, 3), ("dualbrain/Forage-v0", 100, 100)],
)
def test_few_foreign_worlds_are_opened_at_once(env, episodes, n):
    assert enough(env, episodes, None) == n


def test_the_same_seed_gives_the_same_episodes_in_however_many_rounds():
    first, second = (evaluate_random("CartPole-v1", 23, seed=5) for _ in range(2))
    assert first.lengths.tolist() == second.lengths.tolist()
    assert len(first.lengths) == 23


def test_a_native_world_plays_the_same_episodes_as_ever():
    options = {"max_episode_steps": 20}
    played = evaluate_random("dualbrain/Forage-v0", 12, seed=5, env_kwargs=options)
    each = evaluate_random("dualbrain/Forage-v0", 12, seed=5, env_kwargs=options, n_envs=12)
    assert played.scores.tolist() == each.scores.tolist()
    assert played.lengths.tolist() == [20] * 12


@pytest.fixture(scope="module")
def agent() -> DualBrainPPO:
    made = DualBrainPPO("BrainPolicy", Lasting(9), steering=["extrinsic"], n_steps=16, batch_size=16, seed=0)
    return made.learn(32)


def test_an_environment_that_is_handed_in_stays_open(agent):
    world: Any = Lasting(9)
    played = evaluate(agent, world, 3, seed=0)
    assert played.lengths.tolist() == [9, 9, 9]
    assert evaluate_random(world, 2).lengths.tolist() == [9, 9]
    assert record(agent, world, 1, seed=0).table["time"].tolist() == list(range(9))
    assert not world.closed
    world.reset()
    assert world.step(1)[1] == 1.0
    venv = lasting((9,))
    evaluate(agent, venv, 1)
    assert not venv.get_attr("closed")[0]


def test_what_was_made_for_it_is_closed(agent, monkeypatch):
    gymnasium.register("Lasting-v0", lambda **_: Lasting(9))
    closed: list[Any] = []
    monkeypatch.setattr(Lasting, "close", lambda self: closed.append(self))
    evaluate(agent, "Lasting-v0", 13, seed=0)
    assert len(closed) == MOST_WORLDS
    closed.clear()
    with pytest.raises(UserError, match="n_envs must be at least 1, not 0"):
        evaluate(agent, "Lasting-v0", 1, n_envs=0)


@pytest.mark.parametrize("wrong", [{"episodes": 0}, {"episodes": -1}, {"max_steps": 0}])
def test_numbers_below_one_are_told(agent, wrong):
    name = next(iter(wrong))
    for play in (evaluate, record):
        with pytest.raises(UserError, match=f"{name} must be at least 1"):
            play(agent, lasting((9,)), **wrong)
    with pytest.raises(UserError, match=f"{name} must be at least 1"):
        evaluate_random(lasting((9,)), **wrong)


def test_a_recording_ends_too(agent, caplog: pytest.LogCaptureFixture):
    recording = record(agent, Lasting(0, 5), 3, seed=0, max_steps=12)
    table = episodes_of(recording)
    assert table["length"].tolist() == [12, 5, 12]
    ends = np.flatnonzero(recording.table["truncated"])
    assert ends.tolist() == [11, 16, 28], "as if time had run out in the world, as it does in the second"
    assert "2 of 3 episodes did not end and were cut off after 12 steps" in caplog.text

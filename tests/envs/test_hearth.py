"""Hearth: fires warm and burn, friends are touched, playmates are caught."""

from __future__ import annotations

import numpy as np
import pytest

from envs.engine.actions import ACTION_NAMES, EAST, REST
from envs.hearth import hearth
from envs.single import SingleWorld
from tests.envs.engine.tiny import born, do, lay, meet, stand, where_person
from tests.envs.lives import chance, expert, live, make

TOUCH, PLAY = (len(ACTION_NAMES) + act for act in range(2))
NAME = "dualbrain/Hearth-v0"
FRIEND, PLAYMATE = 0, 1
DRAIN = 0.012
HALF = {"warmth": 0.5, "company": 0.5, "fun": 0.5}


def snow(body: dict[str, float] | None = None) -> SingleWorld:
    """Return a snowfield with a fire, a snowdrift, a friend and a playmate in its corners, the agent in the middle."""
    env = born(hearth(fires=1, snowdrifts=1, friends=1, playmates=1))
    env.reset(seed=0, options={"body": body or HALF})
    stand(env, 6, 6)
    lay(env, 0, 0, 0)
    lay(env, 1, 12, 12)
    meet(env, FRIEND, 0, 12)
    meet(env, PLAYMATE, 12, 0)
    return env


@pytest.mark.parametrize(("away", "warmed"), [(1, True), (2, True), (3, False)])
def test_a_fire_warms_within_two_cells(away: int, warmed: bool) -> None:
    env = snow()
    lay(env, 0, 6, 6 + away)
    assert do(env, REST)["warmth"] == pytest.approx(0.5 - DRAIN + 0.06 * warmed)


def test_a_fire_burns_and_a_snowdrift_chills_who_walks_into_it() -> None:
    env = snow()
    lay(env, 0, 6, 7)
    assert do(env, EAST)["damage"] == pytest.approx(0.4)
    env = snow()
    lay(env, 1, 6, 7)
    senses = do(env, EAST)
    assert senses["damage"] == 0.0
    assert senses["warmth"] == pytest.approx(0.5 - DRAIN - 0.04)


def test_friends_are_touched_and_playmates_are_played_with() -> None:
    for who, act, level in ((FRIEND, TOUCH, "company"), (PLAYMATE, PLAY, "fun")):
        env = snow()
        meet(env, who, 6, 7)
        senses = do(env, act)
        assert senses[level] == pytest.approx(0.5 - DRAIN + 0.3)
        assert (senses["touch"], senses["played"]) == (float(who == FRIEND), float(who == PLAYMATE))
        env = snow()
        meet(env, who, 6, 7)
        senses = do(env, PLAY if act == TOUCH else TOUCH)
        assert [senses[name] for name in HALF] == pytest.approx([0.5 - DRAIN] * 3)
        assert (senses["touch"], senses["played"]) == (0.0, 0.0)


def test_a_playmate_that_was_caught_runs_away_and_comes_again() -> None:
    env = snow({"warmth": 1.0, "company": 1.0, "fun": 0.5})
    meet(env, PLAYMATE, 6, 7)
    do(env, PLAY)
    away = []
    for _ in range(60):
        do(env, REST)
        row, column = where_person(env, PLAYMATE)
        away.append(max(abs(row - 6), abs(column - 6)))
    assert max(away[:12]) >= 3
    assert min(away[12:]) == 1


@pytest.mark.parametrize("at_ease", range(4))
def test_the_score_is_the_share_of_levels_at_ease(at_ease: int) -> None:
    body = dict(zip(HALF, [0.6] * at_ease + [0.3] * (3 - at_ease), strict=True))
    assert snow(body).step(np.int64(REST))[1] == pytest.approx(at_ease / 3)


def test_only_cold_kills() -> None:
    for level in HALF:
        assert snow({**HALF, level: 0.001}).step(np.int64(REST))[2] is (level == "warmth")


def test_one_who_looks_after_all_three_lives_and_feels_well() -> None:
    world = make(NAME, 60)
    skilled = live(world, expert(NAME, world))
    world = make(NAME, 60)
    random = live(world, chance(world))
    assert np.median(skilled.length) == 500 > 2 * np.median(random.length)
    assert skilled.score.mean() > 3 * random.score.mean()
    assert skilled.sensed["touch"].mean() > 10
    assert skilled.sensed["played"].mean() > 10

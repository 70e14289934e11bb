"""Spiders, by hand."""

from __future__ import annotations

import numpy as np

from envs.engine.actions import NORTH, REST, SOUTH, WEST
from tests.envs.engine.tiny import born, cave, do, loose, stand, wall, where_creature


def test_a_spider_approaches_startles_bites_and_keeps_away() -> None:
    env = born(cave())
    stand(env, 4, 1)
    loose(env, 0, 4, 5)
    first, second, third, bite, after = (do(env, REST) for _ in range(5))
    assert [first["skittering"], second["skittering"], third["skittering"]] == [0.0, 0.5, 1.0]
    assert [first["something_near"], second["something_near"]] == [0.0, 1.0]
    assert (bite["damage"], bite["skittering"]) == (0.5, 1.0)
    np.testing.assert_allclose(bite["energy"], 0.5 - 4 * 0.01 - 0.2, atol=1e-6)
    assert after["damage"] == 0.0
    assert where_creature(env) == (4, 3)


def test_a_spider_that_notices_nothing_stays() -> None:
    env = born(cave())
    stand(env, 4, 0)
    loose(env, 0, 4, 5)
    senses = do(env, REST)
    assert where_creature(env) == (4, 5)
    assert (senses["skittering"], senses["something_near"], senses["retreat"]) == (0.0, 0.0, -1.0)


def test_a_spider_loses_patience() -> None:
    env = born(cave(patience=2, cooldown=3))
    stand(env, 4, 0)
    loose(env, 0, 4, 4)
    columns = []
    for _ in range(5):
        do(env, REST)
        columns.append(where_creature(env)[1])
    assert columns == [3, 2, 3, 4, 5]


def test_a_spider_goes_around_a_wall_if_that_is_nearer() -> None:
    env = born(cave())
    stand(env, 3, 1)
    loose(env, 0, 4, 5)
    wall(env, 4, 4)
    do(env, REST)
    assert where_creature(env) == (3, 5)


def test_retreat_leads_away_onto_a_free_cell() -> None:
    env = born(cave(speed=0.0))
    stand(env, 4, 4)
    loose(env, 0, 4, 5)
    assert do(env, REST)["retreat"] == NORTH
    wall(env, 3, 4)
    assert do(env, REST)["retreat"] == SOUTH
    wall(env, 5, 4)
    assert do(env, REST)["retreat"] == WEST
    wall(env, 4, 3)
    assert do(env, REST)["retreat"] == -1.0


def test_spiders_are_born_away_from_the_agent() -> None:
    env = born(cave(size=16, clearance=5))
    for _ in range(50):
        assert env.reset()[1]["senses"]["something_near"] == 0.0


def test_a_spider_in_view_is_seen() -> None:
    env = born(cave(speed=0.0))
    stand(env, 4, 4)
    loose(env, 0, 1, 8)
    obs = env.step(np.int64(REST))[0]
    _, spiders = obs[env.layout.view].reshape(env.layout.view_shape)
    assert np.argwhere(spiders).tolist() == [[1, 8]]

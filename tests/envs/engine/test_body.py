"""Levels of the body, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dualbrain.errors import UserError
from envs.engine.actions import CONSUME, EAST, REST, WEST
from envs.engine.declarations import Level, LevelEffect, Thing, Vocabulary
from tests.envs.engine.tiny import ENERGY, born, cell, do, lay, meadow, stand

BERRY = Thing("berry", 1, "bush", {"energy": 0.25}, {"ate": 1.0}, regrow=(3, 3))


def test_a_step_drains_and_effort_costs_more() -> None:
    legs = Level("stamina", (0.5, 0.5), moving=-0.1, resting=0.2)
    env = born(meadow(levels=(ENERGY, legs)))
    stand(env, 2, 2)
    walked = do(env, EAST)
    assert walked["exertion"] == 1.0
    np.testing.assert_allclose([walked["energy"], walked["stamina"]], [0.49, 0.4], atol=1e-6)
    rested = do(env, REST)
    assert rested["exertion"] == 0.0
    np.testing.assert_allclose([rested["energy"], rested["stamina"]], [0.48, 0.6], atol=1e-6)
    idle = do(env, CONSUME)
    np.testing.assert_allclose([idle["energy"], idle["stamina"]], [0.47, 0.6], atol=1e-6)


def test_levels_stay_within_their_range() -> None:
    env = born(meadow(levels=(Level("energy", (1.0, 1.0), resting=0.5), Level("sodium", (0.0, 0.0), drain=0.1))))
    senses = do(env, REST)
    assert (senses["energy"], senses["sodium"]) == (1.0, 0.0)


def test_a_level_effect_applies_only_within_its_bounds() -> None:
    levels = (replace(ENERGY, drain=0.0), Level("sodium", (0.9, 0.9), drain=0.05))
    env = born(meadow(levels=levels, level_effects=(LevelEffect("sodium", 0.82, 1.0, {"energy": -0.1}),)))
    np.testing.assert_allclose(do(env, REST)["energy"], 0.4, atol=1e-6)
    np.testing.assert_allclose(do(env, REST)["energy"], 0.4, atol=1e-6)


def test_eating_is_tasted_at_once_and_feeds_a_step_later() -> None:
    env = born(meadow(BERRY))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    eaten = do(env, CONSUME)
    np.testing.assert_allclose(eaten["energy"], 0.5 - 0.01, atol=1e-6)
    assert (eaten["ate"], eaten["tasted_any"]) == (1.0, 1.0)
    nothing = do(env, CONSUME)
    np.testing.assert_allclose(nothing["energy"], 0.49 - 0.01 + 0.25, atol=1e-6)
    assert (nothing["ate"], nothing["tasted_any"]) == (0.0, 0.0)


def test_thorns_hurt_whoever_walks_onto_them_once() -> None:
    env = born(meadow(Thing("thorns", 1, "thorns", entered={"energy": -0.1}, pain=0.4)))
    stand(env, 2, 2)
    lay(env, 0, 2, 3)
    pricked = do(env, EAST)
    np.testing.assert_allclose([pricked["energy"], pricked["damage"]], [0.39, 0.4], atol=1e-6)
    standing = do(env, REST)
    np.testing.assert_allclose([standing["energy"], standing["damage"]], [0.38, 0.0], atol=1e-6)
    assert do(env, WEST)["damage"] == 0.0


def test_death_terminates_and_pays_nothing() -> None:
    env = born(meadow(), seed=1)
    env.reset(options={"body": {"energy": 0.015}})
    _, reward, terminated, truncated, info = env.step(np.int64(REST))
    assert (reward, terminated, truncated, info["senses"]["extrinsic_reward"]) == (1.0, False, False, 1.0)
    _, reward, terminated, truncated, info = env.step(np.int64(REST))
    assert (reward, terminated, truncated, info["senses"]["extrinsic_reward"]) == (0.0, True, False, 0.0)


def test_reset_sets_levels_of_the_body() -> None:
    env = born(meadow())
    obs, info = env.reset(options={"body": {"energy": 0.25}})
    assert info["senses"]["energy"] == 0.25
    assert obs[env.layout.body].tolist() == [1] * 4 + [0] * 12
    with pytest.raises(UserError, match="did you mean 'energy'"):
        env.reset(options={"body": {"enrgy": 0.25}})
    with pytest.raises(UserError, match="must lie in"):
        env.reset(options={"body": {"energy": 1.5}})


def test_an_unknown_level_in_a_declaration_is_named() -> None:
    with pytest.raises(UserError, match=r"'enrgy' \(in berry of world Meadow\)"):
        meadow(Thing("berry", 1, "bush", {"enrgy": 0.1}))


def test_comfort_pays_for_the_share_of_levels_at_ease() -> None:
    warmth = Level("warmth", (0.5, 0.5), drain=0.125, comfort=(0.25, 0.375))
    levels = (warmth, Level("sodium", (0.0, 0.0), resting=0.25, comfort=(0.25, 1.0)), replace(ENERGY, drain=0.0))
    env = born(meadow(levels=levels, score=2.0))
    rewards = [env.step(np.int64(action))[1] for action in (CONSUME, REST, REST, REST)]
    assert rewards == [1.0, 2.0, 1.0, 1.0]


def test_nothing_is_paid_for_comfort_on_dying() -> None:
    env = born(meadow(levels=(replace(ENERGY, start=(0.01, 0.01), drain=0.02, comfort=(0.0, 1.0)),)))
    _, reward, terminated, _, _ = env.step(np.int64(REST))
    assert (reward, terminated) == (0.0, True)


def test_consuming_pays_and_stings() -> None:
    env = born(meadow(Thing("nettle", 1, "bush", score=2.5, sting=0.75, lasts=True), score=0.5))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    _, reward, _, _, info = env.step(np.int64(CONSUME))
    assert (reward, info["senses"]["extrinsic_reward"], info["senses"]["damage"]) == (3.0, 3.0, 0.75)
    _, reward, _, _, info = env.step(np.int64(REST))
    assert (reward, info["senses"]["extrinsic_reward"], info["senses"]["damage"]) == (0.5, 0.5, 0.0)


def test_what_is_delayed_is_taken_at_once_tasted_later_and_feeds_a_step_after_that() -> None:
    lever = replace(BERRY, name="lever", delay=2, score=4.0, sting=0.5)
    env = born(meadow(lever, levels=(replace(ENERGY, drain=0.0),), score=0.0))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    log = []
    for action in (CONSUME, REST, REST, REST, REST):
        _, reward, _, _, info = env.step(np.int64(action))
        senses = info["senses"]
        log.append((reward, *(senses[name] for name in ("tasted_any", "ate", "damage", "energy"))))
        if len(log) == 1:
            assert env.batch.state.grid[0, cell(env, 2, 2)] == 0
    assert log == [
        (0.0, 0.0, 0.0, 0.0, 0.5),
        (0.0, 0.0, 0.0, 0.0, 0.5),
        (4.0, 1.0, 1.0, 0.5, 0.5),
        (0.0, 0.0, 0.0, 0.0, 0.75),
        (0.0, 0.0, 0.0, 0.0, 0.75),
    ]


def test_nothing_else_is_consumed_until_the_taste_has_come() -> None:
    env = born(meadow(replace(BERRY, delay=3, lasts=True), levels=(replace(ENERGY, drain=0.0),)))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    tasted = [do(env, CONSUME)["ate"] for _ in range(9)]
    assert tasted == [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]


def test_a_tone_is_heard_from_consuming_to_the_taste() -> None:
    lever = replace(BERRY, delay=2, tone="click")
    env = born(meadow(lever, vocabulary=Vocabulary(("chat", "click"), 1.0, 0.0, 0)))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    env.batch.tables.talk[0] = 0.0
    words = [env.step(np.int64(action))[0][env.layout.word].tolist() for action in (REST, CONSUME, REST, REST, REST)]
    assert words == [[0, 0], [0, 1], [0, 1], [0, 0], [0, 0]]


def test_a_tone_drowns_what_else_is_said() -> None:
    lever = replace(BERRY, delay=40, tone="click", regrow=(99, 99))
    env = born(meadow(lever, vocabulary=Vocabulary(("chat", "click"), 1.0, 0.0)))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    env.batch.state.levels[:] = 1.0
    assert {env.step(np.int64(CONSUME))[0][env.layout.word].argmax() for _ in range(40)} == {1}
    assert {env.step(np.int64(REST))[0][env.layout.word].argmax() for _ in range(20)} == {0, 1}


def test_a_new_body_has_nothing_in_its_stomach() -> None:
    env = born(meadow(replace(BERRY, delay=2), levels=(replace(ENERGY, drain=0.0),)))
    for wait in (0, 1, 2):
        stand(env, 2, 2)
        lay(env, 0, 2, 2)
        for action in [CONSUME] + wait * [REST]:
            do(env, action)
        env.reset()
        assert [do(env, REST)[name] for name in ("ate", "energy") for _ in range(4)] == [0.0] * 4 + [0.5] * 4


def test_wrong_names_of_tastes_and_tones_are_told_in_a_line() -> None:
    with pytest.raises(UserError, match=r"event sense 'eat' \(in berry of world Meadow\): .*'ate'"):
        meadow(replace(BERRY, tastes={"eat": 1.0}))
    with pytest.raises(UserError, match=r"word 'clack' \(in berry of world Meadow\): .*'click'"):
        meadow(replace(BERRY, tone="clack"), vocabulary=Vocabulary(("click",)))


def test_things_around_work_on_whoever_is_within_their_reach() -> None:
    stove = Thing("stove", 2, "stove", around={"warmth": 0.125}, reach=2)
    draught = Thing("draught", 1, "draught", around={"warmth": -0.0625, "energy": 0.25})
    levels = (replace(ENERGY, drain=0.0), Level("warmth", (0.5, 0.5)))
    env = born(meadow(stove, draught, levels=levels, size=9))
    for m, place in enumerate([(4, 4), (4, 6), (4, 8)]):
        lay(env, m, *place)
    felt = []
    for place in [(4, 1), (6, 2), (4, 5), (3, 7), (4, 8)]:
        stand(env, *place)
        env.batch.state.levels[:] = 0.5
        senses = do(env, REST)
        felt.append((senses["warmth"], senses["energy"]))
    assert felt == [(0.5, 0.5), (0.625, 0.5), (0.75, 0.5), (0.5625, 0.75), (0.5625, 0.75)]


def test_what_is_gone_warms_nobody_until_it_is_back() -> None:
    coal = Thing("coal", 1, "coal", around={"energy": 0.125}, score=1.0, regrow=(2, 2))
    env = born(meadow(coal, levels=(replace(ENERGY, drain=0.0),)))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    assert [do(env, action)["energy"] for action in (REST, CONSUME, REST, REST)] == [0.625, 0.625, 0.625, 0.75]


def test_what_is_near_counts_before_level_effects_and_within_limits() -> None:
    fire = Thing("fire", 1, "fire", around={"warmth": 0.75})
    levels = (replace(ENERGY, drain=0.0), Level("warmth", (0.5, 0.5)))
    env = born(meadow(fire, levels=levels, level_effects=(LevelEffect("warmth", 1.0, 1.0, {"energy": -0.25}),)))
    stand(env, 2, 2)
    lay(env, 0, 2, 3)
    senses = do(env, REST)
    assert (senses["warmth"], senses["energy"]) == (1.0, 0.25)


def test_an_unknown_level_around_a_thing_is_told_in_a_line() -> None:
    with pytest.raises(UserError, match=r"body level 'heat' \(in fire of world Meadow\)"):
        meadow(Thing("fire", 1, "fire", around={"heat": 0.1}))

"""Needs: each wears off at a rate of its own and is stilled by a thing of its own; the score is what is at ease."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

from dualbrain.errors import UserError
from envs.engine.actions import CONSUME, REST
from envs.needs import EASE, MEAL, NEEDS, needs
from tests.envs.engine.tiny import born, do, lay, stand
from tests.envs.lives import chance, live, make

NAME = "dualbrain/Needs-v0"
LEVELS = [level.name for level, *_ in NEEDS]


@pytest.mark.parametrize("count", range(2, 7))
def test_as_many_needs_as_asked_for(count: int) -> None:
    world = make(NAME, 1, needs=count)
    assert list(world.layout.levels) == LEVELS[:count]
    assert len(world.layout.planes) == 1 + count


@pytest.mark.parametrize("count", [1, 7])
def test_more_or_fewer_are_refused_in_a_line(count: int) -> None:
    with pytest.raises(UserError, match=f"option 'needs' of world Needs must lie in 2 to 6, not {count}") as raised:
        gymnasium.make(NAME, needs=count)
    assert "\n" not in str(raised.value)


def test_no_two_needs_wear_off_together() -> None:
    env = born(needs(6))
    body = dict.fromkeys(LEVELS, 0.8)
    env.reset(options={"body": body})
    senses = do(env, REST)
    lost = [round(0.8 - senses[level], 5) for level in LEVELS]
    assert lost == [level.drain for level, *_ in NEEDS]
    assert len(set(lost)) == 6


@pytest.mark.parametrize("which", range(6))
def test_each_thing_stills_its_need_alone(which: int) -> None:
    env = born(needs(6, supply=1))
    env.reset(options={"body": dict.fromkeys(LEVELS, 0.5)})
    stand(env, 5, 5)
    for m in range(6):
        lay(env, m, 0, m)
    lay(env, which, 5, 5)
    senses = do(env, CONSUME)
    assert [senses[taste.name] for *_, taste in NEEDS] == [float(k == which) for k in range(6)]
    senses = do(env, REST)
    expected = [0.5 - 2 * level.drain + MEAL * (k == which) for k, (level, *_) in enumerate(NEEDS)]
    np.testing.assert_allclose([senses[level] for level in LEVELS], expected, atol=1e-6)


@pytest.mark.parametrize("at_ease", range(5))
def test_the_score_is_the_share_of_needs_at_ease(at_ease: int) -> None:
    env = born(needs())
    levels = [EASE + 0.1] * at_ease + [EASE - 0.1] * (4 - at_ease)
    env.reset(options={"body": dict(zip(LEVELS, levels, strict=False))})
    assert env.step(np.int64(REST))[1] == at_ease / 4


@pytest.mark.parametrize("level", LEVELS)
def test_lack_of_any_is_deadly_by_option(level: str) -> None:
    for death in (True, False):
        env = born(needs(6, death=death))
        env.reset(options={"body": {**dict.fromkeys(LEVELS, 0.9), level: 0.001}})
        assert env.step(np.int64(REST))[2] is death


def test_without_death_every_episode_has_its_full_length() -> None:
    world = make(NAME, 60, death=False, max_episode_steps=300)
    assert (live(world, chance(world)).length == 300).all()

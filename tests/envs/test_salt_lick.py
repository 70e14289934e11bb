"""SaltLick: what a press brings, and when; what too little and too much sodium cost; draining."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

from envs.engine.actions import CONSUME, REST
from envs.engine.state import PRESENT
from envs.salt_lick import salt_lick
from envs.scripted.salt_lick import LeverPresser
from envs.single import SingleWorld
from tests.envs.engine.tiny import born, do, lay, stand
from tests.envs.lives import expert, live, make

NAME = "dualbrain/SaltLick-v0"
SUGAR, SALT = 0, 1
"""Numbers of the levers."""
DRAINED = {"sodium": 0.1}
SETPOINT = 0.5
"""Sodium below which the drive `salt` likes it."""


def at(lever: int, **body: float) -> SingleWorld:
    """Return a world whose agent stands at a lever, the other one out of reach."""
    env = born(salt_lick())
    env.reset(options={"body": {"energy": 0.5, "sodium": 0.6, **body}})
    stand(env, 4, 4)
    lay(env, 1 - lever, 0, 0)
    lay(env, lever, 4, 4)
    return env


def words(env: SingleWorld, obs: np.ndarray) -> list[str]:
    return [word for word, bit in zip(env.layout.words, obs[env.layout.word], strict=True) if bit]


@pytest.mark.parametrize(
    ("lever", "tone", "tastes", "level"),
    [
        (SUGAR, "sugar tone", {"ate": 1.0, "tasted_sugar": 1.0, "tasted_salt": 0.0}, "energy"),
        (SALT, "salt tone", {"ate": 0.0, "tasted_sugar": 0.0, "tasted_salt": 1.0}, "sodium"),
    ],
)
def test_a_press_is_followed_by_a_tone_and_then_by_the_taste(lever, tone, tastes, level) -> None:
    env = at(lever)
    for action in (CONSUME, REST, REST):
        obs, _, _, _, info = env.step(np.int64(action))
        assert words(env, obs) == [tone]
        assert {name: info["senses"][name] for name in (*tastes, "tasted_any")} == dict.fromkeys(
            (*tastes, "tasted_any"), 0.0
        )
    obs, _, _, _, info = env.step(np.int64(REST))
    assert words(env, obs) == []
    assert {name: info["senses"][name] for name in tastes} == tastes
    before = info["senses"][level]
    assert do(env, REST)[level] > before + 0.2


def test_a_lever_that_was_pressed_retracts_and_comes_out_elsewhere() -> None:
    env = at(SUGAR)
    here = env.batch.state.place[0, SUGAR]
    do(env, CONSUME)
    waits = 0
    while env.batch.state.due[0, SUGAR] != PRESENT:
        waits += 1
        do(env, REST)
    assert 5 <= waits <= 15
    assert env.batch.state.place[0, SUGAR] != here


def test_the_levers_look_unlike() -> None:
    assert make(NAME, 1).layout.planes == ("wall", "sugar lever", "salt lever")


@pytest.mark.parametrize(("sodium", "cost"), [(0.1, 0.02), (0.3, 0.0), (0.6, 0.0), (0.8, 0.0), (0.95, 0.01)])
def test_lack_and_excess_of_sodium_cost_energy(sodium: float, cost: float) -> None:
    env = at(SUGAR, sodium=sodium)
    np.testing.assert_allclose(do(env, REST)["energy"], 0.5 - 0.008 - cost, atol=1e-6)


def test_a_life_is_replete_from_beginning_to_end() -> None:
    world = make(NAME, 60)
    policy = expert(NAME, world)
    obs, info = world.reset(seed=0)
    for _ in range(world.world.max_episode_steps):
        assert (info["senses"]["sodium"] > SETPOINT).all()
        obs, *_, info = world.step(policy(obs))


def test_reset_drains_a_body() -> None:
    env = born(salt_lick())
    _, info = env.reset(seed=0)
    assert info["senses"]["sodium"] >= 0.7
    obs, info = env.reset(seed=0, options={"body": DRAINED})
    np.testing.assert_allclose(info["senses"]["sodium"], 0.1)
    sodium = obs[env.layout.body][-env.layout.bits_per_level :]
    assert sodium.tolist() == [1, 1] + [0] * 14


class Unsalted(LeverPresser):
    """Knows of sugar only."""

    food: ClassVar = {"energy": "sugar lever"}


def test_a_drained_body_needs_the_salt_that_a_replete_one_is_better_off_without() -> None:
    world = make(NAME, 100)
    replete, drained = (live(world, expert(NAME, world), body=body) for body in (None, DRAINED))
    assert replete.sensed["tasted_salt"].sum() == 0
    assert drained.sensed["tasted_salt"].mean() > 0.8
    unsalted = live(world, Unsalted(world.layout, 100).act, body=DRAINED)
    assert unsalted.length.mean() < 0.6 * drained.length.mean()


def test_without_delay_the_taste_is_at_once() -> None:
    env = born(salt_lick(delay=0))
    stand(env, 4, 4)
    lay(env, SALT, 0, 0)
    lay(env, SUGAR, 4, 4)
    assert do(env, CONSUME)["tasted_sugar"] == 1.0

"""Warehouse: odd things look alike until somebody calls."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import numpy as np
import pytest

from envs.engine.actions import ACTION_NAMES, CONSUME, REST
from envs.engine.state import PRESENT
from envs.scripted.warehouse import Porter
from envs.single import SingleWorld
from envs.warehouse import GOODS, ODD, warehouse
from tests.envs.engine.tiny import born, lay, seen, stand
from tests.envs.lives import live, make

CALL = len(ACTION_NAMES)
NAME = "dualbrain/Warehouse-v0"
SAFE, DANGEROUS = 4, 5
"""Number of the safe and of the dangerous thing in a store with one of each good."""


def store(odd: Any = "odd") -> SingleWorld:
    """Return a warehouse without shelves, with one thing of each kind, all in the corner, the agent in the middle."""
    env = born(warehouse(shelves=0, goods=1, safe=1, dangerous=1, odd=odd))
    for m in range(6):
        lay(env, m, 0, m)
    stand(env, 8, 8)
    return env


def step(env: SingleWorld, action: int) -> tuple[Any, float, dict[str, float]]:
    obs, reward, _, _, info = env.step(np.int64(action))
    return obs, reward, info["senses"]


@pytest.mark.parametrize("m", range(len(GOODS)))
def test_goods_are_worth_one(m: int) -> None:
    env = store()
    lay(env, m, 8, 8)
    _, reward, senses = step(env, CONSUME)
    assert (reward, senses["handled"], senses["damage"]) == (1.0, 1.0, 0.0)


@pytest.mark.parametrize("odd", ODD)
def test_a_safe_thing_is_worth_more_and_a_dangerous_one_hurts_and_costs(odd: str) -> None:
    for m, expected in ((SAFE, (5.0, 0.0, 0.0)), (DANGEROUS, (-10.0, 0.0, pytest.approx(0.8)))):
        env = store(odd)
        lay(env, m, 8, 8)
        _, reward, senses = step(env, CONSUME)
        assert (reward, senses["handled"], senses["damage"]) == expected


@pytest.mark.parametrize("odd", ODD)
def test_they_look_the_same_until_a_call_tells_them_apart(odd: str) -> None:
    for m, truth in ((SAFE, "safe"), (DANGEROUS, "danger")):
        env = store(odd)
        lay(env, m, 8, 10)
        obs, _, _ = step(env, REST)
        planes = [plane for plane in env.layout.planes if (0, 2) in seen(env, obs, plane)]
        assert planes == list(ODD[odd])
        obs, reward, _ = step(env, CALL)
        assert reward == -0.25
        assert [plane for plane in env.layout.planes if (0, 2) in seen(env, obs, plane)] == [truth]


def test_a_call_reaches_two_cells_and_reveals_the_nearest() -> None:
    env = store()
    lay(env, SAFE, 8, 11)
    obs, reward, _ = step(env, CALL)
    assert (reward, seen(env, obs, "odd"), seen(env, obs, "safe")) == (-0.25, [(0, 3)], [])
    lay(env, SAFE, 8, 10)
    lay(env, DANGEROUS, 8, 7)
    obs, _, _ = step(env, CALL)
    assert (seen(env, obs, "odd"), seen(env, obs, "danger")) == ([(0, 2)], [(0, -1)])


def test_what_was_revealed_grows_back_unknown() -> None:
    env = store()
    lay(env, SAFE, 8, 8)
    step(env, CALL)
    assert step(env, CONSUME)[1] == 5.0
    state = env.batch.state
    for _ in range(300):
        step(env, REST)
    assert state.due[0, SAFE] == PRESENT
    assert state.grid[0, state.place[0, SAFE]] == env.batch.tables.thing_kind[SAFE]


def test_every_sort_of_odd_thing_has_the_same_bits() -> None:
    assert set(ODD) == set(get_args(get_type_hints(warehouse)["odd"]))
    layouts = [make(NAME, 1, odd=odd).layout for odd in ODD]
    assert all(layout == layouts[0] for layout in layouts)


class Hasty(Porter):
    """One who takes what is odd for safe."""

    def act(self, obs: Any) -> Any:
        """Return actions as if every odd thing had been revealed as safe."""
        view = obs[:, self.sight.layout.view].reshape(-1, *self.sight.layout.view_shape)
        names = self.sight.layout.planes
        odd = self._odd(view > 0)
        told = obs.copy()
        planes = told[:, self.sight.layout.view].reshape(view.shape)
        for name in ("odd", "strange", "box", "barrel"):
            planes[:, names.index(name)] &= ~odd
        planes[:, names.index("safe")] |= odd
        told[:, self.sight.layout.view] = planes.reshape(len(obs), -1)
        return super().act(told)


@pytest.mark.parametrize("odd", ODD)
def test_whoever_asks_does_better_than_the_hasty(odd: str) -> None:
    world = make(NAME, 40, odd=odd)
    asking = live(world, Porter(world.layout, 40).act)
    world = make(NAME, 40, odd=odd)
    hasty = live(world, Hasty(world.layout, 40).act)
    assert asking.sensed["damage"].sum() == 0.0
    assert hasty.sensed["damage"].sum() > 0.0
    assert asking.score.mean() > hasty.score.mean() + 30


@pytest.mark.parametrize(("odd", "taken_for_goods"), [("odd", False), ("strange", False), ("mixed", True)])
def test_a_porter_takes_a_sort_that_he_does_not_know_for_the_goods_it_looks_like(
    odd: str, taken_for_goods: bool
) -> None:
    env = store(odd)
    lay(env, DANGEROUS, 8, 8)
    obs = step(env, REST)[0][None]
    assert Porter(env.layout, 1).act(obs) == [CALL]
    assert (Porter(env.layout, 1, knows=()).act(obs) == [CONSUME]) == taken_for_goods

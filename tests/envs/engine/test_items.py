"""What a hand holds, and stations, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dualbrain.errors import UserError
from envs.engine.actions import CONSUME, EAST, REST, WEST
from envs.engine.declarations import Item, Thing
from envs.engine.world import World
from envs.single import SingleWorld
from tests.envs.engine.tiny import ATE, ENERGY, born, cell, do, lay, meadow, stand

RAW = Item("raw bean", "bean", {"energy": -0.25}, pain=0.5, score=-2.0)
WET = Item("wet bean", "bean")
DONE = Item("done bean", "bean", {"energy": 0.25}, {"ate": 1.0}, score=8.0)
WASTE = Item("waste", "bean")
BUSH = Thing("bush", 1, "bush", gives="raw bean", regrow=(3, 3))
WATER = Thing("water", 1, "pool", turns={"raw bean": "wet bean"}, spoils="waste", lasts=True)
FIRE = Thing("fire", 1, "fire", turns={"wet bean": "done bean"}, score=0.5, lasts=True)
BIN = Thing("bin", 1, "bin", turns={"waste": ""}, tastes={"ate": 1.0}, lasts=True)
ITEMS = (RAW, WET, DONE, WASTE)


def kitchen(*things: Thing, **fields: object) -> World:
    fields = {"levels": (replace(ENERGY, drain=0.0),), "score": 0.0, "items": ITEMS, **fields}
    return meadow(*(things or (BUSH, WATER, FIRE, BIN)), **fields)


def cook() -> SingleWorld:
    """Return a kitchen whose things lie in a row, with the agent on the first."""
    env = born(kitchen())
    for m in range(4):
        lay(env, m, 2, m)
    stand(env, 2, 0)
    return env


def held(env: SingleWorld, action: int = REST) -> str:
    """Take a step; return what the agent sees in its hand."""
    bits = env.step(np.int64(action))[0][env.layout.hand]
    assert bits.sum() <= 1
    return env.layout.items[bits.argmax()] if bits.any() else ""


def test_a_thing_gives_an_item_into_an_empty_hand_and_is_gone() -> None:
    env = cook()
    assert [held(env), held(env, CONSUME), held(env)] == ["", "raw bean", "raw bean"]
    assert env.batch.state.grid[0, cell(env, 2, 0)] == 0


def test_with_a_full_hand_nothing_happens() -> None:
    env = cook()
    do(env, CONSUME)
    lay(env, 0, 2, 0)
    senses = do(env, CONSUME)
    assert (held(env), senses["tasted_any"], senses["energy"]) == ("raw bean", 0.0, 0.5)
    assert env.batch.state.grid[0, cell(env, 2, 0)] == 2


def test_stations_turn_items_in_the_order_that_they_say() -> None:
    env = cook()
    plan = (CONSUME, EAST, CONSUME, EAST, CONSUME)
    assert [held(env, action) for action in plan] == ["raw bean", "raw bean", "wet bean", "wet bean", "done bean"]


def test_a_station_spoils_what_it_does_not_turn_and_leaves_the_rest_if_it_spoils_nothing() -> None:
    env = cook()
    plan = (CONSUME, EAST, CONSUME, CONSUME)
    assert [held(env, action) for action in plan] == ["raw bean", "raw bean", "wet bean", "waste"]
    assert [held(env, action) for action in (EAST, CONSUME)] == ["waste", "waste"]
    assert [held(env, action) for action in (EAST, CONSUME)] == ["waste", ""]


def test_a_station_pays_only_if_it_does_something() -> None:
    env = cook()
    rewards = [env.step(np.int64(a))[1] for a in (CONSUME, EAST, CONSUME, EAST, CONSUME, CONSUME, REST)]
    assert rewards == [0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0]
    stand(env, 2, 2)
    env.batch.state.hand[:] = 0
    assert env.step(np.int64(CONSUME))[1] == 0.0


def test_what_is_only_handled_is_not_tasted() -> None:
    env = cook()
    assert [do(env, action)["tasted_any"] for action in (CONSUME, EAST, CONSUME, EAST, CONSUME)] == [0.0] * 5
    stand(env, 2, 3)
    env.batch.state.hand[:] = 4
    binned = do(env, CONSUME)
    assert (binned["tasted_any"], binned["ate"]) == (1.0, 1.0)


def test_what_is_in_the_hand_is_eaten_on_a_free_cell() -> None:
    env = cook()
    stand(env, 4, 4)
    env.batch.state.hand[:] = 3
    obs, reward, _, _, info = env.step(np.int64(CONSUME))
    senses = info["senses"]
    assert (reward, senses["tasted_any"], senses["ate"], senses["damage"], senses["energy"]) == (
        8.0,
        1.0,
        1.0,
        0.0,
        0.5,
    )
    assert not obs[env.layout.hand].any()
    assert [do(env, CONSUME)[name] for name in ("energy", "tasted_any")] == [0.75, 0.0]


def test_a_bad_item_hurts_and_costs() -> None:
    env = cook()
    stand(env, 4, 4)
    env.batch.state.hand[:] = 1
    _, reward, _, _, info = env.step(np.int64(CONSUME))
    senses = info["senses"]
    assert (reward, senses["tasted_any"], senses["ate"], senses["damage"]) == (-2.0, 1.0, 0.0, 0.5)
    assert do(env, REST)["energy"] == 0.25


def test_an_item_is_eaten_on_a_thing_that_cannot_be_consumed() -> None:
    env = born(kitchen(Thing("rug", 1, "rug")))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    env.batch.state.hand[:] = 3
    assert do(env, CONSUME)["ate"] == 1.0


def test_what_has_not_been_tasted_yet_keeps_the_mouth_from_the_hand() -> None:
    env = born(kitchen(Thing("lever", 1, "lever", tastes={"ate": 1.0}, delay=2, lasts=True)))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    env.batch.state.hand[:] = 3
    plan = (CONSUME, WEST, CONSUME, CONSUME, CONSUME)
    assert [do(env, action)["tasted_any"] for action in plan] == [0.0, 0.0, 1.0, 1.0, 0.0]


def test_a_delayed_gift_is_in_the_hand_at_once() -> None:
    env = born(kitchen(Thing("shop", 1, "shop", gives="wet bean", score=1.0, delay=1, lasts=True)))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    rewards = [env.step(np.int64(CONSUME))[1] for _ in range(3)]
    assert (rewards, held(env)) == ([0.0, 1.0, 0.0], "wet bean")


def test_a_new_body_has_empty_hands() -> None:
    env = cook()
    do(env, CONSUME)
    obs, _ = env.reset()
    assert not obs[env.layout.hand].any()
    assert held(env) == ""


def test_the_hand_lies_between_word_and_body() -> None:
    env = cook()
    assert env.layout.hand == slice(5 * 9, 5 * 9 + 4)
    assert env.layout.bit_names[env.layout.hand] == (
        "holds raw bean",
        "holds wet bean",
        "holds done bean",
        "holds waste",
    )
    assert len(env.layout.bit_names) == len(env.reset()[0]) == 5 * 9 + 4 + 16
    bare = born(meadow())
    assert bare.layout.hand == slice(9, 9)


@pytest.mark.parametrize(
    "thing",
    [
        replace(BUSH, gives="raw been"),
        replace(WATER, turns={"raw been": "wet bean"}),
        replace(WATER, turns={"wet bean": "raw been"}),
        replace(WATER, spoils="raw been"),
    ],
)
def test_wrong_names_of_items_are_told_in_a_line(thing: Thing) -> None:
    with pytest.raises(UserError, match=rf"item 'raw been' \(in {thing.name} of world Meadow\): .*'raw bean'"):
        kitchen(thing)


def test_wrong_names_in_items_are_told_in_a_line() -> None:
    with pytest.raises(UserError, match=r"body level 'enrgy'.*\(in waste of world Meadow\)"):
        kitchen(items=(replace(WASTE, consumed={"enrgy": 1.0}),), things=())
    with pytest.raises(UserError, match=r"event sense 'eat'.*\(in waste of world Meadow\)"):
        kitchen(items=(replace(WASTE, tastes={"eat": 1.0}),), things=(), events=(ATE,))

"""Cells, walls and things, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.errors import UserError
from envs.engine.actions import CONSUME, EAST, NORTH, REST, SOUTH, WEST
from envs.engine.declarations import Thing
from envs.engine.state import PRESENT
from envs.single import SingleWorld
from tests.envs.engine.tiny import born, cell, do, lay, meadow, stand, wall, where

BERRY = Thing("berry", 1, "bush", {"energy": 0.25}, {"ate": 1.0}, regrow=(3, 3))


@pytest.mark.parametrize(("action", "expected"), [(NORTH, (1, 2)), (EAST, (2, 3)), (SOUTH, (3, 2)), (WEST, (2, 1))])
def test_walks_lead_where_they_say(action: int, expected: tuple[int, int]) -> None:
    env = born(meadow())
    stand(env, 2, 2)
    do(env, action)
    assert where(env) == expected


def test_walls_stop() -> None:
    env = born(meadow())
    stand(env, 0, 2)
    assert do(env, NORTH)["exertion"] == 0.0
    wall(env, 0, 3)
    do(env, EAST)
    assert where(env) == (0, 2)


def test_visits_count_how_often_a_cell_was_stood_on() -> None:
    env = born(meadow())
    _, info = env.reset(seed=3)
    assert info["senses"]["visits"] == 1.0
    assert do(env, REST)["visits"] == 2.0
    assert do(env, REST)["visits"] == 3.0
    assert env.reset()[1]["senses"]["visits"] == 1.0


def test_what_was_eaten_grows_back_in_its_place_and_time() -> None:
    env = born(meadow(BERRY))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    berry = env.layout.planes.index("berry") * 9 + 4
    seen = [env.step(np.int64(action))[0][berry] for action in (CONSUME, REST, REST, REST)]
    assert seen == [0, 0, 0, 1]


def test_what_wanders_grows_back_elsewhere() -> None:
    env = born(meadow(Thing("berry", 1, "bush", {"energy": 0.25}, regrow=(1, 1), wanders=True)))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    do(env, CONSUME)
    do(env, REST)
    assert env.batch.state.place[0, 0] != cell(env, 2, 2)
    assert env.batch.state.grid[0, env.batch.state.place[0, 0]] == 2


def test_what_lasts_stays() -> None:
    env = born(meadow(Thing("water", 1, "pool", {"energy": 0.1}, lasts=True)))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    assert [do(env, CONSUME)["tasted_any"] for _ in range(3)] == [1.0] * 3


def test_every_birth_places_all_things_on_cells_of_their_own() -> None:
    env = born(meadow(Thing("berry", 4, "bush", {"energy": 0.1}), Thing("thorns", 3, "thorns"), walls=2))
    for _ in range(50):
        env.reset()
        state = env.batch.state
        assert len({*state.place[0].tolist(), int(state.agent[0])}) == 4 + 3 + 2 + 1
        assert (state.grid[0, state.place[0]] == env.batch.tables.thing_kind).all()


def test_a_world_too_full_is_refused() -> None:
    with pytest.raises(UserError, match="no room for 20 things in 5 x 5"):
        meadow(Thing("berry", 20, "bush"))
    with pytest.raises(UserError, match="no room for 12 things and 14 agents in 5 x 5 cells"):
        meadow(Thing("berry", 12, "bush"), agents=14)


def test_an_episode_too_long_to_count_is_refused() -> None:
    with pytest.raises(UserError, match="max_episode_steps must lie in 1 to 65534"):
        meadow(max_episode_steps=70_000)


def test_the_view_is_centred_on_the_agent_and_walled_in() -> None:
    env = born(meadow(BERRY))
    stand(env, 0, 0)
    lay(env, 0, 1, 1)
    obs = env.step(np.int64(REST))[0]
    walls, berries = obs[env.layout.view].reshape(env.layout.view_shape)
    assert walls.tolist() == [[1, 1, 1], [1, 0, 0], [1, 0, 0]]
    assert berries.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]


def test_every_bit_has_a_name() -> None:
    env = born(meadow(BERRY))
    names = env.layout.bit_names
    assert len(names) == len(set(names)) == len(env.reset()[0])
    assert names[9] == "berry[-1,-1]"
    assert names[-1] == "energy>15/16"


def apples(*kin: float, count: int = 4) -> SingleWorld:
    """Return a square with apples, the last of which has been eaten and is due at the next step."""
    env = born(meadow(Thing("apple", count, "bush", {"energy": 0.1}, regrow=(2, 2), kin=kin), size=9))
    stand(env, 8, 8)
    for m, place in enumerate([(4, 6), (2, 2), (5, 7), (4, 4)]):
        lay(env, m, *place)
    state = env.batch.state
    state.levels[:] = 1.0
    state.grid[0, cell(env, 4, 4)], state.due[0, 3], state.next_due[0] = 0, 1, 1
    return env


def test_kin_within_two_cells_decide_whether_a_thing_grows_back() -> None:
    env = apples(0.0, 0.0, 1.0)
    do(env, REST)
    assert env.batch.state.due[0, 3] == PRESENT
    assert env.batch.state.grid[0, cell(env, 4, 4)] == 2


def test_without_enough_kin_a_thing_waits_as_long_again() -> None:
    env = apples(1.0, 1.0, 0.0)
    do(env, REST)
    assert (env.batch.state.due[0, 3], env.batch.state.next_due[0]) == (3, 3)
    lay(env, 0, 4, 7)
    assert [do(env, REST)["energy"] > 0 and int(env.batch.state.due[0, 3]) for _ in range(2)] == [3, PRESENT]


def test_the_last_chance_is_for_any_more_kin() -> None:
    env = apples(0.0, 1.0)
    do(env, REST)
    assert env.batch.state.due[0, 3] == PRESENT


def test_a_thing_far_from_its_kin_never_grows_back() -> None:
    env = apples(0.0, 1.0)
    for m in range(3):
        lay(env, m, 0, m)
    for _ in range(50):
        do(env, REST)
    assert env.batch.state.grid[0, cell(env, 4, 4)] == 0


def test_kin_count_by_chance() -> None:
    grown = 0
    env = apples(0.0, 0.0, 0.3)
    for _ in range(2000):
        env.batch.state.grid[0, cell(env, 4, 4)] = 0
        env.batch.state.due[0, 3] = env.batch.state.next_due[0] = 0
        env.batch.state.levels[:] = 1.0
        do(env, REST)
        grown += int(env.batch.state.due[0, 3] == PRESENT)
    assert abs(grown / 2000 - 0.3) < 0.04


def test_the_corner_of_the_square_has_fewer_neighbours_and_no_others() -> None:
    env = apples(1.0, 0.0)
    lay(env, 3, 0, 0)
    for m, place in enumerate([(8, 8), (1, 8), (0, 7)]):
        lay(env, m, *place)
    env.batch.state.grid[0, cell(env, 0, 0)], env.batch.state.due[0, 3], env.batch.state.next_due[0] = 0, 1, 1
    do(env, REST)
    assert env.batch.state.due[0, 3] == PRESENT

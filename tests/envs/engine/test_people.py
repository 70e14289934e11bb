"""People, by hand: how they move, what they look at, their moods, and what is seen of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dualbrain.errors import UserError
from envs.engine.actions import REST
from envs.engine.declarations import Act, Person, Thing, Vocabulary
from envs.engine.society import AGENT, NOBODY, PERSON, THING
from envs.engine.world import World
from envs.single import SingleWorld
from envs.vector import VectorWorld
from tests.envs.engine.tiny import born, cell, do, lay, meadow, meet, person, seen, stand, wall, where_person

POKE = Act("poke")
SCOLD, CHEER = Act("scold", hurts=True, mood=-1.0), Act("cheer", mood=1.0)


def village(*people: Person, things: tuple[Thing, ...] = (), **fields: Any) -> World:
    """Declare a square of 9 cells, all of it in view of an agent in its middle."""
    return meadow(*things, **{"size": 9, "view": 9, "people": people, "acts": (POKE,), **fields})


def someone(manner: Any = "stay", **fields: Any) -> Person:
    return Person("friend", **{"count": 1, "sprite": "friend", "manner": manner, "speed": 1.0, **fields})


def path(env: SingleWorld, steps: int, action: int = REST) -> list[tuple[int, int]]:
    places = []
    for _ in range(steps):
        do(env, action)
        places.append(where_person(env))
    return places


def test_people_are_placed_apart_and_not_too_near() -> None:
    env = VectorWorld(village(someone(count=12, clearance=3)), 50)
    env.reset(seed=0)
    tables, cells = env.tables, env.state.society.person["cell"]
    away = np.maximum(
        abs(tables.row[cells] - tables.row[env.state.agent][:, None]),
        abs(tables.column[cells] - tables.column[env.state.agent][:, None]),
    )
    assert away.min() == 3
    assert all(len(set(row)) == 12 for row in cells)
    assert (np.take_along_axis(env.state.grid, cells, 1) == 0).all()


def test_one_who_stays_stays() -> None:
    env = born(village(someone()))
    stand(env, 0, 0)
    meet(env, 0, 4, 4)
    assert path(env, 5) == [(4, 4)] * 5


def test_one_who_wanders_keeps_off_walls_agents_and_things() -> None:
    env = born(village(someone("wander"), things=(Thing("stone", 1, "stone"),), size=5))
    stand(env, 2, 1)
    wall(env, 1, 2)
    lay(env, 0, 2, 3)
    meet(env, 0, 2, 2)
    places = path(env, 2000)
    assert not {(2, 1), (1, 2), (2, 3)} & set(places)
    assert len(set(places)) == 25 - 3
    steps = np.abs(np.diff([(2, 2), *places], axis=0)).sum(1)
    assert set(steps) == {0, 1}


def test_one_who_seeks_comes_beside_and_keeps_away_after_an_act() -> None:
    env = born(village(someone("seek", cooldown=2)))
    stand(env, 4, 1)
    meet(env, 0, 4, 5)
    assert path(env, 4) == [(4, 4), (4, 3), (4, 2), (4, 2)]
    assert path(env, 1, action=6) == [(4, 3)]
    assert path(env, 4) == [(4, 4), (4, 3), (4, 2), (4, 2)]


def test_one_who_seeks_wanders_until_it_notices_somebody() -> None:
    env = born(village(someone("seek", notice=3)))
    stand(env, 0, 0)
    meet(env, 0, 8, 8)
    assert len(set(path(env, 10))) > 1


def test_one_who_works_uses_the_things_of_its_recipe_in_turn() -> None:
    mill, oven = Thing("mill", 1, "mill", lasts=True), Thing("oven", 1, "oven", lasts=True)
    env = born(village(someone("work", recipe=("mill", "oven"), pause=2), things=(mill, oven)))
    stand(env, 8, 8)
    lay(env, 0, 2, 2)
    lay(env, 1, 2, 5)
    meet(env, 0, 2, 0)
    there, back = [(2, 1), (2, 2), (2, 2)], [(2, 3), (2, 4), (2, 5), (2, 5)]
    assert path(env, 11) == [*there, *back, (2, 4), (2, 3), (2, 2), (2, 2)]
    assert (env.batch.state.due[0] == -1).all()


def test_one_who_works_waits_until_there_is_something_to_work_at() -> None:
    berry = Thing("berry", 1, "bush", tastes={"ate": 1.0}, regrow=(3, 3))
    env = born(village(someone("work", recipe=("berry",), pause=1), things=(berry,)))
    stand(env, 2, 2)
    lay(env, 0, 2, 2)
    meet(env, 0, 2, 4)
    # Somebody stands on it: wait beside it. It is gone: wait. It is back: go on.
    assert path(env, 2) == [(2, 3), (2, 3)]
    assert path(env, 1, action=5) == [(2, 3)]
    stand(env, 8, 8)
    assert path(env, 3) == [(2, 3), (2, 3), (2, 2)]


@pytest.mark.parametrize("seed", range(8))
def test_one_who_works_gets_out_of_a_pocket(seed: int) -> None:
    """The straight way leads into a dead end of walls and things; the way out leads away from the goal at first."""
    stone = Thing("stone", 3, "stone")
    env = born(village(someone("work", recipe=("mill",)), things=(Thing("mill", 1, "mill"), stone)), seed)
    stand(env, 8, 0)
    lay(env, 0, 4, 8)
    for row in (3, 4, 5):
        wall(env, row, 5)
    wall(env, 3, 4)
    for m, place in enumerate([(5, 4), (5, 3), (3, 3)], 1):
        lay(env, m, *place)
    meet(env, 0, 4, 2)
    places = path(env, 40)
    assert (4, 8) in places
    assert not {(5, 4), (5, 3), (3, 3)} & set(places)


def test_one_who_is_shut_in_by_things_walks_over_them_in_the_end() -> None:
    things = (Thing("mill", 1, "mill"), Thing("stone", 4, "stone"))
    env = born(village(someone("work", recipe=("mill",), pause=1000), things=things))
    stand(env, 8, 8)
    lay(env, 0, 4, 7)
    for m, place in enumerate([(1, 2), (3, 2), (2, 1), (2, 3)], 1):
        lay(env, m, *place)
    meet(env, 0, 2, 2)
    places = path(env, 60)
    assert places[:36] == [(2, 2)] * 36
    assert places[-1] == (4, 7)


def test_one_who_watches_comes_within_two_cells() -> None:
    env = born(village(someone("watch", watches="elder"), Person("elder", 1, "elder", "stay")))
    stand(env, 8, 8)
    meet(env, 0, 4, 7)
    meet(env, 1, 4, 1)
    assert path(env, 6) == [(4, 6), (4, 5), (4, 4), (4, 3), (4, 3), (4, 3)]


def test_eyes_follow_the_nearest_agent_noticed_and_the_nearest_person_watched() -> None:
    env = born(village(someone(watches="agent", notice=3), Person("fan", 1, "fan", "stay", watches="friend")))
    meet(env, 0, 4, 4)
    meet(env, 1, 0, 0)
    stand(env, 4, 7)
    do(env, REST)
    assert (person(env)["eyes"], person(env)["target"]) == (AGENT, 0)
    assert (person(env, 1)["eyes"], person(env, 1)["target"]) == (PERSON, 0)
    stand(env, 4, 8)
    do(env, REST)
    assert person(env)["eyes"] == NOBODY


BOXES = (
    Thing("prize", 1, "box", tastes={"ate": 1.0}, regrow=(3, 3), looks=("box",)),
    Thing("dud", 3, "box", tastes={"ate": 1.0}, regrow=(500, 500), looks=("box",)),
    Thing("tree", 2, "tree"),
)


def test_an_honest_gaze_holds_until_its_object_is_gone() -> None:
    env = born(village(someone(watches="prize"), things=BOXES))
    stand(env, 4, 4)
    lay(env, 0, 4, 4)
    for _ in range(3):
        do(env, REST)
        assert (person(env)["eyes"], person(env)["target"]) == (THING, 0)
    do(env, 5)
    assert person(env)["eyes"] == NOBODY
    for _ in range(3):
        do(env, REST)
    assert (person(env)["eyes"], person(env)["target"]) == (THING, 0)


def test_a_liar_looks_at_things_that_look_the_same() -> None:
    env = VectorWorld(village(someone(watches="prize", honesty=0.25), things=BOXES, size=12), 4000)
    env.reset(seed=0)
    first = env.state.society.person["target"][:, 0].copy()
    shares = np.bincount(first, minlength=6) / 4000
    np.testing.assert_allclose(shares[:4], 0.25, atol=0.03)
    assert not shares[4:].any()
    for _ in range(5):
        env.step(np.zeros(4000, np.int64))
    np.testing.assert_array_equal(env.state.society.person["target"][:, 0], first)


def test_moods_fade_and_pains_last() -> None:
    env = born(village(someone(calm=0.5, ache=3, mishap=1.0)))
    do(env, REST)
    assert (person(env)["mood"], person(env)["ache"]) == (-1.0, 3)
    env = born(village(someone(calm=0.5, ache=3)))
    person(env)["ache"], person(env)["mood"] = 3, -1.0
    moods = []
    for _ in range(4):
        do(env, REST)
        moods.append(float(person(env)["mood"]))
    # Nothing fades as long as it hurts.
    assert moods == [-1.0, -1.0, -0.5, -0.25]


def test_a_meal_gladdens_and_is_seen() -> None:
    env = born(village(someone(meal=1.0, calm=0.5)))
    meet(env, 0, 4, 4)
    stand(env, 4, 2)
    senses = do(env, REST)
    assert (senses["other_ate"], person(env)["mood"]) == (1.0, 1.0)


def test_mishaps_and_meals_come_by_chance() -> None:
    env = VectorWorld(village(someone(mishap=0.1, ache=1, calm=0.0), Person("cook", 1, "cook", "stay", meal=0.2)), 5000)
    env.reset(seed=0)
    env.step(np.zeros(5000, np.int64))
    people = env.state.society.person
    assert abs((people["ache"][:, 0] > 0).mean() - 0.1) < 0.015
    assert abs(people["ate"][:, 1].mean() - 0.2) < 0.02
    assert not people["ache"][:, 1].any()


def test_welfare_pays_for_moods() -> None:
    env = born(village(someone(welfare=0.5, calm=0.5), someone_else(welfare=-2.0), score=0.25))
    person(env)["mood"], person(env, 1)["mood"] = 1.0, -0.5
    _, reward, _, _, info = env.step(np.int64(REST))
    assert reward == 0.25 + 0.5 * 0.5 + -2.0 * -0.25
    assert info["senses"]["extrinsic_reward"] == reward


def someone_else(**fields: Any) -> Person:
    return Person("enemy", **{"count": 1, "sprite": "enemy", "manner": "stay", "calm": 0.5, **fields})


def test_faces_of_familiar_people_are_read() -> None:
    one, other = someone(watches="agent", calm=0.0), someone_else(familiar=False, watches="agent", calm=0.0)
    env = born(village(one, other, acts=(SCOLD, CHEER)))
    assert env.layout.planes == ("wall", "friend", "enemy", "smile", "frown", "hurt", "gaze")
    stand(env, 4, 4)
    meet(env, 0, 2, 4)
    meet(env, 1, 7, 7)
    for mood, ache, shown in ((0.3, 0, {"smile"}), (-0.3, 5, {"frown", "hurt"}), (0.2, 0, set()), (-0.2, 0, set())):
        for j in (0, 1):
            person(env, j)["mood"], person(env, j)["ache"] = mood, ache
        obs = env.step(np.int64(REST))[0]
        assert seen(env, obs, "friend") == [(-2, 0)]
        assert seen(env, obs, "enemy") == [(3, 3)]
        assert seen(env, obs, "gaze") == [(0, 0)]
        assert {plane for plane in ("smile", "frown", "hurt") if seen(env, obs, plane) == [(-2, 0)]} == shown
        assert not any(seen(env, obs, plane) for plane in {"smile", "frown", "hurt"} - shown)


@pytest.mark.parametrize(
    ("people", "acts", "planes"),
    [
        ((Person("friend", 1, "friend"),), (), ()),
        ((Person("friend", 1, "friend", watches="agent"),), (), ("gaze",)),
        ((Person("friend", 1, "friend", meal=0.1),), (), ("smile",)),
        ((Person("friend", 1, "friend", mishap=0.1),), (), ("frown", "hurt")),
        ((Person("friend", 1, "friend", likes={"hi": -1.0}),), (), ("frown",)),
        ((Person("friend", 1, "friend"),), (CHEER,), ("smile",)),
        ((Person("friend", 1, "friend"),), (SCOLD,), ("frown", "hurt")),
        ((), (SCOLD, CHEER), ()),
    ],
)
def test_only_what_can_show_on_a_face_has_a_plane(
    people: tuple[Person, ...], acts: tuple[Act, ...], planes: tuple[str, ...]
) -> None:
    world = village(*people, acts=acts, vocabulary=Vocabulary(("hi",), 0.0))
    assert world.planes == ("wall", *(["friend"] if people else []), *planes)


@pytest.mark.parametrize(
    ("there", "mark"), [((4, 8), (0, 1)), ((5, 8), (0, 1)), ((6, 8), (1, 1)), ((0, 0), (-1, -1)), ((8, 3), (1, 0))]
)
def test_a_gaze_marks_what_it_rests_on_or_else_the_cell_in_front_of_the_eyes(
    there: tuple[int, int], mark: tuple[int, int]
) -> None:
    for view, expected in ((9, (there[0] - 4, there[1] - 4)), (5, mark)):
        env = born(village(someone(watches="tree"), things=(Thing("tree", 1, "tree"),), view=view))
        stand(env, 4, 4)
        meet(env, 0, 4, 4)
        lay(env, 0, *there)
        assert seen(env, env.step(np.int64(REST))[0], "gaze") == [expected]


def test_people_are_seen_in_all_their_planes() -> None:
    red = Person("red listener", 1, "red listener", "stay", looks=("listener", "red"))
    blue = Person("blue listener", 1, "blue listener", "stay", looks=("listener", "blue"))
    env = born(village(red, blue))
    assert env.layout.planes[1:4] == ("listener", "red", "blue")
    stand(env, 4, 4)
    meet(env, 0, 4, 5)
    meet(env, 1, 4, 3)
    obs = env.step(np.int64(REST))[0]
    assert seen(env, obs, "listener") == [(0, -1), (0, 1)]
    assert (seen(env, obs, "red"), seen(env, obs, "blue")) == ([(0, 1)], [(0, -1)])


def test_who_is_out_of_view_is_not_seen() -> None:
    env = born(village(someone(watches="agent"), view=5, acts=(CHEER,)))
    stand(env, 4, 4)
    meet(env, 0, 4, 7)
    person(env)["mood"] = 1.0
    obs = env.step(np.int64(REST))[0]
    assert not seen(env, obs, "friend")
    assert not seen(env, obs, "smile")
    # The cell before the eyes is in view, but not the eyes.
    assert not seen(env, obs, "gaze")


def test_mistakes_in_declarations_are_told() -> None:
    with pytest.raises(UserError, match="did you mean 'wander'"):
        village(someone("wandr"))
    with pytest.raises(UserError, match="friend works, but has no recipe"):
        village(someone("work"))
    with pytest.raises(UserError, match="friend is to watch, but it names nothing to watch"):
        village(someone("watch"))
    with pytest.raises(UserError, match="did you mean 'agent'"):
        village(someone(watches="agnt"))
    with pytest.raises(UserError, match="mishap of friend must lie in 0 to 1"):
        village(someone(mishap=1.5))
    with pytest.raises(UserError, match="relation of friend must lie in -1 to 1"):
        village(someone(relation=2.0))


def test_cells_are_numbered_as_ever() -> None:
    env = born(village(someone()))
    meet(env, 0, 0, 0)
    assert person(env)["cell"] == cell(env, 0, 0)

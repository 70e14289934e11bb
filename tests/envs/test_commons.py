"""Commons: apples need apples, the greedy end them, and what agents can do to each other."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from envs.commons import KIN, commons
from envs.engine.actions import ACTION_NAMES, CONSUME, EAST, REST
from envs.engine.ground import WALL_KIND
from envs.scripted.commons import Harvester, company
from envs.vector import VectorWorld
from tests.envs.engine.tiny import born, lay, stand
from tests.envs.lives import live, make

SHARE, ZAP, SIGNAL = (len(ACTION_NAMES) + act for act in range(3))
NAME = "dualbrain/Commons-v0"


def orchard(apples: int) -> VectorWorld:
    """Return an orchard for one, fed by hand, with apples in a block in the corner and the agent on the first."""
    env = born(commons(agents=1, apples=apples))
    for m in range(apples):
        lay(env, m, m // 3, m % 3)
    stand(env, 0, 0)
    return env.batch


def pair(away: int) -> VectorWorld:
    """Return an orchard without apples in which two agents stand so many cells apart."""
    world = VectorWorld(commons(agents=2, apples=0), 2)
    world.reset(seed=0, options={"body": {"energy": 0.5}})
    world.put("agent", [[8, 8], [8, 8 + away]])
    return world


def both(world: VectorWorld, one: int, other: int = REST) -> dict[str, list[float]]:
    """Let two agents act; return what they sense."""
    world.step(np.array([one, other]))
    return {name: np.round(values, 6).tolist() for name, values in world.transition_senses.items()}


def apples_left(world: VectorWorld) -> NDArray[np.float64]:
    """Return the share of apples that hang in each world ``(W,)``."""
    return np.asarray(world.there("apple").mean(1))


def test_an_apple_eaten_is_one_point_and_energy() -> None:
    world = orchard(1)
    world.set_levels({"energy": 0.5})
    _, reward, *_ = world.step(np.array([CONSUME]))
    assert (reward[0], world.transition_senses["ate"][0]) == (1.0, 1.0)
    _, reward, *_ = world.step(np.array([REST]))
    assert reward[0] == 0.0
    assert world.transition_senses["energy"][0] == pytest.approx(0.5 - 2 * 0.008 + 0.055)


def test_the_last_apple_of_a_place_never_grows_back() -> None:
    world = orchard(1)
    world.step(np.array([CONSUME]))
    for _ in range(90):
        world.step(np.array([REST]))
    assert apples_left(world)[0] == 0.0


def test_among_many_an_apple_is_back_in_time() -> None:
    world = orchard(len(KIN))
    world.step(np.array([CONSUME]))
    assert apples_left(world)[0] < 1.0
    for _ in range(20):
        world.step(np.array([REST]))
    assert apples_left(world)[0] == 1.0


def harvest(spare: int) -> tuple[float, float]:
    """Let harvesters live once; return how many apples each ate, and the least share of apples left at any time."""
    world = make(NAME, 160)
    harvester, least = Harvester(world.layout, 160, spare=spare), np.ones(40)

    def act(obs: NDArray[np.uint8]) -> NDArray[np.int64]:
        np.minimum(least, apples_left(world), out=least)
        return harvester.act(obs)

    return float(live(world, act).score.mean()), float(least.mean())


def test_the_greedy_end_what_the_sparing_live_on() -> None:
    (greedy, last), (sparing, stock) = harvest(spare=0), harvest(spare=3)
    assert last < 0.2
    assert stock > 0.5
    assert sparing > 2 * greedy


def test_what_is_shared_goes_to_the_nearest_beside() -> None:
    drain = 0.008
    assert both(pair(1), SHARE)["energy"] == pytest.approx([0.5 - drain - 0.1, 0.5 - drain + 0.1])
    assert both(pair(2), SHARE)["energy"] == pytest.approx([0.5 - drain, 0.5 - drain])


def test_a_zap_hurts_and_stuns_at_a_distance() -> None:
    world = pair(3)
    senses = both(world, ZAP)
    assert senses["damage"] == [0.0, 1.0]
    places = []
    for _ in range(10):
        both(world, REST, EAST)
        places.append(tuple(world.where("agent")[0, 1]))
    assert len(set(places[:7])) == 1
    assert len(set(places[7:])) == 3
    assert both(pair(4), ZAP)["damage"] == [0.0, 0.0]


def test_a_signal_is_heard_by_others_in_earshot() -> None:
    for away, heard in ((6, True), (7, False)):
        world = pair(away)
        obs = world.step(np.array([SIGNAL, REST]))[0]
        assert obs[:, world.layout.word].ravel().tolist() == [0, int(heard)]


def test_company_is_counted_within_two_cells() -> None:
    seen = np.zeros((1, 7, 7), np.bool_)
    seen[0, 3, 3] = seen[0, 3, 5] = seen[0, 1, 1] = seen[0, 6, 3] = True
    counted = company(seen)[0]
    assert (counted[3, 3], counted[3, 5], counted[6, 3], counted[0, 6]) == (2, 1, 0, 0)


def test_there_are_only_apples_and_no_walls() -> None:
    world = make(NAME, 4)
    assert set(world.tables.thing_kind) == {WALL_KIND + 1}

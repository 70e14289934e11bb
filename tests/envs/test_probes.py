"""Probes: who is where, what is there, the body's levels, in a batch and through wrappers."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.errors import UserError
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.probes import Probes, probes_of
from dualbrain.worlds.steering_vec_env import SteeringVecEnv
from envs.engine.actions import CONSUME, REST
from envs.engine.declarations import Creature, Person, Thing
from envs.engine.world import World
from envs.vector import VectorWorld
from tests.envs.engine.tiny import born, lay, meadow, stand
from tests.envs.lives import make

CAVE, FRIENDS, ELDER = "dualbrain/SpiderCave-v0", "dualbrain/Friends-v0", "dualbrain/Elder-v0"


def hamlet() -> World:
    """Declare a square with two berries, a wall, a spider, and two people of a name, one of another."""
    return meadow(
        Thing("berry", 2, "berry", {"energy": 0.1}, {"ate": 1.0}, regrow=(5, 5)),
        creatures=(Creature("spider", 1, "spider"),),
        people=(Person("smith", 2, "smith", "stay"), Person("baker", 1, "baker", "stay", likes={})),
        walls=1,
        size=7,
    )


def test_who_is_where_agrees_with_what_is_seen() -> None:
    world = VectorWorld(hamlet(), 20)
    obs, _ = world.reset(seed=3)
    view = obs[:, world.layout.view].reshape(20, *world.layout.view_shape)
    here = world.where("agent")
    for kind, many in (("berry", 2), ("spider", 1), ("smith", 2), ("baker", 1)):
        places = world.where(kind)
        assert places.shape == (20, many, 2)
        plane, seen = view[:, world.layout.planes.index(kind)], np.zeros((20, 3, 3), np.uint8)
        for i, j in np.argwhere(abs(places - here).max(-1) <= 1):
            seen[i, *(places[i, j] - here[i, 0] + 1)] = 1
        np.testing.assert_array_equal(plane, seen)


def test_every_kind_has_a_name() -> None:
    world = VectorWorld(hamlet(), 1)
    world.reset(seed=0)
    assert world.kinds == ("agent", "wall", "berry", "spider", "smith", "baker")
    assert [world.where(kind).shape[1] for kind in world.kinds] == [1, 1, 2, 1, 2, 1]
    assert ((world.where("wall") >= 0) & (world.where("wall") < 7)).all()


def test_a_thing_that_is_eaten_is_not_there_until_it_grows_back() -> None:
    env = born(meadow(Thing("berry", 2, "berry", {"energy": 0.1}, {"ate": 1.0}, regrow=(5, 5))))
    lay(env, 0, 0, 0)
    lay(env, 1, 4, 4)
    stand(env, 0, 0)
    assert env.probes.where("berry").tolist() == [[[0, 0], [4, 4]]]
    env.step(np.int64(CONSUME))
    assert env.probes.there("berry").tolist() == [[False, True]]
    for _ in range(5):
        env.step(np.int64(REST))
    assert env.probes.there("berry").tolist() == [[True, True]]


@pytest.mark.parametrize("kind", ["agent", "spider", "smith", "baker"])
def test_who_is_put_somewhere_is_there_and_nobody_else(kind: str) -> None:
    world = VectorWorld(hamlet(), 4)
    world.reset(seed=0)
    before = {name: world.where(name) for name in world.kinds}
    places = np.arange(before[kind].size).reshape(before[kind].shape) % 7
    world.put(kind, places)
    for name in world.kinds:
        np.testing.assert_array_equal(world.where(name), places if name == kind else before[name])
    world.put(kind, (6, 0))
    assert (world.where(kind) == (6, 0)).all()


def test_the_dead_are_nowhere() -> None:
    world = make("dualbrain/Commons-v0", 4)
    world.reset(seed=0, options={"body": {"energy": np.array([0.001, 1.0, 1.0, 1.0])}})
    world.step(np.full(4, REST))
    assert world.where("agent").shape == (1, 4, 2)
    assert world.where("agent")[0, 0].tolist() == [-1, -1]
    assert (world.where("agent")[0, 1:] >= 0).all()


def test_levels_are_told_and_set() -> None:
    world = make(CAVE, 3)
    world.reset(seed=0)
    world.set_levels({"energy": [0.1, 0.2, 0.3], "hydration": 0.5})
    assert world.levels()["energy"].tolist() == pytest.approx([0.1, 0.2, 0.3])
    assert world.levels()["hydration"].tolist() == [0.5] * 3
    world.levels()["energy"][:] = 0.9
    assert world.levels()["energy"][0] == pytest.approx(0.1)


def test_what_is_held_is_numbered_as_items_are() -> None:
    world = make(ELDER, 2)
    world.reset(seed=0)
    assert world.held().tolist() == [0, 0]
    obs, *_ = world.step(np.full(2, REST))
    assert not obs[:, world.layout.hand].any()


def test_likes_are_those_declared() -> None:
    world = make("dualbrain/Podcast-v0", 1)
    assert world.likes("observer") == dict(next(p.likes for p in world.world.people if p.name == "observer"))
    assert world.likes("observer")
    assert VectorWorld(hamlet(), 1).likes("smith") == {}


def test_bits_of_words_are_those_named_after_them() -> None:
    layout = make(CAVE, 1).layout
    names = [layout.bit_names[bit] for bit in layout.hears("spider", *layout.words[:1])]
    assert names == ["hears spider", f"hears {layout.words[0]}"]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda world: world.where("spidr"), "unknown kind 'spidr' (in SpiderCave): did you mean 'spider'?"),
        (lambda world: world.there("spider"), "unknown kind 'spider' (in SpiderCave)"),
        (lambda world: world.put("wall", (0, 0)), "'wall' cannot be put elsewhere"),
        (lambda world: world.put("spidr", (0, 0)), "unknown kind 'spidr' (in SpiderCave): did you mean 'spider'?"),
        (lambda world: world.put("agent", (0, 16)), "rows and columns of SpiderCave lie in 0 to 15: got [0, 16]"),
        (lambda world: world.set_levels({"enrgy": 1.0}), "unknown body level 'enrgy': did you mean 'energy'?"),
        (lambda world: world.set_levels({"energy": 1.5}), "body level 'energy' must lie in [0, 1], not 1.5"),
        (lambda world: world.likes("nobody"), "unknown person 'nobody' (in SpiderCave)"),
        (lambda world: world.layout.hears("spidr"), "unknown word 'spidr': did you mean 'spider'?"),
    ],
)
def test_a_wrong_question_is_answered_in_one_line(ask, said: str) -> None:
    with pytest.raises(UserError) as error:
        ask(make(CAVE, 1, size=16))
    assert str(error.value).startswith(said)


def test_they_are_found_through_wrappers() -> None:
    venv = make_vec_env(CAVE, 2, seed=0)
    steered = SteeringVecEnv(venv, SteeringSubsystem(["pain"]))
    steered.reset()
    found: Probes = probes_of(steered)
    assert found.layout.words
    assert found.action_names[REST] == "rest"
    assert found.where("agent").shape == (2, 1, 2)
    assert found.reset_senses["energy"].tolist() == found.levels()["energy"].tolist()


def test_worlds_of_others_have_none() -> None:
    with pytest.raises(UserError, match="offer no probes: only native ones do"):
        probes_of(make_vec_env("CartPole-v1", 1))

"""Crafter: an honest Gymnasium environment, the same for the same seed, whose body the drives can read."""

from __future__ import annotations

import functools
import random
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from agents import DualBrainPPO
from dualbrain import UserError
from dualbrain.testing.contract import ContractError
from dualbrain.testing.determinism import check_determinism
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.single_env import make
from tests.adapters.worlds import check_door, needs

needs("crafter", "crafter")

VIEWS = ("image", "symbols", "nearest")
NOOP, DO, SLEEP = 0, 5, 6


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.filterwarnings("ignore:.*It seems a Box observation space is an image")
def test_it_is_a_gymnasium_environment(view):
    check_env(make("CrafterReward-v1", view=view).unwrapped)


@pytest.fixture
def scattered(monkeypatch):
    """Creatures lie in memory where chance has put them, so that the sets that Crafter keeps them in have any order."""
    chance = random.Random(0)
    monkeypatch.setattr(
        "crafter.objects.Object.__hash__",
        lambda creature: creature.__dict__.setdefault("place in memory", chance.getrandbits(60)),
    )


@pytest.mark.parametrize("view", VIEWS)
def test_the_same_seed_gives_the_same_life(view, scattered):
    check_determinism(functools.partial(make, "CrafterReward-v1", view=view), steps=450, longest=250)


def test_without_our_mending_it_would_not(monkeypatch, scattered):
    """The control: Crafter draws a creature to go away by its number in a set."""
    from envs.adapters import crafter_world

    monkeypatch.delattr(crafter_world._Ordered, "_balance_chunk")
    with pytest.raises(ContractError, match="the same seed and actions, but not the same"):
        check_determinism(functools.partial(make, "CrafterReward-v1", view="symbols"), steps=450, longest=250)


def test_the_door_changes_nothing():
    from envs.adapters.crafter_world import CrafterEnv

    check_door("CrafterReward-v1", CrafterEnv, steps=200)


def test_pictures_are_crafters_own():
    import crafter

    env, own = make("CrafterReward-v1").unwrapped, crafter.Env(seed=0)
    obs, _ = env.reset(seed=2)
    own._seed = env._game._seed  # type: ignore[attr-defined]
    np.testing.assert_array_equal(obs, own.reset())
    for action in (1, 1, 3, 5, 5, 2):
        obs, reward, *_ = env.step(action)
        picture, paid, _, _ = own.step(action)
        np.testing.assert_array_equal(obs, picture)
        assert reward == paid


def test_looking_changes_nothing():
    looked, alone = (make("CrafterReward-v1", view="symbols", render_mode="rgb_array") for _ in range(2))
    looked.reset(seed=0), alone.reset(seed=0)
    for step in range(200):
        obs, _, over, _, _ = looked.step(step % 5)
        other, *_ = alone.step(step % 5)
        np.testing.assert_array_equal(obs, other)
        picture: Any = looked.render()
        if over:
            break
    assert picture.shape == (576, 576, 3)
    assert step > 150, "nights are noisy, so that looking would matter"


def test_death_and_time_limit_are_told_apart():
    env = make("CrafterReward-v1", view="nearest", length=20)
    env.reset(seed=0)
    ends = [env.step(NOOP)[2:4] for _ in range(20)]
    assert ends == [(False, False)] * 19 + [(False, True)]
    env.reset(seed=0)
    env.unwrapped._game._player.health = 0  # type: ignore[attr-defined]
    assert env.step(NOOP)[2:4] == (True, False)


def body(env: Any, **inventory: int) -> Any:
    player = env.unwrapped._game._player
    player.inventory.update(inventory)
    return player


def place(env: Any, material: str) -> None:
    """Put a material where the agent looks."""
    world, player = env.unwrapped._game._world, env.unwrapped._game._player
    at = tuple(np.add(player.pos, player.facing))
    if world[at][1]:
        world.remove(world[at][1])
    world[at] = material


def test_drinking():
    env = make("CrafterReward-v1", view="nearest")
    first = env.reset(seed=0)[1]["senses"]
    assert (first["hydration"], first["energy"], first["stamina"], first["health"]) == (1.0, 1.0, 1.0, 1.0)
    place(env, "water")
    assert env.step(DO)[-1]["senses"]["drank"] == 0.0, "a full body takes nothing in"
    body(env, drink=4)
    env.step(NOOP)
    senses = env.step(DO)[-1]["senses"]
    assert (senses["drank"], senses["hydration"], senses["ate"]) == (1.0, pytest.approx(5 / 9), 0.0)
    assert env.step(NOOP)[-1]["senses"]["drank"] == 0.0


def test_eating_a_cow():
    import crafter

    env = make("CrafterReward-v1", view="nearest")
    env.reset(seed=0)
    player, world = body(env, food=2), env.unwrapped._game._world  # type: ignore[attr-defined]
    env.step(NOOP)
    place(env, "grass")
    cow = crafter.objects.Cow(world, np.add(player.pos, player.facing))
    cow.health, cow.update = 1, lambda: None  # it stands still, and one blow will do
    world.add(cow)
    eaten = env.step(DO)[-1]["senses"]
    assert (eaten["ate"], eaten["energy"], eaten["achieved"]) == (1.0, pytest.approx(8 / 9), 1.0)


def test_damage_sleep_and_exertion():
    env = make("CrafterReward-v1", view="nearest")
    env.reset(seed=0)
    player = body(env, energy=3)
    awake = env.step(NOOP)[-1]["senses"]
    assert (awake["exertion"], awake["sleeping"], awake["stamina"]) == (1.0, 0.0, pytest.approx(3 / 9))
    asleep = env.step(SLEEP)[-1]["senses"]
    assert (asleep["exertion"], asleep["sleeping"], asleep["damage"]) == (0.0, 1.0, 0.0)
    player.health -= 3
    assert env.step(NOOP)[-1]["senses"]["damage"] == pytest.approx(3 / 9)


def test_the_nearest_of_each_kind_is_shown():
    from envs.adapters.crafter_world import KINDS

    env = make("CrafterReward-v1", view="nearest")
    env.reset(seed=0)
    game: Any = env.unwrapped._game  # type: ignore[attr-defined]
    x, y = game._player.pos
    for cell in ((x + 3, y), (x - 2, y - 1), (x, y + 3)):
        if game._world[cell][1]:
            game._world.remove(game._world[cell][1])
        game._world[cell] = "diamond"
    obs = env.step(NOOP)[0]
    number = game._world._mat_ids["diamond"]
    np.testing.assert_allclose(
        obs[KINDS:].reshape(-1)[3 * number : 3 * number + 3], [1.0, -2 / 4.5, -1 / 3.5], rtol=1e-6
    )


def test_a_brain_with_four_drives_lives_there():
    venv = make_vec_env("CrafterReward-v1", 2, 0, {"view": "nearest"})
    agent = DualBrainPPO("BrainPolicy", venv, steering=["hunger", "thirst", "fatigue", "pain"], n_steps=32, seed=0)
    agent.learn(128)
    assert set(agent.assess(agent.steering_env.reset())["short"]) == {
        "hunger.food", "thirst.water", "fatigue.exertion", "pain.pain"
    }  # fmt: skip


def test_mistakes_are_told():
    with pytest.raises(UserError, match="unknown view 'symbol': did you mean 'symbols'"):
        make("CrafterReward-v1", view="symbol")
    assert make("CrafterNoReward-v1", view="nearest").spec is not None
    with pytest.raises(UserError, match="did you mean 'CrafterReward-v1'"):
        make("CrafterRewards-v1")
    assert gymnasium.spec("CrafterNoReward-v1").kwargs == {"reward": False}

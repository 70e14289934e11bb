"""MiniGrid and BabyAI: what is in view, in the hand, and what happened, played out move by move."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest

from dualbrain import SteeringSubsystem, SteeringVecEnv
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.single_env import adapt, make
from reward_modules import Fatigue, Pain
from tests.adapters.worlds import check_door, needs

needs("minigrid", "minigrid")

LEFT, RIGHT, FORWARD, PICKUP, DROP, TOGGLE, DONE = range(7)


@pytest.mark.parametrize(
    "env_id",
    ["MiniGrid-DoorKey-5x5-v0", "MiniGrid-LavaCrossingS9N1-v0", "BabyAI-GoToLocal-v0", "BabyAI-UnlockLocal-v0"],
)
def test_the_door_changes_nothing(env_id):
    check_door(env_id, lambda: gymnasium.make(env_id))


def facing(world: str, kind: str) -> Any:
    """Return a world whose agent was put to the left of a thing of some kind, facing it."""
    env = make(world)
    inner: Any = env.unwrapped
    for seed in range(100):
        env.reset(seed=seed)
        for i, thing in enumerate(inner.grid.grid):
            x, y = i % inner.width, i // inner.width
            if thing is not None and thing.type == kind and inner.grid.get(x - 1, y) is None:
                inner.agent_pos, inner.agent_dir = (x - 1, y), 0
                return env
    raise LookupError(kind)


def sensed(env: Any, action: int) -> dict[str, float]:
    senses: dict[str, float] = env.step(action)[-1]["senses"]
    return {name: value for name, value in senses.items() if value}


def test_a_key_is_taken_up_and_put_down():
    env = facing("MiniGrid-DoorKey-8x8-v0", "key")
    assert sensed(env, DONE).items() >= {"key_in_view": 1.0, "facing_something": 1.0}.items()
    assert sensed(env, PICKUP).items() >= {"picked_up": 1.0, "carrying": 1.0, "exertion": 1.0}.items()
    after = sensed(env, LEFT)
    assert after.items() >= {"carrying": 1.0, "exertion": 0.5}.items()
    assert "picked_up" not in after
    sensed(env, RIGHT)
    assert sensed(env, DROP).items() >= {"dropped": 1.0, "key_in_view": 1.0}.items()


def test_a_door_opens_once_and_only_with_its_key():
    env = facing("MiniGrid-DoorKey-8x8-v0", "door")
    inner = env.unwrapped
    assert "door_opened" not in sensed(env, TOGGLE), "it is locked"
    assert "bumped" in sensed(env, FORWARD)
    inner.carrying = next(thing for thing in inner.grid.grid if thing is not None and thing.type == "key")
    assert "door_opened" in sensed(env, TOGGLE)
    assert "door_opened" not in sensed(env, DONE)
    assert "bumped" not in sensed(env, FORWARD)
    assert "door_opened" not in sensed(env, TOGGLE)


def test_lava_hurts_once_and_kills():
    env = facing("MiniGrid-LavaCrossingS9N1-v0", "lava")
    assert "damage" not in sensed(env, DONE)
    _, _, terminated, _, info = env.step(FORWARD)
    assert terminated
    assert info["senses"]["damage"] == 1.0
    assert env.reset()[1]["senses"]["damage"] == 0.0


def test_an_instance_is_adapted_once():
    from minigrid.wrappers import FullyObsWrapper

    env = adapt(FullyObsWrapper(gymnasium.make("MiniGrid-Empty-5x5-v0")))  # type: ignore[no-untyped-call]
    assert adapt(env) is env
    assert "goal_in_view" in env.reset(seed=0)[1]["senses"]


def test_drives_read_it():
    venv = SteeringVecEnv(make_vec_env("MiniGrid-LavaCrossingS9N1-v0", 4, 0), SteeringSubsystem([Pain()]))
    assert {"extrinsic_reward", "visits", "damage"} <= set(venv.senses)
    venv.reset()
    chance, hurt, ends = np.random.default_rng(0), 0.0, 0.0
    for _ in range(200):
        _, reward, dones, infos = venv.step(chance.integers(0, 3, 4))
        deaths = [i for i in np.flatnonzero(dones) if not infos[i]["TimeLimit.truncated"]]
        hurt, ends = hurt - reward.sum(), ends + len(deaths)
    assert hurt == ends > 0, "in this world who dies before the goal dies of lava, and random agents never reach it"
    with pytest.raises(Exception, match="unknown sense 'stamina'"):
        SteeringVecEnv(make_vec_env("MiniGrid-Empty-5x5-v0"), SteeringSubsystem([Fatigue()]))

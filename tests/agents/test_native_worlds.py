"""In the native worlds, what the brain recorded is what the world does when the same actions are played again."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from stable_baselines3.common.callbacks import BaseCallback

import envs  # noqa: F401
from agents import DualBrainPPO
from reward_modules import Flinch, Hunger, Thirst

N, STEPS, SEED = 6, 48, 7
ENV = "dualbrain/SpiderCave-v0"


class Keep(BaseCallback):
    """Keeps what every rollout recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[dict[str, Any]] = []

    def _on_step(self) -> bool:
        return True

    def _on_rollout_end(self) -> None:
        record, buffer = self.model.rollout, self.model.rollout_buffer  # type: ignore[attr-defined]
        columns = {"executed": record.executed, "truth": record.truth, "world_reward": record.world_reward}
        ends = {"terminated": record.terminated, "truncated": record.truncated, "obs": buffer.observations}
        self.kept.append({name: rows.copy() for name, rows in {**columns, **ends}.items()})


def brain() -> DualBrainPPO:
    return DualBrainPPO(
        "BrainPolicy", ENV, n_envs=N, steering=[Hunger(), Thirst(), Flinch()], n_steps=STEPS, batch_size=96, seed=SEED
    )


@pytest.fixture(scope="module")
def lived() -> dict[str, Any]:
    keep = Keep()
    brain().learn(4 * N * STEPS, callback=keep)
    return {name: np.concatenate([rollout[name] for rollout in keep.kept]) for name in keep.kept[0]}


def test_the_record_is_what_the_world_did(lived):
    world: Any = gymnasium.make_vec(ENV, num_envs=N)
    obs, _ = world.reset(seed=SEED)
    for t, actions in enumerate(lived["executed"]):
        np.testing.assert_array_equal(lived["obs"][t], obs)
        obs, reward, terminated, truncated, _ = world.step(actions)
        np.testing.assert_array_equal(lived["terminated"][t], terminated)
        np.testing.assert_array_equal(lived["truncated"][t], truncated & ~terminated)
        np.testing.assert_array_equal(lived["world_reward"][t], reward)
        np.testing.assert_array_equal(lived["truth"][t, :, 0], world.unwrapped.transition_senses["ate"])
        np.testing.assert_array_equal(lived["truth"][t, :, 1], world.unwrapped.transition_senses["drank"])


def test_something_happened(lived):
    assert lived["terminated"].any()
    assert np.nanmax(lived["truth"][..., 2]) > 0.0


def test_same_seed_twice_is_the_same_life_and_the_same_brain():
    one, two = (brain().learn(3 * N * STEPS) for _ in range(2))
    theirs = two.policy.state_dict()
    assert all(torch.equal(value, theirs[name]) for name, value in one.policy.state_dict().items())
    assert any(name.startswith("slow.") for name in theirs)
    for name in ("truth", "settled", "reward", "short", "long", "executed"):
        np.testing.assert_array_equal(getattr(one.rollout, name), getattr(two.rollout, name))

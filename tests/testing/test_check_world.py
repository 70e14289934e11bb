"""`check_world` passes worlds that keep their contract, and catches each way of breaking it."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Discrete
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from dualbrain import Sense
from dualbrain.testing import ContractError, check_world
from tests.envs.cases import COSTLY_CASES


class Walk(gymnasium.Env[np.ndarray, np.int64]):
    """A random walk on nine cells that ends at the edges; its one sense is how near the edge is."""

    observation_space = Box(0.0, 8.0, (1,), np.float32)
    action_space = Discrete(2)
    senses: Any = (Sense("edge", 0.0, 1.0), Sense("extrinsic_reward"))

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed)
        self.cell, self.age = int(self.np_random.integers(3, 6)), 0
        return self.seen(), self.info(0.0)

    def step(self, action: np.int64) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        self.age += 1
        self.cell = int(np.clip(self.cell + (1 if action else -1) * self.stride(), 0, 8))
        reward = float(self.cell == 8)
        return self.seen(), reward, self.cell in (0, 8), self.age >= 30, self.info(reward)

    def stride(self) -> int:
        return int(self.np_random.integers(1, 3))

    def seen(self) -> np.ndarray:
        return np.array([self.cell], np.float32)

    def info(self, reward: float) -> dict[str, Any]:
        return {"senses": {"edge": abs(self.cell - 4) / 4, "extrinsic_reward": reward}}


class Undeclared(Walk):
    senses = None


class Empty(Walk):
    senses = ()


class Senseless(Walk):
    def info(self, reward):
        return {}


class OffersLess(Walk):
    senses = (*Walk.senses, Sense("warmth"))


class OffersMore(Walk):
    senses = Walk.senses[1:]


class OutOfRange(Walk):
    senses = (Sense("edge", 0.0, 0.9), Sense("extrinsic_reward"))


class NotFinite(Walk):
    def info(self, reward):
        return {"senses": {"edge": float("nan") if self.age > 2 else 0.0, "extrinsic_reward": reward}}


class NotANumber(Walk):
    def info(self, reward):
        return {"senses": {"edge": np.zeros(1), "extrinsic_reward": reward}}


class Lies(Walk):
    def info(self, reward):
        return {"senses": {"edge": 0.0, "extrinsic_reward": reward / 2}}


class RandomFromStepThree(Walk):
    """Passes a determinism test of one step, and of two."""

    def stride(self):
        return int(np.random.default_rng().integers(1, 4)) if self.age >= 3 else 1


class SharesItsInfo(Walk):
    told: dict[str, Any] = {}

    def info(self, reward):
        return {**super().info(reward), "told": self.told if self.age > 1 else {}}


class WritesToWhatItHandedOut(Walk):
    def seen(self):
        if self.age < 6:
            self.buffer = np.zeros(1, np.float32)
        self.buffer[0] = self.cell
        return self.buffer


class BreaksGymnasium(Walk):
    def seen(self):
        return np.array([self.cell], np.float64)


class Crashes(Walk):
    def stride(self):
        return 1 // (3 - self.age)


CAUGHT = [
    (Undeclared, "world 'Undeclared': declares no senses: give it an attribute 'senses'"),
    (Empty, "world 'Empty': declares no senses: its attribute 'senses' is empty"),
    (Senseless, "info has no mapping 'senses'"),
    (OffersLess, "step 0: sense 'warmth' is declared but not offered"),
    (OffersMore, "step 0: sense 'edge' is offered but not declared"),
    (OutOfRange, r"sense 'edge' is 1.0, not in \[0, 0.9\]"),
    (NotFinite, "sense 'edge' is nan, not finite"),
    (NotANumber, "sense 'edge' is ndarray, not a number"),
    (Lies, "sense 'extrinsic_reward' is 0.5, but the reward 1.0"),
    (RandomFromStepThree, r"the same seed and actions, but not the same \(step \d+, "),
    (SharesItsInfo, r"infos \d+ and \d+ share one dict"),
    (WritesToWhatItHandedOut, r"the observation handed out as number \d+ was written to later"),
    (BreaksGymnasium, "world 'BreaksGymnasium': AssertionError"),
    (Crashes, "world 'Crashes': ZeroDivisionError"),
]


@pytest.mark.parametrize(("world", "says"), CAUGHT, ids=[world.__name__ for world, _ in CAUGHT])
def test_a_bad_world_is_caught_in_one_line(world: type[Walk], says: str):
    with pytest.raises(ContractError, match=says) as raised:
        check_world(world)
    assert "\n" not in str(raised.value)


def walks(num_envs: int, mode: AutoresetMode = AutoresetMode.SAME_STEP) -> SyncVectorEnv:
    batch = SyncVectorEnv([Walk] * num_envs, autoreset_mode=mode)
    batch.senses = Walk.senses  # type: ignore[attr-defined]
    return batch


class Batch(gymnasium.vector.VectorWrapper):
    """A batch of walks to spoil."""

    def __init__(self, num_envs: int):
        super().__init__(walks(num_envs))

    @property
    def unwrapped(self):
        return self

    senses = Walk.senses


class OtherSeeds(Batch):
    def reset(self, *, seed=None, options=None):
        return self.env.reset(seed=seed + 1)


class OtherSenses(Batch):
    senses = Walk.senses[:1]


class MixedUp(Batch):
    def step(self, actions):
        return self.env.step(actions[::-1])


class LosesTheLastSenses(Batch):
    def step(self, actions):
        *rest, info = self.env.step(actions)
        info.pop("final_info", None)
        return (*rest, info)


class ResetSensesAsTheLast(Batch):
    def step(self, actions):
        *rest, info = self.env.step(actions)
        if "final_info" in info:
            info["final_info"]["senses"] = info["senses"]
        return (*rest, info)


class ListOfInfos(Batch):
    def step(self, actions):
        *rest, info = self.env.step(actions)
        info["senses"] = {name: values.tolist() for name, values in info["senses"].items()}
        return (*rest, info)


CAUGHT_IN_BATCH = [
    (OtherSeeds, "batch of world 'Walk': world 0 is not as it is alone with seed 0"),
    (OtherSenses, "declares other senses than the single world"),
    (MixedUp, "world 0 is not as it is alone"),
    (LosesTheLastSenses, "an episode ended, but info has no 'final_info'"),
    (
        ResetSensesAsTheLast,
        r"world \d is not as it is alone with seed \d \(step \d+, senses\)|'extrinsic_reward' is 0.0",
    ),
    (ListOfInfos, r"sense 'edge' is not an array of shape \(3,\)"),
]


@pytest.mark.parametrize(("batch", "says"), CAUGHT_IN_BATCH, ids=[batch.__name__ for batch, _ in CAUGHT_IN_BATCH])
def test_a_bad_batch_is_caught(batch: type[Batch], says: str):
    with pytest.raises(ContractError, match=says):
        check_world(Walk, batch)


def test_a_batch_must_reset_in_the_same_step():
    with pytest.raises(ContractError, match=r"autoreset_mode is AutoresetMode\.NEXT_STEP, not SAME_STEP"):
        check_world(Walk, lambda num_envs: walks(num_envs, AutoresetMode.NEXT_STEP))


def test_good_worlds_pass_alone_and_in_gymnasiums_own_batches():
    check_world(Walk, walks)
    check_world(Walk, Batch, n=2, steps=50, seed=11)


@pytest.mark.parametrize(("world", "options"), COSTLY_CASES)
def test_native_worlds_pass(world: str, options: dict[str, Any]):
    check_world(world, env_kwargs=options)


def test_an_unknown_world_is_met_kindly():
    with pytest.raises(ContractError, match=r"did you mean 'dualbrain/Forage-v0'\?"):
        check_world("dualbrain/Forrage-v0")

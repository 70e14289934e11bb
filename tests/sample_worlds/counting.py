"""A world in which everything is a count: whatever ends up in the wrong row shows.

Agent ``i`` lives lives of ``LENGTHS[i]`` steps, one after another; even lives end by termination, odd ones by
truncation. The observation is ``(agent, life, age)``; senses are functions of where a step led, and the action that was
carried out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv

from dualbrain import NO_REFLEX, Sense
from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.sense import EXTRINSIC_REWARD
from dualbrain.steering.signal import Signal

LENGTHS = (4, 3, 7)
ACTIONS = 5
SENSES = {name: Sense(name) for name in ("who", "life", "age", "did")}
SHOWN = spaces.Box(0.0, 100.0, (3,), np.float32)
NOTHING_DONE = 0.0
"""The sense ``did`` at reset."""


class Counting(gymnasium.Env[Any, Any]):
    """One agent."""

    observation_space = SHOWN
    action_space = spaces.Discrete(ACTIONS)
    senses = SENSES

    def __init__(self, who: int):
        self.who, self.life, self.age = who, -1, 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.life, self.age = self.life + 1, 0
        return self._look(), self._info(NOTHING_DONE)

    def step(self, action: Any) -> Any:
        self.age += 1
        over = self.age == LENGTHS[self.who]
        score = float(world_score(self.who, self.life, self.age))
        return self._look(), score, over and self.life % 2 == 0, over and self.life % 2 == 1, self._info(float(action))

    def _look(self) -> Any:
        return np.array([self.who, self.life, self.age], np.float32)

    def _info(self, did: float) -> dict[str, Any]:
        return {"senses": {"who": float(self.who), "life": float(self.life), "age": float(self.age), "did": did}}


class CountingBatch(VectorEnv[Any, Any, Any]):
    """All agents as one batch in SAME_STEP autoreset, senses as arrays."""

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}
    render_mode = None
    senses = {**SENSES, EXTRINSIC_REWARD.name: EXTRINSIC_REWARD}
    single_observation_space = SHOWN
    single_action_space = spaces.Discrete(ACTIONS)

    def __init__(self) -> None:
        self.num_envs = len(LENGTHS)
        self.observation_space = gymnasium.vector.utils.batch_space(SHOWN, self.num_envs)
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, self.num_envs)
        self.who, self.life, self.age = (
            np.arange(self.num_envs),
            np.full(self.num_envs, -1),
            np.zeros(self.num_envs, int),
        )
        self.transition_senses: dict[str, Any] = {}
        self.reset_senses: dict[str, Any] = {}

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> Any:
        self._begin(np.ones(self.num_envs, bool))
        self.reset_senses = self._sensed(np.zeros(self.num_envs), np.zeros(self.num_envs))
        return self._look(), {}

    def step(self, actions: Any) -> Any:
        self.age = self.age + 1
        score, final, over = world_score(self.who, self.life, self.age), self._look(), self.age == LENGTHS
        terminated, truncated = over & (self.life % 2 == 0), over & (self.life % 2 == 1)
        self.transition_senses = self._sensed(actions, score)
        self._begin(over)
        self.reset_senses = self._sensed(np.where(over, NOTHING_DONE, actions), np.where(over, 0.0, score))
        return self._look(), score, terminated, truncated, {"final_obs": final}

    def _begin(self, where: Any) -> None:
        self.life, self.age = self.life + where, np.where(where, 0, self.age)

    def _look(self) -> Any:
        return np.stack([self.who, self.life, self.age], axis=1).astype(np.float32)

    def _sensed(self, did: Any, score: Any) -> dict[str, Any]:
        found = {"who": self.who, "life": self.life, "age": self.age, "did": did, "extrinsic_reward": score}
        return {name: np.asarray(values, np.float32) for name, values in found.items()}


def world_score(who: Any, life: Any, age: Any) -> Any:
    return 10.0 * who + life + 0.1 * age


@dataclass
class Count(RewardModule):
    """Tells the age where it is even (0 at none), else defers; the action; and nothing but the life it is in."""

    emits = (
        Signal("age", low=-10.0, high=10.0, horizon=3, defer=0.5, gamma=0.5),
        Signal("did", low=0.0, high=ACTIONS, horizon=2, gamma=0.9),
        Signal("score", low=-np.inf, high=np.inf, horizon=1, gae_lambda=0.5),
    )

    def truth(self, age: Array, did: Array, extrinsic_reward: Array) -> SignalValues:
        return {"age": np.where(age % 2 == 0, age, np.nan), "did": did, "score": extrinsic_reward}

    def worth(self, who: Array, life: Array) -> SignalValues:
        return {"age": 1.0 + who, "did": 2.0, "score": 1.0 + life}

    def reflex(self, who: Array, age: Array) -> Array:
        """Startle at ages 0, 3 and 6: so at every reset, and on the way."""
        return np.where(age % 3 == 0, (who + age) % ACTIONS, NO_REFLEX).astype(np.int64)

"""Several agents in each world, whose lives are counted: who dies early is absent until the world begins anew.

Row ``w * AGENTS + a`` is agent ``a`` of world ``w``. Its life number ``e``, in its world's episode of that number,
lasts `lifespan` steps, and no longer than `LIMIT`. Observation and senses are those of
`tests.sample_worlds.counting`; what absent rows hold is 0, or rubbish.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray

from dualbrain.steering.sense import EXTRINSIC_REWARD
from tests.sample_worlds.counting import ACTIONS, NOTHING_DONE, SENSES, SHOWN, world_score

AGENTS = 3
LIMIT = 7
Rows = NDArray[Any]


def lifespan(world: Any, episode: Any, agent: Any) -> Any:
    """Steps until death, 1 to 9: who would live for `LIMIT` or more sees its world's end."""
    return 1 + (3 * world + 5 * episode + 2 * agent * agent + agent) % 9


class Commune(VectorEnv[Any, Any, Any]):
    """``num_envs`` agents in worlds of `AGENTS`, in SAME_STEP autoreset; with ``rubbish``, absent rows hold that."""

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}
    render_mode = None
    n_agents = AGENTS
    senses = {**SENSES, EXTRINSIC_REWARD.name: EXTRINSIC_REWARD}
    single_observation_space = SHOWN
    single_action_space = spaces.Discrete(ACTIONS)

    def __init__(self, num_envs: int = 2 * AGENTS, rubbish: np.random.Generator | None = None, sensed: bool = True):
        self.num_envs, self.rubbish, self.sensed = num_envs, rubbish, sensed
        self.observation_space = gymnasium.vector.utils.batch_space(SHOWN, num_envs)
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, num_envs)
        self.who = np.arange(num_envs)
        self.life, self.age = np.full(num_envs, -1), np.zeros(num_envs, int)
        self.alive = self.present = np.ones(num_envs, bool)
        self.transition_senses: dict[str, Rows] = {}
        self.reset_senses: dict[str, Rows] = {}

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> Any:
        self._begin(np.ones(self.num_envs, bool))
        nothing = np.zeros(self.num_envs)
        self.reset_senses = self._sensed(nothing + NOTHING_DONE, nothing, self.alive)
        self.present = self.alive
        return self._look(self.alive), {}

    def step(self, actions: Any) -> Any:
        self.present = self.alive
        self.age = self.age + 1
        span = lifespan(self.who // AGENTS, self.life, self.who % AGENTS)
        terminated = self.present & (self.age == span) & (span < LIMIT)
        truncated = self.present & (self.age == LIMIT)
        score = self._or_rubbish(world_score(self.who, self.life, self.age), self.present)
        final = self._look(self.present)
        self.transition_senses = self._sensed(actions, score, self.present)
        self.alive = self.present & ~(terminated | truncated)
        over = np.repeat(~self.alive.reshape(-1, AGENTS).any(axis=1), AGENTS)
        self._begin(over)
        did, score_now = np.where(over, NOTHING_DONE, actions), np.where(over, 0.0, score)
        self.reset_senses = self._sensed(did, score_now, self.alive)
        return self._look(self.alive), score, terminated, truncated, {"final_obs": final}

    def _begin(self, over: Rows) -> None:
        self.life = self.life + over
        self.age = np.where(over, 0, self.age)
        self.alive = over | self.alive

    def _look(self, where: Rows) -> Rows:
        seen = np.stack([self.who, self.life, self.age], axis=1).astype(np.float32)
        return self._or_rubbish(seen, where)

    def _sensed(self, did: Rows, score: Rows, where: Rows) -> dict[str, Rows]:
        found = {"who": self.who, "life": self.life, "age": self.age, "did": did, "extrinsic_reward": score}
        arrays = {name: np.asarray(values, np.float32) for name, values in found.items()}
        return {name: self._or_rubbish(values, where, self.sensed) for name, values in arrays.items()}

    def _or_rubbish(self, rows: Rows, where: Rows, allowed: bool = True) -> Rows:
        held = np.zeros_like(rows)
        if self.rubbish is not None and allowed:
            held = (1e6 * self.rubbish.normal(size=rows.shape)).astype(rows.dtype)
        return np.where(where.reshape(-1, *[1] * (rows.ndim - 1)), rows, held)


class Lived:
    """What ``steps`` steps of a commune hold, reckoned world by world: arrays ``(T, N)``."""

    def __init__(self, steps: int, num_envs: int = 2 * AGENTS):
        shape = (steps, num_envs)
        self.who = np.tile(np.arange(num_envs), (steps, 1))
        self.life, self.age = np.zeros(shape, int), np.zeros(shape, int)
        self.present, self.terminated, self.truncated = (np.zeros(shape, bool) for _ in range(3))
        for world in range(num_envs // AGENTS):
            self._reckon(world, slice(world * AGENTS, (world + 1) * AGENTS))

    def _reckon(self, world: int, rows: slice) -> None:
        life = age = 0
        for t in range(len(self.who)):
            span = np.array([lifespan(world, life, agent) for agent in range(AGENTS)])
            self.life[t, rows], self.age[t, rows] = life, age
            self.present[t, rows] = age < span
            self.terminated[t, rows] = (age + 1 == span) & (span < LIMIT)
            self.truncated[t, rows] = (age + 1 == LIMIT) & (age < span)
            over = age + 1 == min(LIMIT, span.max())
            life, age = (life + 1, 0) if over else (life, age + 1)

    @property
    def obs(self) -> Rows:
        """(T, N, 3)"""
        return np.stack([self.who, self.life, self.age], axis=-1).astype(np.float32)

    @property
    def final(self) -> Rows:
        """(T, N, 3)"""
        return np.stack([self.who, self.life, self.age + 1], axis=-1).astype(np.float32)

"""What the brain lived through in one rollout, beside SB3's buffer: row ``t`` is the transition from ``obs_t``."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.heads.targets import Bools, ShortTargets, Targets, lambda_returns, short_targets, successor_values
from dualbrain.scalars.metrics import alike
from dualbrain.steering.bound_module import Floats
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

RATES = ("truth", "settled", "worth", "from_truth", "from_thought", "short", "long", "final_long")
"""Columns of the record with one number per signal,"""
SCORES = ("reward", "world_reward")
"""with one number,"""
FLAGS = ("terminated", "truncated", "preempted", "present")
"""and with one flag."""


@dataclass
class Record:
    """One rollout of T steps, N agents and K signals; allocated once, filled row by row.

    The reward is the steering subsystem's, before SB3 adds its truncation bootstrap. Rows of absent agents are kept, so
    that all stay aligned, but teach nobody and are in no statistics: see `lived`.
    """

    n_steps: int
    n_envs: int
    n_signals: int
    pos: int = 0
    """Rows filled."""
    truth: Floats = field(init=False)
    """(T, N, K)"""
    settled: Floats = field(init=False)
    """(T, N, K)"""
    worth: Floats = field(init=False)
    """(T, N, K)"""
    from_truth: Floats = field(init=False)
    """(T, N, K)"""
    from_thought: Floats = field(init=False)
    """(T, N, K)"""
    short: Floats = field(init=False)
    """(T, N, K) short predictions for ``obs_t``"""
    long: Floats = field(init=False)
    """(T, N, K) long predictions for ``obs_t``"""
    final_long: Floats = field(init=False)
    """(T, N, K) long predictions for the final observation, where an episode was truncated"""
    last_long: Floats = field(init=False)
    """(N, K) long predictions for the observation after the last row"""
    following: Floats = field(init=False)
    """(T, N, K) long predictions of what follows each row, once the targets are set"""
    reward: Floats = field(init=False)
    """(T, N)"""
    world_reward: Floats = field(init=False)
    """(T, N)"""
    terminated: Bools = field(init=False)
    """(T, N)"""
    truncated: Bools = field(init=False)
    """(T, N)"""
    preempted: Bools = field(init=False)
    """(T, N) a reflex took the place of the policy's action"""
    present: Bools = field(init=False)
    """(T, N) the agent took part in the step; where it did not, the row means nothing"""
    targets: Targets = field(init=False)
    """what the assessors are to learn from it, once it is complete"""
    executed: NDArray[Any] | None = None
    """(T, N, ...) actions carried out, reflexes included"""
    cues: dict[str, Bools] = field(default_factory=dict)
    """(T, N) by name, whether a cue was there after the step; of rollouts that pictures are made of"""

    def __post_init__(self) -> None:
        for name in RATES:
            setattr(self, name, np.zeros((self.n_steps, self.n_envs, self.n_signals), np.float32))
        self.last_long = np.zeros((self.n_envs, self.n_signals), np.float32)
        for name in SCORES:
            setattr(self, name, np.zeros((self.n_steps, self.n_envs), np.float32))
        for name in FLAGS:
            setattr(self, name, np.zeros((self.n_steps, self.n_envs), bool))

    def add(self, env: SteeringVecEnv, dones: Bools, infos: list[dict[str, Any]]) -> NDArray[np.int64]:
        """Write the last step of ``env`` into the next row; return the agents ``(M,)`` whose episode was truncated."""
        t, step = self.pos, env.last
        for name in ("truth", "settled", "worth", "from_truth", "from_thought", "reward"):
            getattr(self, name)[t] = getattr(step, name)
        self.world_reward[t] = env.world_reward
        self.preempted[t], self.present[t] = env.preempted, env.present()
        self._keep(env.executed)
        cut = [i for i in np.flatnonzero(dones) if _is_cut(infos[i])]
        self.truncated[t] = False
        self.truncated[t, cut] = True
        self.terminated[t] = dones & ~self.truncated[t]
        self.pos += 1
        return np.array(cut, np.int64)

    def _keep(self, executed: NDArray[Any]) -> None:
        if self.executed is None:
            self.executed = np.zeros((self.n_steps, *executed.shape), executed.dtype)
        self.executed[self.pos] = executed

    def lived(self) -> Record:
        """Return the record without the rows of absent agents: itself where there are none, else ``(R, 1, ...)``.

        What is left is for counting and averaging: neighbouring rows need not follow one another.
        """
        if self.present.all():
            return self
        return self._seen(self.select)

    def first(self, agents: int) -> Record:
        """Return a view of the rows of the first agents: those of a batch are alike, so that some speak for all."""
        if agents >= self.n_envs:
            return self
        some = self._seen(lambda rows: rows[:, :agents])
        some.n_envs, some.last_long = agents, self.last_long[:agents]
        return some

    def _seen(self, see: Callable[[NDArray[Any]], NDArray[Any]]) -> Record:
        """Return a record of some of the rows: ``see`` picks them from an array ``(T, N, ...)``."""
        some = copy.copy(self)
        for name in (*RATES, *SCORES, *FLAGS):
            setattr(some, name, see(getattr(self, name)))
        if hasattr(self, "targets"):
            short, long = self.targets.short, self.targets.long
            some.targets = Targets(ShortTargets(*map(see, (short.target, short.evidence, short.whole))), see(long))
        return some

    def select(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return rows ``(T, N, ...)`` of present agents as ``(R, 1, ...)``; all as they are where nobody is absent."""
        return rows if self.present.all() else rows[self.present][:, None]

    def short_targets(self, horizon: NDArray[np.int64]) -> ShortTargets:
        """Return the gated targets of the short heads."""
        return short_targets(self.truth, self.terminated, self.truncated, horizon)

    def successors(self) -> Floats:
        """Return ``(T, N, K)`` the long predictions of what follows each row."""
        return successor_values(self.long, self.last_long, self.final_long, self.terminated, self.truncated)

    def long_targets(self, gamma: Floats, gae_lambda: Floats) -> Floats:
        """Return the TD(lambda) targets of the long heads ``(T, N, K)``."""
        return lambda_returns(self.settled, self.following, self.terminated | self.truncated, gamma, gae_lambda)

    def set_targets(self, horizon: NDArray[np.int64], gamma: Floats, gae_lambda: Floats) -> None:
        """Work out, once, what the complete rollout teaches; each argument is ``(K,)``."""
        self.following = self.successors()
        self.targets = Targets(self.short_targets(horizon), self.long_targets(gamma, gae_lambda))

    def dopamine(self, gamma: Floats) -> Floats:
        """Return the TD errors of the long heads ``(T, N, K)``; the targets must be set."""
        errors: Floats = self.following * alike(gamma, self.following)
        errors += self.settled
        errors -= self.long
        return errors


def _is_cut(info: dict[str, Any]) -> bool:
    """Return whether an episode was cut short; as for SB3, it ended by itself where its last observation is unknown."""
    return bool(info.get("TimeLimit.truncated", False)) and info.get("terminal_observation") is not None


def flatten(rows: NDArray[Any]) -> NDArray[Any]:
    """Return rows ``(T, N, ...)`` as ``(N * T, ...)``, in the order of SB3's flattened rollout buffer.

    >>> flatten(np.array([[0, 10], [1, 11]])).tolist()
    [0, 1, 10, 11]
    """
    return np.ascontiguousarray(rows.swapaxes(0, 1)).reshape(-1, *rows.shape[2:])

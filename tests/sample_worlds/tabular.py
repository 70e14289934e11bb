"""Worlds small enough to be solved exactly: Markov chains with known transition probabilities, stepped as a batch.

States are ``0 .. S-1``, shown one-hot; column ``S`` of a transition matrix is death. ``P`` is ``(A, S, S + 1)``: one
matrix per action. The one sense is ``landed``, the state (or ``S``) that a step led to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray

from dualbrain import Sense
from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal

Floats64 = NDArray[np.float64]


def line(size: int = 6, slip: float = 0.2) -> Floats64:
    """Two actions, left and right, on a line between two walls; with probability ``slip`` the other way."""
    left, right = np.eye(size, size + 1, k=-1), np.eye(size, size + 1, k=1)
    left[0, 0] = 1.0
    right[-1] = np.eye(size, size + 1)[-1]
    return _slippery(left, right, slip)


def cliff(size: int = 6, slip: float = 0.2) -> Floats64:
    """The same line, but beyond its right end is death."""
    left, right = np.eye(size, size + 1, k=-1), np.eye(size, size + 1, k=1)
    left[0, 0] = 1.0
    return _slippery(left, right, slip)


def _slippery(left: Floats64, right: Floats64, slip: float) -> Floats64:
    steps = np.stack([left, right])
    return (1 - slip) * steps + slip * steps[::-1]


@dataclass
class Table(RewardModule):
    """One signal per row of ``truths`` ``(K, S + 1)``: the truth of landing in a state, NaN where it tells nothing."""

    truths: Floats64
    signals: tuple[Signal, ...]

    def __post_init__(self) -> None:
        self.emits = self.signals  # type: ignore[misc]

    def truth(self, landed: Array) -> SignalValues:
        where = landed.astype(int)
        return {signal.name: row[where] for signal, row in zip(self.signals, self.truths, strict=True)}


class TabularBatch(VectorEnv[Any, Any, Any]):
    """N copies of a tabular world with a time limit, in SAME_STEP autoreset; lives begin anywhere alike."""

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}
    render_mode = None
    senses = {"landed": Sense("landed")}

    def __init__(self, transitions: Floats64, limit: int, num_envs: int):
        self.num_envs, self.limit = num_envs, limit
        self._cumulative = transitions.cumsum(axis=2)
        self._shown = np.eye(transitions.shape[1] + 1, transitions.shape[1], dtype=np.float32)
        self.single_observation_space = spaces.Box(0.0, 1.0, (transitions.shape[1],))
        self.single_action_space = spaces.Discrete(len(transitions))
        self.observation_space = gymnasium.vector.utils.batch_space(self.single_observation_space, num_envs)
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, num_envs)
        self.transition_senses: dict[str, Any] = {}
        self.reset_senses: dict[str, Any] = {}

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> Any:
        if seed is not None:
            self.np_random = np.random.default_rng(seed)
        self.state = self._births()
        self.age = self.np_random.integers(self.limit, size=self.num_envs)
        self._sense(self.state)
        return self._shown[self.state], {}

    def step(self, actions: Any) -> Any:
        drawn = self.np_random.random((self.num_envs, 1))
        landed = (drawn > self._cumulative[actions, self.state]).sum(axis=1)
        self.age += 1
        terminated = landed == self._shown.shape[1]
        truncated = (self.age >= self.limit) & ~terminated
        done = terminated | truncated
        self.transition_senses = {"landed": landed.astype(np.float32)}
        self.state, self.age = np.where(done, self._births(), landed), np.where(done, 0, self.age)
        self._sense(self.state)
        return (
            self._shown[self.state],
            np.zeros(self.num_envs),
            terminated,
            truncated,
            {"final_obs": self._shown[landed]},
        )

    def _births(self) -> NDArray[np.int64]:
        return self.np_random.integers(self._shown.shape[1], size=self.num_envs)

    def _sense(self, state: NDArray[np.int64]) -> None:
        self.reset_senses = {"landed": state.astype(np.float32)}


def under(policy: Floats64, transitions: Floats64) -> Floats64:
    """Return ``(S, S + 1)`` the transitions under a policy ``(S, A)``."""
    chain: Floats64 = np.einsum("sa,ast->st", policy, transitions)
    return chain


def exact_values(chain: Floats64, truth: Floats64, gamma: float) -> Floats64:
    """Return ``(I - gamma P)^-1 P r`` ``(S,)`` for a truth ``(S + 1,)`` of landing; death is worth nothing more."""
    living = chain[:, :-1]
    return np.asarray(np.linalg.solve(np.eye(len(chain)) - gamma * living, chain @ truth), np.float64)


def exact_first_evidence(chain: Floats64, truth: Floats64, horizon: int) -> Floats64:
    """Return ``(S,)`` the mean short target of a state, given that its window holds evidence.

    By recursion over the window's length: a window whose first truth is an event is worth it; else it is worth
    ``(1 - 1 / horizon)`` of the shorter window that begins at the next state; death ends it.
    """
    silent, event = np.isnan(truth), np.nan_to_num(truth)
    value, unseen = np.zeros(len(truth)), np.ones(len(truth))
    for _ in range(horizon):
        after = np.append(value[:-1], 0.0)
        quiet = np.append(unseen[:-1], 1.0)
        value = np.append(chain @ np.where(event != 0, event, (1 - 1 / horizon) * after), 0.0)
        unseen = np.append(chain @ np.where(silent, quiet, 0.0), 1.0)
    return value[:-1] / (1.0 - unseen[:-1])

"""Hold T steps of N agents as columns, with predictions; row ``t`` is the transition from ``obs_t``."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from dualbrain.cortex.experience import State
from dualbrain.heads.targets import (
    Bools,
    ShortTargets,
    Targets,
    lambda_returns,
    short_targets,
    successor_values,
    tiled,
)
from dualbrain.steering.bound_module import Floats
from dualbrain.steering.signal import Signal
from dualbrain.training.step import Step

VALENCE = "valence"
"""Name of the TD errors of an algorithm's own value function."""

RATES = ("truth", "settled", "worth", "from_truth", "from_thought", "short", "long", "final_long")
"""Columns with one number per signal,"""
SCORES = ("reward", "world_reward")
"""with one number,"""
FLAGS = ("terminated", "truncated", "preempted", "present", "episode_starts")
"""and with one flag."""


@dataclass
class Rollout:
    """T steps of N agents under K signals; allocated once, filled row by row, used again.

    Actions, signals, rewards and ends come from the steps (see `add`); predictions, targets and TD errors are there
    where something predicts (see `predicted`). Rows of absent agents are kept, so that all stay aligned, but nothing
    learns from them and no statistic counts them: see `lived`.
    """

    n_steps: int
    n_envs: int
    signals: Mapping[str, Signal]
    """The K signals by full name, in the order of every ``(T, N, K)`` array."""
    keep_obs: bool = False
    """Whether `add` keeps the observations."""
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
    episode_starts: Bools = field(init=False)
    """(T, N) the row is the first of an episode"""
    weights: Floats = field(init=False)
    """(K,) in force when it was completed"""
    long_errors: Floats = field(init=False)
    """(T, N, K) TD errors of the long heads, once the targets are set"""
    valence_errors: Floats | None = None
    """(T, N) TD errors of the algorithm's value function, where it has one for this rollout"""
    observations: Any = None
    """(T, N, ...) or a dict of such, where they are kept; None elsewhere"""
    thoughts: Tensor | None = None
    """(T, N, Z) what was thought of each observation, as long as the rollout is learned from"""
    states: State = ()
    """(G, N, ...) what a cortex with a state remembered before the steps at which windows begin, see `grid`"""
    executed: NDArray[Any] | None = None
    """(T, N, ...) actions carried out, reflexes included"""
    cues: dict[str, Bools] = field(default_factory=dict)
    """(T, N) by name, whether a cue was there after the step; of rollouts that pictures are made of"""

    def __post_init__(self) -> None:
        k = len(self.signals)
        self._targets: Targets | None = None
        self.weights = np.ones(k, np.float32)
        for name in RATES:
            setattr(self, name, np.zeros((self.n_steps, self.n_envs, k), np.float32))
        self.last_long = np.zeros((self.n_envs, k), np.float32)
        for name in SCORES:
            setattr(self, name, np.zeros((self.n_steps, self.n_envs), np.float32))
        for name in FLAGS:
            setattr(self, name, np.zeros((self.n_steps, self.n_envs), bool))

    def begin(self) -> None:
        """Empty it for the next T steps; what was kept of the last ones is overwritten row by row."""
        self.pos = 0
        self.cues = {}
        self.valence_errors = None
        self.thoughts, self.states = None, ()

    @property
    def full(self) -> bool:
        """Whether all T rows are filled."""
        return self.pos >= self.n_steps

    def add(self, step: Step) -> None:
        """Write a step into the next row."""
        t, judged = self.pos, step.steering
        for name in ("truth", "settled", "worth", "from_truth", "from_thought", "reward"):
            getattr(self, name)[t] = getattr(judged, name)
        self.world_reward[t] = step.world_reward
        self.preempted[t], self.present[t] = step.preempted, step.present
        self.truncated[t], self.terminated[t] = step.truncated, step.terminated
        self.episode_starts[t] = step.starts
        self.executed = self._kept(self.executed, step.executed)
        if self.keep_obs:
            self._keep_obs(step.obs)
        self.pos += 1

    def _kept(self, rows: NDArray[Any] | None, row: NDArray[Any]) -> NDArray[Any]:
        """Return rows ``(T, ...)``, allocated if need be, with one more."""
        if rows is None:
            rows = np.zeros((self.n_steps, *row.shape), row.dtype)
        rows[self.pos] = row
        return rows

    def _keep_obs(self, obs: Any) -> None:
        if isinstance(obs, dict):
            before = self.observations or {}
            self.observations = {key: self._kept(before.get(key), part) for key, part in obs.items()}
        else:
            self.observations = self._kept(self.observations, obs)

    def set_cues(self, there: Sequence[Mapping[str, Bools]]) -> None:
        """Keep which cues were there after each step, ``(N,)`` by name; one that is not named was not there."""
        self.cues = {name: np.zeros((self.n_steps, self.n_envs), bool) for step in there for name in step}
        for t, step in enumerate(there):
            for name, seen in step.items():
                self.cues[name][t] = seen

    @property
    def predicted(self) -> bool:
        """Whether it has predictions, targets and TD errors of heads."""
        return self._targets is not None

    @property
    def targets(self) -> Targets:
        """Targets of the heads; valid if it is `predicted`."""
        assert self._targets is not None
        return self._targets

    @property
    def td_errors(self) -> dict[str, Floats]:
        """TD errors ``(T, N)`` by name: those of every long head, and `VALENCE`, as far as there are any."""
        heads = {name: self.long_errors[..., k] for k, name in enumerate(self.signals)} if self.predicted else {}
        return heads if self.valence_errors is None else {**heads, VALENCE: self.valence_errors}

    def lived(self) -> Rollout:
        """Return the rollout without the rows of absent agents: itself where there are none, else ``(R, 1, ...)``.

        What is left is for counting and averaging: neighbouring rows need not follow one another.
        """
        if self.present.all():
            return self
        return self._seen(self.select)

    def first(self, agents: int) -> Rollout:
        """Return a view of the rows of the first agents: those of a batch are alike, so that some speak for all."""
        if agents >= self.n_envs:
            return self
        some = self._seen(lambda rows: rows[:, :agents])
        some.n_envs, some.last_long = agents, self.last_long[:agents]
        return some

    def _seen(self, see: Callable[[NDArray[Any]], NDArray[Any]]) -> Rollout:
        """Return a rollout of some of the rows: ``see`` picks them from an array ``(T, N, ...)``."""
        some = copy.copy(self)
        for name in (*RATES, *SCORES, *FLAGS):
            setattr(some, name, see(getattr(self, name)))
        if self.predicted:
            short, long = self.targets.short, self.targets.long
            some._targets = Targets(ShortTargets(*map(see, (short.target, short.evidence, short.complete))), see(long))
        return some

    def select(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return rows ``(T, N, ...)`` of present agents as ``(R, 1, ...)``; unchanged if none is absent."""
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
        """Compute the targets of the complete rollout, and its TD errors; each argument is ``(K,)``."""
        self.following = self.successors()
        self._targets = Targets(self.short_targets(horizon), self.long_targets(gamma, gae_lambda))
        self.long_errors = self.dopamine(gamma)

    def dopamine(self, gamma: Floats) -> Floats:
        """Return the TD errors of the long heads ``(T, N, K)``; the targets must be set."""
        errors: Floats = self.following * tiled(gamma, self.following)
        errors += self.settled
        errors -= self.long
        return errors


def flatten(rows: NDArray[Any]) -> NDArray[Any]:
    """Return rows ``(T, N, ...)`` as ``(N * T, ...)``, in the order of SB3's flattened rollout buffer.

    >>> flatten(np.array([[0, 10], [1, 11]])).tolist()
    [0, 1, 10, 11]
    """
    return np.ascontiguousarray(rows.swapaxes(0, 1)).reshape(-1, *rows.shape[2:])


def flatten_observations(observations: Any) -> Any:
    """Return observations ``(T, N, ...)``, or a dict of such, as ``(N * T, ...)``."""
    if isinstance(observations, dict):
        return {name: flatten(part) for name, part in observations.items()}
    return flatten(observations)

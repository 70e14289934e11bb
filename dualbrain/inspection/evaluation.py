"""Fresh episodes with a trained brain: how long it lives, how it scores, and how well each signal is foreseen."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.environments import find_spec, make_vec_env
from dualbrain.gather import GatherSenses, final_observations
from dualbrain.inspection.behaviour import Tally
from dualbrain.inspection.books import Payroll
from dualbrain.inspection.foresight import Foresight, Journal
from dualbrain.options import agents_of
from dualbrain.returns import Bools
from dualbrain.steering import SteeringSubsystem
from dualbrain.vec_env import Scorecard, SteeringVecEnv

Choice = Callable[[Any], NDArray[Any]]
"""Actions ``(N, ...)`` for observations ``(N, ...)``."""


class Brain(Protocol):
    """An agent that can be evaluated."""

    steering: SteeringSubsystem
    gamma: float

    @property
    def scorecard(self) -> Scorecard | None:
        """What its steering subsystem reads of the cortex, if anything."""

    def predict(self, observation: Any, *, deterministic: bool = False) -> tuple[NDArray[Any], Any]:
        """Return actions ``(N, ...)``, and a state that is not used."""

    def assess(self, obs: Any) -> Mapping[str, Any]:
        """Return ``{"short": {full_name: (N,)}, "long": {...}}``; both empty without assessors."""

    def get_vec_normalize_env(self) -> Any:
        """Return the `VecNormalize` that its observations go through, or None."""


@dataclass(frozen=True)
class Evaluation:
    """Outcome of E episodes."""

    lengths: NDArray[np.int64]
    """(E,) steps, in the order in which episodes ended"""
    scores: NDArray[np.float64]
    """(E,) the world's own rewards, added up, in the same order"""
    signals: dict[str, Foresight] = field(default_factory=dict)
    """By full name; empty where nobody foresees anything."""
    innate_scores: NDArray[np.float64] | None = None
    """(E,) the steering subsystem's rewards, added up, in the same order; None where there is none."""
    paid: Payroll | None = None
    """What each signal paid, absolute, in the order of the steering subsystem's signals."""
    behaviour: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """``{sense: (E,)}`` in the same order: how often each event happened, and the means of all other senses."""

    @property
    def median_length(self) -> float:
        """Median steps per episode."""
        return float(np.median(self.lengths))

    @property
    def median_score(self) -> float:
        """Median score per episode."""
        return float(np.median(self.scores))

    @property
    def length_quartiles(self) -> tuple[float, float]:
        """First and third quartile of the lengths."""
        return _quartiles(self.lengths)

    @property
    def score_quartiles(self) -> tuple[float, float]:
        """First and third quartile of the scores."""
        return _quartiles(self.scores)


def evaluate(
    agent: Brain,
    env: str | VecEnv,
    episodes: int = 100,
    seed: int | None = None,
    env_kwargs: Mapping[str, Any] | None = None,
    n_envs: int | None = None,
    deterministic: bool = False,
    behaviour: bool = False,
) -> Evaluation:
    """Play fresh episodes under a copy of the agent's steering subsystem, reflexes included, without learning.

    ``n_envs`` agents live at once (default: one per episode, and so many more as fill their worlds), and each plays its
    share of the episodes from the first on: taking whichever end first would favour short ones. ``seed`` fixes worlds
    and actions. With ``behaviour``, all senses are added up that the world offers, whether a drive reads them or not.
    The agent, and torch's random stream, are left as they were.
    """
    with _worlds(env, n_envs or _enough(env, episodes, env_kwargs), seed, env_kwargs) as venv, torch.random.fork_rng():
        if seed is not None:
            torch.manual_seed(seed)
        body = SteeringVecEnv(_sensing(venv) if behaviour else venv, copy.deepcopy(agent.steering), agent.scorecard)
        watcher = _Watcher(agent, body, behaviour)
        played = _play(body, episodes, partial(watcher.choose, deterministic=deterministic), watcher)
    foresight = watcher.journal.foresight(played.counting, seed)
    return Evaluation(
        played.lengths, played.scores, foresight, watcher.innate_scores, watcher.paid, watcher.tally.episodes
    )


def evaluate_random(
    env: str | VecEnv,
    episodes: int = 100,
    seed: int | None = None,
    env_kwargs: Mapping[str, Any] | None = None,
    n_envs: int | None = None,
) -> Evaluation:
    """Play fresh episodes with random actions, no reflexes and no steering: the baseline of `evaluate`."""
    with _worlds(env, n_envs or _enough(env, episodes, env_kwargs), seed, env_kwargs) as venv:
        venv.action_space.seed(seed)
        played = _play(venv, episodes, lambda _: np.array([venv.action_space.sample() for _ in range(venv.num_envs)]))
    return Evaluation(played.lengths, played.scores)


def _enough(env: str | VecEnv, episodes: int, env_kwargs: Mapping[str, Any] | None) -> int:
    """Return ``episodes``, rounded up to whole worlds."""
    if not isinstance(env, str):
        return episodes
    find_spec(env)
    agents = agents_of(env, env_kwargs)
    return -(-episodes // agents) * agents


@contextmanager
def _worlds(env: str | VecEnv, n: int, seed: int | None, env_kwargs: Mapping[str, Any] | None) -> Iterator[VecEnv]:
    """Lend worlds that are seeded, and closed afterwards if they were made here."""
    venv = make_vec_env(env, n, env_kwargs=env_kwargs)
    if seed is not None:
        venv.seed(seed)
    try:
        yield venv
    finally:
        if venv is not env:
            venv.close()


def _sensing(venv: VecEnv) -> VecEnv:
    """Return worlds whose senses are all gathered, read or not."""
    if hasattr(venv, "transition_senses"):
        return venv
    return GatherSenses(venv, GatherSenses(venv, ()).senses)


class _Shares:
    """Which agent plays how many of the episodes, and what came of them."""

    def __init__(self, n: int, episodes: int):
        self.left = np.full(n, episodes // n) + (np.arange(n) < episodes % n)
        self.length, self.score = np.zeros(n, np.int64), np.zeros(n)
        self._ended: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []
        self._counting: list[Bools] = []

    def begin(self, present: Bools) -> Bools:
        """Return ``(N,)`` whose step counts: it was there, and its share is not yet played."""
        counts = (self.left > 0) & present
        self._counting.append(counts)
        return counts

    def step(self, rewards: NDArray[Any], dones: Bools, present: Bools) -> None:
        """Count a step of all agents that took part in it."""
        counts = self._counting[-1]
        self.length += present
        self.score += np.where(present, rewards, 0.0)
        ended = dones & counts
        self._ended.append((self.length[ended], self.score[ended]))
        self.left -= ended
        self.length[dones], self.score[dones] = 0, 0.0

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.concatenate([lengths for lengths, _ in self._ended])

    @property
    def scores(self) -> NDArray[np.float64]:
        return np.concatenate([scores for _, scores in self._ended])

    @property
    def counting(self) -> Bools:
        """(T, N) steps that belong to an episode that counts."""
        return np.array(self._counting)


class _Watcher:
    """Lets the agent act, and keeps, step by step, what it foresaw, sensed and was paid; no observation is kept."""

    def __init__(self, agent: Brain, body: SteeringVecEnv, behaviour: bool):
        self._agent, self._body = agent, body
        self.tally = Tally(body.senses if behaviour else {}, body.num_envs)
        self.paid = Payroll(*np.zeros((2, len(agent.steering.signals))))
        self._lengths, self._innate = np.zeros(body.num_envs, np.int64), np.zeros(body.num_envs)
        self._ended: list[NDArray[np.float64]] = []
        normalizer = agent.get_vec_normalize_env()
        self._prepare = normalizer.normalize_obs if normalizer else lambda obs: obs
        self.journal = Journal(agent.steering.signals, agent.gamma)

    def choose(self, obs: Any, deterministic: bool) -> NDArray[Any]:
        return self._agent.predict(self._prepare(obs), deterministic=deterministic)[0]

    def assess(self, obs: Any) -> Mapping[str, Any]:
        return self._agent.assess(self._prepare(obs))

    def keep(self, foreseen: Mapping[str, Any], obs: Any, dones: Bools, infos: list[dict[str, Any]]) -> None:
        truncated = np.array([info.get("TimeLimit.truncated", False) for info in infos], bool) & dones
        final = self.assess(final_observations(obs, dones, infos)) if truncated.any() else None
        self.journal.keep(foreseen, self._body.last, dones & ~truncated, truncated, final)

    def count(self, dones: Bools, present: Bools, counts: Bools) -> None:
        """Add up a step; ``counts`` ``(N,)`` marks whose belongs to an episode that counts."""
        last = self._body.last
        for total, paid in zip(self.paid, (last.from_truth, last.from_thought), strict=True):
            total += np.abs(paid[counts]).sum(axis=0)
        self._lengths += present
        self._innate += last.reward
        if self.tally.senses:
            self.tally.step(self._body.transition_senses(), present)
        if dones.any():
            self._close(dones, counts)

    def _close(self, dones: Bools, counts: Bools) -> None:
        self.tally.close(dones, counts, self._lengths)
        self._ended.append(self._innate[dones & counts])
        self._lengths[dones], self._innate[dones] = 0, 0.0

    @property
    def innate_scores(self) -> NDArray[np.float64]:
        """(E,) innate rewards of the episodes that counted, added up."""
        return np.concatenate(self._ended)


def _play(venv: VecEnv, episodes: int, choose: Choice, watcher: _Watcher | None = None) -> _Shares:
    """Play until every world has played its share."""
    shares, everybody = _Shares(venv.num_envs, episodes), np.ones(venv.num_envs, bool)
    obs = venv.reset()
    while shares.left.any():
        foreseen = watcher.assess(obs) if watcher else {}
        obs, rewards, dones, infos = venv.step(choose(obs))
        if watcher:
            watcher.keep(foreseen, obs, dones, infos)
        present = venv.present() if hasattr(venv, "present") else everybody
        counts = shares.begin(present)
        if watcher:
            watcher.count(dones, present, counts)
        shares.step(getattr(venv, "world_reward", rewards), dones, present)
    return shares


def _quartiles(values: NDArray[Any]) -> tuple[float, float]:
    first, third = np.quantile(values, (0.25, 0.75))
    return float(first), float(third)

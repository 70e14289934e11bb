"""Fresh episodes with a trained brain: how long it lives, how it scores, and how well each signal is foreseen."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.gather import final_observations
from dualbrain.inspection.behaviour import Tally
from dualbrain.inspection.books import Payroll
from dualbrain.inspection.foresight import Foresight, Journal
from dualbrain.inspection.playing import Brain, enough, play, sensing, worlds
from dualbrain.returns import Bools
from dualbrain.vec_env import SteeringVecEnv


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
    with worlds(env, n_envs or enough(env, episodes, env_kwargs), seed, env_kwargs) as venv, torch.random.fork_rng():
        if seed is not None:
            torch.manual_seed(seed)
        body = SteeringVecEnv(sensing(venv) if behaviour else venv, copy.deepcopy(agent.steering), agent.scorecard)
        watcher = _Watcher(agent, body, behaviour)
        played = play(body, episodes, partial(watcher.choose, deterministic=deterministic), watcher)
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
    with worlds(env, n_envs or enough(env, episodes, env_kwargs), seed, env_kwargs) as venv:
        venv.action_space.seed(seed)
        played = play(venv, episodes, lambda _: np.array([venv.action_space.sample() for _ in range(venv.num_envs)]))
    return Evaluation(played.lengths, played.scores)


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

    def before(self, obs: Any) -> None:
        """Ask what the agent foresees."""
        self._foreseen = self.assess(obs)

    def after(self, obs: Any, dones: Bools, infos: list[dict[str, Any]], present: Bools, counts: Bools) -> None:
        """Write down what came of it."""
        truncated = np.array([info.get("TimeLimit.truncated", False) for info in infos], bool) & dones
        final = self.assess(final_observations(obs, dones, infos)) if truncated.any() else None
        self.journal.keep(self._foreseen, self._body.last, dones & ~truncated, truncated, final)
        self.count(dones, present, counts)

    def count(self, dones: Bools, present: Bools, counts: Bools) -> None:
        """Add up a step."""
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


def _quartiles(values: NDArray[Any]) -> tuple[float, float]:
    first, third = np.quantile(values, (0.25, 0.75))
    return float(first), float(third)

"""Evaluate a trained brain in fresh episodes: lengths, scores, and prediction skill for each signal."""

from __future__ import annotations

import copy
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import gymnasium
import numpy as np
import torch
from numpy.typing import NDArray

from dualbrain.episodes.acting import Acting
from dualbrain.episodes.behaviour import Tally
from dualbrain.episodes.lending import Played, enough, longest, with_all_senses, worlds
from dualbrain.episodes.play import Brain, play
from dualbrain.episodes.quota import EpisodeQuota
from dualbrain.heads.targets import Bools
from dualbrain.scalars.books import RewardShares
from dualbrain.scalars.skill import PredictionLog, SignalSkill
from dualbrain.structured.ranges import EPISODES, FINITE
from dualbrain.worlds.make_env import check_options
from dualbrain.worlds.spaces.shapes import check_fit
from dualbrain.worlds.steering_vec_env import SteeringVecEnv
from dualbrain.worlds.vec_env.endings import cut_short, final_observations

Lengths = NDArray[np.int64]
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """Outcome of E episodes: as many as were asked for, unless `unplayed` says otherwise."""

    lengths: Lengths
    """(E,) steps, in the order in which episodes ended"""
    scores: Scores
    """(E,) the world's own rewards, added up, in the same order"""
    cut_off: Bools
    """(E,) whether an episode did not end and was cut off after `max_steps`: its score is what it had come to"""
    asked: int
    """Episodes that were asked for."""
    max_steps: int
    """Steps after which an episode was cut off."""
    signals: dict[str, SignalSkill] = field(default_factory=dict)
    """By full name; empty for an agent without assessors."""
    innate_scores: NDArray[np.float64] | None = None
    """(E,) the steering subsystem's rewards, added up, in the same order; None where there is none."""
    paid: RewardShares | None = None
    """What each signal paid, absolute, in the order of the steering subsystem's signals."""
    behaviour: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """``{sense: (E,)}`` in the same order: how often each event happened, and the means of all other senses."""

    @property
    def unplayed(self) -> int:
        """Number of requested episodes that were not finished, since time ran out or no agent was present."""
        return self.asked - len(self.lengths)

    @property
    def reservations(self) -> str:
        """Describe in words which requested episodes are missing or cut off; "" if none is."""
        cut, said = int(self.cut_off.sum()), []
        if cut:
            said.append(f"{cut} of {self.asked} episodes did not end and were cut off after {self.max_steps:,} steps")
        if self.unplayed:
            said.append(f"{self.unplayed} of {self.asked} episodes were not played to their end")
        return "; ".join(said)

    @property
    def median_length(self) -> float:
        """Median steps per episode."""
        return float(np.median(self.lengths)) if len(self.lengths) else math.nan

    @property
    def median_score(self) -> float:
        """Median score per episode."""
        return float(np.median(self.scores)) if len(self.scores) else math.nan

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
    env: Played,
    episodes: int = 100,
    seed: int | None = None,
    env_kwargs: Mapping[str, Any] | None = None,
    n_envs: int | None = None,
    deterministic: bool = False,
    behaviour: bool = False,
    max_steps: int | None = None,
    time_limit: float | None = None,
    skill: bool = True,
) -> Evaluation:
    """Play fresh episodes under a copy of the agent's steering subsystem, reflexes included, without learning.

    ``env`` is an id, an environment or a `VecEnv`; one that is handed in stays open. Agents that were trained in a
    `VecNormalize` see observations normalised once, by their own statistics, whether ``env`` is in one or not; scores
    are the world's own. ``n_envs`` and ``env_kwargs`` go with an id: ``n_envs`` agents play at once (default: one per
    episode, and so many more as fill their worlds, where worlds are batched; elsewhere 10 at most). Each plays its
    share of the episodes from the first on: counting those that end first would favour short ones. ``seed`` fixes
    worlds and actions.

    An episode that does not end is cut off after ``max_steps`` (default: 10,000, or what the world declares, if it is
    more), and the evaluation ends after ``time_limit`` seconds; `Evaluation.reservations` says so, and the log does.
    With ``behaviour``, all senses are added up that the world offers, whether a drive reads them or not; without
    ``skill`` prediction skill is left out, which takes about half of the time. The agent, and
    torch's random stream, are left as they were.

    Raises `UserError` for numbers out of range, and for a world that does not fit the agent.
    """
    episodes = EPISODES.check(episodes, "episodes")
    check_options(env, n_envs, env_kwargs)
    n = enough(env, episodes, env_kwargs) if n_envs is None else n_envs
    if time_limit is not None:
        FINITE.check(time_limit, "time_limit")
    normaliser = agent.get_vec_normalize_env()
    with worlds(env, n, seed, env_kwargs, normaliser) as venv, torch.random.fork_rng():
        if seed is not None:
            torch.manual_seed(seed)
        steering_env = SteeringVecEnv(
            with_all_senses(venv) if behaviour else venv, copy.deepcopy(agent.steering), agent.scorecard
        )
        check_fit(agent, venv)
        observer, limit = _EvaluationObserver(agent, steering_env, behaviour, skill), longest(venv, max_steps)
        choose = partial(observer.choose, deterministic=deterministic)
        played = play(steering_env, episodes, choose, observer, max_steps=limit, seconds=time_limit)
    return _said(
        Evaluation(
            *_outcome(played, episodes, limit),
            observer.log.skill(played.counting, seed),
            observer.innate_scores,
            observer.paid,
            observer.tally.episodes,
        )
    )


def evaluate_random(
    env: Played,
    episodes: int = 100,
    seed: int | None = None,
    env_kwargs: Mapping[str, Any] | None = None,
    n_envs: int | None = None,
    max_steps: int | None = None,
) -> Evaluation:
    """Play fresh episodes with random actions, no reflexes and no steering: the baseline of `evaluate`.

    Arguments and errors are those of `evaluate`.
    """
    episodes = EPISODES.check(episodes, "episodes")
    check_options(env, n_envs, env_kwargs)
    n = enough(env, episodes, env_kwargs) if n_envs is None else n_envs
    with worlds(env, n, seed, env_kwargs) as venv:
        space, limit = venv.action_space, longest(venv, max_steps)
        space.seed(seed)
        sample = partial(_sampled, space, venv.num_envs)
        played = play(venv, episodes, sample, max_steps=limit)
    return _said(Evaluation(*_outcome(played, episodes, limit)))


def _sampled(space: gymnasium.spaces.Space[Any], n: int, _: Any) -> NDArray[Any]:
    return np.array([space.sample() for _ in range(n)])


def _outcome(played: EpisodeQuota, asked: int, max_steps: int) -> tuple[Lengths, Scores, Bools, int, int]:
    return played.lengths, played.scores, played.cut_off, asked, max_steps


def _said(evaluation: Evaluation) -> Evaluation:
    if evaluation.reservations:
        logging.getLogger("dualbrain").warning("evaluation: %s", evaluation.reservations)
    return evaluation


class _EvaluationObserver:
    """Lets the agent act, and keeps its predictions, senses and rewards of every step; no observation is kept."""

    def __init__(self, agent: Brain, steering_env: SteeringVecEnv, behaviour: bool, skill: bool):
        self._agent, self._steering_env, self._asks = agent, steering_env, skill
        self.tally = Tally(steering_env.senses if behaviour else {}, steering_env.num_envs)
        self.paid = RewardShares(*np.zeros((2, len(agent.steering.signals))))
        self._lengths, self._innate = np.zeros(steering_env.num_envs, np.int64), np.zeros(steering_env.num_envs)
        self._ended: list[NDArray[np.float64]] = []
        self.log = PredictionLog(agent.steering.signals, agent.gamma)
        self._acting = Acting(agent, steering_env)
        self.choose = self._acting.choose

    def before(self, obs: Any) -> None:
        """Keep the agent's predictions."""
        if self._asks:
            self._foreseen = self._acting.assess(obs)

    def after(self, obs: Any, dones: Bools, infos: list[dict[str, Any]], counts: Bools) -> None:
        """Record the result of the step."""
        if self._asks:
            self._judge(obs, dones, infos)
        self._acting.after(dones)
        self.count(dones, counts)

    def _judge(self, obs: Any, dones: Bools, infos: list[dict[str, Any]]) -> None:
        """Keep the targets beside the predictions."""
        truncated = cut_short(dones, infos)
        final = self._acting.assess_finals(final_observations(obs, dones, infos)) if truncated.any() else None
        self.log.keep(self._foreseen, self._steering_env.last, dones & ~truncated, truncated, final)

    def count(self, dones: Bools, counts: Bools) -> None:
        """Add up a step."""
        last = self._steering_env.last
        for total, paid in zip(self.paid, (last.from_truth, last.from_thought), strict=True):
            total += np.abs(paid[counts]).sum(axis=0)
        self._lengths += counts
        self._innate += np.where(counts, last.reward, 0.0)
        if self.tally.senses:
            self.tally.step(self._steering_env.transition_senses(), counts)
        if dones.any():
            self._close(dones, counts)

    def _close(self, dones: Bools, counts: Bools) -> None:
        self.tally.close(dones, counts, self._lengths)
        self._ended.append(self._innate[dones & counts])
        self._lengths[dones], self._innate[dones] = 0, 0.0

    @property
    def innate_scores(self) -> NDArray[np.float64]:
        """(E,) innate rewards of the episodes that counted, added up."""
        return np.concatenate([np.zeros(0), *self._ended])


def _quartiles(values: NDArray[Any]) -> tuple[float, float]:
    if not len(values):
        return math.nan, math.nan
    first, third = np.quantile(values, (0.25, 0.75))
    return float(first), float(third)

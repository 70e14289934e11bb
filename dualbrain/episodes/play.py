"""Play fresh episodes, with the interfaces of the agent and of observers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.episodes.lending import longest
from dualbrain.episodes.quota import EpisodeQuota
from dualbrain.heads.targets import Bools
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.steering_vec_env import Scorecard
from dualbrain.worlds.vec_env.endings import FINAL, TRUNCATED
from dualbrain.worlds.vec_env.presence import Presence
from dualbrain.worlds.vec_env.raw_world import RawWorld

Choice = Callable[[Any], NDArray[Any]]
"""Actions ``(N, ...)`` for observations ``(N, ...)``."""


class Brain(Protocol):
    """An agent that can be evaluated.

    ``predict``, ``assess`` and ``scorecard`` take observations as it was trained on: normalised, if they were.
    """

    steering: SteeringSubsystem
    gamma: float

    @property
    def scorecard(self) -> Scorecard | None:
        """Return the predictions that its steering subsystem reads, if it reads any."""

    def predict(self, observation: Any, *, deterministic: bool = False) -> tuple[NDArray[Any], Any]:
        """Return actions ``(N, ...)``, and a state that is not used."""

    def assess(self, obs: Any) -> Mapping[str, Any]:
        """Return ``{"short": {full_name: (N,)}, "long": {...}}``; both empty without assessors."""

    def get_vec_normalize_env(self) -> Any:
        """Return the `VecNormalize` that its observations go through, or None."""


class StepObserver(Protocol):
    """Observes episodes while they are played."""

    def before(self, obs: Any) -> None:
        """Receive the observations ``(N, ...)`` before the next step."""

    def after(self, obs: Any, dones: Bools, infos: list[dict[str, Any]], counts: Bools) -> None:
        """Receive the result of a step; ``counts`` ``(N,)`` marks present agents in episodes that count."""


def play(
    venv: VecEnv,
    episodes: int,
    choose: Choice,
    witness: StepObserver | None = None,
    steps: float = math.inf,
    max_steps: int | None = None,
    seconds: float | None = None,
) -> EpisodeQuota:
    """Play until every world has played its share.

    An episode is cut off after ``max_steps`` (None: see `longest`), which a witness sees as if time had run out in the
    world. Play ends after so many ``steps`` of all worlds at once, or ``seconds``.
    """
    quota = EpisodeQuota(venv.num_envs, episodes, longest(venv, max_steps))
    raw, presence = RawWorld(venv), Presence(venv)
    deadline = math.inf if seconds is None else time.monotonic() + seconds
    obs = venv.reset()
    while quota.left.any() and len(quota) < steps and time.monotonic() < deadline:
        if quota.stuck:
            obs = venv.reset()
            quota.reset()
        if witness:
            witness.before(obs)
        step = venv.step(choose(obs))
        obs, _, dones, infos = step
        counts = quota.begin(presence.present())
        cut = quota.cut(dones)
        if witness:
            witness.after(obs, dones | cut, _as_if_truncated(obs, infos, cut), counts)
        quota.step(getattr(venv, "world_reward", raw.step(step)[1]), dones, cut)
    return quota


def _as_if_truncated(obs: Any, infos: list[dict[str, Any]], cut: Bools) -> list[dict[str, Any]]:
    """Return infos that say of ``cut`` episodes what Gymnasium's `TimeLimit` would."""
    if not cut.any():
        return infos
    said = list(infos)
    for i in np.flatnonzero(cut).tolist():
        final = {key: part[i] for key, part in obs.items()} if isinstance(obs, dict) else obs[i]
        said[i] = {**infos[i], TRUNCATED: True, FINAL: final}
    return said

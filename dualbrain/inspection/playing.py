"""Fresh episodes under an agent's own steering subsystem: who plays how many, and who looks on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.environments import make_vec_env
from dualbrain.gather import GatherSenses
from dualbrain.options import agents_of
from dualbrain.returns import Bools
from dualbrain.steering import SteeringSubsystem
from dualbrain.vec_env import Scorecard
from dualbrain.vec_env_attributes import seed_worlds
from dualbrain.world_ids import find_spec

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


class Witness(Protocol):
    """Looks on while episodes are played."""

    def before(self, obs: Any) -> None:
        """See the observations ``(N, ...)`` that the next step starts from."""

    def after(self, obs: Any, dones: Bools, infos: list[dict[str, Any]], present: Bools, counts: Bools) -> None:
        """See what a step led to; ``counts`` ``(N,)`` marks whose belongs to an episode that counts."""


class Shares:
    """Which agent plays how many of the episodes, and what came of them."""

    def __init__(self, n: int, episodes: int):
        self.left = np.full(n, episodes // n) + (np.arange(n) < episodes % n)
        self.length, self.score = np.zeros(n, np.int64), np.zeros(n)
        self._ended: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []
        self._counting: list[Bools] = []

    def __len__(self) -> int:
        """Return how many steps were taken."""
        return len(self._counting)

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
        """(E,) steps, in the order in which episodes ended."""
        return np.concatenate([lengths for lengths, _ in self._ended])

    @property
    def scores(self) -> NDArray[np.float64]:
        """(E,) the world's own rewards, added up, in the same order."""
        return np.concatenate([scores for _, scores in self._ended])

    @property
    def counting(self) -> Bools:
        """(T, N) steps that belong to an episode that counts."""
        return np.array(self._counting)


def play(
    venv: VecEnv, episodes: int, choose: Choice, witness: Witness | None = None, steps: float = math.inf
) -> Shares:
    """Play until every world has played its share, or so many steps were taken."""
    shares, everybody = Shares(venv.num_envs, episodes), np.ones(venv.num_envs, bool)
    obs = venv.reset()
    while shares.left.any() and len(shares) < steps:
        if witness:
            witness.before(obs)
        obs, rewards, dones, infos = venv.step(choose(obs))
        present = venv.present() if hasattr(venv, "present") else everybody
        counts = shares.begin(present)
        if witness:
            witness.after(obs, dones, infos, present, counts)
        shares.step(getattr(venv, "world_reward", rewards), dones, present)
    return shares


def enough(env: str | VecEnv, episodes: int, env_kwargs: Mapping[str, Any] | None) -> int:
    """Return ``episodes``, rounded up to whole worlds."""
    if not isinstance(env, str):
        return episodes
    find_spec(env)
    agents = agents_of(env, env_kwargs)
    return -(-episodes // agents) * agents


@contextmanager
def worlds(env: str | VecEnv, n: int, seed: int | None, env_kwargs: Mapping[str, Any] | None) -> Iterator[VecEnv]:
    """Lend worlds that are seeded, and closed afterwards if they were made here."""
    venv = make_vec_env(env, n, env_kwargs=env_kwargs)
    if seed is not None:
        seed_worlds(venv, seed)
    try:
        yield venv
    finally:
        if venv is not env:
            venv.close()


def sensing(venv: VecEnv) -> VecEnv:
    """Return worlds whose senses are all gathered, read or not."""
    if hasattr(venv, "transition_senses"):
        return venv
    return GatherSenses(venv, GatherSenses(venv, ()).senses)

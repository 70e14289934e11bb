"""A life of random actions among spiders, in which no moment with a word teaches a short head: for `spider_word`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.heads.targets import ShortTargets
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.training.rollout import Rollout
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.probes import Layout, probes_of
from dualbrain.worlds.vec_env.endings import cut_short

WORLD = "dualbrain/SpiderCave-v0"
CAVE: dict[str, Any] = {"size": 20, "view": 5, "cooldown": 0, "chatter": 0.5, "spiders": 3}
VOCABULARY: dict[str, Any] = {"unseen_only": True, "yoked": True}
HONEST, MEANINGLESS = 0.8, 0.0
"""Chance that a word names something near, and that of words that mean nothing."""
SPIDER = "spider"

Flags = NDArray[np.bool_]


class WordlessLessons(Rollout):
    """A rollout in which moments at which a word is heard teach the short heads nothing."""

    heard: Flags
    """(T, N)"""
    seen: Flags
    """(T, N) a spider is in view"""

    def silence_words(self, layout: Layout) -> None:
        """Take the words away that were heard while a spider was in view, and find the others."""
        at, cells = layout.planes.index(SPIDER), layout.view_shape[1] * layout.view_shape[2]
        self.seen = self.observations[..., at * cells : (at + 1) * cells].any(-1)
        self.observations[..., layout.word] *= ~self.seen[..., None]
        self.heard = self.observations[..., layout.word].any(-1)

    def short_targets(self, horizon: NDArray[np.int64]) -> ShortTargets:
        """Return the gated targets of the short heads, of moments of silence only."""
        targets = super().short_targets(horizon)
        return replace(targets, complete=targets.complete & ~self.heard[..., None])


class Life(NamedTuple):
    """What was lived, and where."""

    venv: VecEnv
    layout: Layout
    rollout: WordlessLessons


def live(seed: int, order: int, steps: int, worlds: int, honesty: float = HONEST) -> Life:
    """Return a life of random actions, whose flinches change nothing, of so many ``steps`` of each of the ``worlds``.

    No word is heard while a spider is in view; ``order`` draws which word is heard in which bit.
    """
    options = {**CAVE, **VOCABULARY, "honesty": honesty, "permuted": order}
    venv, steering = make_vec_env(WORLD, worlds, seed=seed, env_kwargs=options), SteeringSubsystem(["flinch"])
    steering.bind(worlds, venv.senses)  # type: ignore[attr-defined]
    rollout, layout = WordlessLessons(steps, worlds, steering.signals), probes_of(venv).layout
    _fill(rollout, venv, steering, np.random.default_rng(seed))
    rollout.silence_words(layout)
    return Life(venv, layout, rollout)


def _fill(rollout: Rollout, venv: Any, steering: SteeringSubsystem, rng: np.random.Generator) -> None:
    """Fill a rollout with steps of random actions."""
    obs, done = venv.reset(), np.ones(rollout.n_envs, bool)
    steering.reset(venv.reset_senses())
    rollout.present[:] = True
    rollout.executed = rng.integers(0, venv.action_space.n, rollout.present.shape)
    rollout.observations = np.zeros((*rollout.present.shape, obs.shape[1]), obs.dtype)
    for t, actions in enumerate(rollout.executed):
        rollout.observations[t], rollout.episode_starts[t] = obs, done
        obs, _, done, infos = venv.step(actions)
        judged = steering.step(venv.transition_senses(), None, done, venv.reset_senses())
        rollout.truth[t], rollout.settled[t] = judged.truth, judged.settled
        rollout.truncated[t] = cut_short(done, infos)
        rollout.terminated[t] = done & ~rollout.truncated[t]

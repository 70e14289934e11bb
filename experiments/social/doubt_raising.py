"""Raise porters among known odd things: what they met, and what came of it, for `doubt_trial`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dualbrain.heads.targets import short_targets
from dualbrain.registry import expert_of
from dualbrain.steering.sense import OF_DOUBT
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.probes import Layout, probes_of
from dualbrain.worlds.steering_vec_env import SteeringVecEnv
from dualbrain.worlds.vec_env.doubting import NEAR
from dualbrain.worlds.vec_env.sensed import as_sensed

WORLD = "dualbrain/Warehouse-v0"
KNOWN = "odd"
"""Sort of the odd things among which it is raised, and which the porter knows."""
SIGNALS = ("extrinsic", "pain")
"""Drives whose signals the assessors learn."""
RAISING = 128
"""Worlds in which it is raised."""
ERRING = 0.3
"""Chance of a random act instead of the porter's."""
UNLEARN = 0.1
"""Weight of rows without evidence."""

Array = NDArray[Any]
Doubted = Mapping[str, Any]
"""How often each kind of cell was met."""


class Moment(NamedTuple):
    """One step of N porters."""

    before: Array
    """(N, D)"""
    after: Array
    """(N, D)"""
    done: NDArray[np.bool_]
    """(N,) cut short: nobody dies here."""


class Raised(NamedTuple):
    """What was met in raising, row by row, and how often."""

    near: NDArray[np.uint8]
    """(R, F) bits of the cells near"""
    target: NDArray[np.float32]
    """(R, 2) discounted reward and pain within the horizon"""
    weight: NDArray[np.float32]
    """(R, 2) of the row as evidence"""
    doubted: Doubted

    def taken(self, rows: Any) -> Raised:
        """Return some of the rows."""
        return self._replace(near=self.near[rows], target=self.target[rows], weight=self.weight[rows])


def walk(
    venv: Any, steps: int, seed: int, knows: Sequence[str] = (KNOWN,), chance: float = 0.0, acts: Any = None
) -> Iterator[Moment]:
    """Let porters work, who with a ``chance`` do one of some ``acts`` instead, all unless named; yield each step."""
    n, rng = venv.num_envs, np.random.default_rng(seed)
    acts = np.arange(venv.action_space.n) if acts is None else acts
    porter = expert_of(WORLD)(probes_of(venv).layout, n, seed, knows=knows)
    obs = venv.reset()
    for _ in range(steps):
        before = obs.copy()
        action = np.where(rng.random(n) < chance, rng.choice(acts, n), porter.act(obs))
        obs, _, done, _ = venv.step(action)
        yield Moment(before, obs, done)


def near(obs: Array, layout: Layout) -> NDArray[np.uint8]:
    """Return the cells of views ``(N, planes, V, V)`` that are doubted."""
    planes, side, _ = layout.view_shape
    around = slice(side // 2 - NEAR, side // 2 + NEAR + 1)
    cells: NDArray[np.uint8] = obs[:, layout.view].reshape(-1, planes, side, side)[:, :, around, around]
    return cells


def flat(cells: Array) -> Array:
    """Return views as rows of bits ``(N, F)``."""
    return cells.reshape(len(cells), -1)


def doubting(n: int, seed: int, odd: str, doubted: Doubted | None = None, **options: Any) -> Any:
    """Return worlds with the senses of doubt, after what was met before."""
    venv = as_sensed(make_vec_env(WORLD, n, seed=seed, env_kwargs={"odd": odd, **options}), OF_DOUBT)
    if doubted is not None:
        venv.load_state_dict(doubted)
    return venv


def raise_brain(seed: int, steps: int, **options: Any) -> Raised:
    """Return what porters met, and what came of it, in worlds with known odd things."""
    senses = doubting(RAISING, seed, KNOWN, **options)
    venv, layout = SteeringVecEnv(senses, SteeringSubsystem(SIGNALS)), probes_of(senses).layout
    seen = [
        (flat(near(moment.before, layout)), venv.last.truth.copy(), moment.done)
        for moment in walk(venv, steps, seed, chance=ERRING)
    ]
    cells, truth, cut = (np.array(each) for each in zip(*seen, strict=True))
    horizon = np.array([signal.horizon for signal in venv.steering.signals.values()])
    targets = short_targets(truth, np.zeros_like(cut), cut, horizon)
    target, weight = (each.reshape(-1, len(horizon)) for each in (targets.target, targets.weights(UNLEARN)))
    return Raised(cells.reshape(len(target), -1), target, weight, senses.state_dict())

"""Learn to foresee a rare flinch from few rows, by shared cells and by dense layers: the trial of `rare_flinch`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from dualbrain.cortex.building import cortex_options, load_cortex
from dualbrain.heads.assessor_network import AssessorNetwork
from dualbrain.heads.options import AssessorOptions
from dualbrain.heads.targets import short_targets
from dualbrain.lab.budget import scaled
from dualbrain.lab.experiment import Outcome
from dualbrain.scalars.metrics import auroc
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.spaces.parts import observation_parts
from dualbrain.worlds.vec_env.attributes import attribute
from dualbrain.worlds.vec_env.endings import cut_short

WORLD = "dualbrain/SpiderCave-v0"
RARE = {"spiders": 1}
WORLDS = 64
"""Worlds that run at once."""
TESTED = 0.3
"""Steps in other worlds, as a share of those in these."""
ROWS = 3000
"""Rows of the life that are learned from, drawn at random."""
UPDATES, BATCH = 500, 256
OPTIONS = AssessorOptions(learning_rate=2e-3, unlearn=0.1)
DENSE: dict[str, Any] = {"net_arch": (128, 64), "activation_fn": torch.nn.GELU}
LONGER = 2
"""Updates of dense layers that take at least the CPU time of one of shared cells."""
CONDITIONS: dict[str, tuple[str, dict[str, Any], int]] = {
    "intact": ("cells", {}, 1),
    "mlp": ("mlp", DENSE, 1),
    "mlp, equal CPU": ("mlp", DENSE, LONGER),
}
"""Cortex, its options, and how many times the updates."""


class Life(NamedTuple):
    """Rows of random lives, flattened."""

    obs: NDArray[Any]
    """(R, D)"""
    target: NDArray[Any]
    """(R,) discounted flinch within the horizon"""
    weight: NDArray[Any]
    """(R,) of the row as evidence"""
    calm: NDArray[Any]
    """(R,) nothing skitters yet"""

    def taken(self, rows: NDArray[Any]) -> Life:
        """Return some of the rows."""
        return Life(*(each[rows] for each in self))


def live(seed: int, steps: int) -> Life:
    """Return a life of random actions, whose flinches change nothing."""
    venv: Any = make_vec_env(WORLD, WORLDS, seed=seed, env_kwargs=RARE)
    rng = np.random.default_rng(seed)
    steering = SteeringSubsystem(["flinch"])
    steering.bind(WORLDS, venv.senses)
    obs, seen = venv.reset(), []
    steering.reset(venv.reset_senses())
    for _ in range(steps // WORLDS):
        calm = venv.reset_senses()["skittering"] == 0
        following, _, done, infos = venv.step(rng.integers(0, venv.action_space.n, WORLDS))
        truncated = cut_short(done, infos)
        truth = steering.step(venv.transition_senses(), None, done, venv.reset_senses()).truth.copy()
        seen.append((obs.copy(), truth, done & ~truncated, truncated, calm))
        obs = following
    perceived, truth, terminated, truncated, calm = (np.array(each) for each in zip(*seen, strict=True))
    horizon = np.array([signal.horizon for signal in steering.signals.values()])
    targets = short_targets(truth, terminated, truncated, horizon)
    rows = (perceived, targets.target[..., 0], targets.weights(OPTIONS.unlearn)[..., 0], calm)
    return Life(*(each.reshape(-1, *each.shape[2:]) for each in rows))


def learn(seed: int, life: Life, cortex: str, options: dict[str, Any], updates: int) -> AssessorNetwork:
    """Return a network that has learned to predict the flinch from the rows of a life."""
    venv, cls = make_vec_env(WORLD, 1, env_kwargs=RARE), load_cortex(cortex)
    space = venv.observation_space
    made = cortex_options(
        cls, space, venv.action_space, observation_parts(space, attribute(venv, "observation_parts")), options
    )
    torch.manual_seed(seed)
    network = AssessorNetwork(cls, space, SteeringSubsystem(["flinch"]).signals, OPTIONS, cortex_options=made)
    optimizer, rng = network.assessor_optimizer, np.random.default_rng(seed)
    assert optimizer is not None
    for _ in range(updates):
        some = life.taken(rng.integers(0, len(life.obs), BATCH))
        target, weight = (torch.as_tensor(each)[:, None] for each in (some.target, some.weight))
        optimizer.zero_grad()
        network.heads.short_loss(network.think(torch.as_tensor(some.obs)), target, weight).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return network


def foresight(network: AssessorNetwork, life: Life) -> float:
    """Return the AUROC of the short prediction, where there is evidence and nothing skitters yet."""
    asked = life.taken((life.weight > 0) & life.calm)
    with torch.no_grad():
        thought = [
            network.think(torch.as_tensor(rows)) for rows in np.array_split(asked.obs, 1 + len(asked.obs) // 4096)
        ]
        short = network.heads.scorecard(torch.cat(thought))[:, 0].numpy()
    return auroc(short, asked.target > 0)


def trial(seed: int, steps: int, of: int) -> Outcome:
    """Return how well each cortex foresees the flinch after the same rows of life."""
    life, other = live(seed, steps), live(seed + 10_000, int(TESTED * steps))
    learned = life.taken(np.random.default_rng(seed).permutation(len(life.obs))[:ROWS])
    updates = scaled(UPDATES, steps, of=of)
    outcome = {}
    for name, (cortex, options, times) in CONDITIONS.items():
        outcome[name] = {"auroc": foresight(learn(seed, learned, cortex, options, times * updates), other)}
    return outcome

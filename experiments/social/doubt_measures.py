"""Other measures of doubt, beside the sense: assessors that disagree, and bits that are unlikely."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from gymnasium import spaces

from dualbrain.cortex.building import load_cortex
from dualbrain.heads.assessor_network import AssessorNetwork
from dualbrain.heads.options import AssessorOptions
from dualbrain.steering.subsystem import SteeringSubsystem
from experiments.social.doubt_raising import SIGNALS, UNLEARN, Array, Raised

MEMBERS, UPDATES, BATCH = 5, 800, 128
OPTIONS = AssessorOptions(learning_rate=2e-3, unlearn=UNLEARN)
DENSE: dict[str, Any] = {"net_arch": (128, 64), "activation_fn": torch.nn.GELU}


def ensemble(seed: int, life: Raised, updates: int) -> list[AssessorNetwork]:
    """Return assessors of reward and pain that learned from rows of their own drawing."""
    signals, rng = SteeringSubsystem(SIGNALS).signals, np.random.default_rng(seed)
    members = []
    for member in range(MEMBERS):
        torch.manual_seed(MEMBERS * seed + member)
        space = spaces.MultiBinary(life.near.shape[1])
        network = AssessorNetwork(load_cortex("mlp"), space, signals, OPTIONS, cortex_options=DENSE)
        own = rng.integers(0, len(life.near), len(life.near))
        for _ in range(updates):
            _learn(network, life.taken(own[rng.integers(0, len(own), BATCH)]))
        members.append(network)
    return members


def _learn(network: AssessorNetwork, some: Raised) -> None:
    assert network.assessor_optimizer is not None
    network.assessor_optimizer.zero_grad()
    thought = network.think(torch.as_tensor(some.near))
    loss = network.heads.short_loss(thought, torch.as_tensor(some.target), torch.as_tensor(some.weight))
    loss.backward()  # type: ignore[no-untyped-call]
    network.assessor_optimizer.step()


def foreseen(members: Sequence[AssessorNetwork], cells: Array) -> Array:
    """Return what each member foresees ``(M, R, 2)``."""
    with torch.no_grad():
        return np.array([each.heads.scorecard(each.think(torch.as_tensor(cells))).numpy() for each in members])


def disagreement(members: Sequence[AssessorNetwork], cells: Array, life: Raised) -> Array:
    """Return how far members are from one another ``(R,)``, each signal in units of its own variance."""
    scale = life.target.var(0) + 1e-9
    apart: Array = (foreseen(members, cells).var(0) / scale).sum(1)
    return apart


def bit_surprise(cells: Array, life: Raised) -> Array:
    """Return how unlikely the bits of a scene are ``(R,)``, were each drawn by itself."""
    set_ = (life.near.sum(0) + 0.5) / (len(life.near) + 1.0)
    surprise: Array = -(cells @ np.log(set_) + (1 - cells) @ np.log(1 - set_))
    return surprise

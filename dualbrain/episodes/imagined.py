"""Add to a recording what a world model imagined at each step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from dualbrain.cortex.building import world_models
from dualbrain.cortex.experience import Observations
from dualbrain.cortex.stream import ThoughtStream
from dualbrain.cortex.world_models import WorldModel
from dualbrain.episodes.record import Recording, Table
from dualbrain.errors import UserError
from dualbrain.scalars.foresight import AHEAD
from dualbrain.training.auxiliary import Predicting

CHUNK = 1024
"""Observations that are thought of at a time, by a cortex without a memory."""


class Imagining(Protocol):
    """An agent whose cortex may imagine."""

    options: Any
    """How its assessors learn; None without assessors."""

    @property
    def assessing(self) -> Predicting:
        """Return the network that predicts signals."""

    def percept(self, obs: Any) -> Observations:
        """Return observations ``(N, ...)`` as `predict` takes them, as networks read them."""


def world_model_of(agent: Imagining) -> WorldModel:
    """Return the cortex of an agent; raises `UserError` where it cannot imagine, or nothing reads what it imagines."""
    if agent.options is None:
        raise UserError("this brain has no assessors, which would read what is imagined")
    cortex = agent.assessing.cortex
    if not isinstance(cortex, WorldModel):
        able = " or ".join(world_models())
        raise UserError(f"the cortex {type(cortex).__name__} of this brain imagines nothing: only {able} does")
    return cortex


def with_imagined(agent: Imagining, recording: Recording) -> Recording:
    """Return a recording, which has its observations, with the columns ``imagined_1/<signal>``, 5 and 15.

    Each has the short predictions from the thought before the step, imagined so many steps ahead without any action
    chosen. Raises `UserError` for an agent that imagines nothing.
    """
    cortex, network = world_model_of(agent), agent.assessing
    network.set_training_mode(False)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        columns = _columns(cortex, network, _thoughts(agent, cortex, recording))
    return replace(recording, table={**recording.table, **columns})


def _thoughts(agent: Imagining, cortex: WorldModel, recording: Recording) -> Tensor:
    """Return the thoughts ``(S, Z)`` of all steps, each of its episode so far."""
    stream, starts = ThoughtStream(cortex), recording.table["time"] == 0
    size = 1 if cortex.remembers else CHUNK
    parts = [slice(at, at + size) for at in range(0, len(starts), size)]
    return torch.cat([stream.think(agent.percept(_cut(recording.observations, rows)), starts[rows]) for rows in parts])


def _cut(observations: Any, rows: slice) -> Any:
    if isinstance(observations, dict):
        return {name: part[rows] for name, part in observations.items()}
    return observations[rows]


def _columns(cortex: WorldModel, network: Predicting, thought: Tensor) -> Table:
    heads, columns = network.assessors, Table()
    assert heads is not None
    for ahead in range(1, max(AHEAD) + 1):
        thought = cortex.imagine(thought)
        if ahead in AHEAD:
            scorecard = np.ascontiguousarray(heads.scorecard(thought).T.cpu().numpy())
            columns |= {f"imagined_{ahead}/{name}": row for name, row in zip(heads.names, scorecard, strict=True)}
    return columns

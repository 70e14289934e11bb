"""Prepare a run before training: a new one, or one that is resumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dualbrain.errors import UserError
from dualbrain.runs.abilities import Audited, Pretraining
from dualbrain.runs.build import build_agent, completed
from dualbrain.runs.config import RunConfig
from dualbrain.runs.models import find_model
from dualbrain.runs.run_folder import RunFolder
from dualbrain.steering.file import compose


@dataclass(frozen=True)
class Unfinished:
    """The state of an interrupted run."""

    folder: RunFolder
    training: Mapping[str, Any] | None
    """The state of training in the checkpoint (`dualbrain.runs.checkpoint.training_state`), empty where the file has
    none; None without a checkpoint: the run starts again."""


@dataclass(frozen=True)
class Prepared:
    """A run that is ready to train: its configuration has been checked."""

    config: RunConfig
    """The configuration with every default written out."""
    agent: Any
    before: Unfinished | None = None
    """None for a new run."""

    @property
    def goes_on(self) -> bool:
        """Whether the agent was trained in this run before."""
        return self.before is not None and self.before.training is not None

    @property
    def first(self) -> int:
        """The agent's step counter at the run's start."""
        steps: int = self.agent.num_timesteps
        return self.agent._total_timesteps - self.config.total_timesteps if self.goes_on else steps

    @property
    def done(self) -> int:
        """Steps of this run that were taken before."""
        taken: int = self.agent.num_timesteps - self.first
        return taken

    @property
    def is_new(self) -> bool:
        """Whether the agent's steps are counted from 0."""
        return self.config.trained_agent is None and not self.goes_on


def prepare(config: RunConfig, where: str) -> Prepared:
    """Put a run together, ``where`` naming the configuration's source; raises `UserError` for a mistake in it."""
    config = completed(config, where)
    if config.trained_agent is not None and Path(config.trained_agent).is_dir():
        # what is the newest run below a folder now need not be so when this one goes on
        config = replace(config, trained_agent=str(find_model(config.trained_agent).parent))
    agent = build_agent(config, compose(config, where))
    check_alarms(config, agent)
    check_pretraining(config, agent)
    return Prepared(config, agent)


def check_pretraining(config: RunConfig, agent: Any) -> None:
    """Raise `UserError` where steps of pretraining are asked for, and nothing would learn from them."""
    if config.pretrain and not (isinstance(agent, Pretraining) and agent.cortex_learning):
        needed = "assessors, and a cortex that learns from a memory of its own, as with -params cortex:predictive"
        raise UserError(f"pretrain: nothing of this agent would learn from random actions; it takes {needed}")


def check_alarms(config: RunConfig, agent: Any) -> None:
    """Raise `UserError` where alarms are to end a run in which none can sound."""
    if config.stop_on_alarm and not isinstance(agent, Audited):
        raise UserError(f"stop_on_alarm: the algorithm '{config.algo}' keeps no audit, so no alarm can sound")

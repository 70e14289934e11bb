"""The configuration of one run, as typed frozen tables; ``config.toml`` in a run folder is written from these."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Annotated, Any

from dualbrain.heads.options import AssessorOptions
from dualbrain.steering.file import SteeringConfig
from dualbrain.structured.ranges import (
    EPISODES,
    INTERVAL,
    SAVE_EVERY,
    SECONDS,
    SEED,
    STEPS,
    THREADS,
    WORLDS,
    check_fields,
)
from dualbrain.structured.tables import dump_toml, to_dict


@dataclass(frozen=True)
class EvaluationConfig:
    """Evaluation on fresh worlds during training: the table ``[evaluation]``."""

    freq: Annotated[int, INTERVAL] = 25_000
    """Steps between evaluations on fresh episodes; 0 for never."""
    episodes: Annotated[int, EPISODES] = 5
    """Episodes per evaluation."""
    n_envs: Annotated[int, WORLDS] = 1
    """Parallel worlds to evaluate in."""
    deterministic: bool = True
    """Take the most probable action; else sample, as in training."""
    max_steps: Annotated[int, STEPS] | None = None
    """End an episode of an evaluation after so many steps; None: 10,000, or what the world declares, if it is more."""

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True)
class RunConfig(SteeringConfig):
    """Everything that decides a training run, with what it steers by.

    What it steers by are keys of its own, not a table: ``config.toml`` contains the content of a steering file as it is
    (`docs/steering_files.md`), so that either can be copied into the other, a key is named alike in both and in error
    messages, and the files of earlier runs are read without a translation.

    Raises `UserError` for a number out of its range.
    """

    env: str
    """Gymnasium id of the world."""
    algo: str = "ppo"
    """Learning algorithm: one of ``dualbrain list agents``, or a dotted path ``package.module:Class``."""
    policy: str = "BrainPolicy"
    """Policy name, as the algorithm knows it."""
    total_timesteps: Annotated[int, STEPS] = 100_000
    """Training steps of a run, of all agents together."""
    pretrain: Annotated[int, INTERVAL] = 0
    """Steps of random actions before training, from which the cortex alone learns; not counted as training steps."""
    n_envs: Annotated[int, WORLDS] = 1
    """Parallel worlds."""
    seed: Annotated[int, SEED] = 0
    """Seed of worlds, networks and actions."""
    device: str = "auto"
    """Where torch computes: cpu, cuda, cuda:N or auto."""
    num_threads: Annotated[int, THREADS] | None = None
    """Threads of torch; small networks are fastest with one. None: torch decides."""
    time_limit: Annotated[float, SECONDS] | None = None
    """Stop training after so many seconds, if its steps are not done by then."""
    save_every: Annotated[float, SAVE_EVERY] = 60.0
    """Keep ``model.zip`` at most so many seconds old; 0 writes it at the end only."""
    stop_on_alarm: bool = False
    """End training at an alarm of the audit; the model is saved, the exit code is 0."""
    assess: bool = True
    """Without thought assessors the brain is plain reinforcement learning on its drives."""
    trained_agent: str | None = None
    """Model file from which training continues."""
    observers: tuple[str, ...] = ()
    """Further observers of training: of ``dualbrain list observers``, or dotted paths ``package.module:Class``."""
    gym_packages: tuple[str, ...] = ()
    """Packages to import, which register worlds."""
    env_kwargs: dict[str, Any] = field(default_factory=dict)
    """Keyword arguments of the world."""
    hyperparams: dict[str, Any] = field(default_factory=dict)
    """Keyword arguments of the algorithm, in Stable-Baselines3's names; ``"lin_X"`` decays linearly from X to 0."""
    assessors: AssessorOptions = field(default_factory=AssessorOptions)
    """How the assessors learn."""
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)
    """Evaluation during training."""

    @property
    def ablations(self) -> tuple[str, ...]:
        """The ablations, as the command line names them."""
        steering = ("wire",) * self.cut_wire + ("worth",) * self.freeze_worth
        return (*steering, *self.assessors.ablations)


def to_toml(config: RunConfig) -> str:
    """Write the configuration out as TOML, what steers last; raises `UserError` where TOML cannot hold it."""
    tables = to_dict(config)
    steering = {each.name: tables.pop(each.name) for each in fields(SteeringConfig)}
    return dump_toml(tables | steering)

"""What the arguments of an agent may be: worlds, drives, assessors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import gymnasium
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.errors import UserError
from dualbrain.heads.options import AssessorOptions
from dualbrain.steering.subsystem import Modules, SteeringSubsystem
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.spaces.actions import check_actions
from dualbrain.worlds.spaces.observations import check_readable

Environment = str | gymnasium.Env[Any, Any] | VecEnv
Steering = SteeringSubsystem | Modules


def worlds_of(env: Environment, n_envs: int, env_kwargs: Mapping[str, Any] | None = None) -> VecEnv:
    """Return the worlds that ``env`` names or is; raises `UserError` where no policy can act or see in them."""
    venv = make_vec_env(env, n_envs, env_kwargs=env_kwargs)
    check_actions(venv.action_space)
    check_readable(venv.observation_space)
    return venv


def subsystem(steering: Steering) -> SteeringSubsystem:
    """Return a steering subsystem, made of modules where these are given."""
    return steering if isinstance(steering, SteeringSubsystem) else SteeringSubsystem(steering)


def options_of(assessors: bool | AssessorOptions, detach: bool = False) -> AssessorOptions | None:
    """Return how assessors learn, None for none; raises `UserError` for what says neither yes nor no."""
    if not isinstance(assessors, (bool, AssessorOptions)):
        raise UserError(f"'assessors' must be True, False or AssessorOptions, not {assessors!r:.60}")
    if not isinstance(detach, bool):
        raise UserError(f"'detach_assessors' must be True or False, not {detach!r:.60}")
    if not assessors:
        return None
    options = assessors if isinstance(assessors, AssessorOptions) else AssessorOptions()
    return replace(options, detach=True) if detach else options

"""dualbrain: agents with an innate steering subsystem and a cortex that learns to predict it.

To write a drive: `RewardModule` and `Signal`. To compose drives: `SteeringSubsystem`, from a file:
`read_steering`. To put them around a world, under
any algorithm: `SteeringVecEnv`. An agent that also learns to predict them is `agents.DualBrainPPO`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dualbrain.errors import SignalError, UserError
from dualbrain.steering.file import read_steering, write_steering
from dualbrain.steering.reward_module import NO_REFLEX, Array, RewardModule, SignalValues
from dualbrain.steering.sense import Sense
from dualbrain.steering.signal import Signal
from dualbrain.steering.stages import Stage
from dualbrain.steering.subsystem import SteeringStep, SteeringSubsystem

if TYPE_CHECKING:
    from dualbrain.worlds.make_env import make_vec_env
    from dualbrain.worlds.steering_vec_env import SteeringVecEnv

__version__ = "0.1.0"
__all__ = [
    "NO_REFLEX",
    "Array",
    "RewardModule",
    "Sense",
    "Signal",
    "SignalError",
    "SignalValues",
    "Stage",
    "SteeringStep",
    "SteeringSubsystem",
    "SteeringVecEnv",
    "UserError",
    "make_vec_env",
    "read_steering",
    "write_steering",
]

LOADED_WHEN_USED = {
    "SteeringVecEnv": "dualbrain.worlds.steering_vec_env",
    "make_vec_env": "dualbrain.worlds.make_env",
}
"""What needs torch, and the modules that have it, so that writing and listing drives stays quick."""


def __getattr__(name: str) -> Any:
    """Load what needs torch when it is used."""
    if name in LOADED_WHEN_USED:
        return vars(import_module(LOADED_WHEN_USED[name]))[name]
    raise AttributeError(f"module 'dualbrain' has no attribute '{name}'")

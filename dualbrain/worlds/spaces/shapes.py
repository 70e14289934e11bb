"""Check that the shapes of a world's observations and actions are those of an agent."""

from __future__ import annotations

from typing import Any

from gymnasium import spaces
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.errors import UserError


def check_fit(agent: Any, venv: VecEnv) -> None:
    """Raise `UserError` where the observations or actions of a world are of other shapes than those an agent knows."""
    for what in ("observation", "action"):
        known = getattr(agent, f"{what}_space", None)
        given = getattr(venv, f"{what}_space")
        if known is not None and _shape(known) != _shape(given):
            raise UserError(f"this world does not fit the brain: its {what}s are {given}, those it knows are {known}")


def _shape(space: spaces.Space[Any]) -> Any:
    """Return what must be the same, whichever side the channels of an image are on."""
    if isinstance(space, spaces.Dict):
        return {key: _shape(part) for key, part in space.spaces.items()}
    if isinstance(space, spaces.Discrete):
        return int(space.n)
    if isinstance(space, spaces.MultiDiscrete):
        return space.nvec.tolist()
    return sorted(space.shape or ())

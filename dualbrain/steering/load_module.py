"""Load reward modules by name."""

from __future__ import annotations

from typing import Any

from dualbrain.errors import UserError
from dualbrain.registry import MODULES, load
from dualbrain.steering.reward_module import RewardModule


def load_module(name: str) -> Any:
    """Return the reward module (a class of drives, or one drive) registered as ``name``, or at a dotted path.

    Raises `UserError` for what is none, and calls nothing to find out.
    """
    found = load(MODULES, "module", name)
    if not (isinstance(found, RewardModule) or (isinstance(found, type) and issubclass(found, RewardModule))):
        raise UserError(
            f"{name} is no reward module: a reward module must be a RewardModule, not {type(found).__name__}"
        )
    return found

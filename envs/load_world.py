"""Load the declaration of a world by its registered name."""

from __future__ import annotations

import importlib
from typing import Any

from dualbrain.errors import UserError
from dualbrain.worlds.options import check_options
from envs.engine.world import World


def load_declaration(world: World | str, **parameters: Any) -> World:
    """Return the world, or what the function named ``"package.module:function"`` declares with these parameters."""
    if isinstance(world, World):
        if parameters:
            raise UserError(f"world '{world.name}' is declared already: it takes no {', '.join(parameters)}")
        return world
    module, _, function = world.partition(":")
    declare = getattr(importlib.import_module(module), function)
    check_options(parameters, declare, f"world {world}")
    result: World = declare(**parameters)
    return result

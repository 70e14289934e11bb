"""Describe the steering subsystem and the world of a run as a card of text."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable

from stable_baselines3.common.vec_env import VecEnv

from dualbrain.heads.options import AssessorOptions
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.vec_env.attributes import offers, world_id


def card(steering: SteeringSubsystem, options: AssessorOptions | None = None, world: str = "") -> str:
    """Return the steering subsystem's table, its equations and what is ablated, as fixed-width Markdown."""
    cut = options.ablations if options else ()
    lines = [*str(steering).splitlines(), "", *equations(steering)]
    lines += [f"ablated: {', '.join(cut)}"] if cut else []
    lines += ["", world] if world else []
    return "\n".join(f"    {line}" for line in lines)


def equations(steering: SteeringSubsystem) -> Iterable[str]:
    """Yield a line per module: its equation, and the parameters that it goes by."""
    width = max(map(len, steering.modules), default=0)
    for name, module in steering.modules.items():
        given = ", ".join(f"{key} {_brief(value)}" for key, value in module.parameters.items())
        yield f"{name:{width}}  {equation(type(module)) or '(no equation given)'}{f'   with {given}' if given else ''}"


def _brief(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else f"{value}"


def equation(cls: type) -> str:
    """Return the first thing in a drive's docstring that is set as code and more than a name.

    >>> class Sweet:
    ...     '''Taste: reads ``sugar``; it is worth ``2 * sugar`` (Candy, 1999, Sweets 1:1).'''
    >>> equation(Sweet)
    '2 * sugar'
    """
    found = [" ".join(code.split()) for code in re.findall(r"``(.*?)``", inspect.getdoc(cls) or "", re.DOTALL)]
    return next((code for code in found if " " in code), "")


def name_of(venv: VecEnv) -> str:
    """Return the id of a world, or what its class is called."""
    return world_id(venv) or type(venv.unwrapped).__name__


def describe(venv: VecEnv) -> str:
    """Return a line about a world: its name, how many agents, whether it has a map."""
    mapped = offers(venv, "state_map")
    about = "it has a map" if mapped else "it has no map, so there are no value maps"
    return f"world: {name_of(venv)}, {venv.num_envs} parallel agent{'s' * (venv.num_envs != 1)}; {about}"

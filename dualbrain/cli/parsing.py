"""Parse drives (``hunger,flinch:2``) and settings (``key:value``) from the command line."""

from __future__ import annotations

import argparse
import ast
import contextlib
import warnings
from collections.abc import Iterable
from typing import Any

from dualbrain.errors import UserError, unknown
from dualbrain.registry import modules
from dualbrain.steering.load_module import load_module
from dualbrain.steering.reward_module import module_name, name_of_class
from dualbrain.structured.literals import MALFORMED, parse
from dualbrain.structured.tables import merge

ABLATIONS: dict[str, dict[str, Any]] = {
    "wire": {"cut_wire": True},
    "gate": {"assessors": {"unlearn": 1.0}},
    "worth": {"freeze_worth": True},
}
"""What can be cut out, besides heads, and the setting that does it."""
SPECIAL = ("nan", "inf", "-inf")
"""Numbers that Python has no literal for."""


def parse_modules(text: str) -> dict[str, dict[str, Any]]:
    """Read drives with optional weights, as the tables ``[modules.NAME]`` of a configuration.

    >>> parse_modules("hunger,flinch:2")
    {'hunger': {'module': 'hunger', 'weight': 1.0}, 'flinch': {'module': 'flinch', 'weight': 2.0}}
    """
    tables: dict[str, dict[str, Any]] = {}
    if text and not text.strip(" ,"):
        raise UserError(f"'{text}' names no drive: write some, as in hunger:5,flinch")
    for part in filter(None, map(str.strip, text.split(","))):
        module, weight = _weighted(part)
        name = _name(module)
        if name in tables:
            raise UserError(f"module '{name}' is named twice in '{text}'")
        tables[name] = {"module": module, "weight": weight}
    return tables


def drives(text: str) -> str:
    """Return drives as they were written, as argparse's ``type``; refuse those that a space has cut in two."""
    if text.rstrip().endswith(","):
        raise argparse.ArgumentTypeError(f"must be written without spaces, as in hunger:5,flinch, not '{text}'")
    return text


def parse_settings(pairs: Iterable[str] | None) -> dict[str, Any]:
    """Read ``key:value`` pairs; values are Python literals, ``dict(...)`` as in rl-zoo3, or else text.

    >>> parse_settings(["size:8", "learning_rate:3e-4", "mode:hard", "walls:true"])
    {'size': 8, 'learning_rate': 0.0003, 'mode': 'hard', 'walls': True}
    >>> parse_settings(["policy_kwargs:dict(net_arch=[64], activation_fn=nn.ReLU)"])
    {'policy_kwargs': {'net_arch': [64], 'activation_fn': 'nn.ReLU'}}
    """
    settings = {}
    for pair in pairs or ():
        key, colon, value = pair.partition(":")
        if not (key and colon):
            raise UserError(f"'{pair}' is no setting: write key:value")
        settings[key] = _literal(value)
    return settings


def parse_ablations(given: Iterable[str] | None) -> dict[str, Any]:
    """Read what is to be cut out, as tables of a configuration.

    >>> parse_ablations(["wire", "gate", "head:flinch.flinch"])
    {'cut_wire': True, 'assessors': {'unlearn': 1.0, 'ablated_heads': ['flinch.flinch']}}
    """
    tables: dict[str, Any] = {}
    for what in given or ():
        kind, colon, signal = what.partition(":")
        if kind == "head" and signal:
            ablated = tables.get("assessors", {}).get("ablated_heads", [])
            tables = merge(tables, {"assessors": {"ablated_heads": [*ablated, signal]}})
        elif colon or what not in ABLATIONS:
            raise unknown("ablation", what, [*ABLATIONS, "head:SIGNAL"])
        else:
            tables = merge(tables, ABLATIONS[what])
    return tables


def _weighted(part: str) -> tuple[str, float]:
    module, colon, weight = part.rpartition(":")
    try:
        return (module, float(weight)) if colon else (part, 1.0)
    except ValueError as error:
        if module in modules():
            raise UserError(f"'{weight}' is no weight of module '{module}': write a number") from error
        return part, 1.0


def _name(module: str) -> str:
    found = load_module(module)
    if ":" not in module:
        return module
    return name_of_class(found) if isinstance(found, type) else module_name(found)


def _literal(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    if text in SPECIAL:
        return float(text)
    with warnings.catch_warnings(action="ignore", category=SyntaxWarning), contextlib.suppress(*MALFORMED):
        return ast.literal_eval(text)
    if text.startswith("dict("):
        return parse(text)
    with contextlib.suppress(UserError):
        return parse(text) if text.startswith(("{", "[", "(")) else text
    return text

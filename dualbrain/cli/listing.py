"""List what there is to build from: envs, modules, senses, agents, cortices, observers, experiments."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from dualbrain.errors import UserError
from dualbrain.registry import agents, cortices, experiments, modules, observers
from dualbrain.steering.load_module import load_module
from dualbrain.worlds.adapter import example_worlds
from dualbrain.worlds.ids import find_spec
from dualbrain.worlds.options import declaration_of, options_of
from dualbrain.worlds.sense_catalogue import (
    Entry,
    brief,
    collect,
    native_senses,
    native_worlds,
    offered_by_all,
    senses_read,
    span,
)
from dualbrain.worlds.single_env import senses_of

Rows = tuple[list[str], list[list[str]]]
"""Column headings, and rows."""


def run(args: argparse.Namespace) -> int:
    """Print one table."""
    if args.env and args.kind not in ("envs", "senses"):
        raise UserError(f"'{args.kind}' takes no world: {args.env}")
    headings, rows = LISTS[args.kind](args.env)
    if not rows:
        print(f"{args.env} takes no options" if args.env else f"no {args.kind} are registered yet")
        return 0
    table = Table(*(Column(heading, overflow="fold") for heading in headings))
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)
    return 0


def list_modules(_: str | None) -> Rows:
    """List every registered drive with its signals and senses, or the reason why it cannot be loaded."""
    return ["module", "emits", "reads", ""], [[name, *_describe(name)] for name in modules()]


def _describe(name: str) -> list[str]:
    try:
        cls = load_module(name)
    except UserError as error:
        return ["", "", f"broken: {error}"]
    return [", ".join(signal.name for signal in cls.emits), ", ".join(senses_read(cls)), _summary(cls)]


def _summary(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0].replace("``", "").replace("`", "")


def list_envs(env: str | None) -> Rows:
    """List native worlds with options and senses, some of other packages, or the options of one world."""
    if env:
        find_spec(env)
        options = options_of(declaration_of(env)).values()
        return ["option", "default", "meaning"], [[each.name, repr(each.default), each.meaning] for each in options]
    rows = [*map(_world, native_worlds()), *map(_adapted, *zip(*example_worlds().items(), strict=True))]
    return ["world", "options", "senses"], [*rows, ["any Gymnasium id", "", ", ".join(offered_by_all())]]


def _world(name: str) -> list[str]:
    declare = declaration_of(name)
    options = [f"{option.name}={option.default!r}" for option in options_of(declare).values()]
    return [f"{name}\n{summary_of(declare)}", ", ".join(options), ", ".join(senses_of(name))]


def _adapted(name: str, missing: str) -> list[str]:
    return [name, "", missing or ", ".join(senses_of(name))]


def summary_of(declare: Any) -> str:
    """Return what a world is, in the first line of what its declaring function says of itself.

    >>> def meadow():
    ...     '''Declare the world: an open meadow.'''
    >>> summary_of(meadow)
    'an open meadow'
    """
    return _summary(declare).removeprefix("Declare the world: ").removesuffix(".")


def list_senses(env: str | None) -> Rows:
    """List the senses of one world, or of all native ones."""
    anywhere: dict[str, Entry] = collect({"any": offered_by_all().values()})
    entries = {**anywhere, **(collect({env: senses_of(env).values()}) if env else native_senses())}
    rows = [[entry.sense.name, span(entry.sense), entry.sense.unit, entry.sense.meaning] for entry in entries.values()]
    users = [[", ".join(entry.drives), ", ".join(map(brief, entry.worlds))] for entry in entries.values()]
    headings = ["sense", "range", "unit", "meaning", "read by", "worlds"]
    return headings, [[*row, *user] for row, user in zip(rows, users, strict=True)]


def list_agents(_: str | None) -> Rows:
    """List every registered learning algorithm."""
    return ["agent", "class"], [[name, path] for name, path in agents().items()]


def list_cortices(_: str | None) -> Rows:
    """Every registered cortex, which ``-params cortex:NAME`` chooses."""
    return ["cortex", "class"], [[name, path] for name, path in cortices().items()]


def list_observers(_: str | None) -> Rows:
    """Every registered observer, which ``--observers NAME`` adds to a run."""
    return ["observer", "class"], [[name, path] for name, path in observers().items()]


def list_experiments(_: str | None) -> Rows:
    """List every registered experiment; ``dualbrain lab list`` shows details."""
    return ["experiment", "object"], [[name, path] for name, path in experiments().items()]


LISTS: dict[str, Callable[[str | None], Rows]] = {
    "envs": list_envs,
    "modules": list_modules,
    "senses": list_senses,
    "agents": list_agents,
    "cortices": list_cortices,
    "observers": list_observers,
    "experiments": list_experiments,
}

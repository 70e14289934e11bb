"""List what there is to build from: envs, modules, senses, agents, experiments."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import gymnasium

from dualbrain.errors import UserError
from dualbrain.module import RewardModule
from dualbrain.registry import WORLDS, agents, load_module, modules, names, register_worlds
from dualbrain.senses import EXTRINSIC_REWARD, VISITS, Sense, by_name

EXPERIMENTS = "dualbrain.experiments"
Rows = tuple[list[str], list[list[str]]]
"""Column headings, and rows."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("kind", choices=LISTS, metavar="{" + ",".join(LISTS) + "}", help="what to list")
    parser.add_argument("env", nargs="?", metavar="ENV", help="for senses: those of this world")


def run(args: argparse.Namespace) -> int:
    """Print one table."""
    from rich.console import Console
    from rich.table import Column, Table

    if args.env and args.kind != "senses":
        raise UserError(f"'{args.kind}' takes no world: {args.env}")
    headings, rows = LISTS[args.kind](args.env)
    if not rows:
        print(f"no {args.kind} are registered yet")
        return 0
    table = Table(*(Column(heading, overflow="fold") for heading in headings))
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    return 0


def list_modules(_: str | None) -> Rows:
    """Every registered drive: what it emits and which senses it reads; one that cannot be loaded says why."""
    return ["module", "emits", "reads", ""], [[name, *_describe(name)] for name in modules()]


def _describe(name: str) -> list[str]:
    try:
        cls = load_module(name)
    except UserError as error:
        return ["", "", f"broken: {error}"]
    return [", ".join(signal.name for signal in cls.emits), ", ".join(_reads(cls)), _summary(cls)]


def _reads(cls: type[RewardModule]) -> list[str]:
    methods = [method for method in (cls.truth, cls.worth, cls.reflex) if method]
    return list(dict.fromkeys(sense for method in methods for sense in list(inspect.signature(method).parameters)[1:]))


def _summary(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0].replace("``", "").replace("`", "")


def native_worlds() -> list[str]:
    """Return the ids that the registered world packages registered with Gymnasium."""
    register_worlds()
    packages = {path.partition(".")[0] for path in names(WORLDS).values()}
    return [name for name, spec in gymnasium.registry.items() if str(spec.entry_point).partition(".")[0] in packages]


def list_envs(_: str | None) -> Rows:
    """Every native world; any other Gymnasium id works too."""
    rows = []
    for name in native_worlds():
        env = gymnasium.make(name)
        rows.append([name, str(env.action_space), str(env.observation_space), ", ".join(senses_of(name))])
    rows.append(["any Gymnasium id", "", "", ", ".join(offered_by_all())])
    return ["world", "actions", "observations", "senses"], rows


def list_senses(env: str | None) -> Rows:
    """Every sense of one world, or of all native ones."""
    offers = {name: senses_of(name) for name in ([env] if env else native_worlds())}
    every = {**offered_by_all(), **{name: sense for senses in offers.values() for name, sense in senses.items()}}
    where = {name: ", ".join(world for world, senses in offers.items() if name in senses) for name in every}
    rows = [[name, f"{sense.low:g} to {sense.high:g}", sense.unit, sense.meaning] for name, sense in every.items()]
    return ["sense", "range", "unit", "meaning", "worlds"], [[*row, where[row[0]] or "any"] for row in rows]


def senses_of(env: str) -> Mapping[str, Sense]:
    """Return the senses that a world declares; raises `UserError` for an unknown id."""
    if env not in gymnasium.registry:
        from dualbrain.environments import find_spec

        find_spec(env)
    senses: Mapping[str, Sense] = getattr(gymnasium.make(env).unwrapped, "senses", {})
    return senses


def offered_by_all() -> dict[str, Sense]:
    """Return the senses that every environment has."""
    return by_name([EXTRINSIC_REWARD, VISITS])


def list_agents(_: str | None) -> Rows:
    """Every registered learning algorithm."""
    return ["agent", "class"], [[name, path] for name, path in agents().items()]


def list_experiments(_: str | None) -> Rows:
    """Every registered experiment."""
    return ["experiment", "protocol"], [[name, path] for name, path in names(EXPERIMENTS).items()]


LISTS: dict[str, Callable[[str | None], Rows]] = {
    "envs": list_envs,
    "modules": list_modules,
    "senses": list_senses,
    "agents": list_agents,
    "experiments": list_experiments,
}

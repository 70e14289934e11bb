"""The catalogue of senses: which worlds offer and which drives read each, with one meaning per name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import gymnasium

from dualbrain.errors import UserError
from dualbrain.registry import modules, register_worlds, world_packages
from dualbrain.steering.load_module import load_module
from dualbrain.steering.reward_module import RewardModule
from dualbrain.steering.sense import EXTRINSIC_REWARD, VISITS, Sense, by_name
from dualbrain.worlds.adapter import is_adapted
from dualbrain.worlds.options import variants_of
from dualbrain.worlds.single_env import senses_of

BY_OPTION = " (by option)"
"""Follows the id of a world that offers a sense under some of its options only."""


@dataclass(frozen=True)
class Entry:
    """One sense, with the worlds that offer it and the drives that read it."""

    sense: Sense
    worlds: tuple[str, ...]
    """Ids of those that offer it."""
    drives: tuple[str, ...] = field(default=())
    """Names of those that read it."""


def native_worlds() -> list[str]:
    """Return the ids that the registered world packages registered with Gymnasium."""
    register_worlds()
    packages = {path.partition(".")[0] for path in world_packages()}
    own = [name for name, spec in gymnasium.registry.items() if str(spec.entry_point).partition(".")[0] in packages]
    return [name for name in own if not is_adapted(name)]


def native_senses() -> dict[str, Entry]:
    """Return every sense of every native world, under all of its variants.

    Raises `UserError` where one name means two things.
    """
    offers: dict[str, Iterable[Sense]] = {}
    for world in native_worlds():
        always = senses_of(world)
        variants = [sense for options in variants_of(world) for sense in senses_of(world, options).values()]
        offers[world] = always.values()
        offers[world + BY_OPTION] = [sense for sense in variants if sense.name not in always]
    return collect(offers)


def offered_by_all() -> dict[str, Sense]:
    """Return the senses that every environment has."""
    return by_name([EXTRINSIC_REWARD, VISITS])


def collect(offers: Mapping[str, Iterable[Sense]]) -> dict[str, Entry]:
    """Index senses by name; ``offers`` holds those of each world.

    Raises `UserError` where one name means two things.

    >>> collect({"Here": [Sense("salt", 0, 1)], "There": [Sense("salt", 0, 2)]})
    Traceback (most recent call last):
    dualbrain.errors.UserError: sense 'salt' is 0 to 2 [] '' in There, but 0 to 1 [] '' in Here
    """
    entries: dict[str, Entry] = {}
    drives = read_by()
    for world, senses in offers.items():
        for sense in senses:
            entry = entries.setdefault(sense.name, Entry(sense, (), tuple(drives.get(sense.name, ()))))
            if sense != entry.sense:
                there = f"{_gist(sense)} in {world}, but {_gist(entry.sense)} in {entry.worlds[0]}"
                raise UserError(f"sense '{sense.name}' is {there}")
            if world not in entry.worlds:
                entries[sense.name] = replace(entry, worlds=(*entry.worlds, world))
    return entries


def senses_read(cls: type[RewardModule]) -> list[str]:
    """Return the senses that a drive reads."""
    methods = [method for method in (cls.truth, cls.worth, cls.reflex) if method]
    return list(dict.fromkeys(sense for method in methods for sense in list(inspect.signature(method).parameters)[1:]))


def read_by() -> dict[str, list[str]]:
    """Return the registered drives that read each sense, by its name; drives that cannot be loaded are left out."""
    found: dict[str, list[str]] = {}
    for name in modules():
        try:
            wanted = senses_read(load_module(name))
        except UserError:
            continue
        for sense in wanted:
            found.setdefault(sense, []).append(name)
    return found


def _gist(sense: Sense) -> str:
    return f"{span(sense)} [{sense.unit}] '{sense.meaning}'"


def brief(world: str) -> str:
    """Write the id of a world without its namespace and version.

    >>> brief("dualbrain/Forage-v0")
    'Forage'
    """
    return re.sub(r"^.*/|-v\d+(?=$| )", "", world)


def span(sense: Sense) -> str:
    """Write the range of a sense.

    >>> span(VISITS), span(EXTRINSIC_REWARD), span(Sense("salt", 0.0, 1.0))
    ('1 or more', 'any', '0 to 1')
    """
    if sense.low == -float("inf"):
        return "any" if sense.high == float("inf") else f"at most {sense.high:g}"
    return f"{sense.low:g} or more" if sense.high == float("inf") else f"{sense.low:g} to {sense.high:g}"

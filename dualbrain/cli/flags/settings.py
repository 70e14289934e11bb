"""Flags that are made of the fields of a run's configuration: `train` has them all, `compare` some.

A field whose type is plain is a flag, and what is written below it is the help: see `SPELLINGS` for what differs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import NoneType
from typing import Any, get_args

from dualbrain.cli.parsing import parse_settings
from dualbrain.runs.config import EvaluationConfig, RunConfig
from dualbrain.runs.recipes import WIDE
from dualbrain.structured.annotations import kinds_of
from dualbrain.structured.docstrings import meanings_of
from dualbrain.structured.ranges import INTERVAL, SAVE_EVERY, SECONDS, SEED, STEPS, Range
from dualbrain.structured.tables import merge

EVALUATION = "evaluation"
BY_OTHER_FLAGS = ("env", "assess")
"""Fields that the command line states in another way; so it does with all that a steering file may hold."""
METAVARS = {STEPS: "STEPS", INTERVAL: "STEPS", SECONDS: "SECONDS", SAVE_EVERY: "SECONDS", SEED: "SEED"}
"""What stands for a number of a range; N for one of any other."""
TABLE = dict[str, Any]


@dataclass(frozen=True)
class Spelling:
    """How a flag differs from what its field would make of it; "" and () where it does not."""

    names: tuple[str, ...] = ()
    metavar: str | None = None
    example: str = ""
    """Follows the meaning."""
    meaning: str = ""
    """Takes its place."""


SPELLINGS = {
    "total_timesteps": Spelling(("-n", "--n-timesteps")),
    "trained_agent": Spelling(
        ("-i", "--trained-agent"),
        "FILE",
        meaning="continue training of this model in a new run: a file, or a run folder, whose settings are used",
    ),
    "observers": Spelling(metavar="NAME"),
    "gym_packages": Spelling(metavar="PACKAGE"),
    "env_kwargs": Spelling(example="as in size:12"),
    "hyperparams": Spelling(("-params", "--hyperparams"), example="as in gamma:0.9 or cortex:cnn"),
    "evaluation.n_envs": Spelling(("--n-eval-envs",)),
}
"""Flags that differ, by field: names as in rl-zoo3, where it has them."""


@dataclass(frozen=True)
class Setting:
    """One field of a configuration as a flag."""

    path: tuple[str, ...]
    """Its name, after that of its table where it stands in one."""
    kind: Any
    """Its type, without ``None`` and without annotations."""
    range: Range | None
    default: Any
    meaning: str

    @property
    def spelling(self) -> Spelling:
        """How the flag differs from the field."""
        return SPELLINGS.get(".".join(self.path), Spelling())

    @property
    def names(self) -> tuple[str, ...]:
        """The flag, short and long."""
        own = "-".join(("eval", *self.path[1:]) if self.path[0] == EVALUATION else self.path)
        return self.spelling.names or (f"--{own.replace('_', '-')}",)

    @property
    def dest(self) -> str:
        """The name under which argparse keeps the value."""
        return self.names[-1].lstrip("-").replace("-", "_")

    @property
    def help(self) -> str:
        """What the flag means, which numbers it takes, and what holds where it is not given."""
        meaning, _, unset = self.meaning.rstrip(".").replace("``", "").partition("None: ")
        meaning = self.spelling.meaning or meaning[0].lower() + meaning[1:].rstrip(";. ")
        first, semicolon, rest = meaning.partition(";")
        details = str(self.range or ""), self.spelling.example
        said = ", ".join([first, *(each for each in details if each)])
        default = self._default(unset)
        return f"{said}{semicolon}{rest}{f' (default: {default})' if default else ''}".replace("%", "%%")

    def _default(self, unset: str) -> str:
        recipe = WIDE[EVALUATION] if self.path[0] == EVALUATION else WIDE
        if self.path[-1] in recipe:
            return "the world's recipe"
        if self.default is None or isinstance(self.default, (dict, tuple)):
            return unset
        return ("no", "yes")[self.default] if self.kind is bool else f"{self.default}".removesuffix(".0")

    @property
    def arguments(self) -> dict[str, Any]:
        """What argparse is given besides the names."""
        if self.kind is bool:
            return {"action": argparse.BooleanOptionalAction, "help": self.help}
        metavar = self.spelling.metavar
        if self.range:
            return {"type": self.range, "metavar": metavar or METAVARS.get(self.range, "N"), "help": self.help}
        if self.kind == TABLE:
            return {"nargs": "+", "action": "extend", "metavar": metavar or "KEY:VALUE", "help": self.help}
        return {**({"nargs": "+"} if self.kind is not str else {}), "metavar": metavar, "help": self.help}


@cache
def settings() -> tuple[Setting, ...]:
    """Return all flags of a run's configuration, those of its evaluations last."""
    return (*_settings(RunConfig, ()), *_settings(EvaluationConfig, (EVALUATION,)))


def add_settings(add: Callable[..., Any], only: Callable[[Setting], bool] = lambda _: True) -> None:
    """Declare those of the flags that are wanted."""
    for setting in filter(only, settings()):
        add(*setting.names, **setting.arguments)


def stated(args: argparse.Namespace) -> dict[str, Any]:
    """Return what the flags state, as tables of a configuration; what was not given is left out."""
    tables: dict[str, Any] = {}
    for setting in settings():
        value = getattr(args, setting.dest)
        if value is not None:
            given = parse_settings(value) if setting.kind == TABLE else value
            for name in reversed(setting.path):
                given = {name: given}
            tables = merge(tables, given)
    return tables


def _settings(cls: Any, table: tuple[str, ...]) -> Iterator[Setting]:
    kinds, meanings = kinds_of(cls), meanings_of(cls)
    for each in fields(cls):
        kind, range_ = _plain(kinds[each.name])
        if kind in (int, float, str, bool, tuple[str, ...], TABLE) and each.name in meanings.keys() - BY_OTHER_FLAGS:
            default = each.default if each.default is not MISSING else {}
            yield Setting((*table, each.name), kind, range_, default, meanings[each.name])


def _plain(kind: Any) -> tuple[Any, Range | None]:
    """Return a type without ``None`` and annotations, and the range that was among these."""
    some = [part for part in get_args(kind) if part is not NoneType]
    if NoneType in get_args(kind) and len(some) == 1:
        kind = some[0]
    ranges = [part for part in getattr(kind, "__metadata__", ()) if isinstance(part, Range)]
    return (get_args(kind)[0], ranges[0]) if ranges else (kind, None)

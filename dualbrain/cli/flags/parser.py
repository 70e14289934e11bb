"""The parser of the whole command line: each command's flags, a file each."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from dualbrain import __version__
from dualbrain.cli.flags import board, compare, evaluate, export, lab, listing, train, watch
from dualbrain.errors import UserError, unknown
from dualbrain.spelling import nearest

COMMANDS = {
    "train": train,
    "eval": evaluate,
    "watch": watch,
    "compare": compare,
    "lab": lab,
    "export": export,
    "list": listing,
    "board": board,
}
"""Flags of each command; the module of the same name in `dualbrain.cli` does it."""


class _Parser(argparse.ArgumentParser):
    """Reports a mistake in one line, with the nearest valid choice."""

    def error(self, message: str) -> NoReturn:
        said = message.removeprefix("argument ").replace(": must be", " must be", 1)
        raise UserError(f"{said if ' must be ' in said else message} (see {self.prog} --help)")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Read arguments; those that are not known are refused by the command that they were given to."""
        known, left = super().parse_known_args(args, namespace)
        if left:
            match = nearest(left[0], self._option_string_actions) if left[0].startswith("--") else None
            hint = f": did you mean '{match}'?" if match else ""
            self.error(f"unrecognized arguments: {' '.join(left)}{hint}")
        return known, left

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        if "" in arg_strings and action.nargs != argparse.PARSER:  # as of a shell's variable that is not set
            raise argparse.ArgumentError(action, "must be something, not an empty text")
        values = super()._get_values(action, arg_strings)
        if action.nargs is None and values == []:  # what Python 3.11 makes of --flag=--
            raise argparse.ArgumentError(action, "expected one argument")
        return values

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            raise unknown(action.dest, value, action.choices)


def parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line."""
    whole = _Parser(
        "dualbrain",
        description="Train and inspect reinforcement learning agents whose reward comes from innate drives.",
    )
    whole.add_argument("--version", action="version", version=f"dualbrain {__version__}")
    whole.set_defaults(trust=False)  # of commands without that flag
    commands = whole.add_subparsers(dest="command", required=True, metavar="{" + ",".join(COMMANDS) + "}")
    for name, command in COMMANDS.items():
        summary = (command.__doc__ or "").partition("\n")[0]
        part = commands.add_parser(name, help=summary, description=summary)
        command.add_arguments(part)
    return whole

"""The command line: ``dualbrain train | eval | watch | ...``, a file each, with heavy imports inside of functions."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from dualbrain import __version__
from dualbrain.cli import board, compare, evaluate, export, lab, listing, train, watch
from dualbrain.cli.terminal import failure
from dualbrain.cli.terminal.output import unbreakable_output
from dualbrain.cli.terminal.warning_lines import warnings_in_lines
from dualbrain.errors import SaveError, UserError, unknown
from dualbrain.files.interrupts import exit_code, number_of, raising_interrupts
from dualbrain.files.trust import vouching
from dualbrain.origin import notes_of
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
FAILED, MISTAKE = 1, 2


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
    whole = _Parser("dualbrain", description="Train and look into brains that are steered by innate drives.")
    whole.add_argument("--version", action="version", version=f"dualbrain {__version__}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="{" + ",".join(COMMANDS) + "}")
    for name, command in COMMANDS.items():
        summary = (command.__doc__ or "").partition("\n")[0]
        part = commands.add_parser(name, help=summary, description=summary)
        command.add_arguments(part)
        part.set_defaults(run=command.run)
    return whole


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 2 after a mistake (reported in one line), or 128 + N after signal N: 130 after Ctrl-C.

    Other errors, in the user's own code or in ours, are printed with a traceback; then 1 is returned, as it is
    where a model could not be written.
    """
    _write_any_letter()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin while they wait ruin a busy machine
    os.environ.setdefault("SDL_NO_SIGNAL_HANDLERS", "1")  # else pygame keeps SIGTERM from the processes that we start
    with unbreakable_output(), raising_interrupts(ends_process=argv is None):
        return _run(argv)


def _run(argv: Sequence[str] | None) -> int:
    try:
        _find_own_modules()
        args = parser().parse_args(argv)
        args.argv = sys.argv[1:] if argv is None else list(argv)
        with warnings_in_lines(), vouching(getattr(args, "trust", False)):
            return int(args.run(args))
    except UserError as error:
        return _mistake(f"{error}{notes_of(error)}")
    except SaveError as error:
        print(f"dualbrain: error: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt as interrupt:
        print("dualbrain: interrupted", file=sys.stderr)
        return exit_code(number_of(interrupt))
    except Exception as error:  # noqa: BLE001  nothing may be lost, and what the user did not do is no mistake
        mistake = failure.mistake(error)
        if mistake:
            return _mistake(f"{mistake}{notes_of(error)}")
        failure.tell(error)
        return FAILED


def _mistake(text: str) -> int:
    print(f"dualbrain: error: {' '.join(text.split())}", file=sys.stderr)
    return MISTAKE


def _write_any_letter() -> None:
    """Replace letters that the terminal's encoding lacks, so that printing them raises no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _find_own_modules() -> None:
    """Allow imports from the current folder, as in ``my_drives:Curiosity``; installed packages come first."""
    try:
        here = str(Path.cwd())
    except FileNotFoundError as error:
        raise UserError("the current folder was removed: change into one that is there (cd)") from error
    if here not in sys.path:
        sys.path.append(here)

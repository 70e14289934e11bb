"""The command line: ``dualbrain train | eval | watch | ...``, a file each; heavy imports wait their turn."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from dualbrain import __version__
from dualbrain.cli import board, compare, evaluate, export, lab, listing, train, watch
from dualbrain.errors import UserError, unknown

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
MISTAKE, INTERRUPTED = 2, 130


class _Parser(argparse.ArgumentParser):
    """Tells a mistake as everything else does: one line, with the nearest valid choice."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message} (see {self.prog} --help)")

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
    """Run one command; return 0, 2 after a mistake (told in one line), or 130 after Ctrl-C."""
    _find_own_modules()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin while they wait ruin a busy machine
    try:
        args = parser().parse_args(argv)
        args.argv = sys.argv[1:] if argv is None else list(argv)
        return int(args.run(args))
    except UserError as error:
        print(f"dualbrain: error: {' '.join(str(error).split())}", file=sys.stderr)
        return MISTAKE
    except KeyboardInterrupt:
        print("dualbrain: interrupted", file=sys.stderr)
        return INTERRUPTED


def _find_own_modules() -> None:
    """Let ``my_drives:Curiosity`` be a file in the current folder; what is installed goes first."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)

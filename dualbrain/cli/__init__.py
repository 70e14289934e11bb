"""The command line: ``dualbrain train | eval | watch | ...``, a file each, imported when the command is given.

What each command takes is in `dualbrain.cli.flags`, which loads no torch.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from dualbrain.cli.flags.parser import COMMANDS, parser
from dualbrain.cli.terminal import failure
from dualbrain.cli.terminal.output import unbreakable_output
from dualbrain.cli.terminal.warning_lines import warnings_in_lines
from dualbrain.errors import SaveError, UserError
from dualbrain.files.interrupts import exit_code, number_of, raising_interrupts
from dualbrain.files.trust import vouching
from dualbrain.origin import notes_of

__all__ = ["main", "parser"]
FAILED, MISTAKE = 1, 2


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
        with warnings_in_lines(), vouching(args.trust):
            return _do(args)
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


def _do(args: Any) -> int:
    """Import what the command needs, and run it."""
    module = COMMANDS[args.command].__name__.rpartition(".")[2]
    return int(import_module(f"{__name__}.{module}").run(args))


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

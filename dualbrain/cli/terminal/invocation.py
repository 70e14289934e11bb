"""How to call this command again, so that a printed line can be copied as it stands."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

NAME = "dualbrain"


def show_command(console: Console, *words: str | Path) -> None:
    """Print, in bold, how to call this command with other words, so that a shell reads what is printed."""
    line = f"{called()} {shlex.join(map(str, words))}"
    console.print(line, style="bold", highlight=False, markup=False, soft_wrap=True)


def called() -> str:
    """Return ``dualbrain`` where the shell finds this very one, else the path by which it was called.

    Called neither way, it is a module of the Python that runs it.
    """
    script = Path(sys.argv[0])
    if script.name == NAME and script.is_file():
        found = shutil.which(NAME)
        return NAME if found and Path(found).resolve() == script.resolve() else shlex.quote(str(script))
    return f"{Path(sys.executable).name} -m {NAME}"

"""How to call this command again, so that a printed line can be copied as it stands."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

NAME = "dualbrain"


def called() -> str:
    """Return ``dualbrain`` where the shell finds this very one, else the path by which it was called.

    Called neither way, it is a module of the Python that runs it.
    """
    script = Path(sys.argv[0])
    if script.name == NAME and script.is_file():
        found = shutil.which(NAME)
        return NAME if found and Path(found).resolve() == script.resolve() else str(script)
    return f"{Path(sys.executable).name} -m {NAME}"

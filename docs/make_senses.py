"""Write ``docs/senses.md``: every sense, the worlds that offer it and the drives that read it, from their declarations.

What an adapter of foreign worlds declares is read from its source, so that the page does not depend on which of their
packages are installed. Run as ``python -m docs.make_senses``, or by ``make docs``.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dualbrain.files.text import read_text, write_text
from dualbrain.steering.sense import EXTRINSIC_REWARD, VISITS, Sense
from dualbrain.worlds.sense_catalogue import Entry, brief, native_senses, native_worlds, offered_by_all, read_by, span

HERE = Path(__file__).parent
PAGE = HERE / "senses.md"
ADAPTERS = HERE.parent / "envs" / "adapters"
KNOWN: dict[str, Any] = {"Sense": Sense, "EXTRINSIC_REWARD": EXTRINSIC_REWARD, "VISITS": VISITS, "math": math}
"""What a declaration of senses may name."""

OPENING = """\
# Senses

*Written by `make docs` from what worlds and drives declare; do not edit.*

A sense is a named innate measurement: a world offers it, drives read it by parameter name. A name means the same thing
in every native world. `dualbrain list senses` shows this table, `dualbrain list senses ID` what one world offers.
"""
ADAPTED = """
## Worlds of other packages

The adapters in `envs/adapters/` offer these senses, under the native names wherever a drive can read them.
"""
ANYWHERE = """
## Any environment

Every world offers these senses, unless it has one of the same name.
"""


def page() -> str:
    """Return the whole page."""
    parts = [OPENING, "\n## Native worlds\n\n", table(native_senses().values(), native_worlds())]
    if adapted := list(adapted_senses()):
        parts += [ADAPTED, "\n", table(adapted)]
    drives = read_by()
    anywhere = [Entry(sense, ("any",), tuple(drives.get(name, ()))) for name, sense in offered_by_all().items()]
    return "".join([*parts, ANYWHERE, "\n", table(anywhere)])


def table(entries: Iterable[Entry], everywhere: Iterable[str] = ()) -> str:
    """Lay out senses in Markdown; ``everywhere`` are the worlds that together are called all."""
    lines = ["| sense | range | unit | meaning | worlds | read by |", "|---|---|---|---|---|---|"]
    for entry in entries:
        sense = entry.sense
        worlds = "all" if {*entry.worlds} == {*everywhere} else ", ".join(map(brief, entry.worlds))
        drives = ", ".join(f"`{drive}`" for drive in entry.drives)
        lines.append(f"| `{sense.name}` | {span(sense)} | {sense.unit} | {sense.meaning} | {worlds} | {drives} |")
    return "\n".join(lines) + "\n"


def adapted_senses() -> Iterator[Entry]:
    """Yield what each adapter declares in ``SENSES``."""
    drives = read_by()
    for path in sorted(ADAPTERS.glob("*.py")):
        for sense in declared_in(read_text(path)):
            yield Entry(sense, (path.stem,), tuple(drives.get(sense.name, ())))


def declared_in(source: str) -> tuple[Sense, ...]:
    """Return the senses that a module's source declares in ``SENSES``, without importing it.

    >>> [sense.name for sense in declared_in('import crafter; SENSES = (Sense("ate", 0.0, 1.0),)')]
    ['ate']
    """
    known = dict(KNOWN)
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            try:
                known[name] = eval(compile(ast.Expression(node.value), name, "eval"), known)
            except NameError:  # made of what was imported
                if name == "SENSES":
                    raise
    return tuple(known.get("SENSES", ()))


def main() -> None:
    """Write the page."""
    write_text(PAGE, page())


if __name__ == "__main__":
    main()

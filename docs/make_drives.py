"""Write ``docs/drives.md``: every drive, what it reads and emits, its equation and its source, from its own words.

Run as ``python -m docs.make_drives``, or by ``make docs``.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import reward_modules
from dualbrain.files.text import write_text
from dualbrain.registry import modules
from dualbrain.steering.load_module import load_module
from dualbrain.steering.reward_module import RewardModule
from dualbrain.steering.signal import Signal
from dualbrain.structured.docstrings import meanings_of
from dualbrain.tensorboard import description as card
from dualbrain.worlds.sense_catalogue import senses_read

PAGE = Path(__file__).parent / "drives.md"
PACKAGE = reward_modules.__name__

OPENING = """\
# Drives

*Written by `make docs` from what drives declare and say of themselves; do not edit.*

A drive reads innate senses and emits signals, each with a value (truth) and a worth. Each drive is one short file in
`reward_modules/`. `dualbrain list modules` lists them with those of other packages. [Senses](senses.md) explains the
senses, [writing a drive](writing_a_drive.md) how to add a drive, and [drives at work](drives_at_work.md) measures the
effect of each on behaviour. Horizons are in steps.

"""
ANY_SENSE = """
## Drives over senses of your choice

Some drives read the sense that a parameter names: `Curiosity(sense="voice")` in Python, and
`curiosity_voice = { module = "curiosity", sense = "voice" }` in a [steering file](steering_files.md). These functions
return them as classes with that sense, whose dotted paths go wherever a drive is named, on the command line too, as in
`--modules reward_modules.homeostasis:energy_and_hydration:5`.
"""


def page() -> str:
    """Return the whole page."""
    drives = own_drives()
    makers = [maker for maker in map(reward_modules.__getattr__, reward_modules.MAKERS) if inspect.isroutine(maker)]
    parts = [OPENING, overview(drives), *(section(name, cls) for name, cls in drives.items())]
    return "".join([*parts, ANY_SENSE, *(f"\n### {maker.__name__}\n\n{said(maker)}\n" for maker in makers)])


def own_drives() -> dict[str, type[RewardModule]]:
    """Return the registered drives of this project, by name."""
    return {name: load_module(name) for name, path in modules().items() if path.startswith(f"{PACKAGE}.")}


def overview(drives: dict[str, type[RewardModule]]) -> str:
    """Lay out all drives in one table."""
    rows = [
        [
            f"[{name}](#{name})",
            listed(senses_read(cls)),
            listed(s.name for s in cls.emits),
            f"`{equation(cls)}`",
            source(cls),
        ]
        for name, cls in drives.items()
    ]
    return table(["drive", "senses", "signals", "equation", "source"], rows)


def section(name: str, cls: type[RewardModule]) -> str:
    """Return the section of one drive."""
    parts = [f"\n## {name}\n\n{motto(cls)}\n\n{said(cls)}\n\n"]
    parts.append(table(["signal", "range", "horizon", "defer"], [signal_row(name, s) for s in cls.emits]))
    facts = [[f"`{key}`", f"{value!r}", meaning] for key, value, meaning in parameters(cls)]
    if facts:
        parts += ["\n", table(["parameter", "default", "meaning"], facts)]
    if cls.reflex:
        parts.append(f"\nReflex: {inspect.getdoc(cls.reflex)}\n")
    return "".join(parts)


def motto(cls: type[RewardModule]) -> str:
    """Return the first line of a drive's file, without the name that it begins with."""
    line = inspect.getdoc(sys.modules[cls.__module__]) or ""
    text = line.partition(": ")[2] or line
    return f"*{text[:1].upper()}{text[1:]}*"


def signal_row(name: str, signal: Signal) -> list[str]:
    """Return what a signal declares."""
    span = "any" if not signal.bounded else f"{signal.low:g} to {signal.high:g}"
    return [f"`{name}.{signal.name}`", span, f"{signal.horizon}", f"{signal.defer:g}"]


def equation(cls: type[RewardModule]) -> str:
    """Return a drive's equation for a cell of a table."""
    return card.equation(cls).replace("|", r"\|")


def source(cls: type[RewardModule]) -> str:
    """Return what a drive's docstring cites: whatever is in brackets and has a year in it.

    >>> class Sour(RewardModule):
    ...     '''Taste (of acid): as lemons have it (citric: Scheele, 1784, Chem. Ann. 2:3; Lemon, 1990).'''
    >>> source(Sour)
    'Scheele, 1784, Chem. Ann. 2:3; Lemon, 1990'
    """
    found = re.findall(r"\(([^()]*\b1[789]\d\d\b[^()]*|[^()]*\b20\d\d\b[^()]*)\)", inspect.getdoc(cls) or "")
    return "; ".join(" ".join(each.split()).rpartition(": ")[2] for each in found)


def parameters(cls: type[RewardModule]) -> list[tuple[str, Any, str]]:
    """Return name, default and meaning of each parameter, the meaning as written below it."""
    meanings = meanings_of(cls)
    own = [field for field in fields(cls) if field.name != "name"]
    return [(field.name, field.default, markdown(meanings[field.name])) for field in own]


def said(thing: type[RewardModule] | Callable[..., Any]) -> str:
    """Return a docstring as Markdown."""
    return markdown(inspect.getdoc(thing) or "")


def markdown(text: str) -> str:
    """Return a docstring's markup as Markdown's.

    >>> markdown("``a`` of `B`")
    '`a` of `B`'
    """
    return text.replace("``", "`")


def listed(names: Iterable[str]) -> str:
    """Return names as code, with commas."""
    return ", ".join(f"`{name}`" for name in names)


def table(headings: list[str], rows: list[list[str]]) -> str:
    """Lay out a table in Markdown."""
    return "".join(f"| {' | '.join(row)} |\n" for row in [headings, ["---"] * len(headings), *rows])


def main() -> None:
    """Write the page."""
    write_text(PAGE, page())


if __name__ == "__main__":
    main()

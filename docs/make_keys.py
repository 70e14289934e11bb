"""Write the tables of keys in ``docs/inspect.md`` from `dualbrain.scalars.keys`.

Run as ``python -m docs.make_keys``, or by ``make docs``. What stands around the tables is written by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dualbrain.files.text import read_text, write_text
from dualbrain.scalars.keys import KEYS, SOCIETY, Key

PAGE = Path(__file__).parent / "inspect.md"
TABLES = {"| key | range | meaning |": KEYS, "| society's key | range | meaning |": SOCIETY}
"""Keys by the first line of their table."""


def page(text: str) -> str:
    """Return the page with each table written anew, in the place where it stands."""
    for heading, keys in TABLES.items():
        before, found, after = text.partition(f"{heading}\n")
        rest = after[after.index("\n\n") :]
        text = "".join([before, found, table(keys), rest])
    return text


def table(keys: Sequence[Key]) -> str:
    """Return the rows below a heading."""
    return "\n".join(["|---|---|---|", *map(row, keys)])


def row(key: Key) -> str:
    """Write one key with its range and meaning.

    >>> row(Key("world/reward", "score per step", "the world's own reward"))
    "| `world/reward` | score per step | the world's own reward |"
    """
    meaning = f"{'[0, 1] signals: ' * key.of_probabilities}{key.meaning}"
    return f"| `{key.pattern}` | {key.span} | {meaning} |" if meaning else f"| `{key.pattern}` | {key.span} | |"


if __name__ == "__main__":
    write_text(PAGE, page(read_text(PAGE)))

"""Suggest what invalid characters in a design may mean."""

from __future__ import annotations

import re
import unicodedata

from dualbrain.chamber.trials import SPELLED

BLOCKS = "blocks are separated by /, phases by |"
HOW_OFTEN = "how often is a number and a space, as in 20 A; how strong is written A*2"
FOLLOWS = "what follows is written >, as in A>US"
NO_BRACKETS = "there are no brackets: write every trial out"
HINTS = {
    **dict.fromkeys("\u2192\u21d2\u27f6\u279c\u2794=", FOLLOWS),
    **dict.fromkeys("-\u2013\u2014\u2212", f"{FOLLOWS}; a trial without an outcome needs no mark; numbers are above 0"),
    **dict.fromkeys("()[]{}", NO_BRACKETS),
    **dict.fromkeys(",;", BLOCKS),
    **dict.fromkeys("&", "what is there together is written A+B"),
    **dict.fromkeys("\u00d7\u00b7\u2022", HOW_OFTEN),
}
"""By character: how it is written here."""


def meant(rest: str) -> str:
    """Return what is wrong with a text that begins with what cannot be read, and how it is written, if that is known.

    >>> meant("20x A>US")
    "'20x' is no number: write 20 A for how often, A:5 for steps, A*0.5 for how strong"
    """
    number, capitals, name = (re.match(each, rest) for each in (r"\d[\w.]*|\.\d[\w.]*", SPELLED, r"[A-Za-z]\w*"))
    if number:
        return f"'{number[0]}' is no number: write 20 A for how often, A:5 for steps, A*0.5 for how strong"
    if capitals:
        apart, word = "+".join(capitals[0]), capitals[0].lower() if len(capitals[0]) > 3 else "tone"
        return f"'{capitals[0]}' is no stimulus: name it A, or {word}; the stimuli of these letters are {apart}"
    if name:
        return f"'{name[0]}' is no stimulus: write a capital, or a word in lower case, with + between two"
    hint = f": {HINTS[rest[0]]}" if rest[0] in HINTS else ""
    known = "" if rest[0].isascii() else f" ({unicodedata.name(rest[0], 'unnamed').lower()})"
    letters = ": letters are A to Z and a to z" if known and rest[0].isalpha() else ""
    return f"'{rest[0]}'{known} means nothing here{hint or letters}"

"""Parse designs written as strings, in the manner of conditioning software; errors point at the mistake.

A **design** is phases, separated by ``|``: ``"20 A:5>US | 20 AB:5>US | B:5?"``. A **phase** is blocks of trials,
separated by ``/``, in the order written or, after the word ``shuffled``, in one drawn for each animal. A **block** is a
trial and how often it comes. A **trial** is periods, separated by ``>``; of one that ends with ``?``, a probe, nothing
is learned. A **period** is what is there together and, after ``:``, for how many steps (else 1); ``_`` is a gap. What
is there are capitals (``AB`` are A and B), the outcome ``US``, and words in lower case, joined by ``+``: ``A+tone``;
``*`` gives the intensity of something: ``tone*2``, ``US*0.5``. `Design.describe` says in words what was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dualbrain.chamber.design import Design
from dualbrain.chamber.misread import BLOCKS, HOW_OFTEN, meant
from dualbrain.chamber.trials import GAP, SHUFFLED, SPELLED, Block, Element, Period, Phase, Trial
from dualbrain.errors import UserError, shortened

TOKEN = re.compile(
    r"\s*(?:(?P<name>US(?![a-z0-9])|(?!US|" + SPELLED + r")[A-Z](?![a-z0-9])|[a-z][a-z0-9_]*(?![A-Za-z0-9_]))"
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?![0-9a-z._]))|(?P<mark>[|/>:?+*_])|(?P<end>$))",
    re.ASCII,
)
RANDOM = ("shuffle", "random", "randomised", "randomized", "randomly", "mixed", "intermixed", "interleaved")
"""What other software calls an order that is drawn."""
BLANK = " \t\n\r\f\v"
MOST = 1_000_000
"""Times and steps that can be meant."""


class DesignError(UserError):
    """A design that cannot be read: says what was expected, and where."""

    def __init__(self, text: str, position: int, trouble: str):
        self.text, self.position = text, position
        line, column = text[:position].count("\n"), position - (text.rfind("\n", 0, position) + 1)
        shown = text.split("\n")[line]
        super().__init__(f"design, character {position + 1}: {trouble}\n  {shown}\n  {' ' * column}^")


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def design(text: str) -> Design:
    """Read a design; raises `DesignError`, with the position, and `UserError` for what is no text.

    >>> design("20 A>US / 20 AB>>US")
    Traceback (most recent call last):
    dualbrain.chamber.notation.DesignError: design, character 17: expected a stimulus, or _ for a gap, not '>'
      20 A>US / 20 AB>>US
                      ^
    """
    return _Reader(_checked(text, "a design", "20 A:5>US")).design()


def _checked(text: Any, what: str, example: str) -> str:
    if not isinstance(text, str):
        raise UserError(f"{what} is text, as in '{example}', not {type(text).__name__}: {shortened(repr(text))}")
    return text


def is_name(text: str) -> bool:
    """Return whether something of this name can be written in a design.

    >>> is_name("US"), is_name("tone"), is_name("Tone"), is_name("CS")
    (True, True, False, False)
    """
    match = TOKEN.fullmatch(text)
    return match is not None and match["name"] == text != SHUFFLED


def groups(text: str) -> dict[str, Design]:
    r"""Read a table of groups and their phases, a line for each: ``name: design``.

    >>> list(groups("blocked: 20 A>US | 20 AB>US\ncontrol: 20 C>US | 20 AB>US"))
    ['blocked', 'control']
    """
    found: dict[str, Design] = {}
    start = 0
    for line in _checked(text, "a table of groups", "blocked: 20 A>US | 20 AB>US").splitlines(keepends=True):
        name, colon, _ = line.partition(":")
        if not line.strip():
            start += len(line)
            continue
        if not colon or not name.strip() or name.strip() in found:
            raise DesignError(text, start, "expected the name of a group, once, and a colon")
        end = start + len(line.rstrip())
        found[name.strip()] = _Reader(text[:end], start + len(name) + 1, text).design()
        start += len(line)
    return found


class _Reader:
    """Reads one design from a text, looking one token ahead."""

    def __init__(self, text: str, start: int = 0, whole: str = ""):
        self.whole = whole or text
        self.tokens = self._tokens(text, start)
        self.next = next(self.tokens)

    def _tokens(self, text: str, position: int) -> Iterator[_Token]:
        while True:
            match = TOKEN.match(text, position)
            if match is None:
                position = len(text) - len(text[position:].lstrip(BLANK))
                raise DesignError(self.whole, position, meant(text[position:]))
            kind = str(match.lastgroup)
            yield _Token(kind, match[kind], match.start(kind))
            position = match.end()

    def _take(self) -> _Token:
        token = self.next
        if token.kind != "end":
            self.next = next(self.tokens)
        return token

    def _skip(self, mark: str) -> bool:
        """Read a mark, if it is next."""
        if self.next.text != mark or self.next.kind == "end":
            return False
        self._take()
        return True

    def _trouble(self, expected: str, token: _Token, hint: str = "") -> DesignError:
        found = f"'{token.text}'" if token.text else "the end"
        return DesignError(self.whole, token.position, f"expected {expected}, not {found}{hint and f' ({hint})'}")

    def design(self) -> Design:
        phases = [self._phase()]
        while self._skip("|"):
            phases.append(self._phase())
        if self.next.kind != "end":
            raise self._trouble("one of > / | ? or the end", self.next, _instead(self.next, phases[-1]))
        return Design(tuple(phases))

    def _phase(self) -> Phase:
        shuffled = self._skip(SHUFFLED)
        blocks = [self._block()]
        while self._skip("/"):
            blocks.append(self._block())
        return Phase(tuple(blocks), shuffled)

    def _block(self) -> Block:
        times = self._whole("how often") if self.next.kind == "number" else 1
        return Block(self._trial(), times)

    def _trial(self) -> Trial:
        periods = [self._period()]
        while self._skip(">"):
            periods.append(self._period())
        return Trial(tuple(periods), probe=self._skip("?"))

    def _period(self) -> Period:
        elements = () if self._skip(GAP) else self._compound()
        return Period(elements, self._whole("a number of steps") if self._skip(":") else 1)

    def _compound(self) -> tuple[Element, ...]:
        elements = [self._element()]
        while (joined := self._skip("+")) or (self.next.kind == "name" and self.next.text != SHUFFLED):
            given, hint = self.next, "A+, with an outcome, is written A>US" if joined else ""
            if not joined and not (elements[-1].name + given.text).isupper():
                raise DesignError(self.whole, given.position, _apart(elements[-1].name, given.text))
            elements.append(self._element(hint))
            if given.text in [element.name for element in elements[:-1]]:
                raise self._trouble("each stimulus once", given)
        return tuple(elements)

    def _element(self, hint: str = "") -> Element:
        token = self._take()
        if token.kind != "name" or token.text == SHUFFLED:
            instead = HOW_OFTEN if token.text == "*" else hint
            raise self._trouble("a stimulus, or _ for a gap", token, instead)
        return Element(token.text, self._strength() if self._skip("*") else 1.0)

    def _whole(self, expected: str) -> int:
        token = self._take()
        if not token.text.isdigit() or not 1 <= int(token.text[:9]) <= MOST or len(token.text) > 9:
            raise self._trouble(f"{expected}, from 1 to {MOST:,}", token)
        return int(token.text)

    def _strength(self) -> float:
        token = self._take()
        if token.kind != "number" or not 0.0 < float(token.text) <= MOST:
            raise self._trouble(f"a strength above 0, up to {MOST:,}", token)
        return float(token.text)


def _instead(token: _Token, phase: Phase) -> str:
    """Suggest the notation for a token that wrongly follows a trial of a phase; "" if unknown."""
    if token.text == "+":
        return "what overlaps is written in periods: AB:3>A:2"
    if token.kind == "name":
        return "what follows is written >, as in A:5>US"
    if token.kind == "number" and str(phase) in RANDOM:
        return f"the word for a drawn order is {SHUFFLED}"
    return BLOCKS if token.kind == "number" else ""


def _apart(one: str, other: str) -> str:
    """Suggest the notation for two names that follow one another."""
    times = "; how often a trial comes is a number and a space, as in 20 A" if one == "x" else ""
    return f"'{one}' and '{other}', if they are there together, are written {one}+{other}{times}"

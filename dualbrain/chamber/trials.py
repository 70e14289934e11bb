"""Trials of conditioning, and the phases they come in: stimuli, durations, numbers and order, printed as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

OUTCOME = "US"
"""The one name of two capitals."""
GAP = "_"
SHUFFLED = "shuffled"
SPELLED = "U?CS|TONE|LIGHT|NOISE|CLICK|BELL|BUZZ|SOUND|ODOR|ODOUR|CUE|CTX|FOOD|SHOCK|WATER|REWARD|PAIN|PUFF|ITI|NOUS"
"""Capitals that spell what other software calls a stimulus, an outcome or a gap: no stimuli of one letter each."""


@dataclass(frozen=True)
class Element:
    """One stimulus or outcome, and how strong it is."""

    name: str
    strength: float = 1.0

    def __str__(self) -> str:
        return self.name if self.strength == 1.0 else f"{self.name}*{written(self.strength)}"


@dataclass(frozen=True)
class Period:
    """Elements that are present together for some steps; none in a gap."""

    elements: tuple[Element, ...]
    steps: int = 1

    def __str__(self) -> str:
        names = list(map(str, self.elements))
        compound = "".join(names)
        if not is_plain(names):
            compound = "+".join(names)
        return (compound or GAP) + (f":{self.steps}" if self.steps != 1 else "")


@dataclass(frozen=True)
class Trial:
    """Periods, one after another; nothing is learned in a probe."""

    periods: tuple[Period, ...]
    probe: bool = False

    @property
    def steps(self) -> int:
        """How long it lasts."""
        return sum(period.steps for period in self.periods)

    @property
    def names(self) -> tuple[str, ...]:
        """What appears in it, in order."""
        return tuple(dict.fromkeys(element.name for period in self.periods for element in period.elements))

    def __str__(self) -> str:
        return ">".join(map(str, self.periods)) + "?" * self.probe


@dataclass(frozen=True)
class Block:
    """A trial, so many times."""

    trial: Trial
    times: int = 1

    def __str__(self) -> str:
        return f"{self.times} {self.trial}" if self.times != 1 else str(self.trial)


@dataclass(frozen=True)
class Phase:
    """Blocks of trials, as written or in an order drawn for each animal."""

    blocks: tuple[Block, ...]
    shuffled: bool = False

    def trials(self, rng: np.random.Generator) -> Iterator[Trial]:
        """Give its trials in order."""
        trials = [block.trial for block in self.blocks for _ in range(block.times)]
        order = rng.permutation(len(trials)) if self.shuffled else range(len(trials))
        return (trials[i] for i in order)

    def __str__(self) -> str:
        return f"{SHUFFLED} " * self.shuffled + " / ".join(map(str, self.blocks))


def is_plain(elements: list[str]) -> bool:
    """Return whether elements can be written without ``+`` between them: single capitals, that spell no word."""
    return all(re.fullmatch("[A-Z]", element) for element in elements) and not re.search(
        f"US|{SPELLED}", "".join(elements)
    )


def written(number: float) -> str:
    """Write a strength in plain decimals, so that it reads back as the same number.

    >>> written(0.5), written(1e-05)
    ('0.5', '0.00001')
    """
    return np.format_float_positional(number, trim="-")

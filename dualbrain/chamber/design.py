"""Designs of conditioning: stimuli, their durations, numbers of trials and order; printed as they are written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dualbrain.chamber.description import describe
from dualbrain.chamber.trials import OUTCOME, Phase


@dataclass(frozen=True)
class Design:
    """Phases, one after another: the treatment of one group of animals.

    >>> from dualbrain.chamber.notation import design
    >>> print(design("20 A : 4 > US | shuffled 10 AB>_:2>US*0.5 / 10 B?"))
    20 A:4>US | shuffled 10 AB>_:2>US*0.5 / 10 B?
    """

    phases: tuple[Phase, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.phases))

    def describe(self, outcomes: Collection[str] = (OUTCOME,)) -> str:
        """Return in plain words what was read; ``outcomes`` are names that an animal predicts, all others stimuli.

        Steps are counted from the beginning of a trial, from 0.

        >>> from dualbrain.chamber.notation import design
        >>> print(design("20 A:5>US").describe())
        phase 1: 20 trials, in this order
          20 trials of 6 steps: A from step 0 for 5 steps; US (outcome) from step 5 for 1 step
        stimuli: A; outcomes: US
        """
        return describe(self.phases, outcomes)

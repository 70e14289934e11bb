"""Declare an experiment: published results, a function that runs one seed, claims, and controls that must fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Samples = NDArray[np.float64]
Outcome = Mapping[str, Mapping[str, float | Sequence[float]]]
"""The outcome of one seed: numbers and curves, by condition and name."""
SeedResults = Mapping[str, Mapping[str, Samples]]
"""The outcomes of S seeds: numbers ``(S,)`` and curves ``(S, P)``, by condition and name."""
Drawing = Callable[["Axes", SeedResults], None]
"""Draws what was found."""

INTACT = "intact"
"""The condition of which the claims are made."""


@dataclass(frozen=True)
class Published:
    """A published result with which an experiment is compared."""

    finding: str
    """What was found, in a line, with its numbers where they were printed."""
    source: str
    """Authors, year, journal; figure or table where numbers are given."""
    second_hand: str = ""
    """Who transcribed the numbers; "" where none are given or they were read in the source."""


@dataclass(frozen=True)
class Claim:
    """A measure of one condition that must lie within bounds, on average over seeds unless said otherwise."""

    says: str
    measure: str
    at_least: float = -np.inf
    at_most: float = np.inf
    of: str = INTACT
    """Condition that is spoken of."""
    relative_to: str = ""
    """Condition by whose mean the mean is divided; "" for none."""
    share: float = 0.0
    """Share of the seeds that must each lie within the bounds; 0: their mean must."""
    surely: bool = False
    """The whole 95 % interval of the mean must lie within the bounds."""
    strictly: bool = False
    """The bounds themselves are not within them: ``at_least=0`` then means more than 0."""
    more_than: str = ""
    """Condition whose mean is taken off the mean; "" for none. A control that is it is not asked about the claim."""
    published: str = ""
    """What others found of this very measure, in their numbers; "" where none are given."""


@dataclass(frozen=True)
class Experiment:
    """An experiment that can be run and judged.

    It passes if all its claims hold of S seeds, and if under each of ``controls`` some claim about the
    subject, held against the control's own measures, does not.
    """

    name: str
    about: str
    """The question, in a line."""
    published: tuple[Published, ...]
    run: Callable[..., Outcome] | None
    """From a seed to its outcome, a function of a module; also takes ``steps`` where those are given."""
    claims: tuple[Claim, ...] = ()
    controls: tuple[str, ...] = ()
    """Conditions that must fail."""
    subject: str = INTACT
    """The condition whose claims the controls are held against."""
    figure: Drawing | None = None
    notes: str = ""
    """What else must be known to read the result."""
    steps: int = 0
    """Steps of training per brain; 0 for the chamber, where nothing is trained but assessors."""
    quick_steps: int = 0
    """Steps with which ``--quick`` only tries whether a seed can be made; then nothing is judged."""
    waits_for: str = ""
    """Part of the framework that is missing, which makes it pending."""
    derive: Callable[[SeedResults], SeedResults] | None = None
    """From outcomes to the measures of claims: measures computed from others, conditions by other names."""

    @property
    def in_chamber(self) -> bool:
        """Whether it takes place in the chamber, in seconds."""
        return not self.steps

    def outcome(self, seed: int, steps: int) -> Outcome:
        """Make one seed."""
        assert self.run is not None
        return self.run(seed) if self.in_chamber else self.run(seed, steps)

    def found(self, made: Sequence[Outcome]) -> SeedResults:
        """Stack the outcomes of seeds, with all derived measures."""
        raw = together(made)
        return self.derive(raw) if self.derive else raw


def together(made: Sequence[Outcome]) -> SeedResults:
    """Stack the outcomes of single seeds.

    >>> together([{"intact": {"left": 1.0}}, {"intact": {"left": 0.5}}])
    {'intact': {'left': array([1. , 0.5])}}
    """
    return {
        condition: {name: np.array([one[condition][name] for one in made], np.float64) for name in measures}
        for condition, measures in made[0].items()
    }


def numbers(found: SeedResults) -> dict[str, dict[str, Samples]]:
    """Return the measures that are numbers, not curves."""
    return {name: {key: each for key, each in measures.items() if each.ndim == 1} for name, measures in found.items()}


def share(part: float, whole: float) -> float:
    """Return a part as a share of the whole; NaN, of which no claim holds, where there is no whole.

    >>> share(1.0, 4.0), share(1.0, 0.0)
    (0.25, nan)
    """
    return part / whole if whole else float("nan")


def ratio(one: Samples, other: Samples, axis: int = -1) -> Any:
    """Return the mean of one sample as a share of that of the other.

    >>> float(ratio(np.array([1.0, 2.0]), np.array([6.0])))
    0.25
    """
    return np.mean(one, axis=axis) / np.mean(other, axis=axis)

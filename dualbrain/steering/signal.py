"""What a reward module emits: a named quantity with a declared range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from dualbrain.errors import UserError

FURTHEST = 64
"""The most steps that a prediction may be read ahead."""


@dataclass(frozen=True)
class Signal:
    """A named quantity that a reward module emits once per step, and an assessor predicts.

    Raises `UserError` where the declaration contradicts itself.
    """

    name: str
    """Short name, unique in its module; the full name is ``module.signal``."""
    low: float = 0.0
    """Least value of the truth; may be ``-inf``."""
    high: float = 1.0
    """Greatest value of the truth; may be ``inf``."""
    horizon: int = 8
    """Reach of the short assessor, in steps; at least 1."""
    defer: float = 0.0
    """Share of the prediction that stands in for a missing truth in the reward, in [0, 1]."""
    gamma: float | None = None
    """Discount of the long assessor, in [0, 1]; None: the agent's ``gamma``."""
    gae_lambda: float | None = None
    """Trace decay of the long assessor, in [0, 1]; None: the agent's ``gae_lambda``."""
    cap: float | None = None
    """Greatest magnitude that a thought may be paid for; None: ``max(|low|, |high|)``."""
    imagined: int = 0
    """Steps ahead, 0 to 64, at which the prediction is read that stands in for a missing truth: no action is chosen in
    them. 0 reads that of the present thought; more takes a cortex that is a world model."""

    def __post_init__(self) -> None:
        for problem, found in self._problems():
            if found:
                raise UserError(f"signal '{self.name}': {problem}")

    def _problems(self) -> list[tuple[str, bool]]:
        return [
            ("its name must be a plain identifier", not self.name.isidentifier()),
            (f"low must be less than high, not {self.low} and {self.high}", not self.low < self.high),
            (f"horizon must be at least 1 step, not {self.horizon}", not _is_count(self.horizon, least=1)),
            (
                f"imagined must be a whole number of steps from 0 to {FURTHEST}, not {self.imagined}",
                not _is_count(self.imagined, least=0) or self.imagined > FURTHEST,
            ),
            (f"defer must lie in [0, 1], not {self.defer}", not 0.0 <= self.defer <= 1.0),
            (f"gamma must lie in [0, 1], not {self.gamma}", not 0.0 <= (self.gamma or 0.0) <= 1.0),
            (f"gae_lambda must lie in [0, 1], not {self.gae_lambda}", not 0.0 <= (self.gae_lambda or 0.0) <= 1.0),
            (
                f"cap must be finite and > 0, not {self.cap}",
                self.cap is not None and not 0.0 < self.cap < math.inf,
            ),
            ("an infinite range needs an explicit cap if defer > 0", self.defer > 0 and math.isinf(self.reach)),
        ]

    @property
    def bounded(self) -> bool:
        """Whether both ends of the range are finite."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def is_probability(self) -> bool:
        """Whether the range is [0, 1], so that the short assessor answers "will it happen?"."""
        return self.low == 0.0 and self.high == 1.0

    @property
    def reach(self) -> float:
        """Greatest magnitude of a signal for the cap on predictions (``cap`` or the range's)."""
        return self.cap if self.cap is not None else max(abs(self.low), abs(self.high))


def ahead(steps: int) -> str:
    """Return in words how far ahead a prediction is read.

    >>> ahead(1), ahead(3)
    ('1 step ahead', '3 steps ahead')
    """
    return f"{steps} step{'s' * (steps != 1)} ahead"


def _is_count(steps: Any, least: int) -> bool:
    return not isinstance(steps, bool) and isinstance(steps, Integral) and int(steps) >= least

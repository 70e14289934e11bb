"""Homeostasis: a fall of the summed needs of the body is good."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dualbrain.errors import UserError
from dualbrain.steering.field_senses import check_names, made_by_name, reads_fields, with_fixed
from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


class _Emits:
    """The one signal, whose range follows from the number of needs and the exponents."""

    def __get__(self, drive: Homeostasis | None, cls: type[Homeostasis]) -> tuple[Signal, ...]:
        owner = drive or cls
        most = len(owner.needs) ** (1.0 / owner.m)
        return (Signal("relief", low=-most, high=most, horizon=5),)


@dataclass
class Homeostasis(RewardModule):
    """Drive reduction: ``relief = D_before - D, D = (sum_i |setpoint_i - level_i|**n) ** (1/m)``, worth 1.

    The reward of a body with many needs (Keramati & Gutkin, 2014, eLife 3:e04811): with n > m > 1 what is lacked most
    counts most, and the same meal is the less worth the fuller one is; too much is as bad as too little. Reads
    ``needs``; an episode's first step is unknown.
    """

    setpoints: tuple[float, ...] = (0.8,)
    """Levels that the body defends, in [0, 1]: one for all needs, or one for each."""
    m: float = 3.0
    """Exponent of the root, at least 1."""
    n: float = 4.0
    """Exponent of the lacks, at least 1."""
    needs: tuple[str, ...] = ("energy",)
    """Levels that it reads, shares of full in [0, 1]."""

    emits = _Emits()

    def __post_init__(self) -> None:
        check_names("needs", *self.needs)
        if len(self.setpoints) not in (1, len(self.needs)) or not all(0 <= goal <= 1 for goal in self.setpoints):
            raise UserError(f"setpoints must be one or {len(self.needs)} in [0, 1], not {self.setpoints}")
        if min(self.m, self.n) < 1:
            raise UserError(f"the exponents of a drive must be at least 1, not m = {self.m} and n = {self.n}")

    def bind(self, n: int) -> None:
        """Allocate the levels of the step before."""
        self.before = np.full(n, np.nan)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Forget how it was."""
        self.before[done] = np.nan

    @reads_fields
    def truth(self, *needs: Array) -> SignalValues:
        """Report how far the drive fell."""
        goals = np.array(self.setpoints)[:, None]
        drive = (np.abs(goals - np.stack(needs)) ** self.n).sum(axis=0) ** (1.0 / self.m)
        before, self.before = self.before, drive
        return {"relief": before - drive}


@cache
def homeostasis_of(*needs: str) -> type[Homeostasis]:
    """Return ``Homeostasis(needs=...)`` as a class.

    Its dotted path is ``reward_modules.homeostasis:energy_and_hydration`` for ``energy`` and ``hydration``, which the
    command line takes too.
    """
    return with_fixed(Homeostasis, "Homeostasis", "_and_".join(needs), needs=needs)


def _of_joined(names: str) -> type[Homeostasis]:
    return homeostasis_of(*names.split("_and_"))


__getattr__ = made_by_name(_of_joined, "Homeostasis", "homeostasis_of")

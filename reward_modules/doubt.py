"""Doubt: ask for help with what is least familiar, until asking about it has brought nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.reward_module import NO_REFLEX, Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal

REMEMBERED = 8
"""Kinds that an agent remembers to have asked about."""


@dataclass
class Doubt(RewardModule):
    """Social referencing: ``call = doubt >= threshold``, until ``tries`` calls about a kind brought nothing; worth 0.

    One-year-olds look to their mother before they step on what is neither safe nor dangerous to them (Sorce et al.,
    1985, Dev. Psychol. 21:195). A kind about which calls were in vain is left alone for ``patience`` steps; any other
    one is asked about at once. Reads ``doubt`` ([0, 1]) and ``doubted`` (number of the kind that is least familiar).
    """

    threshold: float = 0.99
    """Doubt from which on help is asked for: at most 1 of 100 views has .99 while the world stays as it is."""
    act: int = 6
    """Number of the action that asks for help: 6, ``call``, in Warehouse."""
    tries: int = 3
    """Calls about one kind in a row before it is given up."""
    patience: int = 100
    """Steps for which a kind is left alone then."""

    emits = (Signal("doubt", horizon=5),)

    def bind(self, n: int) -> None:
        """Begin without having asked about anything."""
        self.about, self.calls = np.full(n, -1.0, np.float32), np.zeros(n, np.int64)
        self.given_up, self.left = np.full((n, REMEMBERED), -1.0, np.float32), np.zeros((n, REMEMBERED), np.int64)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Clear what was asked in episodes that ended."""
        self.about[done], self.calls[done], self.given_up[done], self.left[done] = -1.0, 0, -1.0, 0

    def truth(self, doubt: Array, doubted: Array) -> SignalValues:
        """Report the doubt; count the calls about a kind in a row, and give it up after enough of them."""
        self.left = np.maximum(self.left - 1, 0)
        again = np.where(doubted == self.about, self.calls + 1, 1)
        self.calls, self.about = np.where(self._asks(doubt, doubted), again, 0), doubted.copy()
        vain = np.flatnonzero(self.calls > self.tries)
        oldest = self.left[vain].argmin(1)
        self.given_up[vain, oldest], self.left[vain, oldest] = doubted[vain], self.patience
        return {"doubt": doubt}

    def worth(self) -> SignalValues:
        """Return a worth of 0: the drive has a reflex only."""
        return {"doubt": 0.0}

    def reflex(self, doubt: Array, doubted: Array) -> Array:
        """Return the act that asks for help where something is doubted that is not given up."""
        return np.where(self._asks(doubt, doubted), self.act, NO_REFLEX).astype(np.int64)

    def _asks(self, doubt: Array, doubted: Array) -> NDArray[np.bool_]:
        left_alone = ((self.given_up == doubted[:, None]) & (self.left > 0)).any(1)
        asks: NDArray[np.bool_] = (doubt >= self.threshold) & ~left_alone
        return asks

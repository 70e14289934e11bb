"""Play: a round of play is good in proportion to the lack of fun."""

from __future__ import annotations

from dataclasses import dataclass

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Play(RewardModule):
    """Social play: one round is worth ``(setpoint - fun) / setpoint``.

    Young rats kept from play make up for it, and those that have had their fill stop (Panksepp & Beatty, 1980,
    Behav. Neural Biol. 30:197). Reads ``played`` (1 if a playmate was caught) and ``fun`` (share of full, [0, 1]).
    """

    setpoint: float = 0.8
    """Fun at which a game is worth nothing, in (0, 1]."""

    emits = (Signal("play", horizon=10),)

    def truth(self, played: Array) -> SignalValues:
        """Report the game."""
        return {"play": played}

    def worth(self, fun: Array) -> SignalValues:
        """Return the worth by the lack of fun: in [1 - 1/setpoint, 1]."""
        return {"play": 1.0 - fun / self.setpoint}

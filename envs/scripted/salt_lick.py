"""The expert of SaltLick: presses the lever that its body needs."""

from __future__ import annotations

from typing import ClassVar

from envs.scripted.forager import Forager


class LeverPresser(Forager):
    """Presses for sugar water when hungry, and for salt water only when its body lacks sodium."""

    food: ClassVar = {"energy": "sugar lever", "sodium": "salt lever"}
    enough: ClassVar = {"energy": 0.65, "sodium": 0.3}

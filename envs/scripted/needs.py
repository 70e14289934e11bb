"""The expert of Needs: restores the lowest of its levels."""

from __future__ import annotations

from typing import ClassVar

from envs.scripted.forager import Forager


class Provider(Forager):
    """Goes for what the lowest of its levels asks for, of what is in sight."""

    food: ClassVar = {
        "energy": "berry",
        "hydration": "water",
        "sodium": "salt",
        "iron": "iron rock",
        "calcium": "milk jug",
        "vitamins": "herbs",
    }
    enough: ClassVar = dict.fromkeys(food, 0.65)

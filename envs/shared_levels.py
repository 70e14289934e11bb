"""Levels of the body and tastes that several worlds share, so that a name means the same in all of them.

A world says what is its own: ``replace(ENERGY, drain=0.006, lethal=True)``.
"""

from __future__ import annotations

from dualbrain.steering.sense import Sense
from envs.engine.declarations import Level

ENERGY = Level("energy", colour=(232, 142, 62), meaning="food in the body")
HYDRATION = Level("hydration", colour=(74, 150, 222), meaning="water in the body")
SODIUM = Level("sodium", colour=(214, 206, 232), meaning="salt in the body")
STAMINA = Level("stamina", colour=(120, 190, 96), meaning="rest in the limbs")

ATE = Sense("ate", 0.0, 1.0, "event", "1 if food was consumed")
DRANK = Sense("drank", 0.0, 1.0, "event", "1 if water was consumed")
TASTED_SALT = Sense("tasted_salt", 0.0, 1.0, "event", "1 if salt touched the tongue")
TASTED_SUGAR = Sense("tasted_sugar", 0.0, 1.0, "event", "1 if sugar touched the tongue")

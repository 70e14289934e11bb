"""The actions of a native world: `Discrete(6)`."""

from __future__ import annotations

REST, NORTH, EAST, SOUTH, WEST, CONSUME = range(6)
"""The actions: stay, walk one cell, or consume what is on this cell."""

ACTION_NAMES = ("rest", "north", "east", "south", "west", "consume")
"""Names of the actions, by number."""

STEPS = ((0, 0), (-1, 0), (0, 1), (1, 0), (0, -1))
"""``(rows, columns)`` walked by the actions REST to WEST."""

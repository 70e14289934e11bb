"""Innate senses of the tastes that the chamber gives to animals."""

from __future__ import annotations

WATER = {"drank": 1.0, "tasted_any": 1.0}
SALT = {"tasted_any": 1.0, "tasted_salt": 1.0}
SUGAR = {"tasted_any": 1.0, "ate": 1.0}
REPLETE, DEPLETED = 0.75, 0.1
"""Sodium in the body, as a share of full: above and below the set point of the drive for salt, which is 0.5."""

"""Observations and actions: made readable, normalised, checked, and compared to an agent's."""

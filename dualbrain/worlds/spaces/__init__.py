"""Observations and actions: flatten, normalise, check, and compare them with an agent's."""

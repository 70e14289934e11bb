"""Sodium appetite: a taste that is good or bad by the state of the body, and cues that are revalued at once."""

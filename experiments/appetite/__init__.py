"""Sodium appetite: the same taste, good or bad as the body is, and what foretells it revalued at once."""

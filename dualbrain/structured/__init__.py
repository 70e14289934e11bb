"""Typed dataclasses to TOML and back, and the range of every number in them."""

"""Doors to environments written by others: one file per package, loaded when one of its ids is asked for."""

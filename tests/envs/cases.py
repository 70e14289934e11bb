"""Every native world as it is registered, and under each of the variants that its page names."""

from __future__ import annotations

import pytest

import envs
from dualbrain.worlds.options import variants_of


def _label(options: dict[str, object]) -> str:
    return ",".join(f"{name}={value}" for name, value in options.items())


CASES = [
    pytest.param(world, options, id=f"{world}[{_label(options)}]" if options else world)
    for world in envs.WORLDS
    for options in ({}, *variants_of(world))
]
"""``(world, options)``"""
COSTLY_CASES = [
    pytest.param(*case.values, id=case.id, marks=pytest.mark.slow if case.values[1] else ()) for case in CASES
]
"""The same for tests that take long: variants are slow."""

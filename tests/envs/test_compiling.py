"""`python -m envs` leaves nothing to be compiled by the first step in any world."""

from __future__ import annotations

from typing import Any

import envs
from envs.__main__ import one_of_each_kind, take_a_step
from envs.engine.kernel import advance, begin, perceive

KERNELS: tuple[Any, ...] = (begin, perceive, advance)


def test_two_kinds_of_kernels_serve_every_world():
    for kind in one_of_each_kind():
        take_a_step(kind)
    compiled = [len(kernel.signatures) for kernel in KERNELS]
    for world in envs.WORLDS.values():
        take_a_step(world)
    assert [len(kernel.signatures) for kernel in KERNELS] == compiled

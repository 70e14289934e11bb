"""`python -m envs` leaves nothing to be compiled by the first step in any world."""

from __future__ import annotations

import envs
from envs.__main__ import one_of_each_kind, take_a_step
from envs.engine.kernel import advance, begin, perceive


def test_two_kinds_of_kernels_serve_every_world():
    for kind in one_of_each_kind():
        take_a_step(kind)
    compiled = [len(kernel.signatures) for kernel in (begin, perceive, advance)]  # type: ignore[attr-defined]
    for world in envs.WORLDS.values():
        take_a_step(world)
    assert [len(kernel.signatures) for kernel in (begin, perceive, advance)] == compiled  # type: ignore[attr-defined]

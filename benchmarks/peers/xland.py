"""XLand-MiniGrid (Nikulin et al., 2023), vectorised and compiled by JAX.

As its authors use it: a scan over steps of a vmap over environments, autoreset included, after one rollout that
compiles. Actions are drawn beforehand. Observations stay in the scan's carry: unlike ours they are not written out.
"""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import xminigrid
from xminigrid.wrappers import GymAutoResetWrapper

from benchmarks.interleaved_timing import Rollout

STEPS = 128


def rollout(n: int) -> Rollout:
    """Return what takes some steps in ``n`` environments, and says how many."""
    world, params = xminigrid.make("MiniGrid-Empty-8x8")
    world = GymAutoResetWrapper(world)
    step = jax.vmap(world.step, in_axes=(None, 0, 0))
    first = jax.jit(jax.vmap(world.reset, in_axes=(None, 0)))(params, jax.random.split(jax.random.key(0), n))
    actions = jax.numpy.asarray(np.random.default_rng(0).integers(0, world.num_actions(params), (STEPS, n)))

    def scan(state: Any) -> Any:
        return jax.lax.scan(lambda now, chosen: (step(params, now, chosen), None), state, actions)[0]

    compiled = jax.jit(scan)
    held = [jax.block_until_ready(compiled(first))]

    def roll() -> int:
        held[0] = jax.block_until_ready(compiled(held[0]))
        return STEPS * n

    return roll

"""PettingZoo's worlds (Terry et al., 2021): ids ``pettingzoo/<module>``, and senses where a world shows them."""

from __future__ import annotations

import gymnasium
import pettingzoo  # noqa: F401  a missing package is reported when one of its ids is used

from dualbrain.worlds.adapter import WorldAdapter
from envs.adapters.agent_rows import check_module
from envs.adapters.mpe2_spread import SPREAD, spread
from envs.adapters.zombies import ZOMBIES, zombies

BEGINNINGS = ("pettingzoo",)
EXTRA = "pettingzoo"
PREFIX = "pettingzoo/"
SENSED = {
    "mpe2.simple_spread_v3": (SPREAD, spread),
    "pettingzoo.butterfly.knights_archers_zombies_v11": (ZOMBIES, zombies),
}
"""By module: senses, and what reads them; other worlds offer ``extrinsic_reward`` and ``visits`` alone."""


def register(env_id: str) -> None:
    """Register ``pettingzoo/<module>`` with Gymnasium, as a batch in which every agent is a row.

    Raises `UserError` where there is no such module.
    """
    module = env_id.removeprefix(PREFIX)
    if env_id in gymnasium.registry:
        return
    check_module(module)
    kwargs = dict(zip(("module", "declared", "feel"), (module, *SENSED.get(module, ())), strict=False))
    gymnasium.register(env_id, vector_entry_point="envs.adapters.agent_rows:AgentRows", kwargs=kwargs)


ADAPTER = WorldAdapter(register=register, examples=tuple(PREFIX + module for module in SENSED))

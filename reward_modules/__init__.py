"""Innate drives, one short file each: the signals that they emit, and the worth of each.

A class is loaded when it is asked for: ``from reward_modules import Hunger`` imports that drive's file alone.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from dualbrain.registry import MODULES, declared
from dualbrain.spelling import nearest

if TYPE_CHECKING:  # what editors and type checkers know the classes by; a file that is not listed here is found too
    from reward_modules.affection import Affection as Affection
    from reward_modules.approval import Approval as Approval
    from reward_modules.boredom import Boredom as Boredom
    from reward_modules.compassion import Compassion as Compassion
    from reward_modules.components import Component as Component
    from reward_modules.components import component as component
    from reward_modules.curiosity import Curiosity as Curiosity
    from reward_modules.curiosity import curiosity_about as curiosity_about
    from reward_modules.elders import Elders as Elders
    from reward_modules.extrinsic import Extrinsic as Extrinsic
    from reward_modules.fatigue import Fatigue as Fatigue
    from reward_modules.flinch import Flinch as Flinch
    from reward_modules.homeostasis import Homeostasis as Homeostasis
    from reward_modules.homeostasis import homeostasis_of as homeostasis_of
    from reward_modules.hunger import Hunger as Hunger
    from reward_modules.joint_attention import JointAttention as JointAttention
    from reward_modules.novelty import Novelty as Novelty
    from reward_modules.orient import Orient as Orient
    from reward_modules.pain import Pain as Pain
    from reward_modules.play import Play as Play
    from reward_modules.prestige import Prestige as Prestige
    from reward_modules.safety_margin import SafetyMargin as SafetyMargin
    from reward_modules.salt import Salt as Salt
    from reward_modules.shame import Shame as Shame
    from reward_modules.startle import Startle as Startle
    from reward_modules.status import Status as Status
    from reward_modules.surprise import Surprise as Surprise
    from reward_modules.surprise import surprise_at as surprise_at
    from reward_modules.thirst import Thirst as Thirst
    from reward_modules.touch import Touch as Touch
    from reward_modules.warmth import Warmth as Warmth
    from reward_modules.withdraw import Withdraw as Withdraw

MAKERS = {
    "Component": "reward_modules.components",
    "component": "reward_modules.components",
    "curiosity_about": "reward_modules.curiosity",
    "homeostasis_of": "reward_modules.homeostasis",
    "surprise_at": "reward_modules.surprise",
}
"""Where those are that make a drive of any sense."""
DRIVES = {path.partition(":")[2]: path.partition(":")[0] for path in declared(MODULES, __name__).values()}
"""The module of each class of drives."""

__all__ = [*DRIVES, "component", "curiosity_about", "homeostasis_of", "surprise_at"]


def __getattr__(name: str) -> Any:
    """Load a drive; raises `AttributeError`, with the nearest name, for one that there is none of."""
    places = DRIVES | MAKERS
    if name not in places:
        meant = nearest(name, places)
        hint = f": did you mean '{meant}'?" if meant else ""
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'{hint}")
    return vars(importlib.import_module(places[name]))[name]


def __dir__() -> list[str]:
    """Return the names of all drives beside those that are loaded."""
    return sorted({*globals(), *DRIVES, *MAKERS})

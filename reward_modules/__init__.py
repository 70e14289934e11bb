"""Innate drives, one short file each: what happened, and what it is worth to this body now."""

from reward_modules.components import component
from reward_modules.extrinsic import Extrinsic
from reward_modules.fatigue import Fatigue
from reward_modules.flinch import Flinch
from reward_modules.hunger import Hunger
from reward_modules.novelty import Novelty
from reward_modules.pain import Pain
from reward_modules.salt import Salt
from reward_modules.thirst import Thirst

__all__ = ["Extrinsic", "Fatigue", "Flinch", "Hunger", "Novelty", "Pain", "Salt", "Thirst", "component"]

"""Innate drives, one short file each: the signals that they emit, and the worth of each."""

from reward_modules.affection import Affection
from reward_modules.approval import Approval
from reward_modules.boredom import Boredom
from reward_modules.compassion import Compassion
from reward_modules.components import component
from reward_modules.curiosity import Curiosity, curiosity_about
from reward_modules.elders import Elders
from reward_modules.extrinsic import Extrinsic
from reward_modules.fatigue import Fatigue
from reward_modules.flinch import Flinch
from reward_modules.homeostasis import Homeostasis, homeostasis_of
from reward_modules.hunger import Hunger
from reward_modules.joint_attention import JointAttention
from reward_modules.novelty import Novelty
from reward_modules.orient import Orient
from reward_modules.pain import Pain
from reward_modules.play import Play
from reward_modules.prestige import Prestige
from reward_modules.safety_margin import SafetyMargin
from reward_modules.salt import Salt
from reward_modules.shame import Shame
from reward_modules.startle import Startle
from reward_modules.status import Status
from reward_modules.surprise import Surprise, surprise_at
from reward_modules.thirst import Thirst
from reward_modules.touch import Touch
from reward_modules.warmth import Warmth
from reward_modules.withdraw import Withdraw

__all__ = [
    "Affection",
    "Approval",
    "Boredom",
    "Compassion",
    "Curiosity",
    "Elders",
    "Extrinsic",
    "Fatigue",
    "Flinch",
    "Homeostasis",
    "Hunger",
    "JointAttention",
    "Novelty",
    "Orient",
    "Pain",
    "Play",
    "Prestige",
    "SafetyMargin",
    "Salt",
    "Shame",
    "Startle",
    "Status",
    "Surprise",
    "Thirst",
    "Touch",
    "Warmth",
    "Withdraw",
    "component",
    "curiosity_about",
    "homeostasis_of",
    "surprise_at",
]

"""Trials of the drives: a world, an agent that has the drive, and the measure that its removal should change.

Every registered drive has one trial. Its measure is a sense of the world, never a reward, and was chosen before the
seeds of the table were raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

STEPS = 100_000


@dataclass(frozen=True)
class Trial:
    """The trial of one drive."""

    drive: str
    """Registered name of the drive that is taken out."""
    world: str
    """Name of a native world, as in ``dualbrain/<world>-v0``."""
    drives: Mapping[str, float]
    """Drives of the intact agent, with their weights."""
    measure: str
    """A sense of the world: an event is counted per episode, any other averaged over its steps."""
    why: str
    """Why this measure, in this world."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Options of the world."""
    steps: int = STEPS
    """Steps of training."""

    @property
    def env(self) -> str:
        """Id of the world."""
        return f"dualbrain/{self.world}-v0"

    @property
    def place(self) -> str:
        """Name of the folder of the results: another one once the trial is changed."""
        return f"{self.drive}_{crc32(repr((self.world, self.drives, self.options)).encode()):08x}"

    @property
    def rest(self) -> dict[str, float]:
        """Drives of the agent without the one in question."""
        return {name: weight for name, weight in self.drives.items() if name != self.drive}


ORCHARD = {"needs": 3, "death": False, "size": 7, "supply": 2, "max_episode_steps": 200}
"""Three needs, none of which kills, so that neglect shows in the level and not in the length of life."""
APPETITES = {"hunger": 5.0, "thirst": 5.0, "salt": 5.0}
CAVE = {"size": 9, "spiders": 2, "berries": 5, "waters": 4, "walls": 0, "max_episode_steps": 200}
NEEDS = {"hunger": 5.0, "thirst": 5.0}
MEADOW = {"size": 12, "thorns": 0, "max_episode_steps": 100}
SNOW = {"size": 9, "fires": 1, "snowdrifts": 0, "max_episode_steps": 200}
VILLAGE = {
    "size": 8,
    "friends": 1,
    "enemies": 0,
    "strangers": 0,
    "spiders": 2,
    "cries": True,
    "mishap": 0.05,
    "max_episode_steps": 200,
}
ROOM = {"max_episode_steps": 100}
HALL = {"max_episode_steps": 100}
CURIOUS = {"novelty": 1.0}

TRIALS = (
    Trial(
        "affection",
        "Hearth",
        {"warmth": 5.0, "affection": 1.0},
        "face_near",
        "Friends wander about away from the fire: attachment shows in how close the agent keeps to a face.",
        SNOW,
    ),
    Trial(
        "approval",
        "Podcast",
        {**CURIOUS, "approval": 5.0},
        "other_mood",
        "Only approval pays for a listener's smile.",
        HALL,
    ),
    Trial(
        "boredom",
        "Forage",
        {"fatigue": 1.0, "boredom": 10.0},
        "visits",
        "Fatigue keeps the body where it is; boredom moves it on to cells that it has not visited.",
        MEADOW,
    ),
    Trial(
        "compassion",
        "Friends",
        {"hunger": 2.0, "pain": 1.0, "compassion": 5.0},
        "other_pain",
        "The drive pays by a friend's pain in view: it is seen less if the agent helps, and if it looks away.",
        VILLAGE,
        200_000,
    ),
    Trial(
        "curiosity",
        "Gaze",
        {"extrinsic": 1.0, "curiosity": 5.0},
        "opened",
        "Tastes come from the boxes only: the effect of the drive shows in how often they are opened.",
        ROOM,
    ),
    Trial(
        "doubt",
        "Warehouse",
        {"extrinsic": 1.0, "doubt": 1.0},
        "exertion",
        "A call takes the place of a move; in a world that stays as it is there should be next to none.",
        {"max_episode_steps": 100},
        20_000,
    ),
    Trial(
        "elders",
        "Elder",
        {"pain": 1.0, "elders": 5.0},
        "face_near",
        "The elder works and pays no attention to the agent: the drive asks only to keep beside it.",
        {"max_episode_steps": 100},
    ),
    Trial(
        "extrinsic",
        "Gaze",
        {**CURIOUS, "extrinsic": 1.0},
        "found",
        "The world's reward is for what is found in boxes.",
        ROOM,
    ),
    Trial(
        "fatigue",
        "Forage",
        {**NEEDS, "fatigue": 5.0},
        "stamina",
        "An agent that spares effort when tired has more stamina left.",
        MEADOW,
    ),
    Trial(
        "flinch",
        "SpiderCave",
        {**NEEDS, "flinch": 1.0},
        "skittering",
        "The flinch is caused by skittering close by, which this sense measures.",
        CAVE,
    ),
    Trial(
        "homeostasis",
        "Needs",
        {"thirst": 5.0, "homeostasis": 10.0},
        "energy",
        "Its one need by default is energy, and no other drive here pays for food.",
        ORCHARD,
    ),
    Trial(
        "hunger",
        "Needs",
        APPETITES,
        "energy",
        "No other drive here pays for food.",
        ORCHARD,
    ),
    Trial(
        "joint_attention",
        "Gaze",
        {**CURIOUS, "joint_attention": 1.0},
        "gaze_shared",
        "The partner looks at a box: the drive asks to be where it looks.",
        ROOM,
    ),
    Trial(
        "novelty",
        "Forage",
        {"fatigue": 1.0, "novelty": 10.0},
        "visits",
        "Fatigue keeps the body where it is; novelty pays for cells that were rarely visited.",
        MEADOW,
    ),
    Trial(
        "orient",
        "Podcast",
        {**CURIOUS, "orient": 1.0},
        "exertion",
        "Novelty keeps the body on the move among people; whenever a face comes up, the reflex stops it.",
        HALL,
    ),
    Trial(
        "pain",
        "Forage",
        {**NEEDS, "pain": 1.0},
        "damage",
        "Thorns stand between berries and pools; they cost energy as well, but only pain costs at once.",
        {"size": 10, "thorns": 15, "max_episode_steps": 200},
    ),
    Trial(
        "play",
        "Hearth",
        {"warmth": 5.0, "touch": 1.0, "play": 5.0},
        "played",
        "Touching friends pays more than catching the playmate, unless play pays too.",
        SNOW,
    ),
    Trial(
        "prestige",
        "Elder",
        {"pain": 1.0, "prestige": 5.0},
        "prestige_near",
        "Bystanders watch the elder, so that only the elder has prestige.",
        {"bystanders": 3, "max_episode_steps": 100},
    ),
    Trial(
        "safety_margin",
        "SpiderCave",
        {**NEEDS, "safety_margin": 5.0},
        "skittering",
        "A margin means less skittering close by.",
        CAVE,
    ),
    Trial(
        "salt",
        "Needs",
        APPETITES,
        "sodium",
        "No other drive here pays for salt; the body starts with enough for a while, so episodes are longer.",
        {**ORCHARD, "max_episode_steps": 400},
        200_000,
    ),
    Trial(
        "shame",
        "Podcast",
        {**CURIOUS, "shame": 5.0},
        "other_mood",
        "Words displease many; only shame makes a frown cost anything.",
        HALL,
    ),
    Trial(
        "startle",
        "SpiderCave",
        {**NEEDS, "startle": 5.0},
        "skittering",
        "Each onset costs, and so does freezing: the drive should keep the agent away from skittering.",
        CAVE,
    ),
    Trial(
        "status",
        "Podcast",
        {**CURIOUS, "status": 5.0},
        "being_watched",
        "Listeners look at an agent that is near enough: status shows in how many eyes it draws.",
        {"size": 12, "max_episode_steps": 100},
    ),
    Trial(
        "surprise",
        "Gaze",
        {**CURIOUS, "surprise": 10.0},
        "opened",
        "Unpredicted tastes come from the boxes only; no other drive pays for opening one.",
        ROOM,
    ),
    Trial(
        "thirst",
        "Needs",
        APPETITES,
        "hydration",
        "No other drive here pays for water.",
        ORCHARD,
    ),
    Trial(
        "touch",
        "Hearth",
        {"warmth": 5.0, "touch": 1.0},
        "touch",
        "No other drive here pays for touching a friend.",
        SNOW,
    ),
    Trial(
        "warmth",
        "Hearth",
        {"play": 5.0, "warmth": 20.0},
        "warmth",
        "No other drive here pays for staying by the fire.",
        {**SNOW, "size": 13},
        200_000,
    ),
    Trial(
        "withdraw",
        "SpiderCave",
        {**NEEDS, "withdraw": 1.0},
        "damage",
        "Spiders that never let go bite a body that stays, and miss one that draws back.",
        {**CAVE, "spiders": 1, "cooldown": 0},
    ),
)
"""One for every registered drive, in alphabetical order."""

"""The chamber: no space and no actions, only stimuli in time, and assessors that learn what they foretell."""

from dualbrain.chamber.chamber import Chamber, Lived
from dualbrain.chamber.drive_chamber import Embodied
from dualbrain.chamber.notation import DesignError, design, groups
from dualbrain.chamber.stimulus_codes import Microstimuli, Presence, SerialCompound

__all__ = [
    "Chamber",
    "DesignError",
    "Embodied",
    "Lived",
    "Microstimuli",
    "Presence",
    "SerialCompound",
    "design",
    "groups",
]

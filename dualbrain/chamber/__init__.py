"""The chamber: no space and no actions, only stimuli in time, and assessors that learn what they foretell."""

from dualbrain.chamber.chamber import Chamber, Lived
from dualbrain.chamber.drive_chamber import DriveChamber
from dualbrain.chamber.notation import DesignError, design, groups
from dualbrain.chamber.stimulus_codes import Microstimuli, Presence, SerialCompound

__all__ = [
    "Chamber",
    "DesignError",
    "DriveChamber",
    "Lived",
    "Microstimuli",
    "Presence",
    "SerialCompound",
    "design",
    "groups",
]

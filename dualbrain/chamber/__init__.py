"""The chamber: conditioning experiments with stimuli in time, without space or actions."""

from dualbrain.chamber.chamber import Chamber, TrialResult
from dualbrain.chamber.drive_chamber import DriveChamber
from dualbrain.chamber.notation import DesignError, design, groups
from dualbrain.chamber.stimulus_codes import Microstimuli, Presence, SerialCompound

__all__ = [
    "Chamber",
    "DesignError",
    "DriveChamber",
    "Microstimuli",
    "Presence",
    "SerialCompound",
    "TrialResult",
    "design",
    "groups",
]

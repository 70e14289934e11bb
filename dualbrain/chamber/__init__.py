"""The chamber: no space and no actions, only stimuli in time, and assessors that learn what they foretell."""

from dualbrain.chamber.chamber import Chamber, Lived
from dualbrain.chamber.codes import Microstimuli, Presence, SerialCompound
from dualbrain.chamber.embodied import Embodied
from dualbrain.chamber.notation import DesignError, design, groups

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

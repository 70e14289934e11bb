"""Learning algorithms on Stable-Baselines3 with a brain of two systems."""

from agents.policy import BrainPolicy
from agents.ppo import DualBrainPPO
from agents.society import Society
from agents.unread import hold_any_part
from agents.weight_schedule import WeightSchedule, linear

__all__ = ["BrainPolicy", "DualBrainPPO", "Society", "WeightSchedule", "linear"]

hold_any_part()

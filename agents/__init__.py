"""Learning algorithms on Stable-Baselines3 with a brain of two systems."""

from agents.policy import BrainPolicy
from agents.ppo import DualBrainPPO
from agents.society import Society

__all__ = ["BrainPolicy", "DualBrainPPO", "Society"]

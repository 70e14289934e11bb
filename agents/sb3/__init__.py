"""Algorithms of Stable-Baselines3 and sb3-contrib under drives, one file each: see `agents.steered`."""

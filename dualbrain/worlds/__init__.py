"""Worlds: find, make and batch environments, add senses, and replace the reward."""

"""Creatures, people and other agents: where they go, what they look at, what acts do to them."""

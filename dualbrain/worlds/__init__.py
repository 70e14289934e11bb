"""Worlds: how an environment is found, made, batched and sensed, and where its reward is replaced."""

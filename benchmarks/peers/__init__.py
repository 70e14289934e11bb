"""Peers of other packages, measured beside the native worlds: one file each, with ``rollout(n) -> Rollout``."""

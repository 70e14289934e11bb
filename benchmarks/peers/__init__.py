"""What others offer, to be measured beside our worlds: one file each, with ``rollout(n) -> Rollout``."""

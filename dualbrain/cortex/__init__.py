"""The cortex: from an observation to the thought, and its slow copy."""

"""The cortex: the network from an observation to the thought (latent), and its EMA copy."""

"""What a `VecEnv` says of itself, whatever is wrapped around it."""

"""Questions to a `VecEnv` that hold under any wrapper."""

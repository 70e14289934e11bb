"""Keep past rollouts in a memory of so many bytes, and train a cortex on windows drawn from it."""

"""Save the state of training with the brain, and resume an interrupted run from it."""

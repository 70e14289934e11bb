"""How a brain is looked at: the instruments of every rollout, their dashboard, and evaluation on fresh episodes."""

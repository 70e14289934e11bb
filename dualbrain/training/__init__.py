"""Parts of a training run beside its algorithm: steps, rollouts, observers, losses of heads, schedules, guards."""

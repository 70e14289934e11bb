"""What a training run needs beside its algorithm: hyperparameters, schedules, guards."""

"""What is measured of a rollout, as numbers: reward, prediction skill, dopamine, audit."""

"""Measures of a rollout: reward, prediction skill, TD errors, audit."""

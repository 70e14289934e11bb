"""The command line in the process of the tests: what the fixture ``dualbrain`` gives, and settings that are quick."""

from __future__ import annotations

from collections.abc import Callable

QUICK = ("--eval-freq", "0", "--n-envs", "2", "-params", "n_steps:16", "batch_size:32", "n_epochs:1")
"""Settings under which CartPole trains in a second or two."""

Command = Callable[..., tuple[int, str, str]]
"""Runs a command; returns exit code, stdout and stderr."""

"""Short training runs, and their event files read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stable_baselines3.common.logger import configure
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from agents import DualBrainPPO


def train(folder: Path, env: Any, steps: int, log_interval: int = 1, **settings: Any) -> DualBrainPPO:
    """Train into ``folder``, quietly, and without pictures unless they are asked for."""
    agent = DualBrainPPO("BrainPolicy", env, **{"seed": 0, "n_epochs": 1, "pictures": 0, **settings})
    agent.set_logger(configure(str(folder), ["tensorboard"]))
    agent.learn(steps, log_interval=log_interval)
    agent.logger.close()
    return agent


def read(folder: Path) -> EventAccumulator:
    """Load everything that was written into ``folder``."""
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0})
    events.Reload()
    return events


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Return ``(step, value)`` pairs by key."""
    events = read(folder)
    return {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}

"""Guard an observer: if it fails, training continues without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dualbrain.training.guard import Guard
from dualbrain.training.observer import About, Observer
from dualbrain.training.rollout import Rollout
from dualbrain.training.step import Step


class GuardedObserver(Observer):
    """Calls ``observer`` until it fails; what it saved must still be readable, or an error is raised."""

    def __init__(self, observer: Observer, guard: Guard):
        self.observer, self.guard = observer, guard

    @property
    def name(self) -> str:
        """That of the observer."""
        return self.observer.name

    def on_start(self, about: About) -> None:
        """Pass it on."""
        self.guard.run(self.observer.on_start, about)

    def on_rollout_start(self, about: About) -> None:
        """Pass it on."""
        self.guard.run(self.observer.on_rollout_start, about)

    def on_step(self, step: Step) -> None:
        """Pass it on."""
        self.guard.run(self.observer.on_step, step)

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:
        """Return the observer's scalars; none where it failed."""
        return self.guard.run(self.observer.on_rollout, rollout, step) or {}

    def on_end(self) -> None:
        """Pass it on."""
        self.guard.run(self.observer.on_end)

    def state_dict(self) -> dict[str, Any]:
        """Return the observer's state; nothing where it failed."""
        return self.guard.run(self.observer.state_dict) or {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Pass it on, unless the observer has failed."""
        if self.guard.working:
            self.observer.load_state_dict(state)

"""Detect resets of an agent's worlds by another agent or by an evaluation.

Then its last observation is of an interrupted episode, and learning from the next step would be wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stable_baselines3.common.vec_env import VecEnv

from dualbrain.worlds.vec_env.attributes import innermost


class Resets:
    """Counts the resets of the worlds inside of ``venv``, and which of them one user of theirs has seen."""

    def __init__(self, venv: VecEnv):
        self._counter = _Counter.on(innermost(venv))
        self.see()

    def see(self) -> None:
        """Mark the latest reset as seen."""
        self._seen = self._counter.count

    @property
    def unseen(self) -> bool:
        """Whether the worlds were reset since."""
        return self._counter.count != self._seen


class _Counter:
    """Takes the place of the method ``reset`` of one object, so that no layer has to be put around it."""

    def __init__(self, world: VecEnv):
        self._reset: Callable[[], Any] = world.reset
        self.count = 0
        vars(world)["reset"] = self.reset

    @classmethod
    def on(cls, world: VecEnv) -> _Counter:
        """Return the counter of a world, which needs but one."""
        if "_resets" not in vars(world):
            vars(world)["_resets"] = cls(world)
        counter: _Counter = vars(world)["_resets"]
        return counter

    def reset(self, *args: Any, **kwargs: Any) -> Any:
        self.count += 1
        return self._reset(*args, **kwargs)

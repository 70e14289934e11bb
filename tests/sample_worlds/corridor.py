"""A forked corridor: food at the left end, water at the right, the animal in the middle, hungry and thirsty alike."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from dualbrain import Sense

REACH = 3
"""Steps from the middle to either end."""
LEFT, RIGHT = 0, 1


class Corridor(gymnasium.Env[Any, Any]):
    """An episode ends at either end, or after 20 steps; the score is 0 throughout, so that only drives can choose."""

    observation_space = spaces.Box(0.0, 1.0, (2 * REACH + 1,), np.float32)
    action_space = spaces.Discrete(2)
    senses = {name: Sense(name, 0.0, 1.0) for name in ("energy", "hydration", "ate", "drank")}

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.place, self.age = 0, 0
        return self._look(), self._info()

    def step(self, action: Any) -> Any:
        self.place += 1 if action == RIGHT else -1
        self.age += 1
        return self._look(), 0.0, abs(self.place) == REACH, self.age == 20, self._info()

    def _look(self) -> Any:
        return np.eye(2 * REACH + 1, dtype=np.float32)[self.place + REACH]

    def _info(self) -> dict[str, Any]:
        ate, drank = float(self.place == -REACH), float(self.place == REACH)
        return {"senses": {"energy": 0.2, "hydration": 0.2, "ate": ate, "drank": drank}, "went_left": ate}

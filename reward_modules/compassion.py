"""Compassion: predicted pain of a friend is bad, that of an enemy good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues, module_name
from dualbrain.steering.signal import Signal


@dataclass
class Compassion(RewardModule):
    """Transient empathy: ``empathy = person * friend * distress``, all three as predicted, worth ``-scale``.

    ``person`` flags that this is about a person (in view, or a voice); ``friend`` is their relation, known in view;
    ``distress`` is one's own pain, read at the thought of others but never taught by it: unknown from the flag on for
    ``linger`` steps (Byrnes, 2022, Intro to Brain-Like-AGI Safety, post 13). For an enemy (``friend < 0``) times
    ``spite``. Reads ``person_in_view``, ``voice`` (0 or 1), ``other_relation`` ([-1, 1]), ``damage`` and ``thought``.
    """

    scale: float = 1.0
    """Cost of certain distress of a sworn friend."""
    spite: float = 1.0
    """Share of it that an enemy's distress pleases, in [0, 1]."""
    linger: int = 6
    """Steps for which the thought of a person outlasts its cause; more than the horizon of distress."""

    emits = (
        Signal("person", horizon=1),
        Signal("friend", -1.0, 1.0, horizon=1),
        Signal("distress", horizon=5),
        Signal("empathy", -1.0, 1.0, horizon=5),
    )

    def bind(self, n: int) -> None:
        """Forget the person that the agent thought of."""
        self.left = np.zeros(n, np.int64)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Forget of whom one thought."""
        self.left[done] = 0

    def truth(
        self, person_in_view: Array, voice: Array, other_relation: Array, damage: Array, thought: Mapping[str, Array]
    ) -> SignalValues:
        """Report what the senses know, and the product of the predictions."""
        person = np.maximum(person_in_view, voice)
        self.left = np.where(person > 0, self.linger, np.maximum(self.left - 1, 0))
        return {
            "person": person,
            "friend": np.where(person_in_view > 0, other_relation, np.nan),
            "distress": np.where(self.left > 0, np.nan, damage),
            "empathy": self._empathy(thought),
        }

    def _empathy(self, thought: Mapping[str, Array]) -> Array:
        own = module_name(self)
        person, friend, distress = (
            np.clip(thought[f"{own}.{name}"], low, 1.0)
            for name, low in (("person", 0.0), ("friend", -1.0), ("distress", 0.0))
        )
        return np.asarray(person * distress * np.where(friend < 0, self.spite * friend, friend))

    def worth(self) -> SignalValues:
        """Return worths that are 0 for all signals but empathy."""
        return {"person": 0.0, "friend": 0.0, "distress": 0.0, "empathy": -self.scale}

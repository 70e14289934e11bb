"""Cues: observable events that may come to predict others.

They are the senses of unit "event", and what the world declares as ``cues``: ``{name: index}``, where in its flattened
observation something is that is above 0 as long as the cue is there (a native world's words).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.heads.targets import Bools
from dualbrain.worlds.steering_vec_env import SteeringVecEnv
from dualbrain.worlds.vec_env.attributes import attribute
from dualbrain.worlds.vec_env.endings import final_observations


class Cues:
    """Finds the cues that are present after a step."""

    def __init__(self, steering_env: SteeringVecEnv):
        self._body = steering_env
        self._seen = declared(steering_env)

    def after(self, obs: Any, dones: Bools, infos: list[dict[str, Any]]) -> dict[str, Bools]:
        """Return ``(N,)`` by name; at an episode's end, what was there at the end."""
        senses: Mapping[str, Any] = self._body.transition_senses()
        units = {name: sense.unit for name, sense in self._body.senses.items()}
        there = {name: np.asarray(felt) > 0.0 for name, felt in senses.items() if units.get(name) == "event"}
        if self._seen and not isinstance(obs, dict):
            final = final_observations(obs, dones, infos).reshape(len(dones), -1)
            there |= {name: final[:, at] > 0.0 for name, at in self._seen.items()}
        return there


def declared(venv: VecEnv) -> Mapping[str, int]:
    """Return the cues that a world declares; none where it knows of none."""
    cues: Mapping[str, int] = attribute(venv, "cues", {})
    return cues

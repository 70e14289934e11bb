"""What a `VecEnv` offers of senses: asked here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from stable_baselines3.common.vec_env import VecEnv

from dualbrain.steering.bound_module import Floats
from dualbrain.steering.sense import OF_DOUBT, Sense
from dualbrain.worlds.vec_env.doubting import DoubtVecWrapper
from dualbrain.worlds.vec_env.gathered import SenseVecWrapper, declared_by


class SensedVecEnv(Protocol):
    """The part of a `VecEnv` that hands out senses as arrays."""

    senses: Mapping[str, Sense]
    """The senses on offer, by name."""

    def transition_senses(self) -> Mapping[str, Floats]:
        """Return the senses ``{name: (N,)}`` that the last step earned, at an episode's end the final ones."""

    def reset_senses(self) -> Mapping[str, Floats]:
        """Return the senses ``{name: (N,)}`` under which the next action is taken."""


def as_sensed(venv: VecEnv, wanted: Iterable[str] | None = None) -> Any:
    """Return a `VecEnv` that is a `SensedVecEnv` too: itself, or a wrapper that gathers the ``wanted`` senses.

    None wants all that the environments declare, and ``visits``. The senses of doubt are added where they are wanted
    and the worlds do not have them. Raises `UserError` as `SenseVecWrapper` and `DoubtVecWrapper` do.
    """
    wanted = None if wanted is None else [*wanted]
    sensed: Any = venv
    if not hasattr(venv, "transition_senses"):
        sensed = SenseVecWrapper(venv, [*declared_by(venv), "visits"] if wanted is None else wanted)
    doubts = not {*OF_DOUBT}.isdisjoint(wanted or ()) and not OF_DOUBT.keys() <= sensed.senses.keys()
    return DoubtVecWrapper(sensed) if doubts else sensed

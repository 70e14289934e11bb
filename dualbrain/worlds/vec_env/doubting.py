"""Add the senses of doubt to worlds with a view of bits: how unfamiliar the strangest thing near the body is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.errors import UserError
from dualbrain.steering.bound_module import Floats
from dualbrain.steering.sense import OF_DOUBT, Sense
from dualbrain.worlds.spaces.parts import Part, bit_view
from dualbrain.worlds.vec_env.attributes import Layer, attribute, finish_step
from dualbrain.worlds.vec_env.endings import final_observations
from dualbrain.worlds.vec_env.familiarity import Familiarity
from dualbrain.worlds.vec_env.presence import Presence
from dualbrain.worlds.vec_env.raw_world import RawWorld
from dualbrain.worlds.vec_env.stateful import is_stateful

NEAR = 2
"""Cells from the body in each direction in which things are doubted."""

Senses = dict[str, Floats]


class DoubtVecWrapper(Layer):
    """Offer ``doubt`` and ``doubted`` beside the senses of a `SensedVecEnv`, of its raw observations.

    All agents count together, since they share a brain: each view is judged by what was met before the step, and then
    counted. Raises `UserError` for a world whose observations have no view of bits.
    """

    def __init__(self, sensed: Any):
        super().__init__(sensed)
        self._sensed = sensed
        self._raw, self._presence = RawWorld(sensed), Presence(sensed)
        self._view = _view(sensed)
        self._familiarity = Familiarity(self._view.shape[0])
        self.senses: dict[str, Sense] = {**self._sensed.senses, **OF_DOUBT}
        self._transition: Senses = {}
        self._reset: Senses = {}

    def getattr_depth_check(self, name: str, already_found: bool) -> str | None:
        """Return what hides an attribute, as `VecEnvWrapper`; the senses here contain those beneath, and hide none."""
        if name in vars(DoubtVecWrapper) and not already_found:
            return None
        return super().getattr_depth_check(name, already_found)

    def transition_senses(self) -> Senses:
        """Return the senses ``{name: (N,)}`` that the last step earned, at an episode's end the final ones."""
        return self._transition

    def reset_senses(self) -> Senses:
        """Return the senses ``{name: (N,)}`` under which the next action is taken."""
        return self._reset

    def state_dict(self) -> dict[str, Any]:
        """Return how often each kind of cell was met, ``doubt``, and what the senses beneath keep, ``gathered``."""
        beneath = self._sensed.state_dict() if self._gathers else None
        return {"doubt": self._familiarity.state_dict(), "gathered": beneath}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned, before a reset; raises `UserError` for what does not fit."""
        if not isinstance(state, Mapping) or {*state} != {"doubt", "gathered"}:
            raise UserError(f"the state of the senses of doubt must be a dict of doubt and gathered, not {state!r:.60}")
        self._familiarity.load_state_dict(state["doubt"])
        if self._gathers:
            self._sensed.load_state_dict(state["gathered"])

    @property
    def _gathers(self) -> bool:
        """Whether what is beneath is no world, but gathers senses, and keeps something of them."""
        return isinstance(self.venv, Layer) and is_stateful(self.venv)

    def reset(self) -> Any:
        """Reset all environments."""
        obs = self.venv.reset()
        self._reset = {**self._sensed.reset_senses(), **self._doubt(self._raw.reset(obs), self._presence.alive())}
        return obs

    def step_wait(self) -> tuple[Any, NDArray[Any], NDArray[np.bool_], list[dict[str, Any]]]:
        """Step, and doubt."""
        given = finish_step(self.venv)
        obs, _, dones, infos = self._raw.step(given)
        present, alive = self._presence.present(), self._presence.alive()
        now = self._doubt(final_observations(obs, dones, infos), present)
        begun = alive & (dones | ~present)
        new = self._doubt(obs, begun) if begun.any() else now
        self._transition = {**self._sensed.transition_senses(), **now}
        following = {name: np.where(begun, new[name], now[name]) for name in OF_DOUBT}
        self._reset = {**self._sensed.reset_senses(), **following}
        return given

    def _doubt(self, obs: NDArray[Any], who: NDArray[np.bool_]) -> Senses:
        """Return the senses of doubt at observations ``(N, D)``, and count the views of ``who`` ``(N,)``; 0 for others.

        All are judged before any is counted, so that the order of the agents does not matter.
        """
        planes, side, _ = self._view.shape
        middle, reach = side // 2, min(NEAR, side // 2)
        around = slice(middle - reach, middle + reach + 1)
        near = obs[:, self._view.where].reshape(-1, planes, side, side)[:, :, around, around]
        kinds = self._familiarity.kinds(near.reshape(len(near), planes, -1))
        doubt, doubted = self._familiarity.judge(kinds)
        self._familiarity.meet(kinds[who], doubted[who])
        return {
            "doubt": np.where(who, doubt, 0).astype(np.float32),
            "doubted": np.where(who, doubted, 0).astype(np.float32),
        }


def _view(venv: VecEnv) -> Part:
    """Return the view of bits of a `VecEnv`; raises `UserError` where it has none."""
    view = bit_view(venv.observation_space, attribute(venv, "observation_parts"))
    if view is None:
        raise UserError(
            f"the senses {', '.join(OF_DOUBT)} count the kinds of cells in a view of bits, such as native worlds have, "
            f"and there is none in observations {venv.observation_space}"
        )
    return view

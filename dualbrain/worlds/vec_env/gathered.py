"""Gather the senses of any `VecEnv` into arrays: from infos, and two that every world offers."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.errors import UserError
from dualbrain.steering.bound_module import Floats
from dualbrain.steering.sense import EXTRINSIC_REWARD, VISITS, Sense, by_name, declared
from dualbrain.worlds.vec_env.attributes import Layer, attributes, finish_step, reset_infos
from dualbrain.worlds.vec_env.endings import final_observations
from dualbrain.worlds.vec_env.raw_world import RawWorld
from dualbrain.worlds.vec_env.visits import Visits


class SenseVecWrapper(Layer):
    """Gather the senses of any `VecEnv` into arrays ``{name: (N,)}``, one dict lookup per environment and sense.

    Offers what its environments declare (``senses``) and put into ``info["senses"]``, besides ``extrinsic_reward`` and
    ``visits``: these are of the world itself, also where it is normalised or stacked. Only senses in ``wanted`` are
    gathered, and have to be there at every reset and step: `UserError` names the one that is missing or no number, the
    environment, and when.
    """

    def __init__(self, venv: VecEnv, wanted: Iterable[str]):
        super().__init__(venv)
        self._raw = RawWorld(venv)
        wanted = list(wanted)
        own = declared_by(venv, wanted)
        self.senses: dict[str, Sense] = {**own, **by_name([EXTRINSIC_REWARD, VISITS])}
        self._own = [name for name in wanted if name in own]
        self._visits = Visits(venv.num_envs) if "visits" in wanted and "visits" not in own else None
        self._transition: dict[str, Floats] = {}
        self._reset: dict[str, Floats] = {}

    def transition_senses(self) -> dict[str, Floats]:
        """Return the senses ``{name: (N,)}`` that the last step earned, at an episode's end the final ones."""
        return self._transition

    def reset_senses(self) -> dict[str, Floats]:
        """Return the senses ``{name: (N,)}`` under which the next action is taken: after a reset, the reset's."""
        return self._reset

    def state_dict(self) -> dict[str, Any]:
        """Return what outlasts an episode: how often observations were met, ``visits``; empty if no drive reads it."""
        return {} if self._visits is None else {"visits": self._visits.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned, before a reset; raises `UserError` for what does not fit."""
        expected = [] if self._visits is None else ["visits"]
        if not isinstance(state, Mapping) or [*state] != expected:
            given = [*state] if isinstance(state, Mapping) else type(state).__name__
            raise UserError(f"the state of gathered senses must be a dict of {expected}, not {given!r:.60}")
        if self._visits is not None:
            self._visits.load_state_dict(state["visits"])

    def reset(self) -> Any:
        """Reset all environments."""
        obs = self.venv.reset()
        nothing = np.zeros(self.num_envs, np.float32)
        self._reset = self._gather("reset", self._reset_infos(), nothing, self._count(self._raw.reset(obs)))
        return obs

    def step_wait(self) -> tuple[Any, NDArray[Any], NDArray[np.bool_], list[dict[str, Any]]]:
        """Step, and gather."""
        given = finish_step(self.venv)
        obs, rewards, dones, infos = self._raw.step(given)
        final = final_observations(obs, dones, infos)
        self._transition = self._gather("step", infos, rewards, self._count(final))
        self._reset = self._after_resets(obs, dones) if dones.any() else self._transition
        return given

    def _after_resets(self, obs: Any, dones: NDArray[np.bool_]) -> dict[str, Floats]:
        nothing = np.zeros(self.num_envs, np.float32)
        reset = self._gather("reset", self._reset_infos(), nothing, self._count(obs, dones), dones)
        return {name: np.where(dones, reset[name], now) for name, now in self._transition.items()}

    def _reset_infos(self) -> Any:
        """Return the infos of the latest resets, where a sense is to be taken from them."""
        return reset_infos(self.venv) if self._own else ()

    def _gather(self, when: str, infos: Any, rewards: Any, visits: Any, where: Any = None) -> dict[str, Floats]:
        rows = range(self.num_envs) if where is None else np.flatnonzero(where).tolist()
        gathered = {name: np.zeros(self.num_envs, np.float32) for name in self._own}
        for name, values in gathered.items():
            for i in rows:
                values[i] = _sensed(infos[i], name, i, when)
        common = {"extrinsic_reward": np.asarray(rewards, np.float32), "visits": visits}
        return {**common, **gathered}

    def _count(self, obs: Any, where: NDArray[np.bool_] | None = None) -> Floats:
        """Count the observations met ``(N,)``; 1 if no drive reads it."""
        if self._visits is None:
            return np.ones(self.num_envs, np.float32)
        return self._visits.count(obs, range(self.num_envs) if where is None else np.flatnonzero(where).tolist())


def declared_by(venv: VecEnv, wanted: Iterable[str] = ()) -> dict[str, Sense]:
    """Return the senses that all environments of a `VecEnv` declare, by name.

    Raises `UserError` for one that is ``wanted`` and declared by some of them only. What declares nothing that can be
    read raises one too, but is a warning where nothing of it is wanted.
    """
    wanted, stated = list(wanted), attributes(venv, "senses")
    if not stated:
        return {}
    try:
        offers = [declared(senses, f"environment {i}") for i, senses in enumerate(stated)]
    except UserError as error:
        if {*wanted} - {EXTRINSIC_REWARD.name, VISITS.name}:
            raise
        warnings.warn(f"{error}; it is left out", stacklevel=3)
        return {}
    for name in wanted:
        having = [i for i, offer in enumerate(offers) if name in offer]
        if 0 < len(having) < len(offers):
            lacking = next(i for i in range(len(offers)) if i not in having)
            raise UserError(
                f"sense '{name}' is offered by environment {having[0]}, but not by environment {lacking}: "
                "the worlds of a VecEnv must offer the same senses"
            )
    return {name: sense for name, sense in offers[0].items() if all(name in offer for offer in offers)}


def _sensed(info: Mapping[str, Any], name: str, index: int, when: str) -> float:
    """Return what environment ``index`` sensed at a "reset" or "step"; raises `UserError` where that is no number."""
    where = f"sense '{name}' of environment {index} at {when}"
    senses = info.get("senses")
    if not isinstance(senses, Mapping):
        raise UserError(f"{where} is missing: info['senses'] must be a dict with a number for it, not {senses!r:.60}")
    if name not in senses:
        raise UserError(f"{where} is missing in info['senses'], which has {', '.join(map(str, senses)) or 'nothing'}")
    value = senses[name]
    if isinstance(value, (float, int)):
        return value
    number = np.asarray(value)
    if number.size != 1 or number.dtype.kind not in "buif":
        raise UserError(f"{where} must be a number, not {value!r:.60}")
    return float(number.reshape(()))

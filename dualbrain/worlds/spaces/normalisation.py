"""Find the normaliser of observations and its statistics, for agents and for their environments.

An agent that was trained in a `VecNormalize` (its *normaliser*) reads normalised observations, in `predict`, `assess`
and `scorecard` alike. What a world itself gives is read by `dualbrain.worlds.vec_env.raw_world.RawWorld`.
"""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
from stable_baselines3.common.vec_env import VecEnv, VecEnvWrapper, VecNormalize

from dualbrain.errors import UserError
from dualbrain.worlds.spaces.fitting import check_observations

OF_OBSERVATIONS = ("norm_obs", "norm_obs_keys", "obs_rms", "clip_obs", "epsilon")
"""Attributes of a `VecNormalize` that decide what becomes of an observation."""

OF_THE_ENVIRONMENT = ("venv", "class_attributes", "returns", "old_obs", "reset_infos", "metadata", "_seeds", "_options")
"""Those that go with the environment that it is around."""


class Normalised(Protocol):
    """An agent of Stable-Baselines3's."""

    def get_vec_normalize_env(self) -> Any:
        """Return the `VecNormalize` that its observations go through, or None."""


def normaliser_of(venv: VecEnv) -> VecNormalize | None:
    """Return the `VecNormalize` that the observations of ``venv`` have gone through, or None.

    A `VecEnv` that hands out rows of another one names it as its ``normaliser``. Raises `UserError` for two of them
    around one another: which of both an observation is to go through could not be said.
    """
    found: list[VecNormalize] = []
    while isinstance(venv, VecEnvWrapper):
        found += [venv] if isinstance(venv, VecNormalize) else []
        venv = venv.venv
    named: VecNormalize | None = vars(venv).get("normaliser")
    found += [named] if named else []
    if len(found) > 1:
        raise UserError("the environment is in two VecNormalize, one around the other: leave one of them out")
    return found[0] if found else None


def prepared(agent: Normalised, observations: Any) -> Any:
    """Return raw observations ``(N, ...)`` as the agent reads them."""
    normaliser = agent.get_vec_normalize_env()
    return observations if normaliser is None else normaliser.normalize_obs(observations)


@contextmanager
def as_trained(venv: VecEnv, normaliser: VecNormalize | None) -> Iterator[VecEnv]:
    """Provide ``venv`` with an agent's normaliser (None: without one); its statistics do not change.

    Observations are normalised once, by the agent's own statistics: if ``venv`` holds a `VecNormalize`, they stand in
    for its own until the block ends. Without ``normaliser`` its own count. Raises `UserError` for other observations.
    """
    there = normaliser_of(venv)
    if normaliser is not None:
        check_observations(normaliser.observation_space, there or venv)
    if there is None:
        yield venv if normaliser is None else _around(venv, normaliser, training=False)
        return
    training, own = there.training, _of_observations(there)
    there.training = False
    _exchange(there, own if normaliser is None else _of_observations(normaliser))
    try:
        yield venv
    finally:
        there.training = training
        _exchange(there, own)


def carried(venv: VecEnv, normaliser: VecNormalize | None, stacklevel: int) -> VecEnv:
    """Return the environment in which an agent with this normaliser is to train on.

    Without a `VecNormalize` in ``venv`` it is put into one with the agent's statistics, with a warning. One that has
    seen nothing yet takes them over; one that has its own keeps them, and a difference is logged. ``stacklevel`` says
    whose line the warning is about, as in `warnings.warn`.
    """
    there = normaliser_of(venv)
    if normaliser is None or there is normaliser:
        return venv
    if there is None:
        warnings.warn(
            "the agent was trained in a VecNormalize, and the given environment is in none: it was put into one with "
            "the agent's own statistics (see get_vec_normalize_env)",
            stacklevel=stacklevel,
        )
        check_observations(normaliser.observation_space, venv)
        return _around(venv, normaliser, training=normaliser.training)
    if _unused(there):
        _exchange(there, copy.deepcopy(_of_observations(normaliser)))
        there.ret_rms = copy.deepcopy(normaliser.ret_rms)
    elif not _alike(there, normaliser):
        logging.getLogger("dualbrain").warning(
            "the VecNormalize of the given environment keeps its statistics: they are not those of the agent"
        )
    return venv


def unbound(normaliser: VecNormalize) -> VecNormalize:
    """Return a copy without an environment, which can be copied and saved (as SB3 loads it, it can be neither)."""
    return made_of(type(normaliser), copy.deepcopy(state_of(normaliser)))


def state_of(normaliser: VecNormalize) -> dict[str, Any]:
    """Return its settings and statistics, without what goes with its environment."""
    return {name: value for name, value in vars(normaliser).items() if name not in OF_THE_ENVIRONMENT}


def made_of(cls: type[VecNormalize], state: Mapping[str, Any]) -> VecNormalize:
    """Return a normaliser without an environment that has these settings and statistics."""
    single = cls.__new__(cls)
    single.__setstate__(dict(state))
    single.class_attributes, single.returns, single.reset_infos, single.metadata = {}, np.zeros(0), [], {}
    return single


def _around(venv: VecEnv, normaliser: VecNormalize, training: bool) -> VecNormalize:
    """Return ``venv`` in a `VecNormalize` like ``normaliser``, with a copy of its statistics."""
    wrapper = unbound(normaliser)
    wrapper.set_venv(venv)
    wrapper.training = training
    return wrapper


def _of_observations(normaliser: VecNormalize) -> dict[str, Any]:
    return {name: vars(normaliser)[name] for name in OF_OBSERVATIONS if name in vars(normaliser)}


def _exchange(normaliser: VecNormalize, settings: dict[str, Any]) -> None:
    for name in OF_OBSERVATIONS:
        vars(normaliser).pop(name, None)
    vars(normaliser).update(settings)


def _unused(normaliser: VecNormalize) -> bool:
    """Return whether its statistics are still those that SB3 begins with."""
    return all(statistics.count < 1.0 for statistics in _statistics(normaliser).values())


def _alike(one: VecNormalize, other: VecNormalize) -> bool:
    ours, theirs = _statistics(one), _statistics(other)
    return ours.keys() == theirs.keys() and all(
        np.array_equal(ours[key].mean, theirs[key].mean) and np.array_equal(ours[key].var, theirs[key].var)
        for key in ours
    )


def _statistics(normaliser: VecNormalize) -> dict[str, Any]:
    """Return running means and variances by part of the observation; none where observations are not normalised."""
    statistics: Any = vars(normaliser).get("obs_rms", {}) if normaliser.norm_obs else {}
    return statistics if isinstance(statistics, dict) else {"": statistics}

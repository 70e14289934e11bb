"""Check that reward, senses and observations of a world are finite."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.errors import NonFiniteError
from dualbrain.steering.sense import Sense

FEW = 16
"""Numbers that plain Python looks through faster than NumPy."""


def finite(values: NDArray[Any]) -> bool:
    """Return whether all numbers are finite: in two microseconds for a thousand, in half of one for a few."""
    if values.dtype.kind not in "fc":
        return True
    if values.size <= FEW and values.dtype.kind == "f":
        return all(map(math.isfinite, values.ravel().tolist()))
    return bool(np.isfinite(values).all())


def check_reward(rewards: NDArray[Any], present: NDArray[np.bool_]) -> None:
    """Raise `NonFiniteError` for a reward ``(N,)`` of the world that is not finite, unless its agent is absent."""
    rewards = np.asarray(rewards)
    if not finite(rewards):
        _blame("the world's reward", rewards, ~np.isfinite(rewards) & present)


def check_senses(
    senses: Mapping[str, Any], declared: Mapping[str, Sense], read: Iterable[str], there: NDArray[np.bool_]
) -> None:
    """Raise `NonFiniteError` for a sense ``(N,)`` among those ``read`` that is not finite.

    NaN passes where the sense is declared ``optional``, and anything where the agent is not ``there`` ``(N,)``.
    """
    for name in read:
        values = np.asarray(senses[name])
        if not finite(values):
            good = np.isfinite(values) | (np.isnan(values) if declared[name].optional else False)
            hint = "; declare it Sense(..., optional=True) if NaN means that there is nothing to sense"
            _blame(f"the world's sense '{name}'", values, ~good & there, "" if declared[name].optional else hint)


def check_observations(obs: Any, dones: NDArray[np.bool_] | None = None, infos: Any = ()) -> None:
    """Raise `NonFiniteError` for observations ``(N, ...)``, or a dict of such, that are not finite.

    So too for the final ones, in ``infos``, where ``dones`` ``(N,)``.
    """
    parts = obs if isinstance(obs, dict) else {"": obs}
    for name, part in ((name, np.asarray(part)) for name, part in parts.items()):
        if not finite(part):
            _blame(_called(name), part, ~np.isfinite(part))
        if dones is not None and part.dtype.kind in "fc" and dones.any():
            _check_finals(name, dones, infos)


def _check_finals(name: str, dones: NDArray[np.bool_], infos: Any) -> None:
    for i in np.flatnonzero(dones).tolist():
        final = infos[i].get("terminal_observation")
        part = np.asarray(final[name] if name else final)
        if not finite(part):
            raise NonFiniteError(f"environment {i}: {_called(name)} at the episode's end is {_worst(part)}, not finite")


def _called(name: str) -> str:
    return f"the world's observation '{name}'" if name else "the world's observation"


def _worst(values: NDArray[Any]) -> str:
    return f"{values[~np.isfinite(values)].flat[0]:g}"


def _blame(what: str, values: NDArray[Any], bad: NDArray[np.bool_], hint: str = "") -> None:
    """Raise for the first bad one, if there is any; ``values`` and ``bad`` are ``(N, ...)``."""
    places = np.argwhere(bad)
    if len(places):
        place = tuple(places[0].tolist())
        at = f", place {list(place[1:])}," if len(place) > 1 else ""
        raise NonFiniteError(f"environment {place[0]}: {what}{at} is {values[place]:g}, not finite{hint}")

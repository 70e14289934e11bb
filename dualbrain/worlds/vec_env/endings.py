"""How episodes ended, as the infos of a `VecEnv` say it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]

TRUNCATED, FINAL = "TimeLimit.truncated", "terminal_observation"
"""What SB3 calls the two in the infos of an episode's last step."""


def cut_short(dones: Bools, infos: Sequence[dict[str, Any]]) -> Bools:
    """Return ``(N,)`` whose episode was truncated; as for SB3, it ended by itself where its end is not known.

    >>> cut_short(np.array([True, True, False]), [{"TimeLimit.truncated": True, "terminal_observation": 0}, {}, {}])
    array([ True, False, False])
    """
    truncated = np.zeros(len(dones), bool)
    for i in np.flatnonzero(dones).tolist():
        truncated[i] = bool(infos[i].get(TRUNCATED, False)) and (infos[i].get(FINAL) is not None)
    return truncated


def final_observations(obs: Any, dones: Bools, infos: list[dict[str, Any]]) -> Any:
    """Return the observations that the transitions led to: ``obs`` with the final ones where episodes ended.

    Where infos do not tell the final one, what was returned in its place is taken for it, with a warning.
    """
    if not dones.any():
        return obs
    finals: dict[int, Any] = {i: infos[i].get(FINAL) for i in np.flatnonzero(dones).tolist()}
    if any(final is None for final in finals.values()):
        warnings.warn(
            "episodes end without infos['terminal_observation']: the observation returned is taken", stacklevel=2
        )
        finals = {i: final for i, final in finals.items() if final is not None}
    if isinstance(obs, dict):
        return {key: _replace(part, {i: final[key] for i, final in finals.items()}) for key, part in obs.items()}
    return _replace(obs, finals)


def _replace(obs: NDArray[Any], finals: Mapping[int, Any]) -> NDArray[Any]:
    replaced = obs.copy()
    for i, final in finals.items():
        replaced[i] = final
    return replaced

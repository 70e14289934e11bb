"""How episodes ended, as the infos of a `VecEnv` say it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def final_observations(obs: Any, dones: NDArray[np.bool_], infos: list[dict[str, Any]]) -> Any:
    """Return the observations that the transitions led to: ``obs`` with the final ones where episodes ended.

    Where infos do not tell the final one, what was returned in its place is taken for it, with a warning.
    """
    if not dones.any():
        return obs
    finals: dict[int, Any] = {i: infos[i].get("terminal_observation") for i in np.flatnonzero(dones).tolist()}
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

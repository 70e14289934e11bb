"""Read attributes of a `VecEnv`, also of classes that lack Stable-Baselines3's methods.

Simulators that step many robots at once, and several agents of one world, come as a `VecEnv` that has no ``has_attr``,
whose ``unwrapped`` is something else, or that keeps no infos of its resets. It trains all the same, as long as nothing
is wanted that only such an answer could give.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import SubprocVecEnv, VecEnv, VecEnvWrapper

from dualbrain.errors import UserError

NO_NUMBER = (
    "the reward of a world must be one number ({}): make one of a vector by gymnasium.wrappers.TransformReward, and "
    "hand out its parts as senses (docs/adapters.md)"
)
NOT_UNPACKED = (
    "a world must return (obs, info) at reset and (obs, reward, terminated, truncated, info) at every step, "
    "as Gymnasium's do ({})"
)
NO_OBSERVATION = "an observation of a world must be as its observation_space says ({})"
CANNOT = (AttributeError, NotImplementedError)
"""What a `VecEnv` raises that lacks an attribute, or cannot be asked for one."""


class Layer(VecEnvWrapper):
    """A wrapper of our own: it hands on observations as they come.

    It takes over the render mode which its `VecEnv` has, instead of asking every environment.
    """

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Return an attribute of the environments asked for."""
        if attr_name == "render_mode":
            return [getattr(self.venv, "render_mode", None) for _ in self._get_indices(indices)]
        attributes: list[Any] = self.venv.get_attr(attr_name, indices)
        return attributes

    def seed(self, seed: int | None = None) -> Sequence[int | None]:
        """Seed the environments, as far as they can be seeded."""
        return seed_worlds(self.venv, seed)


def innermost(venv: VecEnv) -> VecEnv:
    """Return the `VecEnv` inside of all wrappers: not ``unwrapped``, which may be a simulator."""
    while isinstance(venv, VecEnvWrapper) and isinstance(venv.venv, VecEnv):
        venv = venv.venv
    return venv


def offers(venv: VecEnv, name: str) -> bool:
    """Return whether the environments have an attribute; where that cannot be asked, they have not."""
    try:
        return bool(venv.has_attr(name))
    except CANNOT:
        return False
    except Exception as error:  # noqa: BLE001  what is asked for here need not be there
        _say(venv, name, error)
        return False


def attribute(venv: VecEnv, name: str, default: Any = None) -> Any:
    """Return an attribute of the first environment; ``default`` where there is none, or it cannot be asked for."""
    found = attributes(venv, name)
    return found[0] if found else default


def attributes(venv: VecEnv, name: str) -> list[Any]:
    """Return an attribute of every environment; none where one lacks it, or it cannot be asked for."""
    if not offers(venv, name):
        return []
    try:
        return list(venv.get_attr(name))
    except Exception as error:  # noqa: BLE001  what is asked for here need not be there
        _say(venv, name, error)
        return []


def _say(venv: VecEnv, name: str, error: Exception) -> None:
    kind = type(innermost(venv)).__name__
    logging.getLogger("dualbrain").warning("%s cannot be asked for '%s' (%r): taken for none", kind, name, error)


def seed_worlds(venv: VecEnv, seed: int | None) -> Sequence[int | None]:
    """Seed every environment for its next reset; one that cannot be seeded stays random, with a warning."""
    try:
        seeds: Sequence[int | None] = venv.seed(seed)
    except CANNOT:
        kind = type(innermost(venv)).__name__
        logging.getLogger("dualbrain").warning("%s cannot be seeded: its worlds are not those of seed %s", kind, seed)
        return [None] * venv.num_envs
    return seeds


def reset_infos(venv: VecEnv) -> Sequence[Mapping[str, Any]]:
    """Return what each environment said at its latest reset; raises `UserError` where that is not kept."""
    inner = innermost(venv)
    kept: Sequence[Mapping[str, Any]] | None = getattr(inner, "reset_infos", None)
    if kept is None or len(kept) != venv.num_envs:
        raise UserError(f"{type(inner).__name__} keeps no reset_infos, one per environment, to take senses from")
    return kept


def world_id(venv: VecEnv) -> str | None:
    """Return the id of Gymnasium's that the worlds were made by, or None.

    Other processes are asked for words alone: a spec that cannot be pickled, such as one with a lambda, ends them.
    """
    if isinstance(innermost(venv), SubprocVecEnv):
        found = re.search(r"<([^<>]+)>+$", str(venv.env_method("__str__", indices=[0])[0]))
        return found[1] if found and " instance" not in found[1] else None
    spec = attribute(venv, "spec")
    return None if spec is None else str(spec.id)


def finish_step(venv: VecEnv) -> tuple[Any, NDArray[Any], NDArray[np.bool_], list[dict[str, Any]]]:
    """Wait for the step of a `VecEnv`; return observations, rewards ``(N,)``, dones ``(N,)`` as flags, and infos.

    Raises `UserError` where the infos are not one dict per environment, or something is not ``(N,)``.
    """
    came = _step(venv)
    obs, infos = came[0], came[3]
    rewards, dones = np.asarray(came[1]), np.asarray(came[2], np.bool_)
    for what, given in (("rewards", rewards), ("dones", dones)):
        if given.shape != (venv.num_envs,):
            raise _unlike(venv, what, f"of shape {given.shape}, not {(venv.num_envs,)}: one per environment")
    if not _is_one_each(infos, venv.num_envs):
        raise _unlike(venv, "infos", f"as {type(infos).__name__}: a list of one dict per environment is needed")
    return obs, rewards, dones, infos


def start(venv: VecEnv) -> Any:
    """Reset all worlds; raises `UserError` where one does not do as Gymnasium says."""
    return _asked(venv.reset)


def _step(venv: VecEnv) -> Any:
    """Step; raises `UserError` where a world does not do as Gymnasium says, and for a process that ended."""
    return _asked(venv.step_wait)


def _asked(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except (TypeError, ValueError) as error:
        wrong = _contract(error)
        if not wrong:
            raise
        raise UserError(wrong.format(" ".join(str(error).split()))) from error
    except (EOFError, ConnectionError) as error:
        raise UserError("the process of an environment ended: its own traceback was printed above") from error


def _contract(error: Exception) -> str:
    """Return what a world does not keep to where a library failed on what it handed out; "" for any other error."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    line, libraries = last.line or "", {"stable_baselines3", "gymnasium"} & {*Path(last.filename).parts}
    if not libraries:
        return ""
    if "to unpack" in str(error):
        return NOT_UNPACKED
    if "buf_obs" in line:
        return NO_OBSERVATION
    return NO_NUMBER if "stable_baselines3" in libraries and "rew" in line else ""


def _is_one_each(infos: Any, n: int) -> bool:
    return isinstance(infos, (list, tuple)) and len(infos) == n and isinstance(infos[0], dict)


def _unlike(venv: VecEnv, what: str, how: str) -> UserError:
    return UserError(f"{type(innermost(venv)).__name__} returned {what} {how}")

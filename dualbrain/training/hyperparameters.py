"""Ranges of Stable-Baselines3's hyperparameters, for files, flags and constructors."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from dualbrain.errors import UserError, unknown
from dualbrain.structured.ranges import (
    AT_LEAST_1,
    CLIPPING,
    FINITE,
    NOT_NEGATIVE,
    PICTURES,
    SEED,
    SHARE,
    SHARE_ABOVE_0,
    Range,
)
from dualbrain.training.devices import check_device

COUNT = Range(0, 2**31 - 1, whole=True)
UNLIMITED = Range(-1, 2**31 - 1, whole=True, why="-1: no such end")
RANGES = {
    "learning_rate": NOT_NEGATIVE,
    "gamma": SHARE,
    "gae_lambda": SHARE,
    "clip_range": Range(0, above=True),
    "clip_range_vf": Range(0, above=True),
    "ent_coef": FINITE,
    "vf_coef": NOT_NEGATIVE,
    "max_grad_norm": CLIPPING,
    "target_kl": Range(0, above=True),
    "tau": SHARE_ABOVE_0,
    "n_steps": AT_LEAST_1,
    "batch_size": AT_LEAST_1,
    "n_epochs": AT_LEAST_1,
    "buffer_size": AT_LEAST_1,
    "learning_starts": COUNT,
    "gradient_steps": UNLIMITED,
    "target_update_interval": AT_LEAST_1,
    "policy_delay": AT_LEAST_1,
    "exploration_fraction": SHARE,
    "exploration_initial_eps": SHARE,
    "exploration_final_eps": SHARE,
    "target_policy_noise": NOT_NEGATIVE,
    "target_noise_clip": NOT_NEGATIVE,
    "rms_prop_eps": Range(0, above=True),
    "sde_sample_freq": UNLIMITED,
    "stats_window_size": AT_LEAST_1,
    "pictures": PICTURES,
    "seed": SEED,
}
"""By Stable-Baselines3's names, and those of ours."""
SCHEDULES = ("learning_rate", "clip_range", "clip_range_vf")
"""Those that may be functions of the share of training that is left."""
MAYBE_NONE = ("clip_range_vf", "target_kl", "seed")
LINEAR = "lin_"
"""Beginning of the notation for a linear decay to 0, as in ``lin_0.001``."""


def check_hyperparameters(given: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """Return hyperparameters with whole numbers as integers; raises `UserError` for one out of its range.

    Those that are not known are not looked at.
    """
    return {name: _check(name, value, where) if name in RANGES else value for name, value in given.items()}


def _check(name: str, value: Any, where: str) -> Any:
    what = f"{where}: '{name}'" if where else f"'{name}'"
    if name in MAYBE_NONE and value is None:
        return None
    if name in SCHEDULES and callable(value):
        return value
    if name in SCHEDULES and isinstance(value, str) and value.startswith(LINEAR):
        RANGES[name].check(decays_from(value), what)
        return value
    if name == "ent_coef" and isinstance(value, str) and value.startswith("auto"):  # SAC learns it
        return value
    return RANGES[name].check(value, what)


def defaults_to_none(cls: type, name: str) -> bool:
    """Return whether None is what a class, or the one that it is derived from, takes for an argument by default."""
    makers = [vars(each)["__init__"] for each in cls.__mro__ if "__init__" in vars(each)]
    parameters = (inspect.signature(maker).parameters for maker in makers)
    return next((given[name].default is None for given in parameters if name in given), False)


def decays_from(schedule: str) -> float:
    """Return the number of a ``lin_`` notation; raises `UserError` where there is none."""
    try:
        return float(schedule.removeprefix(LINEAR))
    except ValueError as error:
        raise UserError(f"'{schedule}' is no schedule: write lin_ and a number, as in lin_0.001") from error


def check_rows(settings: Mapping[str, Any], n_envs: int, where: str = "") -> None:
    """Raise `UserError` for rollouts or minibatches of one row, over which advantages cannot be normalised."""
    if not settings.get("normalize_advantage"):
        return
    start, needed = f"{where}: " if where else "", "while 'normalize_advantage' is on"
    if settings.get("batch_size") == 1:
        raise UserError(f"{start}'batch_size' must be at least 2 {needed}, not 1")
    if settings.get("n_steps", 2) * n_envs == 1:
        raise UserError(f"{start}'n_steps' times parallel worlds must be at least 2 {needed}, not 1")


def checked_arguments(
    cls: type, args: tuple[Any, ...], kwargs: Mapping[str, Any], n_envs: int, also: Iterable[str] = ()
) -> dict[str, Any]:
    """Return by name what an algorithm's class is given after policy and environment.

    Raises `UserError` as above, and for an unknown name: valid are those of the class, and ``also`` others.
    """
    signature = inspect.signature(cls)
    valid = [name for name in (*signature.parameters, *also) if not name.startswith("_")]
    for name in kwargs:
        if name not in signature.parameters:
            raise unknown("argument", name, valid)
    given = signature.bind_partial(None, None, *args, **kwargs).arguments
    stated = check_hyperparameters(dict(list(given.items())[2:]))
    check_rows({name: each.default for name, each in signature.parameters.items()} | stated, n_envs)
    if isinstance(stated.get("ent_coef"), str) and not isinstance(signature.parameters["ent_coef"].default, str):
        RANGES["ent_coef"].check(stated["ent_coef"], "'ent_coef'")
    if "device" in stated:
        check_device(stated["device"])
    return stated

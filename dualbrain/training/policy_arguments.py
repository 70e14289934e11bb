"""The ``policy_kwargs`` of a configuration: classes are named in it, as in ``activation_fn = "relu"``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common import torch_layers
from stable_baselines3.common.preprocessing import is_image_space
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor

from dualbrain.errors import UserError, unknown
from dualbrain.registry import load
from dualbrain.structured.ranges import Range
from dualbrain.structured.reading import Reader

AUTO = "auto"
"""In the place of a policy's name: that which reads the world's observations, see `policy_name`."""
SMALLEST_IMAGE = 36
"""Rows and columns that the convolutions of Stable-Baselines3 need."""
UNITS = Range(1, 100_000, whole=True)
FIRST = {"self", "observation_space", "action_space", "lr_schedule"}
"""Arguments of a policy that its algorithm gives."""


def check_policy_arguments(given: Any, offered: Mapping[str, Any] | None, where: str) -> None:
    """Raise `UserError` for an argument that the policy does not take, sizes that are none, an unknown class.

    ``offered`` are the policy's arguments with their defaults; None: they are not known.
    """
    if not isinstance(given, Mapping):
        example = "a table, as in policy_kwargs:dict(net_arch=[64,64])"
        raise UserError(f"{where}: 'policy_kwargs' must be {example}, not {given!r}")
    place = f"{where} policy_kwargs"
    valid = {name: default for name, default in (offered or given).items() if name not in FIRST}
    for name, value in given.items():
        if name not in valid:
            raise unknown("key", name, valid, f" in {place}")
        if type(valid[name]) in (bool, int, float):
            Reader(place, "", name).read(type(valid[name]), value)
    resolved(given, place)


def resolved(given: Mapping[str, Any], where: str = "policy_kwargs") -> dict[str, Any]:
    """Return the arguments with classes in the place of their names, and whole numbers as integers.

    Raises `UserError` for an unknown name, with the nearest one.
    """
    found = {name: _class(name, value) if name in CLASSES else value for name, value in given.items()}
    if given.get("net_arch") is not None:
        found["net_arch"] = _sizes(given["net_arch"], where)
    return found


def _activations() -> dict[str, type]:
    return {name: getattr(torch.nn, name) for name in torch.nn.modules.activation.__all__}


def _optimizers() -> dict[str, type]:
    named = {name: one for name, one in vars(torch.optim).items() if isinstance(one, type)}
    return {name: one for name, one in named.items() if issubclass(one, torch.optim.Optimizer)}


def _extractors() -> dict[str, type]:
    named = {name: one for name, one in vars(torch_layers).items() if isinstance(one, type)}
    return {name: one for name, one in named.items() if issubclass(one, BaseFeaturesExtractor)}


CLASSES = {
    "activation_fn": ("activation function", _activations),
    "optimizer_class": ("optimizer", _optimizers),
    "features_extractor_class": ("features extractor", _extractors),
}


KINDS = {
    "activation_fn": torch.nn.Module,
    "optimizer_class": torch.optim.Optimizer,
    "features_extractor_class": BaseFeaturesExtractor,
}
"""From what each class must be derived."""


def _derived(found: Any, what: str, name: str, kind: type) -> Any:
    if not (isinstance(found, type) and issubclass(found, kind)):
        raise UserError(f"'{name}' is no {what}: it must be a class derived from {kind.__name__}")
    return found


def _class(argument: str, given: Any) -> Any:
    """Return the class of a name such as ``relu``, ``nn.ReLU`` or ``package.module:Class``."""
    what, offered = CLASSES[argument]
    if not isinstance(given, str):
        return given
    if ":" in given:
        return _derived(load("", what, given), what, given, KINDS[argument])
    known = offered()
    folded = {name.lower(): one for name, one in known.items()}
    short = given.rpartition(".")[2]
    if short.lower() not in folded:
        raise unknown(what, short, known)
    return folded[short.lower()]


def _sizes(given: Any, where: str) -> Any:
    if isinstance(given, Mapping):
        for tower in given:
            if tower not in ("pi", "vf", "qf"):
                raise unknown("key", tower, ("pi", "vf", "qf"), f" in {where}.net_arch")
        return {tower: _sizes(sizes, where) for tower, sizes in given.items()}
    if isinstance(given, (list, tuple)) and len(given) == 1 and isinstance(given[0], Mapping):
        return _sizes(given[0], where)  # as rl-zoo3 has it: [dict(pi=[64], vf=[64])]
    if not isinstance(given, (list, tuple)):
        raise UserError(f"{where}: 'net_arch' must be a list of sizes, as in [64, 64], not {given!r}")
    return [UNITS.check(size, f"{where}: a size in 'net_arch'") for size in given]


def policy_name(space: spaces.Space[Any], offered: Iterable[str]) -> str:
    """Return which of an algorithm's policies reads a space: one for Dicts, for images, or for anything else.

    Raises `UserError` where it has none such.

    >>> policy_name(spaces.Box(-1.0, 1.0, (3,)), ["MlpLstmPolicy", "CnnLstmPolicy", "MultiInputLstmPolicy"])
    'MlpLstmPolicy'
    """
    image = is_image_space(space) and not is_small(space)
    beginning = "MultiInput" if isinstance(space, spaces.Dict) else "Cnn" if image else "Mlp"
    found = next((name for name in offered if name.startswith(beginning)), None)
    if found is None:
        raise UserError(f"the algorithm has no policy for {space}: name one of {', '.join(offered)}")
    return found


def is_small(space: spaces.Space[Any]) -> bool:
    """Return whether an image, or one in a Dict, is too small for the convolutions of Stable-Baselines3."""
    if isinstance(space, spaces.Dict):
        return any(map(is_small, space.spaces.values()))
    return is_image_space(space) and sorted(space.shape or ())[1] < SMALLEST_IMAGE

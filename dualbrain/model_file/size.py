"""Compute the memory of a loaded brain before it is built."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.policies import BasePolicy
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from dualbrain.errors import UserError
from dualbrain.files.trust import is_part, is_registered
from dualbrain.model_file.archive import DamagedError
from dualbrain.model_file.tensors import tensors_in
from dualbrain.origin import reason

MOST = 2**30
"""Bytes of experience that room is made for, on the word of a file."""
BESIDE = 64
"""Bytes of a row of experience beside its observation, about."""


def check_experience(data: Mapping[str, Any], most: float = MOST) -> None:
    """Raise `DamagedError` where the experience that an agent keeps would need more than ``most`` bytes."""
    rows = max(int(data.get("n_steps", 1)) * int(data["n_envs"]), int(data.get("buffer_size", 1)))
    row = _bytes(data["observation_space"]) + _bytes(data["action_space"]) + BESIDE
    if rows * row > most:
        needed = f"{rows:,} rows of experience, which need {rows * row / MOST:,.1f} GiB"
        raise DamagedError(f"it asks for {needed}: if you trust its maker, say --trust (in Python: trusted=True)")


def check_network(cls: type[BasePolicy], arguments: Mapping[str, Any], data: Mapping[str, Any], state: Any) -> None:
    """Raise `DamagedError` where the network that is to be built is not the one whose parameters the file holds.

    It is drawn up without memory for its parameters. A network with code of the user's own may not allow for that, and
    is then left to its own code.
    """
    shapes = {name: tuple(value.shape) for name, value in state.items() if isinstance(value, Tensor)}
    if _numbers(arguments.get("net_arch")) > len(shapes):
        raise DamagedError("its network has more layers than the file has parameters")
    sketch: Any = type(cls.__name__, (cls,), {"device": property(lambda _: torch.device("meta"))})
    made = partial(sketch, data["observation_space"], data["action_space"], lambda _: 0.0, **arguments)
    _check_shapes("network", made, shapes, _is_own(cls, arguments))


def check_cortex(
    cls: type[nn.Module], space: spaces.Space[Any], options: Mapping[str, Any], state: Mapping[str, Any]
) -> None:
    """Raise `DamagedError` where the cortex that is to be built is not the one of the parameters ``cortex...``.

    It is drawn up as in `check_network`.
    """
    shapes = {
        name.removeprefix("cortex."): tuple(value.shape)
        for name, value in state.items()
        if name.startswith("cortex.") and isinstance(value, Tensor)
    }
    _check_shapes("cortex", partial(cls, space, **options), shapes, _is_own(cls, options))


def _check_shapes(what: str, make: Callable[[], nn.Module], shapes: Mapping[str, Any], is_own: bool) -> None:
    """Raise `DamagedError` where what ``make`` makes has parameters of other shapes; torch's random stream stays."""
    try:
        with torch.random.fork_rng(devices=[]), torch.device("meta"), _WithoutNumbers():
            drawn = {name: tuple(value.shape) for name, value in make().state_dict().items()}
    except UserError:
        raise
    except Exception as error:
        if is_own:
            return
        raise DamagedError(f"its {what} cannot be built: {reason(error)[:200]}") from error
    if drawn != shapes:
        raise DamagedError(f"its parameters are not those of its {what}")


class _WithoutNumbers(TorchFunctionMode):
    """Leaves out where torch looks at numbers, of which there are none: at deviations, and whether all are valid."""

    def __torch_function__(self, func: Any, _: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.normal:
            return torch.empty_like(args[0])
        return True if func is torch._is_all_true else func(*args, **(kwargs or {}))


def _is_own(cls: type, arguments: Mapping[str, Any]) -> bool:
    classes = [cls, *(value for value in arguments.values() if isinstance(value, type))]
    return not all(is_part(each.__module__) or is_registered(each.__module__) for each in classes)


def check_optimizer(optimizer: torch.optim.Optimizer) -> None:
    """Raise `DamagedError` where what an optimiser remembers of a parameter is of another shape."""
    for parameter, remembered in optimizer.state.items():
        for value in tensors_in(remembered):
            if value.dim() and value.shape != parameter.shape:
                raise DamagedError("its optimiser is not that of its network")


def _numbers(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_numbers, value.values()))
    return sum(map(_numbers, value)) if isinstance(value, (list, tuple)) else 1


def _bytes(space: spaces.Space[Any]) -> int:
    if isinstance(space, spaces.Dict):
        return sum(map(_bytes, space.spaces.values()))
    return math.prod(space.shape or (1,)) * (space.dtype.itemsize if space.dtype is not None else 8)

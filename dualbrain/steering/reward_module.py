"""The base class of drives: a `RewardModule`, whose methods name the senses that they read as parameters."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.signal import Signal

Array = NDArray[Any]
SignalValues = Mapping[str, Array | float]

NO_REFLEX = -1
THOUGHT, IMAGINED = PREDICTIONS = ("thought", "imagined")
"""The parameter names that are no senses: the assessors' short predictions by full signal name, of the present thought,
and each read as many steps ahead as its signal is imagined."""


@dataclass
class RewardModule:
    """An innate drive: hand-written, vectorised over the N parallel agents, never learned.

    Subclasses are dataclasses (their fields are the drive's parameters), set ``emits`` and
    define ``truth``, whose parameter names are the senses that it reads, each ``(N,)`` float32.
    They may define ``worth`` and ``reflex`` likewise, and ``bind`` and ``reset`` for state.
    The special parameter ``thought`` maps full signal names to predictions, each ``(N,)``, and
    ``imagined`` to those read `Signal.imagined` steps ahead: of the present where that is 0.
    """

    emits: ClassVar[tuple[Signal, ...]] = ()

    _: KW_ONLY
    name: str = ""
    """Name in the steering subsystem; by default the class name in snake_case."""

    truth: ClassVar[Callable[..., SignalValues]]
    """``truth(**senses) -> {signal: (N,)}``, NaN where the innate senses have nothing to say."""
    worth: ClassVar[Callable[..., SignalValues] | None] = None
    """``worth(**senses) -> {signal: (N,)}``: what one unit is worth to this body now; 1 if absent."""
    reflex: ClassVar[Callable[..., Array] | None] = None
    """``reflex(**senses) -> (N,)`` int: the action that pre-empts the policy, or `NO_REFLEX`."""

    def bind(self, n: int) -> None:
        """Allocate state for ``n`` parallel agents, called before the first step."""

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Forget the state of the agents ``(N,)`` whose episode ended with this step."""

    @property
    def parameters(self) -> dict[str, Any]:
        """The drive's parameters as declared by its dataclass fields."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "name"}

    def state_dict(self) -> dict[str, Any]:
        """The drive's state: every attribute that is not a parameter."""
        declared = {field.name for field in fields(self)}
        return copy.deepcopy({key: value for key, value in vars(self).items() if key not in declared})

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned."""
        vars(self).update(copy.deepcopy(dict(state)))


def module_name(module: RewardModule) -> str:
    """Return the module's name: the one given, or its class name in snake_case.

    >>> class SafetyMargin(RewardModule): ...
    >>> module_name(SafetyMargin())
    'safety_margin'
    """
    return module.name or name_of_class(type(module))


def name_of_class(cls: type[RewardModule]) -> str:
    """Return the name of a class's modules that are given none."""
    stated = cls.name if isinstance(cls.name, str) else ""  # what a dataclass with slots has there is no name
    return stated or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()


def sense_names(method: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the senses that a bound method of a module reads."""
    return tuple(inspect.signature(method).parameters)


def reading(method: Callable[..., Any], *senses: str) -> Callable[..., Any]:
    """Return a method of a module under other parameter names: it reads ``senses``, and is handed them in order.

    >>> class Gold(RewardModule):
    ...     truth = reading(lambda self, felt: {"reward": felt}, "treasure")
    >>> sense_names(Gold().truth)
    ('treasure',)
    """

    def read(self: RewardModule, *values: Any) -> Any:
        return method(self, *values)

    named = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in ("self", *senses)]
    read.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]
    return read

"""A reward module bound into a subsystem: what its methods read, and the rows that its signals fill."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from dualbrain.errors import SignalError, UserError, unknown
from dualbrain.steering.reward_module import IMAGINED, NO_REFLEX, PREDICTIONS, RewardModule, module_name, sense_names
from dualbrain.steering.signal import Signal
from dualbrain.structured.ranges import check_fields

Floats = NDArray[np.float32]
Senses = Mapping[str, Any]


def read_only(value: Any) -> Any:
    """Return a view of an array that cannot be written to; anything else as it is."""
    if not isinstance(value, np.ndarray):
        return value
    view = value.view()
    view.flags.writeable = False
    return view


class ByName(dict[str, Floats]):
    """Predictions ``(N,)`` by full signal name; raises `UserError` for an unknown one, with the nearest."""

    def __missing__(self, name: str) -> Floats:
        raise unknown("signal", name, self, where=", whose prediction a module reads")


class Reader:
    """One method of a module with the names that it reads, resolved once."""

    def __init__(self, owner: str, method: str, call: Callable[..., Any]):
        self.where = f"{owner}.{method}"
        if not callable(call):
            raise UserError(f"{self.where} must be a method, not {' '.join(repr(call).split()):.60}")
        self.names = sense_names(call)
        _check_signature(self.where, call)
        self._call = call

    def __call__(self, senses: Senses) -> Any:
        """Call the method with the senses it names; raises `SignalError` where it writes to one that is read-only."""
        try:
            return self._call(*[senses[name] for name in self.names])
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            wrong = f"{self.where} writes into a sense that it reads: make a new array, as in x = 3 * x, not x *= 3"
            raise SignalError(wrong) from error

    def check(self, offered: tuple[str, ...]) -> None:
        """Raise `UserError` for a sense that the world does not offer."""
        for name in self.names:
            if name not in offered and name not in PREDICTIONS:
                raise unknown("sense", name, offered, where=f" (read by {self.where})")


def _check_signature(where: str, call: Callable[..., Any]) -> None:
    """Raise `UserError` for parameters that name no single sense."""
    for parameter in inspect.signature(call).parameters.values():
        if parameter.kind not in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            raise UserError(f"{where} must name every sense that it reads as a plain parameter, not '{parameter}'")


@runtime_checkable
class Truthful(Protocol):
    """A drive with the one method that it must have."""

    def truth(self, **senses: Any) -> Any:
        """Return each signal as the senses give it: see `RewardModule.truth`."""


class BoundModule:
    """A module, its readers and its place (``first`` row) among the subsystem's signals."""

    def __init__(self, module: RewardModule, first: int):
        self.name = module_name(module)
        self.module = module
        self._check_emits()
        self.signals: dict[str, Signal] = {f"{self.name}.{signal.name}": signal for signal in module.emits}
        self._rows = {signal.name: first + k for k, signal in enumerate(module.emits)}
        self._check_declaration()
        self.truth = Reader(self.name, "truth", module.truth)
        self.worth = Reader(self.name, "worth", module.worth) if module.worth else None
        self.reflex = Reader(self.name, "reflex", module.reflex) if module.reflex else None
        for name in PREDICTIONS:
            if self.reflex and name in self.reflex.names:
                raise UserError(f"{self.reflex.where} reads '{name}': reflexes read senses only")

    def _check_emits(self) -> None:
        emits = self.module.emits
        if not isinstance(emits, (tuple, list)) or not all(isinstance(signal, Signal) for signal in emits):
            given = " ".join(repr(emits).split())
            raise UserError(f"module '{self.name}': 'emits' must be a tuple of Signal, not {given:.60}")

    def _check_declaration(self) -> None:
        if not self.name.isidentifier():
            raise UserError(f"module name '{self.name}' must be a plain identifier")
        if not self._rows:
            raise UserError(f"module '{self.name}' emits no signal: set 'emits' to a tuple of Signal")
        if len(self._rows) < len(self.module.emits):
            raise UserError(f"module '{self.name}' emits two signals of one name")
        if not isinstance(self.module, Truthful):
            raise UserError(f"module '{self.name}' has no method 'truth'")
        self._check_parameters()

    def _check_parameters(self) -> None:
        """Check the parameters against their annotated ranges; NaN is refused everywhere."""
        try:
            check_fields(self.module)
        except UserError as error:
            raise UserError(f"module '{self.name}': parameter {error}") from error
        for name, value in self.module.parameters.items():
            if isinstance(value, float) and value != value:
                raise UserError(f"module '{self.name}': parameter '{name}' must be a number, not nan")

    @property
    def readers(self) -> tuple[Reader, ...]:
        """Its methods that read."""
        return tuple(reader for reader in (self.truth, self.worth, self.reflex) if reader)

    @property
    def senses(self) -> tuple[str, ...]:
        """Every sense that it reads."""
        return tuple(name for reader in self.readers for name in reader.names if name not in PREDICTIONS)

    @property
    def predictions(self) -> tuple[str, ...]:
        """Which of the assessors' predictions it reads: ``thought``, ``imagined``, both or none."""
        return tuple(name for name in PREDICTIONS if any(name in reader.names for reader in self.readers))

    @property
    def imagines(self) -> bool:
        """Whether it reads what is imagined."""
        return IMAGINED in self.predictions

    def check(self, offered: tuple[str, ...], thoughts: bool) -> None:
        """Raise `UserError` where the world or the brain lacks what it reads."""
        for reader in self.readers:
            reader.check(offered)
        if self.predictions and not thoughts:
            read = "' and '".join(self.predictions)
            raise UserError(f"module '{self.name}' reads '{read}', but no assessor predicts anything here")

    def emit(self, senses: Senses, truth: Floats, worth: Floats) -> None:
        """Write truth and worth into this drive's rows of two ``(K, N)`` arrays (copies, never its own arrays)."""
        self._fill(self.truth, senses, truth)
        if self.worth:
            self._fill(self.worth, senses, worth)

    def _fill(self, reader: Reader, senses: Senses, into: Floats) -> None:
        emitted = reader(senses)
        if not isinstance(emitted, Mapping):
            raise SignalError(f"{reader.where} returned {type(emitted).__name__}, not a mapping from signal to array")
        if emitted.keys() != self._rows.keys():
            raise SignalError(f"{reader.where} emitted {sorted(map(str, emitted))}, not {sorted(self._rows)}")
        for name, row in self._rows.items():
            value = emitted[name]
            if not isinstance(value, (float, int)):
                value = _numbers(value, f"{reader.where}: '{name}'")
                if value.shape != () and value.shape != into.shape[1:]:
                    raise SignalError(f"{reader.where}: '{name}' has shape {value.shape}, not ({into.shape[1]},)")
            into[row] = value

    def react(
        self, senses: Senses, reflex: NDArray[np.int64], alive: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        """Return the reflexes ``(N,)`` with this drive's where no earlier drive had one and the agent is ``alive``."""
        if not self.reflex:
            return reflex
        own = _array(self.reflex(senses), self.reflex.where)
        if alive is not None and own.shape == alive.shape:
            own = np.where(alive, own, NO_REFLEX)
        if own.shape != reflex.shape or own.dtype.kind not in "iu" or (own < NO_REFLEX).any():
            raise SignalError(f"{self.reflex.where} must return {reflex.shape} integers, each an action or NO_REFLEX")
        return np.where(reflex == NO_REFLEX, own, reflex)


def _numbers(value: Any, where: str) -> NDArray[Any]:
    """Return real numbers as an array, NaN where they are masked; raises `SignalError` where there are others."""
    numbers = value if type(value) is np.ndarray else _array(value, where)
    if numbers.dtype.kind not in "fiub":
        given = " ".join(repr(value).split())
        raise SignalError(f"{where} must be real numbers, NaN where there is nothing to say, not {given:.60}")
    return numbers


def _array(value: Any, where: str) -> NDArray[Any]:
    if isinstance(value, np.ma.MaskedArray):
        return np.where(np.ma.getmaskarray(value), np.nan, value.data)
    try:
        return np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:  # uneven lists, or a tensor that learns
        raise SignalError(f"{where} cannot be read as an array: {' '.join(str(error).split())}") from error

"""Development: stages of training, each with its own modules, weights and trust in predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.errors import UserError, unknown
from dualbrain.steering.bound_module import Floats
from dualbrain.steering.signal import Signal
from dualbrain.structured.ranges import STEPS

GREATEST = float(np.finfo(np.float32).max)
"""The greatest weight: rewards are numbers of single precision."""


@dataclass(frozen=True)
class Stage:
    """One stage of development, up to a training step; the next begins there.

    Training steps are those of all parallel agents together (SB3's ``num_timesteps``). Modules, weights and deference
    that a stage does not state are those of the steering subsystem. Raises `UserError` where ``until`` is not positive.
    """

    name: str
    """How the log calls it."""
    until: int | None = None
    """Training step at which it ends; the last stage has none."""
    modules: tuple[str, ...] | None = None
    """Names of the modules that are on, the others being off; None: all are on."""
    weights: dict[str, float] = field(default_factory=dict)
    """Factors by module name or full signal name, laid over those of the steering subsystem."""
    defer: dict[str, float] = field(default_factory=dict)
    """Shares of predictions that stand in for missing truth, by module name or full signal name, in [0, 1]."""
    imagined: dict[str, int] = field(default_factory=dict)
    """Steps ahead at which predictions are read, by module name or full signal name: see `Signal.imagined`."""

    def __post_init__(self) -> None:
        if self.until is not None:
            object.__setattr__(self, "until", self._whole_step(self.until))

    def _whole_step(self, until: float) -> int:
        try:
            return int(STEPS.check(until, "until"))
        except UserError as error:
            raise UserError(f"stage '{self.name}': until must be a step after 0, not {until!r}") from error

    def __str__(self) -> str:
        on = "all" if self.modules is None else ", ".join(self.modules) or "none"
        until = "the end" if self.until is None else f"step {self.until:,}"
        parts = [f"{self.name}: until {until}", f"modules {on}"]
        for what, given in (("weights", self.weights), ("defer", self.defer), ("imagined", self.imagined)):
            parts += [f"{what} {', '.join(f'{name}={value:g}' for name, value in given.items())}"] if given else []
        return "; ".join(parts)


WHOLE_LIFE = Stage("whole life")
"""The one stage of who does not develop."""


@dataclass(frozen=True)
class StageTable:
    """The settings of a stage for every signal, as columns ``(K, 1)``."""

    modules: frozenset[str]
    """Names of those that are on."""
    active: NDArray[np.bool_]
    """Whether the signal's module is on."""
    weight: Floats
    defer: Floats
    """0 where the module is off."""
    imagined: NDArray[np.int64]
    """Steps ahead at which the prediction is read."""


def tabulate(
    stage: Stage, signals: Mapping[str, Signal], owners: Mapping[str, str], weights: Mapping[str, float]
) -> StageTable:
    """Return what a stage means for ``signals``; ``owners`` are their modules, ``weights`` those of all stages.

    Raises `UserError` for an unknown name, with the nearest one, or a share that is none.
    """
    where = f" in stage '{stage.name}'"
    modules = list(dict.fromkeys(owners.values()))
    for name in stage.modules or ():
        if name not in modules:
            raise unknown("module", name, modules, where)
    on = frozenset(modules if stage.modules is None else stage.modules)
    active = np.array([owner in on for owner in owners.values()], bool).reshape(-1, 1)
    weight = by_signal("weight", stage.weights, owners, weights, where)
    defer = by_signal("defer", stage.defer, owners, {name: s.defer for name, s in signals.items()}, where)
    imagined = by_signal(
        "imagined steps", stage.imagined, owners, {name: s.imagined for name, s in signals.items()}, where
    )
    for name, signal in signals.items():
        _check_signal(signal, stage, defer[name], imagined[name])
    shares = np.where(active, column(defer), np.float32(0.0))
    return StageTable(on, active, column(weight), shares, column(imagined).astype(np.int64))


def _check_signal(signal: Signal, stage: Stage, defer: float, imagined: float) -> None:
    steps: Any = int(imagined) if imagined.is_integer() else imagined
    try:
        replace(signal, defer=defer, imagined=steps)
    except UserError as error:
        raise UserError(f"stage '{stage.name}', {error}") from error


def by_signal(
    what: str, given: Mapping[str, float], owners: Mapping[str, str], below: Mapping[str, float], where: str = ""
) -> dict[str, float]:
    """Return numbers by full signal name: ``given`` by signal, else by module, else those ``below``.

    >>> by_signal("weight", {"a": 2.0}, {"a.x": "a", "b.y": "b"}, {"a.x": 1.0, "b.y": 1.0})
    {'a.x': 2.0, 'b.y': 1.0}
    """
    if not isinstance(given, Mapping):
        raise UserError(
            f"every {what}{where} needs a name, as in {{'hunger': 0.5}}, not {' '.join(repr(given).split()):.60}"
        )
    modules = set(owners.values())
    for name, number in given.items():
        if name not in owners and name not in modules:
            raise unknown(what, str(name), [*modules, *owners], where)
        _check_number(f"the {what} of '{name}'{where}", number)
    return {full: float(given.get(full, given.get(owner, below[full]))) for full, owner in owners.items()}


def _check_number(what: str, number: Any) -> None:
    """Raise `UserError` for what is no number, or none in single precision, in which rewards are added up."""
    plain = number.item() if isinstance(number, np.ndarray) and number.ndim == 0 else number
    if isinstance(plain, bool) or not isinstance(plain, Real):
        raise UserError(f"{what} must be a number, not {' '.join(repr(number).split()):.60}")
    if not np.isfinite(float(plain)):
        raise UserError(f"{what} must be finite, not {number}")
    if abs(float(plain)) > GREATEST:
        raise UserError(f"{what} must be at most {GREATEST:.2g} in size, not {number}")


def column(numbers: Mapping[str, float]) -> Floats:
    """Return numbers as ``(K, 1)``, to meet arrays of ``(K, N)``."""
    return np.array(list(numbers.values()), np.float32).reshape(-1, 1)


def check_order(stages: Sequence[Stage]) -> None:
    """Raise `UserError` unless names differ and every stage but the last ends, each later than the one before."""
    for stage, following in pairwise(stages):
        if stage.until is None:
            raise UserError(f"stage '{stage.name}' never ends, but '{following.name}' follows: give it an until")
        if following.until is not None and following.until <= stage.until:
            late = f"ends at step {following.until}, not after '{stage.name}' ({stage.until})"
            raise UserError(f"stages out of order: '{following.name}' {late}")
    names = [stage.name for stage in stages]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"two stages are named '{name}'")
    if stages and stages[-1].until is not None:
        raise UserError(f"the last stage, '{stages[-1].name}', must have no until: it lasts to the end of training")


def stage_at(stages: Sequence[Stage], step: int) -> int:
    """Return the index of the stage of a training step.

    >>> stages = [Stage("infant", until=100), Stage("adult")]
    >>> [stage_at(stages, step) for step in (0, 99, 100)]
    [0, 0, 1]
    """
    return sum(stage.until is not None and stage.until <= step for stage in stages)

"""Exchange the drives of a trained brain: heads of kept signals keep their parameters, the others are new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from dualbrain.cortex.ema import EMACopy
from dualbrain.heads.short_long import ThoughtAssessors
from dualbrain.steering.signal import Signal


class Rows(NamedTuple):
    """Places of the kept signals among all signals."""

    before: list[int]
    now: list[int]


class Headed(Protocol):
    """A network that heads read: that of a policy, or one beside it."""

    @property
    def assessors(self) -> ThoughtAssessors | None:
        """The heads."""

    @property
    def assessor_optimizer(self) -> Optimizer | None:
        """What they learn by."""

    @property
    def cortex_optimizer(self) -> Optimizer | None:
        """What a cortex with a schedule and the short heads learn by."""

    @property
    def slow(self) -> EMACopy[Any] | None:
        """The slow copy of what is read."""

    def new_heads(self, signals: Mapping[str, Signal]) -> ThoughtAssessors:
        """Return heads of ``signals`` that have learned nothing."""

    def set_heads(self, assessors: ThoughtAssessors, keep_slow: bool) -> None:
        """Let other heads read the thoughts."""


def transfer_heads(policy: Headed, signals: Mapping[str, Signal], keep_slow: bool) -> None:
    """Give ``policy`` the assessors of ``signals``; actor, critic and thought trunk stay as they are.

    A signal of the same name and range keeps its parameters, live and slow, running scale and optimizer's moments.
    """
    old, slow = policy.assessors, policy.slow
    optimizers = (policy.assessor_optimizer, policy.cortex_optimizer)
    assert old is not None
    rows = kept(old.signals, signals)
    heads = policy.new_heads(signals)
    _graft(old, heads, rows)
    policy.set_heads(heads, keep_slow)
    for before, now in zip(optimizers, (policy.assessor_optimizer, policy.cortex_optimizer), strict=True):
        if before is not None and now is not None:
            _hand_on(before, now, rows)
    if slow is not None and policy.slow is not None:
        for grown, copied in zip([*slow][:-1], [*policy.slow][:-1], strict=True):
            copied.load_state_dict(grown.state_dict())
        _graft(slow.heads, policy.slow.heads, rows)


def kept(before: Mapping[str, Signal], now: Mapping[str, Signal]) -> Rows:
    """Return where the signals of the same name and range were, and where they are to be.

    >>> kept({"a": Signal("a"), "b": Signal("b")}, {"c": Signal("c"), "b": Signal("b"), "a": Signal("a", high=2.0)})
    Rows(before=[1], now=[1])
    """
    names = [name for name in now if name in before and _range(before[name]) == _range(now[name])]
    return Rows([list(before).index(name) for name in names], [list(now).index(name) for name in names])


def _range(signal: Signal) -> tuple[float, float]:
    return signal.low, signal.high


def _graft(old: nn.Module, new: nn.Module, rows: Rows) -> None:
    """Copy the kept rows of every parameter and buffer ``(K, ...)``."""
    grown = old.state_dict()
    for name, fresh in new.state_dict().items():
        fresh[rows.now] = grown[name][rows.before]


def _hand_on(old: Optimizer, new: Optimizer, rows: Rows) -> None:
    """Give every parameter the moments that it, or its kept rows, had."""
    for was, now in zip(_parameters(old), _parameters(new), strict=True):
        if was is now and was in old.state:
            new.state[now] = old.state[was]
        elif was in old.state and rows.now:
            new.state[now] = _moments(old.state[was], now, rows)


def _moments(old: Mapping[str, Tensor], parameter: Tensor, rows: Rows) -> dict[str, Tensor]:
    """Return Adam's moments; a new row takes the mean square of the others, since they share the count of steps."""
    square = old["exp_avg_sq"].mean(0).expand_as(parameter).clone()
    new = {"step": old["step"], "exp_avg": torch.zeros_like(parameter), "exp_avg_sq": square}
    for name in ("exp_avg", "exp_avg_sq"):
        new[name][rows.now] = old[name][rows.before]
    return new


def _parameters(optimizer: Optimizer) -> list[Tensor]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]

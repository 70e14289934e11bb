"""Log how many bits the predictions need for what happens, and report when the world has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dualbrain.scalars.audit import Alarm, Audit
from dualbrain.scalars.code_length import CodeLength
from dualbrain.tensorboard.layout import raise_alarm
from dualbrain.training.observer import About, Observer
from dualbrain.training.rollout import Rollout

MOST_ROWS = 16_384
"""Rows of a rollout that are coded; of more, those of the first agents."""


class CodeLengthObserver(Observer):
    """Return the prequential code length of every signal in [0, 1] that has a head: see `CodeLength`.

    A jump of it is an alarm, which goes to the ``audit``: the world has changed. It begins anew where training begins,
    and where drives are exchanged.
    """

    def __init__(self, audit: Audit):
        self._audit = audit

    def on_start(self, about: About) -> None:
        """Begin to count."""
        self._open(about)

    def _open(self, about: About) -> None:
        self._about, self._steering, signals = about, about.steering, about.steering.signals
        cut = about.options.ablated_heads if about.options else ()
        coded = [name for name, signal in signals.items() if signal.is_probability and name not in cut]
        self._columns = [list(signals).index(name) for name in coded]
        self._code = CodeLength(coded)

    def on_rollout_start(self, about: About) -> None:
        """Begin anew where drives were exchanged."""
        if about.steering is not self._steering:
            self._open(about)

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:
        """Return the code lengths of a rollout."""
        if not (rollout.predicted and self._columns):
            return {}
        some = rollout.first(max(MOST_ROWS // rollout.n_steps, 1)).lived()
        short, at, usual = some.targets.short, self._columns, self._code.usual
        code = self._code.add(some.short[..., at], short.target[..., at], short.weights()[..., at])
        if self._code.jumped:
            self._report(step, code.whole, usual)
        ratios = dict(zip(self._code.names, code.ratios.tolist(), strict=True))
        return {"code_length/all": code.whole, **{f"code_length/{name}": ratio for name, ratio in ratios.items()}}

    def _report(self, step: int, length: float, usual: float) -> None:
        bits = f"what happens costs {length:.2f} of the bits of counting alone, and {usual:.2f} before"
        for alarm in self._audit.add([Alarm(step, "change", f"the world has changed: {bits}")]):
            raise_alarm(self._about.logger, alarm)

    def state_dict(self) -> dict[str, Any]:
        """Return what was counted."""
        return self._code.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore what was counted."""
        self._code.load_state_dict(state)

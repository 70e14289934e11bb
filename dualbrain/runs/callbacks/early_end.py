"""Callbacks that end training before its steps are done, and say why."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.scalars.audit import Audit


class EarlyEnd(BaseCallback):
    """Stop training as soon as there is a reason to."""

    reason = ""
    """What ended the training; "" while nothing has."""

    def _on_step(self) -> bool:
        self.reason = self.judge()
        return not self.reason

    def judge(self) -> str:
        """Return the reason to stop now; "" where there is none."""
        raise NotImplementedError


class TimeLimit(EarlyEnd):
    """Stop training after ``seconds``, counted from its start; in a resumed run, before and after the interruption."""

    def __init__(self, seconds: float):
        super().__init__()
        self._seconds = seconds

    def _on_training_start(self) -> None:
        self._begin(spent=0.0)

    def _begin(self, spent: float) -> None:
        self._deadline = time.monotonic() + self._seconds - spent

    def state_dict(self) -> dict[str, Any]:
        """Return the seconds that training took so far."""
        return {"spent": self._seconds - (self._deadline - time.monotonic())}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Add the time before the interruption; called once training has started."""
        self._begin(float(state["spent"]))

    def left(self) -> float:
        """Return the seconds that are left, at least 0."""
        return max(self._deadline - time.monotonic(), 0.0)

    def judge(self) -> str:
        """Return that time is up, if it is."""
        return "" if time.monotonic() < self._deadline else f"the time limit of {self._seconds:g} s"


class StopOnAlarm(EarlyEnd):
    """Stop training at the first step after an alarm of an agent's audit; those of an earlier run do not count."""

    def __init__(self, audit: Audit):
        super().__init__()
        self._audit = audit

    def _on_training_start(self) -> None:
        self._known = len(self._audit.alarms)

    def judge(self) -> str:
        """Return the alarm that has sounded, if one has."""
        fresh = self._audit.alarms[self._known :]
        return f"the alarm '{fresh[0].kind}'" if fresh else ""

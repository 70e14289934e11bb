"""What is logged of code lengths, and the alarm where the world changes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from stable_baselines3.common.logger import Logger

from dualbrain import Signal
from dualbrain.heads.options import AssessorOptions
from dualbrain.heads.targets import ShortTargets, Targets
from dualbrain.observers.code_length import CodeLengthObserver
from dualbrain.scalars.audit import Audit
from dualbrain.training.rollout import Rollout

SIGNALS = {"a.level": Signal("level", low=-1.0), "a.event": Signal("event"), "a.cut": Signal("cut")}


def rollout(rng: np.random.Generator, foreseen: bool) -> Rollout:
    filled = Rollout(64, 8, SIGNALS)
    filled.present[:] = True
    target = (rng.random(filled.short.shape) < 0.2).astype(np.float32)
    filled.short = np.where(foreseen, target, 1.0 - target) * np.float32(0.6) + np.float32(0.2)
    every = np.ones(target.shape, bool)
    filled._targets = Targets(ShortTargets(target, every, every), target)
    return filled


def test_only_probabilities_with_a_head_are_coded_and_a_jump_is_an_alarm_once():
    audit, rng = Audit(), np.random.default_rng(0)
    about: Any = SimpleNamespace(
        steering=SimpleNamespace(signals=SIGNALS),
        options=AssessorOptions(ablated_heads=("a.cut",)),
        logger=Logger(None, []),
    )
    observer = CodeLengthObserver(audit)
    observer.on_start(about)
    for step in range(12):
        observer.on_rollout_start(about)
        scalars = observer.on_rollout(rollout(rng, foreseen=True), step)
    assert scalars.keys() == {"code_length/all", "code_length/a.event"}
    # -log2(.8) bits for each label, and counting needs the entropy of one in five
    assert scalars["code_length/all"] == pytest.approx(0.3219 / 0.7219, rel=0.1)
    assert not audit.alarms
    for step in (12, 13):
        scalars = observer.on_rollout(rollout(rng, foreseen=False), step)
        assert scalars["code_length/a.event"] > 2.0
    (alarm,) = audit.alarms
    assert (alarm.step, alarm.kind) == (12, "change")
    assert alarm.text.startswith("the world has changed: what happens costs 3.")

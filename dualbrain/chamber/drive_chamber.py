"""Run an animal with drives in the chamber: they define its signals, and their worth by the state of its body."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dualbrain.chamber.chamber import Chamber, Floats, TrialResult
from dualbrain.chamber.delta_rule import DeltaRule
from dualbrain.chamber.names import parts_of
from dualbrain.chamber.stimulus_codes import Code
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.chamber.trials import Trial
from dualbrain.errors import UserError, unknown
from dualbrain.steering.reward_module import RewardModule
from dualbrain.steering.signal import ahead
from dualbrain.steering.subsystem import SteeringStep, SteeringSubsystem
from dualbrain.structured.ranges import FINITE

VALENCE = "valence"
"""The long head of the reward as it was paid: a scalar critic."""


class DriveChamber(Chamber):
    """An animal whose signals are those of a steering subsystem.

    ``tastes`` says, of everything that is felt, what the innate senses make of it: ``{"salt": {"tasted_salt": 1.0}}``;
    ``levels`` are senses of the body itself, and may be changed at any time: ``animal.levels["sodium"] = 0.1``. Short
    heads learn the signals' truth under the evidence gate; long heads learn what settled, and one more the reward.
    """

    def __init__(
        self,
        seed: int,
        steering: SteeringSubsystem,
        tastes: Mapping[str, Mapping[str, float]],
        levels: Mapping[str, float],
        code: Code | None = None,
        unlearn: float = 0.0,
        horizon: Sequence[int] = (),
        **chamber: Any,
    ):
        """Create an animal; ``horizon`` are those of the short heads, by default the signals' own.

        Raises `UserError` for a sense of tastes or levels that no drive reads, for one that is no finite number (levels
        are checked in every trial), for a drive with a memory, and for predictions that are read ahead.
        """
        if not isinstance(steering, SteeringSubsystem):
            raise UserError(
                f"steering must be a SteeringSubsystem, as in SteeringSubsystem(['salt']), not {steering!r}"
            )
        for signal, steps in steering.imagining.items():
            raise UserError(f"signal '{signal}' is read {ahead(steps)}: the chamber has no world model to imagine by")
        heads = TDLambda(len(steering.signals) + 1)
        self.tastes = {name: parts_of(f"the taste of '{name}'", "sense", senses) for name, senses in tastes.items()}
        super().__init__(seed, (*steering.signals, VALENCE), code, heads, **chamber)
        self.steering, self.levels = copy.deepcopy(steering), dict(levels)
        reach = list(horizon) or [signal.horizon for signal in steering.signals.values()]
        if len(reach) != len(steering.signals):
            raise UserError(f"{len(reach)} horizons for {len(steering.signals)} signals: one each is needed")
        self.short = DeltaRule(np.array(reach), float(self.assessors.rate), unlearn)
        self._check_senses({*levels, *(sense for senses in tastes.values() for sense in senses)})
        for name, module in steering.modules.items():
            if type(module).bind is not RewardModule.bind:
                raise UserError(
                    f"the drive '{name}' has a memory: in the chamber all steps of a trial are judged at once"
                )
        self.judged: SteeringStep
        """What the steering subsystem said in the last trial, its T steps in the place of agents."""
        self.predicted = np.zeros((0, len(steering.signals)))
        """(T, K) short predictions in the last trial."""

    @property
    def outcomes(self) -> set[str]:
        """Names that the body feels."""
        return set(self.tastes)

    def causes(self, signal: str) -> frozenset[str]:  # noqa: ARG002
        """Return the outcomes that a signal may predict: all that is felt."""
        return frozenset(self.tastes)

    def foreseen(self, text: str, signal: str = "") -> float:
        """Return the prediction of a signal's short head (the first signal by default) at the last step of a probe."""
        if signal and signal not in self.steering.signals:
            raise unknown("signal", signal, self.steering.signals, " of short heads")
        at = self.probe(text).due - 1
        return float(self.predicted[at, [*self.steering.signals].index(signal) if signal else 0])

    def composed(self, text: str) -> float:
        """Return the composed valence at the last step of a probe: the sum of weight, worth and short prediction."""
        at = self.probe(text).due - 1
        return float((self.steering.current_weights * self.judged.worth[at] * self.predicted[at]).sum())

    def taste(self, text: str) -> float:
        """Return what a probe pays in truth, in sum."""
        self.probe(text)
        return float(self.judged.from_truth.sum())

    def thought(self, text: str) -> float:
        """Return what the thought of a probe pays at its last step."""
        at = self.probe(text).due - 1
        return float(self.judged.from_thought[at].sum())

    def _check_senses(self, given: Iterable[str]) -> None:
        for sense in sorted({*given} - {*self.steering.senses}):
            raise unknown("sense", sense, self.steering.senses, " in the chamber: no drive reads it")

    def _cumulants(self, names: tuple[str, ...], presence: Floats, features: Floats) -> Floats:
        self.short.widen(features.shape[1])
        self.predicted = self.short.values(features)
        self.judged = self._judge(self._sense(names, presence))
        settled = np.column_stack([self.judged.settled, self.judged.reward]).astype(np.float64)
        return np.concatenate([settled[1:], np.zeros((1, settled.shape[1]))])

    def _sense(self, names: tuple[str, ...], presence: Floats) -> dict[str, Floats]:
        """Return the innate senses ``(T,)`` at each step: the body's levels, and what tastes and shows bring."""
        self._check_senses(self.levels)
        for sense, level in self.levels.items():
            FINITE.check(level, f"the level of '{sense}'")
        senses = {sense: np.full(len(presence), self.levels.get(sense, 0.0)) for sense in self.steering.senses}
        for name, strength in zip(names, presence.T, strict=True):
            for sense, amount in self.tastes.get(name, {}).items():
                senses[sense] += amount * strength
        return senses

    def _judge(self, senses: dict[str, Floats]) -> SteeringStep:
        steps = len(self.predicted)
        if self.steering.n != steps:
            self.steering.bind(steps, self.steering.senses)
        arrays = {sense: values.astype(np.float32) for sense, values in senses.items()}
        return self.steering.step(arrays, self.predicted.astype(np.float32), np.zeros(steps, bool))

    def trial(self, trial: Trial) -> TrialResult:
        """Run the animal through one trial."""
        result = super().trial(trial)
        if not trial.probe:
            nothing = np.full((1, len(self.steering.signals)), np.nan)
            self.short.learn_episode(self.perceived, np.concatenate([self.judged.truth[1:], nothing]))
        return result

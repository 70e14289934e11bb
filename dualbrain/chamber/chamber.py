"""Run one animal through conditioning designs, and read its predictions at every step."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dualbrain.chamber.design import Design
from dualbrain.chamber.names import check_names, check_signals, check_writable, parts_of
from dualbrain.chamber.notation import MOST, design
from dualbrain.chamber.stimulus_codes import Code, Fading, SerialCompound
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.chamber.trials import OUTCOME, Trial
from dualbrain.errors import UserError, unknown
from dualbrain.structured.ranges import AT_LEAST_1, FINITE, SEED, SHARE, Range

Floats = NDArray[np.float64]
REST = Range(0, MOST, whole=True)
STABLE = 2.0
"""Correction of a surprise above which it grows each time that it is met."""


@dataclass(frozen=True)
class TrialResult:
    """One trial of T steps, rest included: what was there, expected and surprising."""

    trial: Trial
    names: tuple[str, ...]
    """M names of stimuli and outcomes."""
    presence: Floats
    """(T, M) strengths."""
    values: Floats
    """(T, K) long predictions, of what is yet to come, before anything of this trial was learned."""
    dopamine: Floats
    """(T, K) TD errors, each at the step at which it is felt: that of an outcome where the outcome is."""
    begin: int
    """Step of the first period."""
    stimuli: tuple[str, ...]
    """Names that are perceived."""
    predicted: Mapping[str, frozenset[str]]
    """Names whose coming each of the K signals predicts."""

    def onset(self, name: str) -> int:
        """Return the step at which something appears first; raises `UserError` for what is not in the trial."""
        if name not in self.names:
            raise unknown("name", name, self.names, f" in the trial {self.trial}")
        return int(np.flatnonzero(self.presence[:, self.names.index(name)])[0])

    @property
    def due(self) -> int:
        """Step of the last outcome, or the trial's end: one after the last step that can predict it.

        Of an outcome that is also perceived only onsets count, if something of the trial comes before them.
        """
        return self._last(frozenset().union(*self.predicted.values())) or self.begin + self.trial.steps

    @property
    def response(self) -> Floats:
        """Return each signal's prediction ``(K,)`` at the last step before its own outcome, or else before any."""
        at = [(self._last(names) or self.due) - 1 for names in self.predicted.values()]
        return np.asarray(self.values[at, np.arange(len(at))])

    def _last(self, names: Iterable[str]) -> int:
        """Return the last step at which one of some outcomes is felt; 0 where none is."""
        return max((step for name in names if name in self.names for step in self._felt(name)), default=0)

    def needed(self, name: str) -> int:
        """Return for how many steps from its last onset a stimulus is there, or precedes an outcome."""
        there = np.flatnonzero(self.presence[:, self.names.index(name)])
        first = [step for step in there.tolist() if step - 1 not in there]
        felt = self._last(frozenset().union(*self.predicted.values()))
        return max(int(there[-1]) + 1, felt) - int(first[-1])

    def _felt(self, name: str) -> list[int]:
        there = self.presence[:, self.names.index(name)] > 0.0
        if name in self.stimuli:
            there &= ~np.concatenate([[False], there[:-1]])
            there[: self.begin + 1] = False
        return [int(step) for step in np.flatnonzero(there)]


class Chamber:
    """One animal; its ``seed`` determines the order of shuffled trials, the length of rests and the rate of learning.

    ``predicts`` are its K signals, each a name or, in a mapping, a sum of names with factors; all other names, and
    those in ``also_seen``, are stimuli, perceived by ``code``. Each trial is an episode: a rest, the periods, a rest.
    """

    def __init__(
        self,
        seed: int = 0,
        predicts: str | Sequence[str] | Mapping[str, Mapping[str, float]] = (OUTCOME,),
        code: Code | None = None,
        assessors: TDLambda | None = None,
        also_seen: str | Sequence[str] = (),
        rest: int = 10,
        individual: float = 0.25,
    ):
        """Create an animal; its rate of learning is the assessors' times a factor from 1 +- ``individual``.

        ``assessors`` are copied. Raises `UserError` if they have learned, or are not K; for a name of ``also_seen``
        that is not predicted; for one of ``predicts`` that is given twice or cannot be written in a design, or a
        factor that is not finite; and for a ``seed``, ``rest`` (steps) or ``individual`` (0 to 1) out of range.
        """
        names = (predicts,) if isinstance(predicts, str) else predicts
        named = names if isinstance(names, Mapping) else {name: {name: 1.0} for name in names}
        self.signals = {name: parts_of(f"the signal '{name}'", "US", parts) for name, parts in named.items()}
        check_signals(self.signals, [*names])
        check_writable(self.outcomes)
        self.code = code or SerialCompound()
        self.also_seen = (also_seen,) if isinstance(also_seen, str) else tuple(also_seen)
        self.rest = REST.check(rest, "rest")
        self.assessors = copy.deepcopy(assessors) if assessors else TDLambda(len(self.signals))
        self._check(individual)
        self.rng = np.random.default_rng(SEED.check(seed, "seed"))
        self.probing = self.rng.spawn(1)[0]
        """Of probes, so that they change nothing of what comes later."""
        self.assessors.rate = self.assessors.rate * self.rng.uniform(1.0 - individual, 1.0 + individual)
        self.stimuli: list[str] = []
        """Those it has met, in the order of their features."""
        self.met: set[str] = set()
        """All that it has met, outcomes too."""
        self.checked: set[Trial] = set()
        """Kinds of trials of which it was said what cannot be learned."""
        self.perceived: Floats
        """(T, Z) features in the last trial."""
        self.cumulants: Floats
        """(T, K) what its transitions brought."""

    def _check(self, individual: float) -> None:
        SHARE.check(individual, "individual")
        if not isinstance(self.assessors, TDLambda):
            raise UserError(f"assessors must be TDLambda, not {self.assessors!r}")
        if isinstance(self.code, type) or not (isinstance(self.code, Code)):
            raise UserError(f"code must be a stimulus code, as in code=Presence(), not {self.code!r}")
        if self.assessors.weights.any():
            raise UserError("these assessors have learned already: give fresh ones, or copy the animal (copy.deepcopy)")
        if self.assessors.signals != len(self.signals):
            raise UserError(f"{self.assessors.signals} assessors for {len(self.signals)} signals: one each is needed")
        for name in self.also_seen:
            if name not in self.outcomes:
                raise unknown("name", name, self.outcomes, " in also_seen, which are among what is predicted")

    @property
    def outcomes(self) -> set[str]:
        """Names that are predicted."""
        return {part for parts in self.signals.values() for part in parts}

    @property
    def felt(self) -> set[str]:
        """Names of outcomes that are not stimuli."""
        return self.outcomes - set(self.also_seen)

    def causes(self, signal: str) -> frozenset[str]:
        """Return the outcomes that a signal predicts."""
        return frozenset(self.signals[signal])

    def describe(self, text: str | Design) -> str:
        """Return in plain words what is read of a design, with this animal's outcomes."""
        return read(text).describe(self.outcomes)

    def run(self, text: str | Design) -> list[TrialResult]:
        """Run the animal through a design; return its trials.

        Raises `DesignError`, and `UserError` for a stimulus that differs from an outcome in capitals only. Warns of
        stimuli that are customary outcomes, and of what cannot be learned.
        """
        return [self.trial(trial) for phase in read(text).phases for trial in phase.trials(self.rng)]

    def probe(self, text: str | Design) -> TrialResult:
        """Show one trial, of which nothing is learned, neither now nor through the order of later trials.

        Raises `UserError` for a stimulus that an animal that has met some has never met.
        """
        trial = self._single(text, "a probe")
        for name in trial.names:
            if self.stimuli and name not in {*self.stimuli, *self.outcomes}:
                hint = f": to show what is new, let it live through '{trial}?'"
                raise unknown("stimulus", name, self.stimuli, f", which is in no design that it was given{hint}")
        return self.trial(Trial(trial.periods, probe=True))

    def response(self, text: str | Design, signal: str = "") -> float:
        """Return what is expected, by a signal (the first if none is named), at the last step of a probe.

        Warns if the animal has had trials, but never with anything that the signal predicts.
        """
        k = self._index(signal)
        if self.met:
            self._warn_of_strange(k, ())
        return float(self.probe(text).response[k])

    def trials_to(self, level: float, text: str | Design, most: int = 300, signal: str = "") -> int:
        """Run one kind of trial until the response reaches a level; return the number of trials, at most ``most``.

        The response is that of a signal, the first if none is named. No further trials are run then. What
        never reaches the level in ``most`` trials counts like one that does so in the last of them; a warning says
        where it cannot, since nothing that the signal predicts ever came.
        """
        trial, k = self._single(text, "a criterion"), self._index(signal)
        FINITE.check(level, "level")
        most = AT_LEAST_1.check(most, "most")
        if trial.probe:
            raise UserError("a probe cannot reach a criterion: nothing is learned in it")
        self._warn_of_strange(k, trial.names)
        results = (self.trial(trial) for _ in range(most))
        return next((n for n, each in enumerate(results, start=1) if each.response[k] >= level), most)

    def _warn_of_strange(self, k: int, coming: Iterable[str]) -> None:
        """Warn if nothing that a signal predicts was ever met, or is among the names that are coming."""
        causes = self.causes([*self.signals][k])
        if not causes & self.met.union(coming):
            lack = f"this animal has never met {' or '.join(sorted(causes))}: nothing is expected of what never came"
            warnings.warn(lack, stacklevel=3)

    def _single(self, text: str | Design, what: str) -> Trial:
        """Return the one trial of a design; raises `UserError` where there are more."""
        given = read(text)
        blocks = [block for phase in given.phases for block in phase.blocks]
        if len(blocks) != 1 or blocks[0].times != 1:
            raise UserError(f"{what} is of one trial, without how often it comes, not '{given}'")
        return blocks[0].trial

    def _index(self, signal: str) -> int:
        if signal and signal not in self.signals:
            raise unknown("signal", signal, self.signals)
        return [*self.signals].index(signal) if signal else 0

    def trial(self, trial: Trial) -> TrialResult:
        """Run the animal through one trial."""
        check_names(set(trial.names) - self.met, self.outcomes)
        begin = int((self.probing if trial.probe else self.rng).integers(2, 6))
        names, presence = shown(trial, begin, self.rest)
        self.perceived = features = self._perceive(names, presence)
        self.cumulants = cumulants = self._cumulants(names, presence, features)
        values = self.assessors.values(features)
        predicted = {name: self.causes(name) for name in self.signals}
        stimuli = tuple(name for name in names if name not in self.felt)
        unfelt = np.zeros((len(presence), len(self.signals)))
        result = TrialResult(trial, names, presence, values, unfelt, begin, stimuli, predicted)
        if not trial.probe:
            self._warn(result)
        teach = self.assessors.td_errors if trial.probe else self.assessors.learn_episode
        errors = teach(features, cumulants)
        self.met.update(names)
        if not np.isfinite(self.assessors.weights).all():
            raise UserError(
                f"what this animal expects is no finite number any more, after {trial}: the rate is too high"
            )
        return replace(result, dopamine=np.concatenate([np.zeros((1, len(self.signals))), errors[:-1]]))

    def _warn(self, result: TrialResult) -> None:
        """Warn, once for each kind of trial, of what cannot be learned of it."""
        if result.trial in self.checked:
            return
        self.checked.add(result.trial)
        overshoot = self.assessors.overshoot(self.perceived)
        if overshoot > STABLE:
            excess = (
                f"a surprise is corrected {overshoot:.3g} times over (the rate, times the squares of all intensities)"
            )
            warnings.warn(f"'{result.trial}': {excess}: above 2, predictions diverge", stacklevel=4)
        reach = self.code.reach if isinstance(self.code, Fading) else np.inf
        for name in result.stimuli:
            needed = result.needed(name)
            if needed > reach:
                end = f"'{name}' is perceived for {reach} steps from its onset, and would matter for {needed}"
                remedy = f"code=SerialCompound({needed}) or Microstimuli()"
                warnings.warn(f"'{result.trial}': {end}; later outcomes are not predicted: {remedy}", stacklevel=4)

    def _perceive(self, names: tuple[str, ...], presence: Floats) -> Floats:
        """Return the features ``(T, Z)`` of all stimuli met so far."""
        self.stimuli += [name for name in names if name not in self.felt and name not in self.stimuli]
        width = self.code.width
        features = np.zeros((len(presence), len(self.stimuli) * width))
        for name, there in zip(names, presence.T, strict=True):
            if name in self.stimuli:
                at = self.stimuli.index(name) * width
                features[:, at : at + width] = self.code(there)
        self.assessors.widen(features.shape[1])
        return features

    def _cumulants(self, names: tuple[str, ...], presence: Floats, features: Floats) -> Floats:  # noqa: ARG002
        """Return what each transition brings ``(T, K)``: that of row ``t`` is there at step ``t + 1``.

        Of what is also seen only the onset counts.
        """
        arrived = np.zeros((len(presence), len(self.signals)))
        for k, parts in enumerate(self.signals.values()):
            for name, factor in parts.items():
                if name in names:
                    arrived[:, k] += factor * self._arriving(name, presence[:, names.index(name)])
        return np.concatenate([arrived[1:], np.zeros((1, len(self.signals)))])

    def _arriving(self, name: str, presence: Floats) -> Floats:
        before = np.concatenate([[0.0], presence[:-1]])
        return np.where(before == 0.0, presence, 0.0) if name in self.also_seen else presence


def read(text: str | Design) -> Design:
    """Return a design, written or read already; raises `DesignError`."""
    return text if isinstance(text, Design) else design(text)


def shown(trial: Trial, begin: int, rest: int) -> tuple[tuple[str, ...], Floats]:
    """Return what a trial shows: its names, and the strength of each at every step ``(T, M)``, rests included."""
    names = trial.names
    presence = np.zeros((begin + trial.steps + rest, len(names)))
    at = begin
    for period in trial.periods:
        for element in period.elements:
            presence[at : at + period.steps, names.index(element.name)] = element.strength
        at += period.steps
    return names, presence

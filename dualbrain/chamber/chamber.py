"""One animal in a chamber: designs are lived through, and what it expects is read at every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dualbrain.chamber.codes import Code, SerialCompound
from dualbrain.chamber.design import OUTCOME, Trial
from dualbrain.chamber.notation import design
from dualbrain.online import OnlineAssessors

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lived:
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

    def onset(self, name: str) -> int:
        """Return the step at which something appears first."""
        return int(np.flatnonzero(self.presence[:, self.names.index(name)])[0])

    @property
    def due(self) -> int:
        """The step of the last outcome, or the trial's end: one after the last step at which it can be foreseen."""
        outcomes = [self.names.index(name) for name in self.trial.names if name not in self.stimuli]
        felt = np.flatnonzero(self.presence[:, outcomes].any(axis=1))
        return int(felt[-1]) if len(felt) else self.begin + self.trial.steps

    @property
    def response(self) -> Floats:
        """What was expected at the last step before the outcome was due ``(K,)``."""
        return np.asarray(self.values[self.due - 1])


class Chamber:
    """An animal of its own, by its ``seed``: the order of shuffled trials, the length of rests, how fast it learns.

    ``predicts`` are its K signals, each a name or, in a mapping, a sum of names with factors; all other names, and
    those in ``also_seen``, are stimuli, perceived by ``code``. Each trial is an episode: a rest, the periods, a rest.
    """

    def __init__(
        self,
        seed: int = 0,
        predicts: Sequence[str] | Mapping[str, Mapping[str, float]] = (OUTCOME,),
        code: Code | None = None,
        assessors: OnlineAssessors | None = None,
        also_seen: Sequence[str] = (),
        rest: int = 10,
        individual: float = 0.25,
    ):
        """Let an animal in; its rate of learning is the assessors' times something from 1 +- ``individual``."""
        named = predicts if isinstance(predicts, Mapping) else {name: {name: 1.0} for name in predicts}
        self.signals = {name: dict(parts) for name, parts in named.items()}
        self.code = code or SerialCompound()
        self.assessors = assessors or OnlineAssessors(len(self.signals))
        self.rng = np.random.default_rng(seed)
        self.assessors.rate = self.assessors.rate * self.rng.uniform(1.0 - individual, 1.0 + individual)
        self.rest = rest
        self.also_seen = tuple(also_seen)
        self.stimuli: list[str] = []
        """Those it has met, in the order of their features."""
        self.perceived: Floats
        """(T, Z) features in the last trial."""
        self.cumulants: Floats
        """(T, K) what its transitions brought."""

    @property
    def felt(self) -> set[str]:
        """Names that are outcomes, and no stimuli."""
        return {part for parts in self.signals.values() for part in parts} - set(self.also_seen)

    def live(self, text: str) -> list[Lived]:
        """Let the animal go through a design; return its trials. Raises `DesignError`."""
        return [self.trial(trial) for phase in design(text).phases for trial in phase.trials(self.rng)]

    def probe(self, text: str) -> Lived:
        """Show one trial, of which nothing is learned."""
        (phase,) = design(text).phases
        return self.trial(Trial(phase.blocks[0].trial.periods, probe=True))

    def response(self, text: str, signal: str = "") -> float:
        """Return what is expected, by a signal (the first if none is named), at the last step of a probe."""
        return float(self.probe(text).response[[*self.signals].index(signal) if signal else 0])

    def trials_to(self, level: float, text: str, most: int = 300) -> int:
        """Let one kind of trial be lived through; return at which the response first reached a level, at most ``most``.

        It is that to the first signal. No further trials are lived through then.
        """
        (phase,) = design(text).phases
        trial = phase.blocks[0].trial
        lived = (self.trial(trial) for _ in range(most))
        return next((k for k, each in enumerate(lived, start=1) if each.response[0] >= level), most)

    def trial(self, trial: Trial) -> Lived:
        """Let the animal go through one trial."""
        begin = int(self.rng.integers(2, 6))
        names, presence = shown(trial, begin, self.rest)
        self.perceived = features = self._perceive(names, presence)
        self.cumulants = cumulants = self._cumulants(names, presence, features)
        values = self.assessors.values(features)
        teach = self.assessors.watch if trial.probe else self.assessors.live
        errors = teach(features, cumulants)
        dopamine = np.concatenate([np.zeros((1, len(self.signals))), errors[:-1]])
        stimuli = tuple(name for name in names if name not in self.felt)
        return Lived(trial, names, presence, values, dopamine, begin, stimuli)

    def _perceive(self, names: tuple[str, ...], presence: Floats) -> Floats:
        """Return the features ``(T, Z)`` of all stimuli met so far."""
        self.stimuli += [name for name in names if name not in self.felt and name not in self.stimuli]
        width = self.code.width
        features = np.zeros((len(presence), len(self.stimuli) * width))
        for name, there in zip(names, presence.T, strict=True):
            if name in self.stimuli:
                at = self.stimuli.index(name) * width
                features[:, at : at + width] = self.code(there)
        self.assessors.grow(features.shape[1])
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

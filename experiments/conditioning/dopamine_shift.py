"""Dopamine shift: the TD error moves from the outcome to its cue, and dips when the outcome is omitted."""

from __future__ import annotations

import numpy as np

from dualbrain.chamber import Chamber, Presence, SerialCompound
from dualbrain.chamber.stimulus_codes import Code
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Curves
from experiments.conditioning.learners import TrialLevel

ISI = 8
"""Steps from the onset of the cue to the outcome."""
GAMMA = 0.98
BEFORE, AFTER = 4, 5
"""Steps around the cue and the outcome that are drawn."""
LEARNERS: dict[str, tuple[type[TDLambda], Code]] = {
    "intact": (TDLambda, SerialCompound()),
    "no time within a trial": (TrialLevel, Presence()),
}


def learn(seed: int, learner: type[TDLambda], code: Code) -> dict[str, float | list[float]]:
    """Return the errors of one animal at cue and outcome, the latter early, late and omitted."""
    animal = Chamber(seed, code=code, assessors=learner(1, gamma=GAMMA, rate=0.2), rest=AFTER + ISI)
    first, *_, last = (around(result.dopamine[:, 0], result.begin) for result in animal.run(f"200 A:{ISI}>US"))
    omitted = animal.probe(f"A:{ISI}>_")
    dip = around(omitted.dopamine[:, 0], omitted.begin)
    return {
        "first trial": first,
        "last trial": last,
        "omitted": dip,
        "outcome, early": first[BEFORE + ISI],
        "outcome, late": last[BEFORE + ISI],
        "cue, late": last[BEFORE] / GAMMA**ISI,
        "omission": dip[BEFORE + ISI],
    }


def around(errors: np.ndarray, cue: int) -> list[float]:
    """Return the errors from some steps before the cue on; what was before the trial is 0."""
    padded = np.concatenate([np.zeros(BEFORE), errors])
    return [float(error) for error in padded[cue : cue + BEFORE + ISI + AFTER]]


def run(seed: int) -> Outcome:
    """Return one animal's errors with time, and with none within a trial (Rescorla and Wagner 1972)."""
    return {name: learn(seed, *learner) for name, learner in LEARNERS.items()}


DOPAMINE_SHIFT = Experiment(
    name="dopamine-shift",
    about="Does the error move from the outcome to the cue, and turn negative when the outcome is omitted?",
    published=(
        Published(
            "Burst at reward, then at the cue; dip at omission",
            "Schultz, Dayan, Montague 1997, Science 275:1593, fig. 1",
        ),
    ),
    run=run,
    claims=(
        Claim("error at the outcome, late: at most .2", "outcome, late", at_most=0.2),
        Claim("error at the cue, late: at least .85 of gamma^ISI", "cue, late", at_least=0.85),
        Claim("error at the omitted outcome: at most -.5", "omission", at_most=-0.5),
    ),
    controls=("no time within a trial",),
    figure=Curves(
        ("first trial", "last trial", "omitted"),
        ("intact",),
        x="step from the cue",
        y="TD error",
        events={"cue": 0, "outcome": ISI},
        start=-BEFORE,
    ),
)

"""Devaluation: a cue loses value at once when the body is sated with its own outcome, and with no other."""

from __future__ import annotations

import numpy as np

from dualbrain.chamber import DriveChamber
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars
from dualbrain.steering.subsystem import SteeringSubsystem

TASTES = {"food": {"ate": 1.0}, "drink": {"drank": 1.0}}
NEEDY = {"energy": 0.2, "hydration": 0.2}
SATED = {"energy": 0.8}
"""The set point of hunger, at which food is worth nothing."""


def values(animal: DriveChamber) -> dict[str, dict[str, float]]:
    """Return what the cues of food and drink are worth: composed, and to a scalar critic."""
    return {
        "intact": {cue: animal.composed(f"{cue}:5") for cue in "AB"},
        "scalar value head": {cue: animal.response(f"{cue}:5", "valence") for cue in "AB"},
    }


def run(seed: int) -> Outcome:
    """Return the shares of value that one animal's cues keep when it has eaten, by either kind of value."""
    animal = DriveChamber(seed, SteeringSubsystem(["hunger", "thirst"]), TASTES, NEEDY)
    animal.run("shuffled 60 A:5>food / 60 B:5>drink")
    before, weights = values(animal), animal.short.weights.copy()
    animal.levels |= SATED
    after = values(animal)
    learned = float(np.abs(animal.short.weights - weights).max())
    return {
        name: {
            "devalued": share(after[name]["A"], before[name]["A"]),
            "other": share(after[name]["B"], before[name]["B"]),
            "learned": learned,
        }
        for name in before
    }


DEVALUATION = Experiment(
    name="devaluation",
    about="Does a cue lose value as soon as the body is sated with its outcome, and another cue not?",
    published=(
        Published("Immediate and selective", "Adams, Dickinson 1981, Quarterly J. Experimental Psychology 33B:109"),
    ),
    run=run,
    claims=(
        Claim("devalued: at most .1 of before", "devalued", at_most=0.1),
        Claim("the other: at least .9 of before", "other", at_least=0.9),
        Claim("no weight changes: exactly 0", "learned", at_most=0.0, share=1.0),
    ),
    controls=("scalar value head",),
    figure=Bars(("devalued", "other"), y="share of the value before"),
)

"""Dead Sea: the cue of a disliked taste is approached at once when the body lacks sodium.

The cue's worth is composed: the short heads' predictions at it, times their worth to the body now. Nothing need
be tasted or learned anew.
"""

from __future__ import annotations

import numpy as np

from dualbrain.chamber import DriveChamber
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars
from dualbrain.steering.subsystem import SteeringSubsystem
from experiments.appetite.taste_senses import DEPLETED, REPLETE, SALT, SUGAR

CUES = {"salt cue": "A:5", "sucrose cue": "B:5"}
STATES = {"replete": REPLETE, "deprived": DEPLETED, "replete again": REPLETE}


def raised(seed: int) -> DriveChamber:
    """Return an animal that learned, replete, which cue predicts salt and which sucrose."""
    steering = SteeringSubsystem(["salt", "hunger"])
    tastes = {"salt": SALT, "sugar": SUGAR}
    animal = DriveChamber(seed, steering, tastes, levels={"sodium": REPLETE, "energy": 0.3})
    animal.run("shuffled 60 A:5>salt / 60 B:5>sugar")
    return animal


def measured(salt: list[float], sucrose: list[float], learned: float) -> dict[str, float]:
    """Return what is claimed of, from a value in each state of the body."""
    change = salt[1] - salt[0]
    return {
        **{f"salt cue, {state}": value for state, value in zip(STATES, salt, strict=True)},
        **{f"sucrose cue, {state}": value for state, value in zip(STATES, sucrose, strict=True)},
        "change": change,
        "sign changed": float(np.sign(salt[0]) == -np.sign(salt[1]) != 0),
        "sucrose change": share(abs(sucrose[1] - sucrose[0]), abs(sucrose[0])),
        "gone again": 1.0 if change == 0.0 else share(salt[1] - salt[2], change),
        "learned": learned,
    }


def run(seed: int) -> Outcome:
    """Return what both cues are worth to one animal in each state, composed and to a scalar critic."""
    animal = raised(seed)
    weights = np.concatenate([animal.short.weights, animal.assessors.weights])
    composed: dict[str, list[float]] = {cue: [] for cue in CUES}
    critic: dict[str, list[float]] = {cue: [] for cue in CUES}
    for sodium in STATES.values():
        animal.levels["sodium"] = sodium
        for cue, text in CUES.items():
            composed[cue].append(animal.composed(text))
            critic[cue].append(animal.response(text, "valence"))
    learned = float(np.abs(np.concatenate([animal.short.weights, animal.assessors.weights]) - weights).max())
    return {
        name: measured(values["salt cue"], values["sucrose cue"], learned)
        for name, values in (("intact", composed), ("scalar critic", critic))
    }


DEAD_SEA = Experiment(
    name="dead-sea",
    about="Does the cue of a disliked taste gain value at once, before any new taste, when the body needs it?",
    published=(
        Published(
            "First deprived exposure: approach to the salt cue from 1.0 +- .1 to 3.3 +- .5, sucrose cue 4.2 to 4.5",
            "Robinson, Berridge 2013, Current Biology 23:282",
            second_hand="Millidge 2024",
        ),
    ),
    run=run,
    claims=(
        Claim("the salt cue was learned to be bad: at most -.9", "salt cue, replete", at_most=-0.9),
        Claim("the salt cue changes sign, in 19 of 20 animals", "sign changed", at_least=1.0, share=0.95),
        Claim("the sucrose cue changes by at most .1", "sucrose change", at_most=0.1),
        Claim("back on repletion: at least .9 of the change is gone again", "gone again", at_least=0.9),
        Claim("no weight changes: exactly 0", "learned", at_most=0.0, share=1.0),
        Claim(
            "scalar critic: its change is exactly 0", "change", at_least=0.0, at_most=0.0, of="scalar critic", share=1.0
        ),
    ),
    controls=("scalar critic",),
    figure=Bars([f"{cue}, {state}" for cue in CUES for state in STATES], ("intact",), y="value of the cue"),
    notes="The published numbers are approaches, ours are values; the changes are compared, not their units.",
)

"""Spontaneous recovery: animals respond again when some time has passed after extinction; plain TD does not."""

from __future__ import annotations

from dualbrain.chamber import Chamber
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars

LATER = {"intact": "3 _:1000", "trained again": "20 A:5>US"}
"""What lies between extinction and the test."""


def learn(seed: int, later: str) -> dict[str, float]:
    """Return the response acquired, what is left after extinction, and what came back later, as a share."""
    animal = Chamber(seed)
    animal.run("60 A:5>US")
    acquired = animal.response("A:5")
    animal.run("60 A:5")
    extinguished = animal.response("A:5")
    animal.run(later)
    test = animal.response("A:5")
    return {
        "acquired": acquired,
        "extinguished": extinguished,
        "later": test,
        "recovered": share(test - extinguished, acquired),
    }


def run(seed: int) -> Outcome:
    """Return what came back after rest, and after training."""
    return {name: learn(seed, later) for name, later in LATER.items()}


SPONTANEOUS_RECOVERY = Experiment(
    name="spontaneous-recovery",
    about="Does time alone bring an extinguished response back? In plain TD it must not.",
    published=(Published("Responding recovers with time", "Rescorla 2004, Learning & Memory 11:501"),),
    run=run,
    claims=(
        Claim("plain TD shows none: exactly 0", "recovered", at_least=0.0, at_most=0.0, share=1.0),
        Claim("it was acquired: at least .9 of the outcome", "acquired", at_least=0.9),
        Claim("it was extinguished: at most .05", "extinguished", at_most=0.05),
    ),
    controls=("trained again",),
    figure=Bars(("acquired", "extinguished", "later"), y="value"),
    notes="The published effect is not reproduced: what passes here is that plain TD shows none, as it should not.",
)

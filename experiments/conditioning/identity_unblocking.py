"""Identity unblocking: learning resumes if the outcome becomes another of the same value."""

from __future__ import annotations

from dualbrain.chamber import Chamber
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Bars

HEADS = {"food": {"food": 1.0}, "drink": {"drink": 1.0}, "value": {"food": 1.0, "drink": 1.0}}
"""One per outcome, and the scalar value, to which all outcomes are one."""
READ_BY = {"intact": "drink", "scalar value head": "value"}


def run(seed: int) -> Outcome:
    """Return what one animal learned of B, which came in when food turned to drink, by either kind of head."""
    animal = Chamber(seed, predicts=HEADS)
    animal.run("100 A:5>food")
    changed = animal.run("60 AB:5>drink")[0]
    surprise = abs(float(changed.dopamine[changed.due, [*HEADS].index("value")]))
    return {
        name: {"learned of B": animal.response("B:5", head), "scalar error": surprise} for name, head in READ_BY.items()
    }


IDENTITY_UNBLOCKING = Experiment(
    name="identity-unblocking",
    about="Is something learned of an added stimulus if the outcome changes in kind but not in value?",
    published=(
        Published(
            "Unblocking by identity, at equal value",
            "McDannald, Lucantonio, Burke, Niv, Schoenbaum 2011, J. Neuroscience 31:2700",
        ),
    ),
    run=run,
    claims=(
        Claim("B predicts the new outcome: at least .3", "learned of B", at_least=0.3),
        Claim("the scalar error at the change: at most .05", "scalar error", at_most=0.05),
    ),
    controls=("scalar value head",),
    figure=Bars("learned of B"),
)

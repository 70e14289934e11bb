"""Second-order conditioning: a stimulus that predicts a cue gains the cue's value, and keeps it without the cue."""

from __future__ import annotations

from dualbrain.chamber import Chamber
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars

DECAYS = {"intact": 0.0, "lambda .9": 0.9}
"""Of the traces: with long ones B is taught by what came in the end, which is nothing."""


def learn(seed: int, decay: float) -> dict[str, float]:
    """Return the prediction from A, from B after it was paired with A, and from B after extinction of A."""
    animal = Chamber(seed, assessors=TDLambda(1, gae_lambda=decay, rate=0.2))
    animal.run("100 A:5>US")
    first = animal.response("A:5")
    animal.run("12 B:3>A:5")
    second = animal.response("B:3")
    animal.run("100 A:5")
    after = animal.response("B:3")
    return {
        "first": first,
        "second": second,
        "share": share(second, first),
        "after": after,
        "kept": share(after, second),
    }


def run(seed: int) -> Outcome:
    """Return what one animal learned without traces, and with long ones."""
    return {name: learn(seed, decay) for name, decay in DECAYS.items()}


SECOND_ORDER = Experiment(
    name="second-order",
    about="Does a stimulus that predicts a cue gain value, and keep it when the cue is extinguished?",
    published=(
        Published(
            "Second-order fear survives extinction of CS1",
            "Rizley, Rescorla 1972, J. Comparative and Physiological Psychology 81:1",
        ),
    ),
    run=run,
    claims=(
        Claim("A was learned: at least .9 of the outcome", "first", at_least=0.9),
        Claim("B comes to at least .3 of A", "share", at_least=0.3),
        Claim("after extinction of A: at least .8 of it is kept", "kept", at_least=0.8),
    ),
    controls=("lambda .9",),
    figure=Bars(("first", "second", "after"), y="value"),
    notes="There are twelve trials of B before A: with many more, A is extinguished by them, and B with it.",
)

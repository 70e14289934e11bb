"""Overexpectation: two stimuli that each predict the outcome predict too much together, and both lose value."""

from __future__ import annotations

from dualbrain.chamber import Chamber
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars
from experiments.conditioning.learners import Hebbian

LEARNERS = {"intact": TDLambda, "no summed error": Hebbian}


def learn(seed: int, learner: type[TDLambda]) -> dict[str, float]:
    """Return the prediction from A before and after it came with B, with the same outcome."""
    animal = Chamber(seed, assessors=learner(1))
    animal.run("shuffled 100 A:5>US / 100 B:5>US")
    before = animal.response("A:5")
    animal.run("100 AB:5>US")
    after = animal.response("A:5")
    return {"before": before, "after": after, "share": share(after, before)}


def run(seed: int) -> Outcome:
    """Return what one animal learned with a summed error, and with an error for each stimulus."""
    return {name: learn(seed, learner) for name, learner in LEARNERS.items()}


OVEREXPECTATION = Experiment(
    name="overexpectation",
    about="Do two stimuli lose value when together they predict more than the outcome?",
    published=(Published("Reduction after reinforced compounds", "Rescorla 1970, Learning and Motivation 1:372"),),
    run=run,
    claims=(
        Claim("each was learned alone: at least .9 of the outcome", "before", at_least=0.9),
        Claim("A comes to .4 to .7 of before", "share", at_least=0.4, at_most=0.7),
    ),
    controls=("no summed error",),
    figure=Bars(("before", "after"), y="value of A"),
)

"""Overshadowing: of two stimuli followed by the outcome together, the weaker one predicts little of it alone."""

from __future__ import annotations

from dualbrain.chamber import Chamber
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars
from experiments.conditioning.learners import Hebbian

DESIGNS = {"in company": "100 A+B*1.5:5>US", "alone": "100 A:5>US"}
"""B is the stronger one."""
LEARNERS = {"intact": TDLambda, "no summed error": Hebbian}


def learn(seed: int, learner: type[TDLambda]) -> dict[str, float]:
    """Return the prediction from A after it came with B, and after it came alone; the one as a share of the other."""
    animals = {name: Chamber(seed, assessors=learner(1)) for name in DESIGNS}
    for name, animal in animals.items():
        animal.run(DESIGNS[name])
    response = {name: animal.response("A:5") for name, animal in animals.items()}
    return {**response, "share": share(response["in company"], response["alone"])}


def run(seed: int) -> Outcome:
    """Return what a pair of animals learned with a summed error, and with an error for each stimulus."""
    return {name: learn(seed, learner) for name, learner in LEARNERS.items()}


OVERSHADOWING = Experiment(
    name="overshadowing",
    about="Is less learned of A if a stronger stimulus comes with it?",
    published=(Published("The stronger overshadows the weaker", "Pavlov 1927, Conditioned Reflexes"),),
    run=run,
    claims=(
        Claim("A alone was learned: at least .9 of the outcome", "alone", at_least=0.9),
        Claim("A in company comes to at most half of A alone", "share", at_most=0.5),
    ),
    controls=("no summed error",),
    figure=Bars(("in company", "alone"), y="value of A"),
)

"""Blocking: a stimulus added to one that already predicts the outcome is hardly learned about."""

from __future__ import annotations

from dualbrain.chamber import Chamber, groups
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars
from experiments.conditioning.learners import Hebbian

GROUPS = groups(
    """
    blocked: 60 A:5>US | 60 AB:5>US
    control: 60 C:5>US | 60 AB:5>US
    """
)
LEARNERS = {"intact": TDLambda, "no summed error": Hebbian}


def learn(seed: int, learner: type[TDLambda]) -> dict[str, float]:
    """Return the prediction from B of an animal of each group, and the one as a share of the other."""
    animals = {name: Chamber(seed, assessors=learner(1)) for name in GROUPS}
    for name, animal in animals.items():
        animal.run(str(GROUPS[name]))
    response = {name: animal.response("B:5") for name, animal in animals.items()}
    return {**response, "share": share(response["blocked"], response["control"])}


def run(seed: int) -> Outcome:
    """Return what a pair of animals learned with a summed error, and with an error for each stimulus."""
    return {name: learn(seed, learner) for name, learner in LEARNERS.items()}


BLOCKING = Experiment(
    name="blocking",
    about="Is less learned about B if A, which comes with it, already predicts the outcome?",
    published=(
        Published("B is blocked", "Kamin 1968, in Jones (ed.), Miami symposium on the prediction of behavior"),
        Published("Dopamine cells: blocked, but not wholly", "Waelti, Dickinson, Schultz 2001, Nature 412:43"),
    ),
    run=run,
    claims=(
        Claim(
            "the control learns of B: at least .4, half of the outcome at most being left for it",
            "control",
            at_least=0.4,
        ),
        Claim("the blocked B comes to at most .3 of the control's", "share", at_most=0.3),
    ),
    controls=("no summed error",),
    figure=Bars(("blocked", "control"), y="value of B"),
)

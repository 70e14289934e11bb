"""Latent inhibition: a stimulus that was often present without an outcome is learned about slowly."""

from __future__ import annotations

from dualbrain.chamber import Chamber
from dualbrain.chamber.associability import Associability
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Bars

CRITERION = 0.5
ATTENTION = {"intact": True, "plain TD": False}


def trials(seed: int, attention: bool, before: str) -> int:
    """Return the number of trials until half of the outcome is predicted, after some time in the chamber."""
    assessors = TDLambda(1, associability=Associability() if attention else None)
    animal = Chamber(seed, assessors=assessors)
    animal.run(before)
    return animal.trials_to(CRITERION, "A:5>US")


def learn(seed: int, attention: bool) -> dict[str, float]:
    """Return the trials to criterion after A was shown alone, and B was; the one as a multiple of the other."""
    exposed, novel = (trials(seed, attention, f"40 {shown}:5") for shown in "AB")
    return {"exposed": float(exposed), "novel": float(novel), "ratio": exposed / novel}


def run(seed: int) -> Outcome:
    """Return how fast a pair of animals learned, with associability and without."""
    return {name: learn(seed, attention) for name, attention in ATTENTION.items()}


LATENT_INHIBITION = Experiment(
    name="latent-inhibition",
    about="Is learning slower about a stimulus that was often present without an outcome?",
    published=(
        Published(
            "Pre-exposed stimuli are learned about slowly",
            "Lubow, Moore 1959, J. Comparative and Physiological Psychology 52:415",
        ),
    ),
    run=run,
    claims=(
        Claim("with associability: at least 1.5 times the trials", "ratio", at_least=1.5),
        Claim("plain TD shows none: the same trials", "ratio", at_least=1.0, at_most=1.0, of="plain TD", share=1.0),
    ),
    controls=("plain TD",),
    figure=Bars(("exposed", "novel"), y="trials to criterion"),
)

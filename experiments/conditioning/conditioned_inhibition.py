"""Conditioned inhibition: a stimulus that signals the absence of the outcome lowers its prediction."""

from __future__ import annotations

import numpy as np

from dualbrain.chamber import Chamber
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars

TRAINING = "shuffled 100 A:5>US / 100 AX:5 / 100 B:5>US"
CRITERION = 0.5
FLOORS = {"intact": -np.inf, "heads clipped at 0": 0.0}


def learn(seed: int, floor: float) -> dict[str, float]:
    """Return the prediction from X, its effect on B (summation), and how slowly it learns (retardation)."""
    animal = Chamber(seed, assessors=TDLambda(1, floor=floor))
    animal.run(TRAINING)
    responses = {name: animal.response(f"{name}:5") for name in ("X", "B", "BX")}
    inhibitor, novel = (animal.trials_to(CRITERION, f"{name}:5>US") for name in "XN")
    return {**responses, "summation": share(responses["BX"], responses["B"]), "retardation": inhibitor / novel}


def run(seed: int) -> Outcome:
    """Return what one animal learned with heads that can tell of less than nothing, and with others."""
    return {name: learn(seed, floor) for name, floor in FLOORS.items()}


CONDITIONED_INHIBITION = Experiment(
    name="conditioned-inhibition",
    about="Does a signal of the outcome's absence become an inhibitor, by summation and retardation?",
    published=(
        Published("Summation and retardation tests", "Rescorla 1969, Psychological Bulletin 72:77"),
        Published(
            "Dopamine cells are depressed by inhibitors", "Tobler, Dickinson, Schultz 2003, J. Neuroscience 23:10402"
        ),
    ),
    run=run,
    claims=(
        Claim("value of X: at most -.3", "X", at_most=-0.3),
        Claim("summation, B with X: at most .3 of B", "summation", at_most=0.3),
        Claim("retardation: at least 1.5 times the trials of what is new", "retardation", at_least=1.5),
    ),
    controls=("heads clipped at 0",),
    figure=Bars(("X", "B", "BX"), y="value"),
)

"""Extinction: a stimulus that is no longer followed by the outcome ceases to predict it."""

from __future__ import annotations

from dualbrain.chamber import Chamber
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Curves

DESIGNS = {"intact": "60 A:5>US | 60 A:5", "still followed": "60 A:5>US | 60 A:5>US"}


def learn(seed: int, design: str) -> dict[str, float | list[float]]:
    """Return the response to A, trial by trial: at its height, and at the end."""
    animal = Chamber(seed)
    curve = [float(result.response[0]) for result in animal.run(design)]
    return {"response": curve, "acquired": curve[59], "left": animal.response("A:5")}


def run(seed: int) -> Outcome:
    """Return what is left after as many trials without the outcome, and with it."""
    return {name: learn(seed, design) for name, design in DESIGNS.items()}


EXTINCTION = Experiment(
    name="extinction",
    about="Does the response fall when the outcome is omitted?",
    published=(Published("The response falls when the US is omitted", "Pavlov 1927, Conditioned Reflexes"),),
    run=run,
    claims=(
        Claim("it was acquired: at least .9 of the outcome", "acquired", at_least=0.9),
        Claim("at most .05 is left", "left", at_most=0.05),
    ),
    controls=("still followed",),
    figure=Curves("response", y="value before the outcome", events={"no outcome from here": 61}),
)

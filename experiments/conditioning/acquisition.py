"""Acquisition: a stimulus followed by an outcome comes to predict it; an unpaired one does not."""

from __future__ import annotations

from dualbrain.chamber import Chamber
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Curves

DESIGNS = {"intact": "60 A:5>US", "unpaired": "shuffled 60 A:5 / 60 US"}


def learn(seed: int, design: str) -> dict[str, float | list[float]]:
    """Return how one animal's response to A grows, trial by trial, and where it ends."""
    animal = Chamber(seed)
    curve = [float(result.response[0]) for result in animal.run(design) if "A" in result.names]
    return {"response": curve, "asymptote": animal.response("A:5")}


def run(seed: int) -> Outcome:
    """Return what one animal learned with A and US paired, and with both as often but apart."""
    return {name: learn(seed, design) for name, design in DESIGNS.items()}


ACQUISITION = Experiment(
    name="acquisition",
    about="Does the response to a stimulus grow to an asymptote when an outcome follows it?",
    published=(
        Published("The response grows to an asymptote", "Pavlov 1927, Conditioned Reflexes"),
        Published("Not by contiguity alone: none if unpaired", "Rescorla 1967, Psychological Review 74:71"),
    ),
    run=run,
    claims=(Claim("the response comes to at least .9 of the outcome", "asymptote", at_least=0.9),),
    controls=("unpaired",),
    figure=Curves("response", y="value before the outcome"),
)

"""Trace conditioning: the longer the gap between stimulus and outcome, the slower it is learned."""

from __future__ import annotations

from dualbrain.chamber import Chamber, Microstimuli, Presence
from dualbrain.chamber.stimulus_codes import Code
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Curves

GAPS = (2, 4, 8, 12, 16)
"""Steps between the end of the stimulus and the outcome."""
CRITERION, MOST = 0.5, 150
CODES: dict[str, Code] = {"intact": Microstimuli(), "presence only": Presence()}


def trials(seed: int, code: Code, gap: int) -> int:
    """Return the number of trials until an animal predicts half of the outcome."""
    animal = Chamber(seed, code=code, assessors=TDLambda(1, gae_lambda=0.9, rate=0.05), rest=20)
    return animal.trials_to(CRITERION, f"A:4>_:{gap}>US", MOST)


def learn(seed: int, code: Code) -> dict[str, float | list[float]]:
    """Return the trials to criterion by gap, and those of gap 16 as a multiple of those of gap 4."""
    took = {gap: trials(seed, code, gap) for gap in GAPS}
    return {"trials to criterion": [float(each) for each in took.values()], "ratio": took[16] / took[4]}


def run(seed: int) -> Outcome:
    """Return what an animal for each gap learned, perceiving time, and perceiving presence only."""
    return {name: learn(seed, code) for name, code in CODES.items()}


TRACE = Experiment(
    name="trace",
    about="Is learning slower, the longer the gap between stimulus and outcome?",
    published=(
        Published(
            "Slower with longer trace intervals",
            "Schneiderman, Gormezano 1964, J. Comparative and Physiological Psychology 57:188",
        ),
    ),
    run=run,
    claims=(Claim("gap 16 takes at least twice the trials of gap 4", "ratio", at_least=2.0),),
    controls=("presence only",),
    figure=Curves("trials to criterion", x="gap, in steps", at=GAPS),
)

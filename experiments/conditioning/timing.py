"""Timing: the response peaks near the time of the outcome."""

from __future__ import annotations

import numpy as np
from scipy.stats import spearmanr

from dualbrain.chamber import Chamber, Microstimuli, Presence
from dualbrain.chamber.stimulus_codes import Code
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Curves

SHOWN = 4
"""Steps of the stimulus."""
GAPS = (2, 5, 8, 12, 16)
"""Steps between its end and the outcome."""
SEEN = 30
"""Steps of a probe from its onset."""
CODES: dict[str, Code] = {"intact": Microstimuli(), "presence only": Presence()}


def response(seed: int, code: Code, gap: int) -> list[float]:
    """Return what an animal expects at each step of a probe, from the onset."""
    animal = Chamber(seed, code=code, assessors=TDLambda(1, gae_lambda=0.9, rate=0.1), rest=40)
    animal.run(f"100 A:{SHOWN}>_:{gap}>US")
    probe = animal.probe(f"A:{SHOWN}>_:{SEEN - SHOWN}")
    return [float(value) for value in probe.values[probe.begin : probe.begin + SEEN, 0]]


def learn(seed: int, code: Code) -> dict[str, float | list[float]]:
    """Return the responses by gap, how the peak's latency goes with it (rank correlation), and how far it is away.

    Away is the peak, in steps, from the last step before the outcome is due; latencies that are all alike do not go.
    """
    responses = {gap: response(seed, code, gap) for gap in GAPS}
    peaks = [int(np.argmax(each)) for each in responses.values()]
    alike = len(set(peaks)) == 1
    correlation = 0.0 if alike else float(spearmanr(GAPS, peaks).statistic)
    away = float(np.mean([abs(peak - (SHOWN + gap - 1)) for peak, gap in zip(peaks, GAPS, strict=True)]))
    return {f"gap {gap}": each for gap, each in responses.items()} | {"correlation": correlation, "away": away}


def run(seed: int) -> Outcome:
    """Return when an animal for each gap responds most, perceiving time, and perceiving presence only."""
    return {name: learn(seed, code) for name, code in CODES.items()}


TIMING = Experiment(
    name="timing",
    about="Does the response peak at the time of the outcome?",
    published=(
        Published("Peaks near the time of the US", "Kehoe, Joscelyne 2005, Behavioral Neuroscience 119"),
        Published("So do TD's, with microstimuli", "Ludvig, Sutton, Kehoe 2012, Learning & Behavior 40:305"),
    ),
    run=run,
    claims=(Claim("latency of the peak and gap: rank correlation at least .9", "correlation", at_least=0.9),),
    controls=("presence only",),
    notes="With blurred time the peaks come early: the measure 'away' gives the number of steps, without a claim.",
    figure=Curves([f"gap {gap}" for gap in GAPS], ("intact",), x="step from the onset", y="value", start=0.0),
)

"""Distributional: units with different rates for positive and negative errors learn different expectiles.

A cell is a head with an asymmetry of its own, so that it settles at an expectile of the rewards. Its response to a
reward is its error, scaled as its learning is, and noise. Where the response changes sign is the reversal point; the
slopes on both sides of it tell the asymmetry, which is measured on other trials than the reversal point it is held to.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dualbrain.chamber import Chamber
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Bars

CELLS = 30
MAGNITUDES = (0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0)
"""Of the reward, one drawn for each trial, all alike often."""
TRIALS = 40
"""Of each magnitude, for learning and for each half of the test."""
NOISE = 0.1
"""Deviation of a single response."""
SPREAD = {"intact": (0.1, 0.9), "one expectile and noise": (0.5, 0.5)}
"""Range of the cells' asymmetry."""
Floats = NDArray[np.float64]


def responses(seed: int, spread: tuple[float, float]) -> Floats:
    """Return the mean response of each cell to each magnitude, in both halves of the test ``(2, M, CELLS)``."""
    asymmetries = np.linspace(*spread, CELLS)
    noise = np.random.default_rng((seed, 1))
    heads = {f"cell {i}": {"US": 1.0} for i in range(CELLS)}
    animal = Chamber(seed, heads, assessors=TDLambda(CELLS, rate=0.05, asymmetry=asymmetries), rest=1)
    design = "shuffled " + " / ".join(f"{TRIALS} A:2>US*{magnitude}" for magnitude in MAGNITUDES)
    animal.run(design)
    felt: list[list[list[Floats]]] = [[[] for _ in MAGNITUDES] for _ in range(2)]
    for half in felt:
        for result in animal.run(design):
            size, errors = result.presence[result.due].max(), result.dopamine[result.due]
            gain = 2.0 * np.where(errors > 0.0, asymmetries, 1.0 - asymmetries)
            half[MAGNITUDES.index(size)].append(gain * errors + noise.normal(0.0, NOISE, CELLS))
    return np.array([[np.mean(each, axis=0) for each in half] for half in felt])


def reversal(responses: Floats) -> Floats:
    """Return the magnitude at which each cell's response changes sign ``(CELLS,)``, from responses ``(M, CELLS)``."""
    return np.array([np.interp(0.0, np.maximum.accumulate(cell), MAGNITUDES) for cell in responses.T])


def asymmetry(responses: Floats) -> Floats:
    """Return the slope above the reversal point as a share of both slopes ``(CELLS,)``."""
    away = np.array(MAGNITUDES)[:, None] - reversal(responses)
    up, down = (
        np.where(side, responses * away, 0.0).sum(0) / np.where(side, away**2, 1e-9).sum(0)
        for side in (away > 0, away < 0)
    )
    return np.asarray(up / (up + down))


def correlate(one: Floats, other: Floats) -> float:
    """Return Pearson's r."""
    return float(np.corrcoef(one, other)[0, 1])


def run(seed: int) -> Outcome:
    """Return the correlations over cells of an animal with many expectiles, and of one with one."""
    found = {}
    for name, spread in SPREAD.items():
        first, second = responses(seed, spread)
        found[name] = {
            "split-half": correlate(reversal(first), reversal(second)),
            "asymmetry": correlate(asymmetry(first), reversal(second)),
        }
    return found


DISTRIBUTIONAL = Experiment(
    name="distributional",
    about="Do the predictions of cells differ stably, and correlate with their asymmetry?",
    published=(
        Published(
            "Reversal points differ, are stable over halves, and go with asymmetry",
            "Dabney et al. 2020, Nature 577:671",
        ),
    ),
    run=run,
    claims=(
        Claim("reversal points, split-half: r at least .8", "split-half", at_least=0.8),
        Claim("asymmetry and reversal point: r at least .7", "asymmetry", at_least=0.7),
        Claim(
            "one expectile and noise, split-half: r at most .2", "split-half", at_most=0.2, of="one expectile and noise"
        ),
    ),
    controls=("one expectile and noise",),
    figure=Bars(("split-half", "asymmetry"), y="correlation over cells"),
)

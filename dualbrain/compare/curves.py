"""Learning curves: the world's score during training, as each condition's mean over seeds with its interval."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

from dualbrain.compare.outcome import Outcome

POINTS = 60
"""Points of a curve."""
COLOURS = ("#de7c2a", "#3480cc", "#7c52ac", "#ce3e4c", "#429254", "#6e6e78")

Samples = NDArray[np.float64]


class Curve(NamedTuple):
    """Mean over seeds and its 95 % percentile bootstrap interval, at P steps; all ``(P,)``."""

    steps: Samples
    mean: Samples
    low: Samples
    high: Samples


def curve_of(runs: Mapping[int, Outcome]) -> Curve | None:
    """Return the curve of one condition, over the steps that all its seeds tell of; None where there are none.

    Between two points of a seed's curve the score is taken to change evenly. With one seed the interval has no width.
    """
    curves = [np.array(outcome.curve, np.float64) for outcome in runs.values() if outcome.curve]
    first, last = max((one[0, 0] for one in curves), default=1.0), min((one[-1, 0] for one in curves), default=0.0)
    if first > last:
        return None
    steps = np.linspace(first, last, POINTS)
    scores = np.array([np.interp(steps, one[:, 0], one[:, 2]) for one in curves])
    mean = scores.mean(0)
    if len(scores) < 2:
        return Curve(steps, mean, mean, mean)
    rng = np.random.default_rng(0)
    drawn = bootstrap((scores,), np.mean, axis=0, method="percentile", n_resamples=2000, vectorized=True, rng=rng)
    return Curve(steps, mean, *drawn.confidence_interval)


def draw(outcomes: Mapping[str, Mapping[int, Outcome]], world: str) -> bytes | None:
    """Return the curves of all conditions as PNG; None where there is nothing to draw."""
    from matplotlib.figure import Figure

    curves = {name: curve for name, runs in outcomes.items() if (curve := curve_of(runs))}
    if not curves:
        return None
    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.subplots()
    for k, (name, curve) in enumerate(curves.items()):
        colour = COLOURS[k % len(COLOURS)]
        axes.plot(curve.steps, curve.mean, label=name, color=colour)
        axes.fill_between(curve.steps, curve.low, curve.high, color=colour, alpha=0.2, linewidth=0)
    axes.set_xlabel("training steps")
    axes.set_ylabel("world's score of an episode")
    axes.set_title(f"{world}: mean over seeds, shade 95 %", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    picture = io.BytesIO()
    figure.savefig(picture, dpi=120, format="png")
    return picture.getvalue()

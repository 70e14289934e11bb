"""Drive reduction: an outcome is worth less, the nearer the body is to its set point, and harmful beyond it.

``D(H) = |h* - h|^(n/m)`` with one need, reward ``D(H) - D(H + K)`` (Keramati & Gutkin, 2014). The drive is the
project's own `Homeostasis`, asked through a steering subsystem. It works on shares of a full store: of `FULL` units
here, twice the set point. Two controls must fail: a meal of constant worth (`Hunger` with its worth frozen), and a
drive that is linear (m = n), which does not care how far it is from the set point.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.lab.experiment import INTACT, Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Curves
from dualbrain.steering.load_module import load_module
from dualbrain.steering.subsystem import SteeringSubsystem

FULL, SETPOINT, OUTCOME = 400.0, 200.0, 2.0
"""What a full store holds, h* and K, in the paper's units."""
STATES = np.arange(100.0, 302.0, 2.0)
"""H, before the outcome."""
FAR, NEAR = 100.0, 190.0
"""The two H that are compared."""


def ask(steering: SteeringSubsystem, after: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the reward as bodies at `STATES`, one each, come to be at ``after``; in units of its size at 100."""
    steering.bind(len(STATES), ["energy", "ate"])
    nobody = np.zeros(len(STATES), bool)
    meal = np.full(len(STATES), OUTCOME / FULL)
    steering.step({"energy": STATES / FULL, "ate": 0 * meal}, None, nobody)
    reward = steering.step({"energy": after / FULL, "ate": meal}, None, nobody).reward
    return np.asarray(reward / np.abs(reward[STATES == FAR]))


def measure(drive: Any, freeze_worth: bool = False) -> dict[str, float | list[float]]:
    """Return what a drive pays for one outcome at every state."""
    reward = ask(SteeringSubsystem([drive], freeze_worth=freeze_worth), STATES + OUTCOME)
    return {
        "reward": reward.tolist(),
        "left": float(reward[STATES == NEAR][0]),
        "punished": float(np.mean(reward[STATES >= SETPOINT] < 0)),
    }


def homeostasis(m: float, n: float) -> Any:
    """Return the drive with the paper's set point."""
    return load_module("homeostasis")((SETPOINT / FULL,), m=m, n=n)


def run(_: int) -> Outcome:
    """Return what is paid under each drive; nothing is drawn by chance, so that all seeds are alike."""
    return {
        INTACT: measure(homeostasis(m=3.0, n=4.0)),
        "constant worth": measure("hunger", freeze_worth=True),
        "linear drive": measure(homeostasis(m=1.0, n=1.0)),
    }


DRIVE_REDUCTION = Experiment(
    name="drive-reduction",
    about="Is the same outcome worth less the nearer the body is to its set point, and harm beyond it?",
    published=(
        Published(
            "D(H) = (sum |h* - h|^n)^(1/m), reward D(H) - D(H + K), m = 3, n = 4, h* = 200",
            "Keramati, Gutkin 2014, eLife 3:e04811",
        ),
    ),
    run=run,
    claims=(
        Claim("the reward of K = 2 falls by at least half from H = 100 to 190", "left", at_most=0.5),
        Claim("it is a punishment everywhere beyond the set point", "punished", at_least=1.0),
    ),
    controls=("constant worth", "linear drive"),
    figure=Curves("reward", x="H", y="reward of K = 2", start=STATES[0], step=STATES[1] - STATES[0]),
    notes="There is no learning and no randomness: all seeds are equal. Rewards are in units of that at H = 100.",
)

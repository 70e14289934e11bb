"""A life of one or more agents under one drive, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dualbrain import RewardModule, SteeringStep, SteeringSubsystem

Column = Sequence[float]


def live(
    drive: RewardModule,
    senses: Mapping[str, Column],
    *,
    done: Sequence[int] = (),
    thoughts: Sequence[Column] | None = None,
) -> list[SteeringStep]:
    """One agent senses each column from top to bottom; its episodes end with the steps in ``done``.

    ``thoughts`` are the scorecards after each step, a column for each signal.
    """
    steps = len(next(iter(senses.values())))
    steering = SteeringSubsystem([drive])
    steering.bind(1, senses)
    made = []
    for t in range(steps):
        sensed = {name: np.array([column[t]], np.float32) for name, column in senses.items()}
        scorecard = None if thoughts is None else np.array([[column[t] for column in thoughts]], np.float32)
        made.append(steering.step(sensed, scorecard, np.array([t in done])))
    return made


def truths(made: list[SteeringStep], signal: int = 0) -> list[float]:
    return [float(step.truth[0, signal]) for step in made]


def worths(made: list[SteeringStep], signal: int = 0) -> list[float]:
    return [float(step.worth[0, signal]) for step in made]


def reflexes(made: list[SteeringStep]) -> list[int]:
    return [int(step.reflex[0]) for step in made]

"""Observational fear: observers of a model's fear come to fear snakes, but not flowers.

The innate eye is struck by some forms more than by others, and only where one strikes it does a frightened face count
as evidence: to the drive below anything else is silence, which teaches nothing. A calm face beside a snake is evidence
that nothing is to be feared, from which there is nothing to learn at first; but what has long foretold nothing is
attended to less (associability), and so a fright that comes later teaches little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dualbrain.chamber import DriveChamber
from dualbrain.chamber.associability import Associability
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Bars
from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal
from dualbrain.steering.subsystem import SteeringSubsystem

TASTES = {"form": {"striking": 1.0}, "terror": {"frightened_face": 1.0}}
FRIGHT = {"snake": "12 snake:3>snake+form+terror", "flower": "12 flower:3>flower+form*0.1+terror"}
"""Twelve times a model is frightened; a flower strikes the innate eye by a tenth of what a snake does."""
CALM = "40 snake:3>snake+form"
AFRAID = 0.5
"""Prediction from which on an animal counts as afraid."""
CONDITIONS = {"intact": (0.5, True), "all forms alike": (0.0, True), "no associability": (0.5, False)}


@dataclass
class ObservedFear(RewardModule):
    """Fear that a face shows while the observer's innate detector responds to its object, else unknown; worth -1."""

    threshold: float = 0.5
    """How striking a form must be, in [0, 1]."""
    emits = (Signal("fear", horizon=5, defer=0.5),)

    def truth(self, striking: Array, frightened_face: Array) -> SignalValues:
        """Take the other's fear for evidence of danger."""
        return {"fear": np.where(striking > self.threshold, frightened_face, np.nan)}

    def worth(self) -> SignalValues:
        """Return the worth, which is negative."""
        return {"fear": -1.0}


def fear(seed: int, threshold: float, attention: bool, thing: str, before: str = "_") -> float:
    """Return how much an observer fears a thing, after having seen something before and then the model's fright."""
    animal = DriveChamber(seed, SteeringSubsystem([ObservedFear(threshold)]), TASTES, {})
    animal.short.associability = Associability() if attention else None
    animal.run(f"{before} | {FRIGHT[thing]}")
    return animal.foreseen(f"{thing}:3")


def learn(seed: int, threshold: float, attention: bool) -> dict[str, float]:
    """Return the fears of a snake, a flower, and of a snake that a calm model was seen with before."""
    fears = {thing: fear(seed, threshold, attention, thing) for thing in FRIGHT}
    calmed = fear(seed, threshold, attention, "snake", CALM)
    return {**fears, "snake, after a calm model": calmed, "immunised": float(calmed < AFRAID)}


def run(seed: int) -> Outcome:
    """Return the predicted fear of three observers, under each condition."""
    return {name: learn(seed, *condition) for name, condition in CONDITIONS.items()}


OBSERVATIONAL_FEAR = Experiment(
    name="observational-fear",
    about="Is fear learned from others only for what the innate detector responds to, and does a calm model prevent "
    "it?",
    published=(
        Published(
            "Snakes and crocodiles yes, flowers and rabbits no", "Cook, Mineka 1989, J. Abnormal Psychology 98:448"
        ),
        Published(
            "A calm model immunises 6 of 8",
            "Mineka, Cook 1986, J. Abnormal Psychology 95:307",
            second_hand="secondary literature, not the paper itself",
        ),
    ),
    run=run,
    claims=(
        Claim("fear of the snake: at least .5", "snake", at_least=0.5),
        Claim("fear of the flower: at most .1", "flower", at_most=0.1),
        Claim(
            "immunised (afraid by less than .5): at least .6 of the animals",
            "immunised",
            at_least=0.6,
            published="6 of 8",
        ),
    ),
    controls=("all forms alike", "no associability"),
    figure=Bars(("snake", "flower", "snake, after a calm model"), ("intact",), y="fear foretold"),
)

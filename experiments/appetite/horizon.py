"""Horizon: a cue just before the taste is revalued at once; one long before it is not, and needs tasting anew.

Short heads reach as far as their visceral horizon. The effect is the change of the cue's composed valence when the body
comes to lack sodium, as a share of the change of the taste's own worth.
"""

from __future__ import annotations

import numpy as np

from dualbrain.chamber import DriveChamber, SerialCompound
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Curves
from dualbrain.steering.subsystem import SteeringSubsystem
from experiments.appetite.taste_senses import DEPLETED, REPLETE, SALT

VISCERAL = 4
"""Steps, of the drive for salt."""
NEAR = tuple(range(1, VISCERAL))
FAR = 10 * VISCERAL
STEPS = (*NEAR, VISCERAL, FAR)
"""From the cue to the taste."""
REACH = {"intact": VISCERAL, "all heads long": 20 * VISCERAL}


def effect(seed: int, reach: int, steps: int) -> float:
    """Return the effect of lack on a cue that comes so many steps before the taste."""
    steering = SteeringSubsystem(["salt"])
    animal = DriveChamber(
        seed, steering, {"salt": SALT}, {"sodium": REPLETE}, SerialCompound(FAR + 2), horizon=(reach,)
    )
    animal.run(f"30 A>_:{steps - 1}>salt" if steps > 1 else "30 A>salt")
    before = animal.composed("A")
    animal.levels["sodium"] = DEPLETED
    return (animal.composed("A") - before) / 2.0


def learn(seed: int, reach: int) -> dict[str, float | list[float]]:
    """Return the effects by distance: of near ones the mean, and of the far one."""
    effects = {steps: effect(seed, reach, steps) for steps in STEPS}
    near = float(np.mean([effects[steps] for steps in NEAR]))
    return {"effect": [*effects.values()], "near": near, "at the edge": effects[VISCERAL], "far": effects[FAR]}


def run(seed: int) -> Outcome:
    """Return the effects for one animal per distance, with the visceral horizon and with a long one."""
    return {name: learn(seed, reach) for name, reach in REACH.items()}


HORIZON = Experiment(
    name="horizon",
    about="Is a cue revalued at once only if it comes shortly before the taste?",
    published=(
        Published(
            "Proximal cues are revalued at once, distal ones after tasting",
            "Dickinson, Balleine 1994, Animal Learning & Behavior 22:1",
        ),
    ),
    run=run,
    claims=(
        Claim("within the visceral horizon: at least .5", "near", at_least=0.5),
        Claim("at ten times it: at most .1", "far", at_most=0.1),
    ),
    controls=("all heads long",),
    figure=Curves("effect", x="steps from cue to taste", at=STEPS),
    notes="At the very edge of the horizon the effect is gamma_s^3 = .42; the claim is on the distances below it.",
)

"""Latent learning of sodium: animals that pressed for salty water when thirsty press more when they lack sodium.

Presses in extinction are taken to be in proportion to the composed valence of the lever, so that all ratios follow from
what thirst and salt are worth. How thirsty the animals are at the test, hydration .2 to .4, is chosen, not measured: a
thirstier one shows a smaller ratio.
"""

from __future__ import annotations

from dualbrain.chamber import DriveChamber
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars
from dualbrain.steering.subsystem import SteeringSubsystem
from experiments.appetite.taste_senses import DEPLETED, REPLETE, SALT, WATER

BOTTLES = {"sodium": WATER | SALT, "potassium": WATER, "water": WATER}
"""To the innate tongue potassium is a taste, but not that of sodium."""


def presses(seed: int, bottle: str) -> dict[str, float]:
    """Return how much an animal presses when it lacks sodium: by composed valence, and by a scalar critic's."""
    steering = SteeringSubsystem(["thirst", "salt"])
    animal = DriveChamber(seed, steering, {"bottle": BOTTLES[bottle]}, levels={"hydration": 0.1, "sodium": REPLETE})
    animal.run("60 A:5>bottle")
    animal.levels |= {"sodium": DEPLETED, "hydration": float(animal.rng.uniform(0.2, 0.4))}
    values = {"intact": animal.composed("A:5"), "scalar critic": animal.response("A:5", "valence")}
    return {name: max(value, 0.0) for name, value in values.items()}


def run(seed: int) -> Outcome:
    """Return the presses of one animal per bottle, and as multiples of the one that had water."""
    found = {bottle: presses(seed, bottle) for bottle in BOTTLES}
    return {
        name: {
            **{bottle: found[bottle][name] for bottle in BOTTLES},
            "sodium ratio": share(found["sodium"][name], found["water"][name]),
            "potassium ratio": share(found["potassium"][name], found["water"][name]),
        }
        for name in ("intact", "scalar critic")
    }


SODIUM_LATENT_LEARNING = Experiment(
    name="sodium-latent-learning",
    about="Does lack of sodium raise pressing for what tasted salty when sodium was not lacking, and only for that?",
    published=(
        Published(
            "2 to 3 times the presses in extinction, specific to sodium",
            "Krieckhaus, Wolf 1968, J. Comparative and Physiological Psychology 65:197",
            second_hand="secondary literature, not the paper itself",
        ),
    ),
    run=run,
    claims=(
        Claim(
            "sodium group: 2 to 3 times the presses of the water group",
            "sodium ratio",
            2.0,
            3.0,
            published="2 to 3 times",
        ),
        Claim("potassium group: at most 1.2 times", "potassium ratio", at_most=1.2),
    ),
    controls=("scalar critic",),
    figure=Bars(
        ("sodium ratio", "potassium ratio"),
        ("intact",),
        published={"sodium ratio": (2.0, 3.0)},
        y="presses, times water's",
    ),
    notes="Presses are assumed to be proportional to valence, and thirst at the test is chosen; the ratio follows "
    "from both.",
)

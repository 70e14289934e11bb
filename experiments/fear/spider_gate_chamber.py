"""The spider gate in the chamber: a fear without evidence for or against it stays, unless the gate is open.

The same claim as in the world (`experiments.fear.spider_gate`), at the level of assessors: a word comes to predict a
flinch, and is then said 2000 times with nothing near, so that the senses give no evidence.
"""

from __future__ import annotations

from dualbrain.chamber import DriveChamber, Presence
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars
from dualbrain.steering.subsystem import SteeringSubsystem

TASTES = {"spider": {"skittering": 1.0, "something_near": 1.0}}
CONDITIONS = {"intact": (0.0, False), "gate open": (1.0, False), "wire cut": (0.0, True)}
"""Weight of missing evidence, and whether steering does not read the assessors."""
MENTIONS = 2000


def run_animal(seed: int, unlearn: float, cut: bool) -> dict[str, float]:
    """Return the reward from the prediction at the word before and after the mentions, and that prediction."""
    steering = SteeringSubsystem(["flinch"], cut_wire=cut)
    animal = DriveChamber(seed, steering, TASTES, {}, Presence(), unlearn, rest=2)
    animal.run("60 word:3>spider | stone:3?")
    before, foreseen = animal.composed("word:3"), animal.foreseen("word:3")
    animal.run(f"{MENTIONS} word:3")
    paid = animal.thought("word:3")
    return {
        "before": before,
        "paid": paid,
        "kept": share(paid, steering.signals["flinch.flinch"].defer * before),
        "prediction kept": share(animal.foreseen("word:3"), foreseen),
        "unrelated": abs(share(animal.thought("stone:3"), before)),
    }


def run(seed: int) -> Outcome:
    """Return what comes of one animal under each condition."""
    return {name: run_animal(seed, *condition) for name, condition in CONDITIONS.items()}


SPIDER_GATE_CHAMBER = Experiment(
    name="spider-gate-chamber",
    about="Does a fear persist without evidence for or against it?",
    published=(Published("A claim, not a measurement: gated assessors keep generalised fears", "Byrnes 2025"),),
    run=run,
    claims=(
        Claim("what the thought pays: at least .9 kept", "kept", at_least=0.9),
        Claim("an unrelated word: at most .05", "unrelated", at_most=0.05),
        Claim("gate open: at most .05 left", "kept", at_most=0.05, of="gate open"),
        Claim("wire cut: at most .05 left", "kept", at_most=0.05, of="wire cut"),
        Claim("wire cut: the prediction survives, at least .9", "prediction kept", at_least=0.9, of="wire cut"),
    ),
    controls=("gate open", "wire cut"),
    figure=Bars("kept", y="pay for the thought, share kept"),
)

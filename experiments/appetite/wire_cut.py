"""Wire cut: without predictions in the reward no cue is approached, and eating pays as before."""

from __future__ import annotations

from dualbrain.chamber import DriveChamber
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars
from dualbrain.steering.stages import Stage
from dualbrain.steering.subsystem import SteeringSubsystem
from experiments.appetite.taste_senses import DEPLETED, SALT

DEFERRING = (Stage("adult", defer={"salt.salt": 0.5}),)
"""Predicted salt pays half of the prediction."""


def pay(seed: int, cut: bool) -> dict[str, float]:
    """Return what the thought at the cue and the taste itself pay an animal that lacks sodium and has learned both."""
    steering = SteeringSubsystem(["salt"], stages=DEFERRING, cut_wire=cut)
    animal = DriveChamber(seed, steering, {"salt": SALT}, {"sodium": DEPLETED})
    animal.run("60 A:5>salt")
    return {"seeking": animal.thought("A:5"), "consumption": animal.taste("A:5>salt")}


def run(seed: int) -> Outcome:
    """Return what an animal is paid with the wire cut, as a share of an intact one; and of another intact one."""
    intact = pay(seed, cut=False)
    pays = {"wire cut": pay(seed, cut=True), "sham": pay(seed, cut=False)}
    return {name: {what: share(paid[what], intact[what]) for what in paid} for name, paid in pays.items()}


WIRE_CUT = Experiment(
    name="wire-cut",
    about="Does removing predictions from the reward end approach to cues, and leave eating unchanged?",
    published=(
        Published(
            "Ventral pallidum: cue-triggered seeking needs it",
            "Smith, Tindell, Aldridge, Berridge 2009, Behavioural Brain Research 196:155",
        ),
    ),
    run=run,
    claims=(
        Claim("seeking: at most .2 of intact", "seeking", at_most=0.2, of="wire cut"),
        Claim("consumption: at least .9 of intact", "consumption", at_least=0.9, of="wire cut"),
    ),
    controls=("sham",),
    subject="wire cut",
    figure=Bars(("seeking", "consumption"), y="share of intact"),
    notes="Seeking is the reward from the predicted taste at its cue.",
)

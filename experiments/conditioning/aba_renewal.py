"""ABA renewal: animals respond again where they learned, after extinction elsewhere; plain TD does not.

Rooms are perceived as stimuli are: each is there before, during and long after the trial.
"""

from __future__ import annotations

from dualbrain.chamber import Chamber, Presence
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars


def trial(room: str, outcome: str = "") -> str:
    """Write a trial of A in a room."""
    return f"{room}:20>A+{room}:5>{outcome}{room}>{room}:40"


def learn(seed: int, elsewhere: str, again: bool) -> dict[str, float]:
    """Return the response where it was acquired, after extinction elsewhere, and back where it was acquired."""
    animal = Chamber(seed, code=Presence(), assessors=TDLambda(1, gamma=0.9, rate=0.05))
    animal.run(f"150 {trial('red', 'US+')}")
    acquired = due(animal, "red")
    animal.run(f"300 {trial(elsewhere)}")
    extinguished = due(animal, elsewhere)
    animal.run(f"20 {trial('red', 'US+')}" if again else "_:100")
    renewed = due(animal, "red")
    return {
        "acquired": acquired,
        "extinguished": extinguished,
        "back": renewed,
        "renewed": share(renewed - extinguished, acquired),
    }


def due(animal: Chamber, room: str) -> float:
    """Return the response at the last step of A in a room, less that to the room alone."""
    probe = animal.probe(trial(room))
    at = probe.onset("A")
    return float(probe.values[at + 4, 0] - probe.values[at - 1, 0])


def run(seed: int) -> Outcome:
    """Return what came back in the first room, and what would come back with more training there."""
    return {"intact": learn(seed, "blue", again=False), "trained again": learn(seed, "blue", again=True)}


ABA_RENEWAL = Experiment(
    name="aba-renewal",
    about="Does an extinguished response come back where it was learned? In plain TD it must not.",
    published=(
        Published("Responding is renewed in the first context", "Bouton, Bolles 1979, Learning and Motivation 10:445"),
    ),
    run=run,
    claims=(
        Claim("plain TD shows next to none: at most .05", "renewed", at_least=-0.05, at_most=0.05),
        Claim("it was acquired: at least .5", "acquired", at_least=0.5),
        Claim("it was extinguished: at most .05", "extinguished", at_most=0.05),
    ),
    controls=("trained again",),
    figure=Bars(("acquired", "extinguished", "back"), y="value"),
)

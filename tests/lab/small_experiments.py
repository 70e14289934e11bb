"""Small experiments that take no time, for trying the lab on: in a file of their own, as a user would write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, SeedResults
from dualbrain.lab.figures import Bars, Curves


def learn(seed: int) -> Outcome:
    """Stand in for the chamber: what is learned halves an error, trial by trial; the control learns nothing."""
    error = 0.5 ** np.arange(1, 6) + 0.001 * seed
    return {
        "intact": {"left": float(error[-1]), "error": error.tolist()},
        "no learning": {"left": 1.0, "error": [1.0] * 5},
    }


def halved(found: SeedResults) -> SeedResults:
    """Add a measure that is worked out of another."""
    return {name: {**measures, "half": measures["left"] / 2} for name, measures in found.items()}


LEARNING = Experiment(
    name="learning",
    about="Is an error | unlearned?",
    published=(Published("errors vanish", "Nobody 1900", second_hand="Somebody 2000"),),
    run=learn,
    claims=(Claim("at most .1 of the error is left", "left", at_most=0.1, published="0.03"),),
    controls=("no learning",),
    figure=Curves("error", events={"halved": 1.0}),
    notes="It takes no time.",
    derive=halved,
)


def live(seed: int, steps: int) -> Outcome:
    """Stand in for a world; more steps, more score."""
    return {"intact": {"score": float(steps)}, "idle": {"score": 0.0}}


LIVING = Experiment(
    name="living",
    about="Does life pay?",
    published=(),
    run=live,
    claims=(Claim("a score of 100", "score", at_least=100.0),),
    controls=("idle",),
    figure=Bars("score", published={"intact": (90.0, 110.0), "idle": 0.0}),
    steps=100,
    quick_steps=5,
)
WAITING = Experiment("waiting", "Is there more?", (), None, waits_for="a cortex of its own")


def tire(seed: int) -> Outcome:
    """Fail on the second seed, and end the process on the third."""
    if seed == 1:
        raise ValueError("tired of life")
    if seed == 2:
        raise SystemExit(7)
    return learn(seed)


TIRING = Experiment("tiring", "Does it fail?", (), tire, LEARNING.claims, LEARNING.controls)


def dawdle(seed: int) -> Outcome:
    """Take no time for the first seed, and for ever for others."""
    import time

    Path(f"began_{seed}").touch()
    time.sleep(1000.0 * seed)
    return learn(seed)


DAWDLING = Experiment("dawdling", "Does it end?", (), dawdle, LEARNING.claims, LEARNING.controls)
BLOTTING = Experiment(
    "blotting", "Can it draw?", (), learn, LEARNING.claims, LEARNING.controls, figure=Bars("x", "nobody")
)
LAMBDA = Experiment("lambda", "Can it be told?", (), lambda seed: learn(seed), LEARNING.claims, LEARNING.controls)
CLAIMLESS = Experiment("claimless", "Can it fail?", (), learn)
IDLE = Experiment("idle", "Is there anything?", (), None)
HASTY = Experiment("hasty", "?", (), live, LIVING.claims, LIVING.controls, steps=100, quick_steps=100)
TWIN = Experiment("learning", "Which?", (), learn, LEARNING.claims, LEARNING.controls)
NOTHING = "no experiment"

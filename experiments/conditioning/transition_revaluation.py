"""Transition revaluation: a changed transition does not change earlier values, unless it is replayed.

States a and b lead to p and q, and those to a large and a small reward. Heads over rewards tell how much of each a
state leads to. Then, from p and q on, either the rewards are exchanged (which revalues a and b at once: the heads stay
true and what rewards are worth is known), or the ways to them; that is not known at a and b, unless they are replayed.
"""

from __future__ import annotations

from dualbrain.chamber import Chamber, Presence
from dualbrain.chamber.dyna import Dyna
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars

FIRST = "shuffled 60 a>p>large / 60 b>q>small"
REWARDS_SWAPPED = "shuffled 60 p>large / 60 q>small"
WAYS_SWAPPED = "shuffled 60 p>small / 60 q>large"
WORTH, SWAPPED = {"large": 1.0, "small": 0.1}, {"large": 0.1, "small": 1.0}
"""What is had where the large reward was, and the small one; before and after rewards are exchanged."""
REPLAYS = {"intact": None, "replay": 20}


def preference(animal: Chamber, worth: dict[str, float]) -> float:
    """Return by how much more a is worth than b."""
    a, b = (sum(each * animal.response(state, name) for name, each in worth.items()) for state in "ab")
    return a - b


def learn(seed: int, replays: int | None) -> dict[str, float]:
    """Return the share of the full reversal that the preference for a undergoes, after either change."""
    changes = {}
    for change, phase, worth in (("rewards", REWARDS_SWAPPED, SWAPPED), ("ways", WAYS_SWAPPED, WORTH)):
        memory = Dyna(replays, seed) if replays else None
        animal = Chamber(seed, tuple(WORTH), Presence(), assessors=TDLambda(2, dyna=memory))
        animal.run(FIRST)
        before = preference(animal, WORTH)
        animal.run(phase)
        changes[change] = share(before - preference(animal, worth), 2.0 * before)
    return changes


def run(seed: int) -> Outcome:
    """Return what one animal made of either change, without replay and with it."""
    return {name: learn(seed, replays) for name, replays in REPLAYS.items()}


TRANSITION_REVALUATION = Experiment(
    name="transition-revaluation",
    about="Does a change of transitions change earlier values at once, as a change of rewards does?",
    published=(
        Published(
            "People revalue after both, but less after transitions changed",
            "Momennejad et al. 2017, Nature Human Behaviour 1:680",
        ),
    ),
    run=run,
    claims=(
        Claim("without replay: at most .1 of the change", "ways", at_most=0.1),
        Claim("rewards exchanged, without replay: at least .7", "rewards", at_least=0.7),
        Claim("with replay: at least .7", "ways", at_least=0.7, of="replay"),
    ),
    controls=("replay",),
    figure=Bars(("rewards", "ways"), y="share of the reversal"),
)

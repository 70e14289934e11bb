"""Sensory preconditioning: an association of two neutral stimuli counts when one of them gains value.

The heads are over stimuli: A predicts X (a successor feature), and X predicts the outcome. The value of A is
composed: the prediction of X from A, times the present value of X (Dayan 1993, Neural Computation 5:613).
"""

from __future__ import annotations

from dualbrain.chamber import Chamber
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, share
from dualbrain.lab.figures import Bars

STIMULI = ("A", "X")
DESIGNS = {"intact": "60 A:4>X:4 | 60 X:4>US", "unpaired": "shuffled 60 A:4 / 60 X:4 | 60 X:4>US"}


def learn(seed: int, design: str) -> dict[str, float]:
    """Return the values of A and X, composed, and that of A by the reward's own head."""
    animal = Chamber(seed, predicts=("US", *STIMULI), also_seen=STIMULI)
    animal.run(design)
    worth = animal.response("X:4", "US")
    composed = animal.response("A:4", "X") * worth
    return {"A": composed, "X": worth, "share": share(composed, worth), "by reward alone": animal.response("A:4", "US")}


def run(seed: int) -> Outcome:
    """Return what animals learned that had A and X paired, and apart; a third has no heads but the reward's."""
    outcome = {name: learn(seed, design) for name, design in DESIGNS.items()}
    alone = outcome["intact"]["by reward alone"]
    return outcome | {"reward heads alone": {"share": share(alone, outcome["intact"]["X"]), "A": alone}}


SENSORY_PRECONDITIONING = Experiment(
    name="sensory-preconditioning",
    about="Does A gain value if it came with X before X came with the outcome?",
    published=(
        Published("A responds after A-X, X-US", "Brogden 1939, J. Experimental Psychology 25:323"),
        Published("Needs dopamine transients at A-X", "Sharpe et al. 2017, Nature Neuroscience 20:735"),
    ),
    run=run,
    claims=(
        Claim("X was learned: at least .9 of the outcome", "X", at_least=0.9),
        Claim("A comes to at least .3 of X", "share", at_least=0.3),
        Claim("unpaired: at most .05", "share", at_most=0.05, of="unpaired"),
        Claim("by the reward's head alone: exactly 0", "share", at_least=0.0, at_most=0.0, of="reward heads alone"),
    ),
    controls=("unpaired", "reward heads alone"),
    figure=Bars("A", y="value of A"),
)

"""Spider gate with hidden layers: the fear of a word is kept where no gradient of the critic moves the thought.

The protocol of `spider_gate`, in which the thought had to be the percept itself, with SB3's default towers for actor
and critic. Under the predictive cortex the thought comes from layers of its own; with `mlp`, the control, it is the
latent of the critic's tower, which moves as the critic learns what words cost.

The predictive cortex goes on learning, by prediction, while the harmless mentions are heard, and short heads without
evidence cannot follow it. So two things keep the thought in place. The brain takes along what it remembers of its
infancy, and replays it: in a world of nothing but words the regulariser would stretch what words do to the thought,
and the fear with it. And the steps of the cortex become smaller the longer it learns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dualbrain.heads.options import AssessorOptions
from dualbrain.lab.budget import scaled
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, SeedResults
from dualbrain.lab.figures import Bars
from experiments.fear import spider_gate as gate
from experiments.fear.spider_gate import FEARED, NEUTRAL, SIGNAL

N_ENVS = 128
"""In infancy and later: what is remembered is of as many agents."""
FEWEST = 8
"""Worlds of the smallest budget."""
HEARD = {"chatter": 1.0, "honesty": 0.8}
"""Some words are idle in infancy too, so that the cortex knows all of them."""
LIFE, WORDS_ONLY = gate.LIFE | HEARD, gate.WORDS_ONLY | {"chatter": 1.0}
DRIVES = {"flinch": 2.0}
INFANT: dict[str, Any] = {"n_steps": 32, "batch_size": 4096, "n_epochs": 1, "learning_rate": 0.0, "ent_coef": 0.01}
INFANT |= {"gamma": 0.5, "gae_lambda": 0.9, "assessors": AssessorOptions(3e-3, epochs=4, batch_size=1024, tau=0.3)}
"""Actor and critic learn nothing yet. The critic looks as far ahead as a word is heard, about."""
CORTICES: dict[str, dict[str, Any]] = {
    "predictive": {"cortex": "predictive", "cortex_kwargs": {"schedule": {"updates": 16, "anneal": 300}}},
    "mlp": {"cortex": "mlp"},
}
RAISED = 163_840
"""Steps of infancy, in which the word becomes feared."""
PRICING = {"n_epochs": 20, "batch_size": 1024}
PRICED = {3e-3: 20_480, 1e-3: 20_480, 3e-4: 20_480}
"""Steps by the rate at which actor and critic learn the cost of the fear of words."""
ADULT = {"n_epochs": 8, "batch_size": 1024, "learning_rate": 3e-4}
"""How they learn through all the mentions."""
CONDITIONS = {"intact": "predictive", "gate open": "predictive", "wire cut": "predictive", "mlp": "mlp"}
"""Cortex by condition."""


class Brain(NamedTuple):
    """A brain that can go on living elsewhere."""

    file: bytes
    memory: Mapping[str, Any] | None
    """What its cortex remembers, which a file does not hold; None: nothing."""
    n_envs: int

    @classmethod
    def of(cls, agent: Any) -> Brain:
        """Return the brain of an agent."""
        learning = agent.cortex_learning
        return cls(gate.saved(agent), learning.state_dict() if learning else None, agent.n_envs)


def train_agent(seed: int, steps: int, cortex: str) -> Brain:
    """Return a brain that was trained among spiders, acting at random."""
    n_envs = scaled(N_ENVS, steps, of=RAISED, least=FEWEST)
    return Brain.of(gate.train_agent(seed, steps, n_envs, LIFE, DRIVES, INFANT | CORTICES[cortex]))


def among_words(brain: Brain, settings: Mapping[str, Any]) -> Any:
    """Return a brain, with its memory, in a world where there is nothing but words."""
    agent = gate.among_words(brain.file, brain.n_envs, settings, WORDS_ONLY)
    if brain.memory:
        agent.cortex_learning.load_state_dict(brain.memory)
    return agent


def price(brain: Brain, steps: int) -> Any:
    """Return a brain, raised for ``steps``, whose critic knows what the fear of words costs."""
    for rate, priced in PRICED.items():
        agent = among_words(brain, PRICING | {"learning_rate": rate})
        agent.learn(scaled(priced, steps, of=RAISED), reset_num_timesteps=False)
        brain = Brain.of(agent)
    return agent


def measure(agent: Any, places: NDArray[np.float32]) -> dict[str, float]:
    """Return what `spider_gate` measures, and ``paid``: the prediction of the slow copy, by which the word is paid."""
    signal = [*agent.steering.signals].index(SIGNAL)
    slow = agent.scorecard
    feared, calm = (slow(gate.spoken(agent, places, word))[:, signal].mean() for word in (FEARED, NEUTRAL))
    return {**gate.measure(agent, places), "paid": float(feared - calm)}


def life(seed: int, steps: int, cortex: str) -> dict[str, dict[str, float]]:
    """Return what brains with a cortex make of words before the mentions, and after them by condition."""
    infant = train_agent(seed, steps, cortex)
    agent = price(infant, steps)
    brain, places = Brain.of(agent), gate.lived_in(agent)
    found = {"infant": measure(among_words(infant, ADULT), places), "before": measure(agent, places)}
    for condition in (name for name, theirs in CONDITIONS.items() if theirs == cortex):
        agent = among_words(brain, ADULT)
        gate.change(agent, condition)
        gate.mention(agent, scaled(gate.MENTIONS, steps, of=RAISED))
        found[condition] = measure(agent, places)
    return found


def run(seed: int, steps: int) -> Outcome:
    """Return what brains with each cortex make of words as infants, before the mentions, and after them."""
    lives = {cortex: life(seed, steps, cortex) for cortex in CORTICES}
    return {
        f"{name}, {cortex}" if name in ("infant", "before") else name: found
        for cortex, each in lives.items()
        for name, found in each.items()
    }


def derive(found: SeedResults) -> SeedResults:
    """Add the shares that are left of the word's valence and of what is paid, and that an unrelated word has."""
    shares = {}
    for name, cortex in CONDITIONS.items():
        after, before, infant = found[name], found[f"before, {cortex}"], found[f"infant, {cortex}"]
        shares[name] = {
            **after,
            "kept": after["valence"] / before["valence"],
            "paid, kept": after["paid"] / infant["paid"],
            "unrelated, share": np.abs(before["unrelated"] / before["valence"]),
        }
    return shares | {name: measures for name, measures in found.items() if name not in shares}


SPIDER_GATE_TOWERS = Experiment(
    name="spider-gate-towers",
    about="Does a generalised fear outlive harmless mentions where actor and critic have hidden layers?",
    published=(
        Published(
            "Missing evidence must not teach: else every harmless mention of a word unlearns the fear of it (a claim)",
            "Byrnes 2025",
        ),
    ),
    run=run,
    claims=(
        Claim("surely .9 of the word's valence is left after 2000 mentions", "kept", at_least=0.9, surely=True),
        Claim("the word is paid surely .9 of what the infant was", "paid, kept", at_least=0.9, surely=True),
        Claim("an unrelated word has at most .05 of the valence", "unrelated, share", at_most=0.05),
    ),
    controls=("gate open", "wire cut", "mlp"),
    figure=Bars(("kept", "paid, kept"), tuple(CONDITIONS), y="share of what it was before"),
    notes=(
        "The protocol of spider-gate, but actor and critic have their default hidden layers. To be cheaper it has "
        "128 worlds with rollouts of 32 steps from infancy on, the flinch as the only drive, a critic that looks a "
        "word ahead (discount .5), an infant whose actor and critic do not learn yet, 15 rollouts in which they "
        'learn what the word costs, and about ten of mentions. "Paid" is the prediction of the slow copy, by which '
        "the word is paid, less that for a neutral word; what is kept of it is a share of the infant's, since under "
        "mlp next to nothing is left of it when the critic knows it. The other shares are those of spider-gate. In "
        "pilots (seeds 100 and 101, by which all settings were chosen) this became of the prediction: under mlp 2 % "
        "or less was left when the critic had settled. Under a predictive cortex whose steps stayed of one size, "
        "and that remembered nothing of its infancy, the prediction rose by half in 20 rollouts, and unrelated "
        "words came to half of it; with steps that become smaller, still without memories, it was five times the "
        "infant's after 28 rollouts, and unrelated words a third of it: what the word does to the thought kept its "
        "direction (cosine .96), but became 3.4 times as long, since the regulariser asks that thoughts vary, and "
        "in a world of nothing but words little else does. With memories of infancy, which are replayed, its length "
        "was 1.2 times, and the prediction of unrelated words within 3 %. So the brain takes its memories along, "
        "and `anneal` is set. The same memories make the gate matter less: what was once a silence is replayed as "
        "well as what was evidence, so with the gate open a part of the fear is lost in 2000 mentions, not all of "
        "it."
    ),
    steps=RAISED,
    quick_steps=512,
    derive=derive,
)

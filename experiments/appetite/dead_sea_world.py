"""Salt lick: the cue of a disliked taste is valued at once by a body that lacks salt, before any new taste.

The full agent is raised replete in SaltLick, where a tone of its own sounds between the press of a lever and its taste,
salt or sugar. Then, without any further learning, thoughts of its own episodes with a tone are judged by the
steering subsystem, once with the body as it was and once with the innate sense ``sodium`` depleted: the composed
valence of a cue is the sum over signals of weight, worth to this body and short prediction. Controls that must fail:
a scalar critic, which has no other opinion of the same thought, and a steering subsystem whose worths are frozen.

The cortex perceives the body's levels too. Observations are held as experienced, so that all that changes is what
the steering subsystem senses; ``told`` is the same with the depletion shown to the cortex as well, which it never saw.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dualbrain
from dualbrain.heads.options import AssessorOptions
from dualbrain.lab.experiment import INTACT, Claim, Experiment, Outcome, Published
from dualbrain.lab.figures import Bars
from dualbrain.registry import load_agent
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.probes import probes_of

WORLD = "dualbrain/SaltLick-v0"
DRIVES = {"hunger": 5.0, "salt": 1.0}
DEPLETED = 0.1
"""Sodium of the depleted body; replete it is born with .7 to .8."""
CUES = {"salt": "hears salt tone", "sugar": "hears sugar tone", "salt lever": "salt lever[+0,+0]"}
"""Bits of the observation. The lever is reported only: its taste is a whole horizon away, and no press need follow."""
BODIES = ("replete", "depleted")
KEPT = 500
"""Thoughts of each cue that are judged, the latest of its life."""
N_ENVS = 64
RECIPE = {"n_steps": 64, "batch_size": 1024, "n_epochs": 4, "learning_rate": 1e-3, "gamma": 0.97, "gae_lambda": 0.9}
RECIPE |= {"ent_coef": 0.01}
ASSESSORS = AssessorOptions(epochs=4)
STEPS, QUICK = 300_000, 20_480
SCALAR, FROZEN, TOLD = "scalar critic", "frozen worth", "told"

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Thoughts:
    """M steps of episodes: observations, and the state of the body."""

    observations: NDArray[np.uint8]
    """(M, D)"""
    energy: Floats
    sodium: Floats
    """(M,) each: shares of a full store."""

    def depleted(self) -> Thoughts:
        """Return the same thoughts in a body without salt."""
        return replace(self, sodium=np.full_like(self.sodium, DEPLETED))

    @property
    def senses(self) -> dict[str, Floats]:
        """Return the senses of the drives while nothing is tasted."""
        nothing = np.zeros_like(self.energy)
        tongue = dict.fromkeys(("ate", "tasted_any", "tasted_salt"), nothing)
        return tongue | {"energy": self.energy, "sodium": self.sodium}


Judge = Callable[[Thoughts], float]
"""Returns how good thoughts are, on average."""


class Diary:
    """A callback that keeps the steps of training at which there was a cue; called after every step."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self._columns = columns
        self._kept: dict[str, deque[tuple[Any, ...]]] = {cue: deque(maxlen=KEPT) for cue in columns}

    def __call__(self, local: Mapping[str, Any], _: Mapping[str, Any]) -> bool:
        """Take down a step; training goes on."""
        body, seen = probes_of(local["self"].get_env()).reset_senses, local["new_obs"]
        for cue, column in self._columns.items():
            for row in np.flatnonzero(seen[:, column]):
                self._kept[cue].append((seen[row].copy(), body["energy"][row], body["sodium"][row]))
        return True

    @property
    def thoughts(self) -> dict[str, Thoughts]:
        """Return the recorded steps, by cue; raises `ValueError` for a cue that never occurred."""
        return {cue: Thoughts(*map(np.array, zip(*kept, strict=True))) for cue, kept in self._kept.items()}


def train_agent(seed: int, steps: int) -> tuple[Any, dict[str, Thoughts]]:
    """Return a brain that never lacked salt, and what it thought when there were cues."""
    agent = load_agent("ppo")(
        "BrainPolicy",
        dualbrain.make_vec_env(WORLD, N_ENVS),
        steering=SteeringSubsystem([*DRIVES], DRIVES),
        assessors=ASSESSORS,
        pictures=0,
        seed=seed,
        **RECIPE,
    )
    bits = probes_of(agent.get_env()).layout.bit_names
    diary = Diary({cue: bits.index(bit) for cue, bit in CUES.items()})
    agent.learn(steps, callback=diary)
    return agent, diary.thoughts


def composed(agent: Any, freeze_worth: bool = False) -> Judge:
    """Return the judge who multiplies predictions by what they are worth to the body."""
    steering = SteeringSubsystem([*DRIVES], DRIVES, freeze_worth=freeze_worth)

    def judge(thoughts: Thoughts) -> float:
        nobody = np.zeros(len(thoughts.energy), bool)
        steering.bind(len(nobody), thoughts.senses)
        worth = steering.step(thoughts.senses, None, nobody).worth
        foreseen = agent.assess(thoughts.observations)["short"]
        paid = [steering.weights[name] * worth[:, k] * foreseen[name] for k, name in enumerate(steering.signals)]
        return float(np.sum(paid, axis=0).mean())

    return judge


def critic(agent: Any) -> Judge:
    """Return the judge who knows one number for each thought."""
    return lambda thoughts: float(agent.assess(thoughts.observations)["valence"].mean())


def told(agent: Any, judge: Judge) -> Judge:
    """Return a judge to whom the cortex of a depleted body says what it perceives of the depletion."""
    names = probes_of(agent.get_env()).layout.bit_names
    bits = np.flatnonzero([name.startswith("sodium>") for name in names])
    shown = np.arange(len(bits)) / len(bits) < DEPLETED

    def informed(thoughts: Thoughts) -> float:
        seen = thoughts.observations.copy()
        lacking = np.flatnonzero(thoughts.sodium <= np.float32(DEPLETED))
        seen[np.ix_(lacking, bits)] = shown
        return judge(replace(thoughts, observations=seen))

    return informed


def measure(judge: Judge, thoughts: Mapping[str, Thoughts]) -> dict[str, float]:
    """Return how every cue is judged replete, depleted and replete again, and what that comes to."""
    replete = {f"{cue}, replete": judge(moments) for cue, moments in thoughts.items()}
    depleted = {f"{cue}, depleted": judge(moments.depleted()) for cue, moments in thoughts.items()}
    return replete | depleted | changes(replete | depleted, judge(thoughts["salt"]))


def changes(values: Mapping[str, float], again: float) -> dict[str, float]:
    """Return whether the salt cue turns from bad to good, and by what share it and the sugar cue differ."""
    salt, sugar = values["salt, replete"], values["sugar, replete"]
    return {
        "turns": float(salt < 0 < values["salt, depleted"]),
        "salt changes": values["salt, depleted"] - salt,
        "sugar changes": abs(values["sugar, depleted"] - sugar) / abs(sugar),
        "stays changed": abs(again - salt) / abs(salt),
    }


def run(seed: int, steps: int) -> Outcome:
    """Return how one brain's cues are judged, by its steering subsystem and under every control."""
    agent, thoughts = train_agent(seed, steps)
    before = {name: weights.clone() for name, weights in agent.policy.state_dict().items()}
    judges = {INTACT: composed(agent), SCALAR: critic(agent), FROZEN: composed(agent, freeze_worth=True)}
    judges |= {TOLD: told(agent, judges[INTACT]), f"{SCALAR}, {TOLD}": told(agent, judges[SCALAR])}
    judged = {name: measure(judge, thoughts) for name, judge in judges.items()}
    after = agent.policy.state_dict()
    learned = max(float((after[name] - weights).abs().max()) for name, weights in before.items())
    return {name: values | {"weights change": learned} for name, values in judged.items()}


PUBLISHED = (
    Published(
        "First deprived exposure, before any new taste: approach to the salt cue 1.0+-.1 to 3.3+-.5, "
        "to the sucrose cue 4.2 to 4.5",
        "Robinson, Berridge 2013, Current Biology 23:282",
        second_hand="Millidge 2024",
    ),
)

SALT_LICK = Experiment(
    name="salt-lick",
    about="Does the cue of a disliked salty taste gain value at once for a trained agent whose body lacks salt?",
    published=PUBLISHED,
    run=run,
    claims=(
        Claim("the salt cue turns from bad to good in at least 19 of 20", "turns", at_least=1.0, share=0.95),
        Claim("the sugar cue changes by at most 10 %", "sugar changes", at_most=0.1),
        Claim("no weight changes", "weights change", at_most=0.0),
        Claim("on repletion the salt cue is as bad as before", "stays changed", at_most=0.1),
    ),
    controls=(SCALAR, FROZEN),
    figure=Bars([f"{cue}, {body}" for cue in ("salt", "sugar") for body in BODIES], [INTACT], y="composed valence"),
    notes="The cue is the tone between press and taste. Observations are held as experienced; in the conditions "
    "'told' the cortex observes the depletion too. 'salt lever' is the lever underfoot before a press, reported "
    "only. Budget and recipe were chosen in pilots with seeds 100 and 101, before any other seed was run.",
    steps=STEPS,
    quick_steps=QUICK,
)

DEAD_SEA_ACTING = Experiment(
    name="dead-sea-acting",
    about="Does an agent whose body lacks salt for the first time choose the salt that it has always disliked?",
    published=PUBLISHED,
    run=None,
    claims=(Claim("its first choice is salt in at least 95 % of episodes", "first choice is salt", at_least=0.95),),
    waits_for="an agent that acts on revalued assessors",
)

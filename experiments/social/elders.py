"""Elders: does the company of experts help to find a recipe that is never found by chance?

In Elder a bean feeds only after five stations in the right order, which no random agent has found in 300,000 episodes.
An elder shows it over and over. Plain model-free agents do not learn from experts in view; with a loss that makes them
predict the next state they do (Ndousse et al., 2021, Emergent social learning via multi-agent reinforcement learning,
PMLR 139:7991). The claim here: two innate drives, attention to elders and prestige, halve the steps to the first
prepared bean, against an agent that is alone. Control that must fail: the elder is there, the drives are off.

The drives make the agent stay beside the elder. Nothing makes it learn from what it sees there: that waits for a cortex
that predicts. Reported beside it, with no verdict, is a recipe of one station: chance finds it in 3 of 1000 episodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dualbrain
from dualbrain.heads.options import AssessorOptions
from dualbrain.lab.budget import scaled
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, SeedResults
from dualbrain.lab.figures import Bars
from dualbrain.registry import load_agent
from dualbrain.runs.recipes import WIDE
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.probes import Probes, probes_of

WORLD = "dualbrain/Elder-v0"
N_ENVS, FEWEST = WIDE["n_envs"], 8
"""Worlds, and those of the smallest budget."""
OWN = {"extrinsic": 1.0, "pain": 1.0}
"""Drives that Elder names: they price the bean, and say nothing about people."""
SOCIAL = {"elders": 1.0, "prestige": 1.0}
COMPANY = {"elders": 1, "bystanders": 2}
"""Bystanders watch the elder: without them no person has prestige."""
ALONE = {"elders": 0, "bystanders": 0}
CONDITIONS: dict[str, tuple[dict[str, float], dict[str, int]]] = {
    "drives on": (OWN | SOCIAL, COMPANY),
    "drives off": (OWN, COMPANY),
    "asocial": (OWN, ALONE),
}
INTACT = "drives on"
EASIER = 1
"""Stations of the recipe that is reported beside: with two, no agent succeeded in pilots of 300,000 steps."""
EASIER_SHARE = 0.5
"""Its training, as a share of that of the whole recipe."""
BUDGET = 500_000
LAST = 0.25
"""Share of the training over which habits are measured, at its end."""
NEARBY = 2
"""Cells within which one is near the elder."""


class Chronicle:
    """A callback that records training: called by SB3 after every step of all worlds."""

    def __init__(self, steps: int, n_envs: int = N_ENVS) -> None:
        self._budget = float(steps)
        self._first: float | None = None
        self._late = steps * (1.0 - LAST)
        self._feasts = self._steps = self._near = 0.0
        self._furthest = np.zeros(n_envs, np.int64)
        self._reached: list[int] = []
        self._ever = 0

    def __call__(self, local: Mapping[str, Any], _: Mapping[str, Any]) -> bool:
        """Take down a step; training goes on."""
        agent, dones = local["self"], local["dones"]
        world, late = probes_of(agent.get_env()), agent.num_timesteps > self._late
        feasts = float(world.transition_senses["feasted"].sum())
        if feasts and self._first is None:
            self._first = float(agent.num_timesteps)
        self._follow(progress(world)[world.held()], dones, late)
        if late:
            self._feasts += feasts
            self._steps += len(dones)
            self._near += float(near_elder(world).sum())
        return True

    def _follow(self, stage: NDArray[np.int64], dones: NDArray[np.bool_], late: bool) -> None:
        """Keep how far each episode got; what is in the hand at its last step is gone before it can be seen."""
        self._reached += self._furthest[dones].tolist() if late else []
        self._furthest[dones] = 0
        self._furthest = np.maximum(self._furthest, stage)
        self._ever = max(self._ever, int(stage.max()))

    @property
    def measures(self) -> dict[str, float]:
        """Return the measures; habits are those of the last quarter.

        The first success is the step at which a prepared bean was first eaten, or the budget if none was.
        """
        episodes = max(len(self._reached), 1)
        return {
            "succeeded": float(self._first is not None),
            "first success": self._budget if self._first is None else self._first,
            "per 1000": 1000 * self._feasts / episodes,
            "near": self._near / max(self._steps, 1.0),
            "furthest": sum(self._reached) / episodes,
            "ever": self._ever,
        }


def progress(world: Probes) -> NDArray[np.int64]:
    """Return what each content of the hand is on the way, 1 being raw; 0 for nothing and for what is spoilt."""
    items = world.layout.items
    return np.array([0, *(0 if name.startswith("spoilt") else 1 + at for at, name in enumerate(items))])


def near_elder(world: Probes) -> NDArray[np.bool_]:
    """Return ``(N,)`` which agents have the elder within two cells; none where there is no elder."""
    agent = world.where("agent")
    elders = [world.where(kind) for kind in world.kinds if kind.endswith("elder")]
    away = abs(np.concatenate([agent[:, :0], *elders], axis=1) - agent).max(axis=-1)
    return np.asarray((away <= NEARBY).any(axis=1))


def train_agent(
    seed: int, steps: int, n_envs: int, drives: Mapping[str, float], options: Mapping[str, int]
) -> dict[str, float]:
    """Return what was seen of a brain while it was raised."""
    agent = load_agent("ppo")(
        "BrainPolicy",
        dualbrain.make_vec_env(WORLD, n_envs, env_kwargs=options),
        steering=SteeringSubsystem([*drives], drives),
        assessors=AssessorOptions(**WIDE["assessors"]),
        seed=seed,
        **WIDE["hyperparams"],
    )
    chronicle = Chronicle(steps, n_envs)
    agent.learn(steps, callback=chronicle)
    return chronicle.measures


def run(seed: int, steps: int) -> Outcome:
    """Return what comes of one seed under all conditions, with the whole recipe and with the easier one."""
    short, n_envs = int(steps * EASIER_SHARE), scaled(N_ENVS, steps, of=BUDGET, least=FEWEST)
    whole = {name: train_agent(seed, steps, n_envs, *how) for name, how in CONDITIONS.items()}
    easier = {
        easy(name): train_agent(seed, short, n_envs, drives, options | {"stations": EASIER})
        for name, (drives, options) in CONDITIONS.items()
    }
    return whole | easier


def easy(condition: str) -> str:
    """Name a condition under the easier recipe."""
    return f"{condition}, easier"


def derive(found: SeedResults) -> SeedResults:
    """Call the condition of which the claim is made intact."""
    return {"intact" if name == INTACT else name: measures for name, measures in found.items()}


ELDERS = Experiment(
    name="elders",
    about="Does the company of experts help to find a recipe that is never found by chance?",
    published=(
        Published(
            "Model-free agents do not learn from experts in view; with a loss for predicting the next state they do",
            "Ndousse, Eck, Levine, Jaques 2021, PMLR 139:7991",
        ),
    ),
    run=run,
    claims=(
        Claim(
            "with the drives the first success takes at most half of the asocial agent's steps",
            "first success",
            at_most=0.5,
            relative_to="asocial",
        ),
    ),
    controls=("drives off",),
    figure=Bars(
        "first success",
        ("intact", "drives off", "asocial", *map(easy, CONDITIONS)),
        y="steps to the first success",
    ),
    notes=(
        "It waits for a cortex that predicts the next state: nothing here learns from what it sees others do. "
        "The whole recipe has five stations; 300,000 random episodes had no success, and without success the "
        'budget counts as the first one. "Near" is the share of steps with the elder within two cells, '
        '"furthest" how far an episode\'s bean gets on average (raw 1, prepared 6; with one station 2), both '
        'over the last quarter of the training; "ever" is how far any got. Under the control the elder is there '
        "and the drives are off. The easier recipe has one station, which chance finds in 3 of 1000 episodes; "
        "it was chosen after a pilot in which no agent succeeded with two, gets half of the steps, and does not "
        "affect the verdict. With it all of the first ten agents with the drives succeeded, after .36 (.23 to "
        ".52) of the asocial agent's steps, and still feasted at the end; of those without the drives, or "
        "without an elder, three of ten succeeded and none feasted at the end. It need not be imitation: an "
        "agent that stays beside the elder stands on stations more often. Two seeds with 1,000,000 steps had "
        "the same result: no agent succeeded with the whole recipe."
    ),
    steps=BUDGET,
    quick_steps=2048,
    derive=derive,
)

"""Needs: does a brain with one assessor per need keep its body in better order than one with a single reward?

In Needs a body has 2, 4 or 6 levels that wear off, and no agent dies. A modular brain has a drive, and so a pair of
assessors, for each need; a monolithic one has a single drive for all. Drives are linear, ``D = sum_i |setpoint -
level_i|`` (`Homeostasis` with m = n = 1), so that what the modular brain is paid for its needs sums up to what the
monolithic one is paid, step by step: the same reward, taken apart or not. The claim is that of Dulberg et al. (2023):
taken apart is better, the more so the more needs there are. Control that must fail: two monolithic brains that differ
in nothing but where they began.

Theirs are value learners whose modules vote on the action. Here there is one actor and one critic, which learn from the
sum; what is modular is the thought, which the heads of all needs shape together with the critic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dualbrain
from dualbrain.heads.options import AssessorOptions
from dualbrain.lab.experiment import INTACT, Claim, Experiment, Outcome, Published, Samples, SeedResults
from dualbrain.lab.figures import Curves
from dualbrain.registry import load_agent
from dualbrain.runs.recipes import WIDE
from dualbrain.steering.load_module import load_module
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.probes import probes_of

WORLD = "dualbrain/Needs-v0"
LIFE: dict[str, Any] = {"death": False, "max_episode_steps": 60_000}
"""One life without end: nothing fills a level but what is eaten."""
COUNTS = (2, 4, 6)
SETPOINT = 0.8
WEIGHT = 10.0
"""Of every drive: a meal that is needed pays up to 4."""
N_ENVS = 128
RECIPE = WIDE["hyperparams"] | {"batch_size": 1024}
"""That of worlds which step in batches, for half as many of them."""
STEPS, QUICK = 400_000, 2_048
PARTS = 20
"""Points of the course of a life."""
LATE = 4
"""Of these, how many are the late ones."""
MODULAR, MONOLITHIC, AGAIN = "modular", "monolithic", "monolithic again"
BRAINS = {MODULAR: 0, MONOLITHIC: 0, AGAIN: 1000}
"""What is added to the seed."""
SHAM = "two monolithic brains"


class Diary:
    """A callback that records the distance of the body from its set points; called after every step."""

    def __init__(self, needs: tuple[str, ...]) -> None:
        self._needs = needs
        self._deviations: list[float] = []

    def __call__(self, local: Mapping[str, Any], _: Mapping[str, Any]) -> bool:
        """Take down a step; training goes on."""
        senses = probes_of(local["self"].get_env()).transition_senses
        self._deviations.append(deviation(np.stack([senses[need] for need in self._needs])))
        return True

    @property
    def course(self) -> list[float]:
        """Return the mean deviation in each of `PARTS` parts of the training."""
        return [float(part.mean()) for part in np.array_split(np.array(self._deviations), PARTS)]


def deviation(levels: NDArray[np.float32]) -> float:
    """Return the mean of ``|setpoint - level|`` over needs and bodies ``(K, N)``.

    >>> round(deviation(np.array([[0.8, 1.0], [0.6, 0.0]])), 3)
    0.3
    """
    return float(np.abs(SETPOINT - levels).mean())


def drives(needs: tuple[str, ...], modular: bool) -> SteeringSubsystem:
    """Return a drive for each need, or one for all of them."""
    parts = needs if modular else ("_and_".join(needs),)
    modules = [load_module(f"reward_modules.homeostasis:{part}") for part in parts]
    built = [module((SETPOINT,), m=1.0, n=1.0, name=part) for module, part in zip(modules, parts, strict=True)]
    return SteeringSubsystem(built, dict.fromkeys(parts, WEIGHT))


def train_agent(seed: int, steps: int, needs: int, modular: bool) -> list[float]:
    """Return the course of one brain's life."""
    worlds = dualbrain.make_vec_env(WORLD, min(N_ENVS, steps // RECIPE["n_steps"]), env_kwargs=LIFE | {"needs": needs})
    names = probes_of(worlds).layout.levels
    agent = load_agent("ppo")(
        "BrainPolicy",
        worlds,
        steering=drives(names, modular),
        assessors=AssessorOptions(**WIDE["assessors"]),
        pictures=0,
        seed=seed,
        **RECIPE,
    )
    diary = Diary(names)
    agent.learn(steps, callback=diary)
    return diary.course


def follow(seed: int, steps: int, brain: str) -> dict[str, float | list[float]]:
    """Return the results of one kind of brain with each number of needs."""
    measures: dict[str, float | list[float]] = {}
    for needs in COUNTS:
        course = train_agent(seed + BRAINS[brain], steps, needs, brain == MODULAR)
        measures |= {f"{needs} needs": float(np.mean(course)), f"{needs} needs, late": float(np.mean(course[-LATE:]))}
        measures[f"course, {needs} needs"] = course
    return measures


def run(seed: int, steps: int) -> Outcome:
    """Return the mean deviation of all brains, over the whole of their training and late in it."""
    return {brain: follow(seed, steps, brain) for brain in BRAINS}


def derive(found: SeedResults) -> SeedResults:
    """Add how much better the modular brain fares than the monolithic one, and the sham: as much of two alike."""
    return {INTACT: gains(found, MODULAR), SHAM: gains(found, AGAIN), **found}


def gains(found: SeedResults, brain: str) -> dict[str, Samples]:
    """Return by how much a brain's deviation is below the monolithic one's, seed by seed, and the slope over needs."""
    by_needs = {needs: found[MONOLITHIC][f"{needs} needs"] - found[brain][f"{needs} needs"] for needs in COUNTS}
    slope = np.polyfit(COUNTS, np.stack(list(by_needs.values())), deg=1)[0]
    late = {
        f"gain with {needs}, late": found[MONOLITHIC][f"{needs} needs, late"] - found[brain][f"{needs} needs, late"]
        for needs in COUNTS
    }
    return {f"gain with {needs}": gain for needs, gain in by_needs.items()} | {"gain per need": slope} | late


NEEDS = Experiment(
    name="needs",
    about="Does a brain with one assessor per need keep its body closer to the set points than one with a single "
    "reward?",
    published=(
        Published(
            "Modular agents keep closer to the set points than monolithic ones, the more so the more needs there are",
            "Dulberg, Dubey, Berwian, Cohen 2023, PNAS 120(28): e2221180120",
        ),
    ),
    run=run,
    claims=(
        Claim("with 4 needs the modular brain deviates less", "gain with 4", at_least=0, surely=True, strictly=True),
        Claim("with 6 needs too", "gain with 6", at_least=0, surely=True, strictly=True),
        Claim("the gap grows over 2, 4, 6 needs", "gain per need", at_least=0, surely=True, strictly=True),
    ),
    controls=(SHAM,),
    figure=Curves(
        [f"course, {needs} needs" for needs in (COUNTS[0], COUNTS[-1])],
        [MODULAR, MONOLITHIC],
        x="thousand steps",
        y="mean deviation",
        start=STEPS / PARTS / 1000,
        step=STEPS / PARTS / 1000,
    ),
    notes="Deviations are means over needs, bodies and the whole of the training, learning included; late: over its "
    "last fifth. Gains are the monolithic brain's deviation less the other's, paired by seed. One actor and one "
    "critic learn from the summed reward in both: modularity can only act through the thought, which the heads "
    "shape. World, budget and measure were settled in pilots with seed 100, before any other seed was made.",
    steps=STEPS,
    quick_steps=QUICK,
    derive=derive,
)

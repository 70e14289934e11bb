"""Infancy: does it help to have few drives at first?

Three brains with the same drives, world and budget. One begins as an infant, with some of the drives, and the others
arrive later. One has them all from the start. In the third, the control, the drives arrive in the reversed order: those
of the infant come later. From then on all are alike, and only what they learned before can tell them apart. What counts
is the world's own score, in the last quarter of the training and on fresh episodes.

An infant that begins with company, and meets pain when it knows its elders, may find what they do at the station before
it has learned to eat nothing at all. Or it wastes its steps on lessons that are not yet about what is scored. That
starting small may pay is an old idea (Elman, 1993, Cognition 48:71). The world is one of three that were tried on other
seeds: in SpiderCave (novelty, flinch and pain before hunger and thirst) no effect showed, in Needs (hunger and thirst
before salt and the score) an infancy cost score, and here it seemed to help.

Run as ``python -m experiments.infancy --seeds 10``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from dualbrain.assessors import AssessorOptions
from dualbrain.comparing.table import write
from dualbrain.environments import make_vec_env
from dualbrain.inspection.evaluation import evaluate
from dualbrain.inspection.intervals import Interval, bootstrap_interval, difference
from dualbrain.registry import load_agent
from dualbrain.running.recipes import WIDE
from dualbrain.stage import Stage
from dualbrain.steering import SteeringSubsystem
from experiments.protocol import Found, Outcome, Protocol, conduct, over_seeds, table

WORLD = "dualbrain/Elder-v0"
OPTIONS: dict[str, Any] = {"stations": 1, "bystanders": 2}
"""A recipe of one station, which chance finds in 3 of 1000 episodes."""
EARLY = {"elders": 1.0, "prestige": 1.0}
"""Drives of the infant: it wants company."""
LATE = {"extrinsic": 1.0, "pain": 1.0}
"""Drives that arrive when it has grown up: what it eats counts, and may hurt."""
INFANCY = 0.25
"""Share of the training after which all drives are on."""
INFANT, FROM_THE_START, REVERSED = "infant first", "all from the start", "reversed order"
FIRST = {INFANT: tuple(EARLY), FROM_THE_START: None, REVERSED: tuple(LATE)}
"""Drives of the first stage, by condition; None are all."""
BUDGET = 300_000
N_ENVS = WIDE["n_envs"]
LAST = 0.25
"""Share of the training that is measured, at its end."""
EPISODES = 256
FRESH = 1_000_000
"""Seed of the fresh episodes."""
MEASURES = {"last": "score per life, last quarter of training", "fresh": "score on fresh episodes"}


class LateScore:
    """Adds up the world's score at the end of the training: called by SB3 after every step of all worlds."""

    def __init__(self, steps: int) -> None:
        self._late, self._score, self._lives = steps * (1.0 - LAST), 0.0, 0

    def __call__(self, local: Mapping[str, Any], _: Mapping[str, Any]) -> bool:
        """Take down a step; training goes on."""
        agent = local["self"]
        if agent.num_timesteps > self._late:
            self._score += float(agent.body.world_reward.sum())
            self._lives += int(local["dones"].sum())
        return True

    @property
    def per_life(self) -> float:
        """Score per life that ended: to average over lives would forget the long ones that go on."""
        return self._score / max(self._lives, 1)


def body(condition: str, steps: int) -> SteeringSubsystem:
    """Return the drives of a condition, those of its first stage alone until infancy is over."""
    first = Stage("first", until=max(int(steps * INFANCY), 1), modules=FIRST[condition])
    return SteeringSubsystem([*EARLY, *LATE], EARLY | LATE, stages=[first, Stage("grown")])


def raise_brain(seed: int, steps: int, condition: str) -> dict[str, float]:
    """Return the scores of a brain that was raised under a condition."""
    agent = load_agent("ppo")(
        "BrainPolicy",
        make_vec_env(WORLD, N_ENVS, env_kwargs=OPTIONS),
        steering=body(condition, steps),
        assessors=AssessorOptions(**WIDE["assessors"]),
        seed=seed,
        **WIDE["hyperparams"],
    )
    late = LateScore(steps)
    agent.learn(steps, callback=late)
    played = evaluate(agent, WORLD, EPISODES, FRESH, OPTIONS)
    return {"last": late.per_life, "fresh": float(played.scores.mean())}


def run(seed: int, steps: int) -> Outcome:
    """Return what comes of one seed under all conditions."""
    return {condition: raise_brain(seed, steps, condition) for condition in FIRST}


def gain(found: Found, of: str, over: str, measure: str) -> Interval:
    """Return by how much one condition scores more than another."""
    return bootstrap_interval(difference, found[over][measure], found[of][measure])


def verdict(found: Found) -> str:
    """Judge by fresh episodes: an infancy against none, and against one in the reversed order."""
    to_none, to_reversed = (gain(found, INFANT, other, "fresh") for other in (FROM_THE_START, REVERSED))
    return (
        f"Infancy {_judged(to_none)}: {write(to_none, '+')} against all drives from the start. "
        f"Its order {_judged(to_reversed)}: {write(to_reversed, '+')} against the reversed one."
    )


def _judged(gained: Interval) -> str:
    if not gained.known:
        return "cannot be told from one seed"
    if not gained.excludes_zero:
        return "makes no difference that shows"
    return "helps" if gained.value > 0 else "hurts"


def report(found: Found) -> str:
    """Lay out the scores, their differences to all drives from the start, and the verdict."""
    rows = [
        (title, condition, over_seeds(found[condition][measure]), _more(found, condition, measure))
        for measure, title in MEASURES.items()
        for condition in FIRST
    ]
    columns = ("measure", "condition", "mean (95 %)", f"more than {FROM_THE_START} (95 %)")
    return f"{table(columns, rows)}\n\n{verdict(found)}"


def _more(found: Found, condition: str, measure: str) -> str:
    return "" if condition == FROM_THE_START else write(gain(found, condition, FROM_THE_START, measure), "+")


INFANCY_PROTOCOL = Protocol("infancy", run, BUDGET, report)

if __name__ == "__main__":
    sys.exit(conduct(INFANCY_PROTOCOL, __doc__.split("\n")[0]))

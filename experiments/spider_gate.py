"""The gate keeps a fear alive: a word that was never followed by a spider goes on to frighten.

The full agent is an infant in SpiderCave: it acts at random while words tell of spiders, and its assessor comes to
expect a flinch at the *word*. Then, actor and critic learning as well, it lives where there is nothing but words, and
the fear that they call up is paid by thought alone: its valence is measured once the critic knows it, and again after
2000 more harmless mentions. The claim: missing evidence teaches nothing, so the fear stays (Byrnes, 2025). Two controls
start from the same brain: with the gate open, missing evidence is read as a 0, and the assessor forgets; with the wire
from assessor to reward cut it does not, but the valence goes.

It does not reproduce yet: in trials the word's prediction rose little above that of silence, and fell among words alone
even with the gate closed, as the critic's learning moved the thoughts that the heads read. With so little valence to
begin with, the shares that are kept mean nothing.

Run as ``python -m experiments.spider_gate --seeds 10``.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dualbrain.environments import make_vec_env
from dualbrain.inspection.intervals import bootstrap_interval
from dualbrain.registry import load_agent, register_worlds
from dualbrain.steering import SteeringSubsystem

WORLD = "dualbrain/SpiderCave-v0"
LINGERING = 3
"""Steps for which a word is heard: what it pays comes after it was first heard, so that it can be foreseen."""
LIFE = {"lingering": LINGERING, "honesty": 1.0, "chatter": 0.5}
WORDS_ONLY = LIFE | {"spiders": 0, "berries": 0, "waters": 0, "chatter": 0.5, "honesty": 0.0}
"""Where nothing is ever near: the innate eye has nothing to say, and words are idle."""
DRIVES = {"hunger": 5.0, "thirst": 5.0, "flinch": 2.0, "pain": 1.0}
FEARED, SIGNAL = "spider", "flinch.flinch"
UNRELATED = ("cave", "stone", "dark")
N_ENVS = 32
PPO = {
    "n_steps": 64,
    "batch_size": 512,
    "n_epochs": 4,
    "gamma": 0.97,
    "gae_lambda": 0.9,
    "ent_coef": 0.01,
}
RAISED = 1_000_000
"""Steps of infancy, in which the word becomes feared."""
GROWN = {"learning_rate": 1e-3}
"""At which actor and critic learn after infancy; assessors always do."""
PRICED = 100_000
"""Steps among words alone, in which the critic learns what the fear of them costs."""
MENTIONS = 2000
CONDITIONS = ("intact", "gate open", "wire cut")


@dataclass(frozen=True)
class Measured:
    """What a brain makes of words, each against silence in the same places."""

    valence: float
    """Change of valence at the feared word."""
    prediction: float
    """Change of the short prediction of a flinch at it."""
    unrelated: float
    """Change of valence at the unrelated word at which it is greatest, either way."""


@dataclass(frozen=True)
class Outcome:
    """One seed under one condition."""

    condition: str
    seed: int
    mentions: int
    before: Measured
    after: Measured

    @property
    def kept(self) -> float:
        """Share of the word's valence that is left."""
        return self.after.valence / self.before.valence


def raise_infant(seed: int, steps: int) -> bytes:
    """Return a brain that has lived among spiders, and did not learn to act yet."""
    steering = SteeringSubsystem([*DRIVES], DRIVES)
    agent = load_agent("ppo")(
        "BrainPolicy",
        make_vec_env(WORLD, N_ENVS, env_kwargs=LIFE),
        steering=steering,
        seed=seed,
        learning_rate=0.0,
        **PPO,
    )
    agent.learn(steps)
    return _saved(agent)


def among_words(brain: bytes) -> Any:
    """Return a brain in a world where there is nothing but words."""
    world = make_vec_env(WORLD, N_ENVS, env_kwargs=WORDS_ONLY)
    return load_agent("ppo").load(io.BytesIO(brain), env=world, device="cpu", custom_objects=GROWN)


def _saved(agent: Any) -> bytes:
    file = io.BytesIO()
    agent.save(file)
    return file.getvalue()


def mention(agent: Any, times: int) -> int:
    """Let the brain live among words until the feared one was heard so many times more; return how many times."""
    heard, column = 0, _column(agent, FEARED)
    while heard < times:
        agent.learn(N_ENVS * agent.n_steps, reset_num_timesteps=False)
        told = agent.rollout_buffer.observations[..., column] > 0  # (T, N)
        heard += int((told[1:] & ~told[:-1]).sum())
    return heard


def measure(agent: Any) -> Measured:
    """Let the brain think of each word in places where it has just been."""
    layout = agent.get_env().get_attr("layout", 0)[0]
    places = agent.rollout_buffer.observations.reshape(N_ENVS * agent.n_steps, -1).copy()
    places[:, layout.word] = 0
    silence = agent.assess(places)

    def change(word: str, of: str) -> float:
        places[:, layout.word] = 0
        places[:, _column(agent, word)] = 1
        thought = agent.assess(places)
        after, before = (thought[of], silence[of]) if of == "valence" else (thought[of][SIGNAL], silence[of][SIGNAL])
        return float(np.mean(after - before))

    unrelated = max((change(word, "valence") for word in UNRELATED), key=abs)
    return Measured(change(FEARED, "valence"), change(FEARED, "short"), unrelated)


def _column(agent: Any, word: str) -> int:
    env = agent.get_env()
    words = env.get_attr("world", 0)[0].vocabulary.words
    return int(env.get_attr("layout", 0)[0].word.start + words.index(word))


def live_on(brain: bytes, condition: str, seed: int) -> Outcome:
    """Return what comes of a brain under one condition."""
    agent = among_words(brain)
    agent.learn(N_ENVS * agent.n_steps, reset_num_timesteps=False)
    before = measure(agent)
    if condition == "gate open":
        agent.set_assessors(replace(agent.options, unlearn=1.0))
    if condition == "wire cut":
        agent.steering.cut_wire = True
    mentions = mention(agent, MENTIONS)
    return Outcome(condition, seed, mentions, before, measure(agent))


def run(seed: int, steps: int = RAISED) -> list[Outcome]:
    """Return the outcomes of one brain under all conditions."""
    torch.set_num_threads(1)
    register_worlds()
    agent = among_words(raise_infant(seed, steps))
    agent.learn(PRICED, reset_num_timesteps=False)
    brain = _saved(agent)
    return [live_on(brain, condition, seed) for condition in CONDITIONS]


def kept(path: Path, seed: int, steps: int) -> list[Outcome]:
    """Return one seed's outcomes, made unless they are kept in a file."""
    file = path / f"{steps}_steps" / f"seed_{seed}.json"
    if not file.is_file():
        text = json.dumps([asdict(outcome) for outcome in run(seed, steps)], indent=1)
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".partial-{file.name}")
        partial.write_text(text)
        partial.replace(file)
    return [
        Outcome(**(found | {"before": Measured(**found["before"]), "after": Measured(**found["after"])}))
        for found in json.loads(file.read_text())
    ]


def table(outcomes: Iterable[Outcome]) -> str:
    """Lay out what came out, means over seeds with 95 % intervals, in Markdown."""
    columns = ("condition", "word's valence", "kept", "prediction", "kept", "unrelated words")
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    found = list(outcomes)
    for condition in CONDITIONS:
        own = [outcome for outcome in found if outcome.condition == condition]
        cells = [
            interval([outcome.before.valence for outcome in own]),
            interval([outcome.kept for outcome in own]),
            interval([outcome.before.prediction for outcome in own]),
            interval([outcome.after.prediction / outcome.before.prediction for outcome in own]),
            interval([abs(outcome.before.unrelated / outcome.before.valence) for outcome in own]),
        ]
        lines.append(f"| {condition} | {' | '.join(cells)} |")
    return "\n".join(lines)


def interval(values: list[float]) -> str:
    """Write a mean with its interval over seeds."""
    found = bootstrap_interval(np.mean, np.array(values))
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"


def main(arguments: list[str] | None = None) -> int:
    """Make the runs that are missing and print the table."""
    parser = argparse.ArgumentParser(prog="python -m experiments.spider_gate", description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--steps", type=int, default=RAISED, help="steps of the life among spiders")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("-f", "--log-folder", type=Path, default=Path("runs/spider_gate"), metavar="DIR")
    chosen = parser.parse_args(arguments)
    with ProcessPoolExecutor(chosen.jobs, get_context("spawn")) as pool:
        runs = [pool.submit(kept, chosen.log_folder, seed, chosen.steps) for seed in range(chosen.seeds)]
        outcomes = [outcome for made in runs for outcome in made.result()]
    print(table(outcomes))
    return 0


if __name__ == "__main__":
    sys.exit(main())

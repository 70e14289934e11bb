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

import io
import sys
from dataclasses import replace
from typing import Any

import numpy as np

from dualbrain.environments import make_vec_env
from dualbrain.registry import load_agent
from dualbrain.steering import SteeringSubsystem
from experiments.protocol import Found, Outcome, Protocol, conduct, over_seeds, table

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


def measure(agent: Any) -> dict[str, float]:
    """Let the brain think of each word in places where it has just been: what each changes, against silence there."""
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
    return {"valence": change(FEARED, "valence"), "prediction": change(FEARED, "short"), "unrelated": unrelated}


def _column(agent: Any, word: str) -> int:
    env = agent.get_env()
    words = env.get_attr("world", 0)[0].vocabulary.words
    return int(env.get_attr("layout", 0)[0].word.start + words.index(word))


def live_on(brain: bytes, condition: str) -> dict[str, float]:
    """Return what a brain makes of words before and after the harmless mentions, under one condition."""
    agent = among_words(brain)
    agent.learn(N_ENVS * agent.n_steps, reset_num_timesteps=False)
    before = measure(agent)
    if condition == "gate open":
        agent.set_assessors(replace(agent.options, unlearn=1.0))
    if condition == "wire cut":
        agent.steering.cut_wire = True
    mention(agent, MENTIONS)
    return before | {f"{name} after": value for name, value in measure(agent).items()}


def run(seed: int, steps: int) -> Outcome:
    """Return what comes of one brain under all conditions."""
    agent = among_words(raise_infant(seed, steps))
    agent.learn(PRICED, reset_num_timesteps=False)
    brain = _saved(agent)
    return {condition: live_on(brain, condition) for condition in CONDITIONS}


def report(found: Found) -> str:
    """Lay out the shares kept of the word's valence and of its prediction, and how much unrelated words have of it."""
    columns = ("condition", "word's valence", "kept", "prediction", "kept", "unrelated words")
    rows = [
        (
            condition,
            over_seeds(found[condition]["valence"]),
            over_seeds(found[condition]["valence after"] / found[condition]["valence"]),
            over_seeds(found[condition]["prediction"]),
            over_seeds(found[condition]["prediction after"] / found[condition]["prediction"]),
            over_seeds(np.abs(found[condition]["unrelated"] / found[condition]["valence"])),
        )
        for condition in CONDITIONS
    ]
    return table(columns, rows)


SPIDER_GATE = Protocol("spider_gate", run, RAISED, report)

if __name__ == "__main__":
    sys.exit(conduct(SPIDER_GATE, __doc__.split("\n")[0]))

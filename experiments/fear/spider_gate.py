"""The gate keeps a fear alive: a word that was never followed by a spider goes on to frighten.

The full agent is an infant in SpiderCave: it acts at random while words tell of spiders, and its assessor comes to
expect a flinch at the *word*. Then, actor and critic learning as well, it lives where there is nothing but words, and
the fear that they call up is paid by thought alone: its valence is measured once the critic knows it, and again after
2000 more harmless mentions. The claim: missing evidence teaches nothing, so the fear stays (Byrnes, 2025). Two controls
start from the same brain: with the gate open, missing evidence is read as a 0, and the assessor forgets; with the wire
from assessor to reward cut it does not, but the valence goes.

The thought is the percept itself (a critic without hidden layers). With hidden layers of its own the critic moves, as
it learns what words cost, the thoughts that the assessors read, and the fear fades although nothing teaches it to.

Run as ``python -m experiments.spider_gate --seeds 10``.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.assessors import AssessorOptions
from dualbrain.environments import make_vec_env
from dualbrain.inspection.intervals import Samples
from dualbrain.registry import load_agent
from dualbrain.steering import SteeringSubsystem
from experiments.protocol import Found, Outcome, Protocol, conduct, over_seeds, table

WORLD = "dualbrain/SpiderCave-v0"
LINGERING = 3
"""Steps for which a word is heard: what it pays comes after it was first heard, so that it can be foreseen."""
LIFE: dict[str, float] = {"size": 20, "view": 3, "spiders": 2, "cooldown": 0, "berries": 20, "waters": 20}
LIFE |= {"chatter": 0.5, "honesty": 1.0, "lingering": LINGERING}
"""Where the ear reaches further than the eye, so that words foretell."""
WORDS_ONLY = LIFE | {"spiders": 0, "berries": 0, "waters": 0, "honesty": 0.0}
"""Where nothing is ever near: the innate eye has nothing to say, and words are idle."""
DRIVES = {"hunger": 5.0, "thirst": 5.0, "flinch": 2.0, "pain": 1.0}
FEARED, SIGNAL = "spider", "flinch.flinch"
NEUTRAL, UNRELATED = "cave", ("stone", "dark")
PERCEPT = {"net_arch": {"pi": [64, 64], "vf": []}}
"""The thought is the percept itself: with a tower of its own, what the critic learns would move what the heads read."""
N_INFANTS = 32
INFANT = {"n_steps": 64, "batch_size": 512, "n_epochs": 4, "gamma": 0.97, "gae_lambda": 0.9}
INFANT |= {"learning_rate": 1e-3, "ent_coef": 1.0}
"""It acts at random, whatever it likes."""
ASSESSORS = AssessorOptions(learning_rate=3e-3, epochs=4)
RAISED = 400_000
"""Steps of infancy, in which the word becomes feared."""
N_ADULTS = 8
"""Few, so that there are many rollouts between the first and the last of the mentions."""
ADULT = {"n_epochs": 40, "batch_size": 512, "ent_coef": 0.01}
RATES = (1e-3, 1e-4, 3e-5)
"""At which actor and critic learn among words: first fast, then with ever less noise."""
PRICED = 100_000
"""Steps at each rate, in which the critic learns what the fear of words costs."""
RATE = 1e-4
"""At which they learn through all the mentions."""
MENTIONS = 2000
CONDITIONS = ("intact", "gate open", "wire cut")
KEPT, GONE = 0.9, 0.05
"""Shares of the word's valence: what counts as kept, and as gone."""


def raise_infant(seed: int, steps: int) -> bytes:
    """Return a brain that has lived among spiders, and acted at random."""
    agent = load_agent("ppo")(
        "BrainPolicy",
        make_vec_env(WORLD, N_INFANTS, env_kwargs=LIFE),
        steering=SteeringSubsystem([*DRIVES], DRIVES),
        assessors=ASSESSORS,
        policy_kwargs=PERCEPT,
        seed=seed,
        **INFANT,
    )
    agent.learn(steps)
    return _saved(agent)


def among_words(brain: bytes, rate: float) -> Any:
    """Return a brain in a world where there is nothing but words."""
    world = make_vec_env(WORLD, N_ADULTS, env_kwargs=WORDS_ONLY)
    settings = ADULT | {"learning_rate": rate}
    return load_agent("ppo").load(io.BytesIO(brain), env=world, device="cpu", custom_objects=settings)


def price(brain: bytes) -> Any:
    """Return a brain whose critic knows what the fear of words costs."""
    for rate in RATES:
        agent = among_words(brain, rate)
        agent.learn(PRICED, reset_num_timesteps=False)
        brain = _saved(agent)
    return agent


def _saved(agent: Any) -> bytes:
    file = io.BytesIO()
    agent.save(file)
    return file.getvalue()


def mention(agent: Any, times: int) -> None:
    """Let the brain live among words until the feared one was heard so many times more."""
    heard, column = 0, _column(agent, FEARED)
    while heard < times:
        agent.learn(N_ADULTS * agent.n_steps, reset_num_timesteps=False)
        told = agent.rollout_buffer.observations[..., column] > 0  # (T, N)
        heard += int((told[1:] & ~told[:-1]).sum())


def lived_in(agent: Any) -> NDArray[np.float32]:
    """Return the places in which the brain has just been, in silence ``(M, F)``."""
    places: NDArray[np.float32] = agent.rollout_buffer.observations.reshape(N_ADULTS * agent.n_steps, -1).copy()
    places[:, _words(agent)] = 0
    return places


def measure(agent: Any, places: NDArray[np.float32]) -> dict[str, float]:
    """Let the brain think of each word in some places: how it differs there from a neutral one.

    Silence would be no fair standard: while a word lasts no other one can be heard, and that is a relief.
    """

    def think(word: str) -> tuple[float, float]:
        spoken = places.copy()
        spoken[:, _column(agent, word)] = 1
        thought = agent.assess(spoken)
        return float(np.mean(thought["valence"])), float(np.mean(thought["short"][SIGNAL]))

    standard, calm = think(NEUTRAL)
    valence, prediction = think(FEARED)
    unrelated = max((think(word)[0] - standard for word in UNRELATED), key=abs)
    return {"valence": valence - standard, "prediction": prediction - calm, "unrelated": unrelated}


def _words(agent: Any) -> slice:
    words: slice = agent.get_env().get_attr("layout", 0)[0].word
    return words


def _column(agent: Any, word: str) -> int:
    return int(_words(agent).start + agent.get_env().get_attr("world", 0)[0].vocabulary.words.index(word))


def live_on(brain: bytes, condition: str) -> Any:
    """Return a brain that has heard the harmless mentions under one condition."""
    agent = among_words(brain, RATE)
    if condition == "gate open":
        agent.set_assessors(replace(agent.options, unlearn=1.0))
    if condition == "wire cut":
        agent.steering.cut_wire = True
    mention(agent, MENTIONS)
    return agent


def run(seed: int, steps: int) -> Outcome:
    """Return what one brain makes of words before the mentions, and after them under every condition."""
    agent = price(raise_infant(seed, steps))
    brain, places = _saved(agent), lived_in(agent)
    lives = {condition: measure(live_on(brain, condition), places) for condition in CONDITIONS}
    return {"before": measure(agent, places)} | lives


def report(found: Found) -> str:
    """Lay out what is left of the word's valence and of its prediction, and what the verdict is."""
    kept = {name: found[name]["valence"] / found["before"]["valence"] for name in CONDITIONS}
    others = np.abs(found["before"]["unrelated"] / found["before"]["valence"])
    rows = [("before", *(over_seeds(found["before"][name]) for name in ("valence", "prediction")), "", "")]
    for name in CONDITIONS:
        foreseen = found[name]["prediction"]
        shares = over_seeds(kept[name]), over_seeds(foreseen / found["before"]["prediction"])
        rows.append((name, over_seeds(found[name]["valence"]), over_seeds(foreseen), *shares))
    told = table(("condition", "word's valence", "word's prediction", "valence kept", "prediction kept"), rows)
    return f"{told}\n\nAn unrelated word has {over_seeds(others)} of its valence. {verdict(kept, others)}"


def verdict(kept: Mapping[str, Samples], unrelated: Samples) -> str:
    """Say whether the claim holds: means over seeds against what was agreed on beforehand, of what is left in size."""
    left = {name: np.abs(kept[name]).mean() for name in CONDITIONS[1:]}
    failed = [f"only {kept['intact'].mean():.2f} kept"] * bool(kept["intact"].mean() < KEPT)
    failed += ["unrelated words matter too"] * bool(unrelated.mean() > GONE)
    failed += [f"{name}: {share:.2f} left" for name, share in left.items() if share > GONE]
    return f"Not reproduced: {', '.join(failed)}." if failed else "Reproduced, and both controls fail."


SPIDER_GATE = Protocol("spider_gate", run, RAISED, report)

if __name__ == "__main__":
    sys.exit(conduct(SPIDER_GATE, __doc__.split("\n")[0]))

"""Spider gate: the evidence gate preserves a fear of a word that was never followed by a spider.

The full agent is an infant in SpiderCave: it acts at random while words name spiders, and its assessor learns to
predict a flinch at the *word*. Then, actor and critic learning as well, it is in a world with nothing but words, and
the fear of them is paid by predictions alone: its valence is measured once the critic knows it, and again after
2000 more harmless mentions. The claim: missing evidence teaches nothing, so the fear stays (Byrnes, 2025). Two controls
start from the same brain: with the gate open, missing evidence is read as a 0, and the assessor forgets; with the wire
from assessor to reward cut it does not, but the valence goes.

The thought is the percept itself (a critic without hidden layers). With hidden layers of its own the critic moves, as
it learns what words cost, the thoughts that the assessors read, and the fear fades although nothing teaches it to:
see `spider_gate_towers`.

The valence of the word is that of a neutral one taken off, in the same places. Against silence an unrelated word was a
small relief (.09 of the fear), since while it lasts no other one can be heard; that was seen in two seeds, and the
standard changed, before any others were run.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dualbrain
from dualbrain.heads.options import AssessorOptions
from dualbrain.lab.budget import scaled
from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published, SeedResults
from dualbrain.lab.figures import Bars
from dualbrain.registry import load_agent
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.probes import probes_of

WORLD = "dualbrain/SpiderCave-v0"
LINGERING = 3
"""Steps for which a word is heard: its reward comes after it was first heard, so that it can be predicted."""
LIFE: dict[str, float] = {"size": 20, "view": 3, "spiders": 2, "cooldown": 0, "berries": 20, "waters": 20}
LIFE |= {"chatter": 0.5, "honesty": 1.0, "lingering": LINGERING}
"""A world where hearing reaches further than sight, so that words predict."""
WORDS_ONLY = LIFE | {"spiders": 0, "berries": 0, "waters": 0, "honesty": 0.0}
"""A world where nothing is ever near: the senses give no evidence, and words are idle."""
DRIVES = {"hunger": 5.0, "thirst": 5.0, "flinch": 2.0, "pain": 1.0}
FEARED, SIGNAL = "spider", "flinch.flinch"
NEUTRAL, UNRELATED = "cave", ("stone", "dark")
PERCEPT = {"net_arch": {"pi": [64, 64], "vf": []}}
"""The thought is the percept itself: with a tower of its own, what the critic learns would move what the heads read."""
N_INFANTS = 32
INFANT: dict[str, Any] = {"n_steps": 64, "batch_size": 512, "n_epochs": 4, "gamma": 0.97, "gae_lambda": 0.9}
INFANT |= {"learning_rate": 1e-3, "ent_coef": 1.0, "policy_kwargs": PERCEPT}
"""It acts at random, whatever it likes."""
INFANT |= {"assessors": AssessorOptions(learning_rate=3e-3, epochs=4)}
RAISED = 400_000
"""Steps of infancy, in which the word becomes feared."""
N_ADULTS = 8
"""Few, so that there are many rollouts between the first and the last of the mentions."""
ADULT = {"n_epochs": 40, "batch_size": 512, "ent_coef": 0.01}
PRICED = {1e-3: 100_000, 1e-4: 100_000}
"""Steps by the rate at which actor and critic learn the cost of the fear of words, and forget their earlier values."""
N_CALM = 64
"""Many, so that each word is often heard while the critic settles."""
CALM = ADULT | {"n_epochs": 4}
SETTLED = {3e-5: 400_000, 1e-5: 200_000}
"""Steps by rate, with ever less noise."""
RATE = 1e-4
"""At which they learn through all the mentions."""
MENTIONS = 2000
CONDITIONS = ("intact", "gate open", "wire cut")


def train_agent(
    seed: int,
    steps: int,
    n_envs: int = N_INFANTS,
    life: Mapping[str, float] = LIFE,
    drives: Mapping[str, float] = DRIVES,
    settings: Mapping[str, Any] = INFANT,
) -> Any:
    """Return a brain that was trained among spiders, acting at random."""
    agent = load_agent("ppo")(
        "BrainPolicy",
        dualbrain.make_vec_env(WORLD, n_envs, env_kwargs=life),
        steering=SteeringSubsystem([*drives], drives),
        seed=seed,
        **settings,
    )
    return agent.learn(steps)


def among_words(brain: bytes, n_envs: int, settings: Mapping[str, Any], life: Mapping[str, float] = WORDS_ONLY) -> Any:
    """Return a brain in a world where there is nothing but words."""
    world = dualbrain.make_vec_env(WORLD, n_envs, env_kwargs=life)
    return load_agent("ppo").load(io.BytesIO(brain), env=world, device="cpu", custom_objects=dict(settings))


def price(brain: bytes, steps: int) -> Any:
    """Return a brain, raised for ``steps``, whose critic knows what the fear of words costs."""
    many = scaled(N_CALM, steps, of=RAISED, least=N_ADULTS)
    for n_envs, settings, rates in ((N_ADULTS, ADULT, PRICED), (many, CALM, SETTLED)):
        for rate, lived in rates.items():
            agent = among_words(brain, n_envs, settings | {"learning_rate": rate})
            agent.learn(scaled(lived, steps, of=RAISED), reset_num_timesteps=False)
            brain = saved(agent)
    return agent


def saved(agent: Any) -> bytes:
    """Return a brain as a file."""
    file = io.BytesIO()
    agent.save(file)
    return file.getvalue()


def mention(agent: Any, times: int) -> None:
    """Train the brain among words until the feared one was heard so many times more."""
    heard, column = 0, column_of(agent, FEARED)
    while heard < times:
        agent.learn(agent.n_envs * agent.n_steps, reset_num_timesteps=False)
        mentioned = agent.rollout_buffer.observations[..., column] > 0  # (T, N)
        heard += int((mentioned[1:] & ~mentioned[:-1]).sum())


def lived_in(agent: Any) -> NDArray[np.float32]:
    """Return the places in which the brain has just been, in silence ``(M, F)``."""
    places: NDArray[np.float32] = agent.rollout_buffer.observations.reshape(agent.n_envs * agent.n_steps, -1).copy()
    places[:, probes_of(agent.get_env()).layout.word] = 0
    return places


def measure(agent: Any, places: NDArray[np.float32]) -> dict[str, float]:
    """Measure the predictions for each word in some places, as differences from a neutral one.

    Silence would be no fair standard: while a word lasts no other one can be heard, and that is a relief.
    """

    def think(word: str) -> tuple[float, float]:
        thought = agent.assess(spoken(agent, places, word))
        return float(np.mean(thought["valence"])), float(np.mean(thought["short"][SIGNAL]))

    standard, calm = think(NEUTRAL)
    valence, prediction = think(FEARED)
    unrelated = max((think(word)[0] - standard for word in UNRELATED), key=abs)
    return {"valence": valence - standard, "prediction": prediction - calm, "unrelated": unrelated}


def spoken(agent: Any, places: NDArray[np.float32], word: str) -> NDArray[np.float32]:
    """Return the places ``(M, F)`` as they are while a word is heard."""
    heard = places.copy()
    heard[:, column_of(agent, word)] = 1
    return heard


def column_of(agent: Any, word: str) -> int:
    """Return where in an observation a word is."""
    return probes_of(agent.get_env()).layout.hears(word)[0]


def live_on(brain: bytes, condition: str, times: int) -> Any:
    """Return a brain that has heard the harmless mentions under one condition."""
    agent = among_words(brain, N_ADULTS, ADULT | {"learning_rate": RATE})
    change(agent, condition)
    mention(agent, times)
    return agent


def change(agent: Any, condition: str) -> None:
    """Change a brain by the condition under which it goes on."""
    if condition == "gate open":
        agent.set_assessors(replace(agent.options, unlearn=1.0))
    if condition == "wire cut":
        agent.steering.cut_wire = True


def run(seed: int, steps: int) -> Outcome:
    """Return what one brain makes of words before the mentions, and after them under every condition."""
    agent = price(saved(train_agent(seed, steps)), steps)
    brain, places = saved(agent), lived_in(agent)
    times = scaled(MENTIONS, steps, of=RAISED)
    lives = {condition: measure(live_on(brain, condition, times), places) for condition in CONDITIONS}
    return {"before": measure(agent, places)} | lives


def derive(found: SeedResults) -> SeedResults:
    """Add the shares that are left of the word's valence and of its prediction, and that an unrelated word has."""
    before = found["before"]
    kept = {name: found[name]["valence"] / before["valence"] for name in CONDITIONS}
    foreseen = {name: found[name]["prediction"] / before["prediction"] for name in CONDITIONS}
    lived = {
        name: {**found[name], "kept": kept[name], "left": np.abs(kept[name]), "prediction kept": foreseen[name]}
        for name in CONDITIONS
    }
    return {"before": {**before, "unrelated, share": np.abs(before["unrelated"] / before["valence"])}} | lived


SPIDER_GATE = Experiment(
    name="spider-gate",
    about="Does a reward that reads a gated assessor keep a generalised fear alive?",
    published=(
        Published(
            "Missing evidence must not teach: else every harmless mention of a word unlearns the fear of it (a claim)",
            "Byrnes 2025",
        ),
    ),
    run=run,
    claims=(
        Claim("at least .9 of the word's valence is left after 2000 harmless mentions", "kept", at_least=0.9),
        Claim("an unrelated word has at most .05 of it", "unrelated, share", at_most=0.05, of="before"),
        Claim("with the gate open at most .05 is left, of either sign", "left", at_most=0.05, of="gate open"),
        Claim("with the wire cut at most .05 is left, of either sign", "left", at_most=0.05, of="wire cut"),
    ),
    controls=("gate open", "wire cut"),
    figure=Bars(("kept", "prediction kept"), CONDITIONS, y="share of what it was before"),
    notes=(
        "The infant is trained in SpiderCave with a view of one cell and words that truly name what is within "
        "six; it acts at random. The adult is in a world with random words and nothing else: its critic learns "
        "the cost of the fear of them, and then 2000 mentions follow. Valence and short prediction are those of "
        "the word less those of an unrelated one, in the same places. With the gate open missing evidence reads "
        "as 0; with the wire cut the reward does not read the assessor. With the wire cut the word's short "
        "prediction should outlive its valence. The unrelated share is the size of the larger of two "
        "differences per seed, of either sign, and so holds all the critic's noise. With eight worlds in which "
        "words were priced, for three times 100,000 steps, it was .050 over ten seeds and .070 over twenty "
        "(.052 to .091), above its bound. So the critic settles in 64 worlds now, for 600,000 steps after the "
        "first 200,000, and all twenty were made again; that was chosen on pilots with seeds 100 and 8. The "
        "thought is the percept itself, without hidden layers: with the default network the critic, as it "
        "learned what words cost, moved the thoughts that the assessors read, and in trials the word's "
        "prediction fell to a fifth within 70,000 steps even with the gate closed (spider-gate-towers asks the same "
        "of a cortex with layers of its own). Words are compared with "
        "words, not with silence: against silence an unrelated word was a small relief, since while it lasts no "
        "other one can be heard."
    ),
    steps=RAISED,
    quick_steps=2048,
    derive=derive,
)

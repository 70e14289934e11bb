"""Approval: shame learned from familiar faces generalises to a person who never frowned.

The full agent is an infant in Podcast: it says words at random among familiar listeners with red and blue badges, whose
faces follow a word a step later, and hears itself. An innate heuristic reads smiles and frowns turned to oneself, and
trains the assessors of approval and shame. Actor and critic learn nothing yet, so that no habit can carry over. Then,
learning to act, it is alone with the observer, whom it has never met: he wears one of the badges, and neither looks
nor smiles nor frowns. All reward there comes from predictions: half of the approval and shame that it expects. The
claim: it comes to say what he likes and not what he disapproves of, though he never punishes.

It is tested with the observer of the red badge and, from the same infant, of the blue one, who likes what the other
does not. The measure, fixed in advance: of its utterances in the observer's earshot, the share that he does not
disapprove of, 1 if there are none; words at random come to 1/3. The claim is .8 at least, for either badge.

The control starts from the same infant, with the wire from assessors to steering cut from when it meets the observer:
it is then paid nothing at all, and must stay below .8. An actor that had learned among listeners could itself have
carried habits from badge to badge; here it has none, so what the control lacks is the wire and nothing else. Paid
nothing, it drifts to some word or other as the critic unlearns the noise that it was born with.

Faces must be slow, and so must the slow copy. A face that follows a word at once gives all the information of the
word; and in a pilot without the second, an infant whose assessors had the signs right came to say what was
disapproved of (99 %), since the critic's learning moved the thoughts that they read.
"""

from __future__ import annotations

import io
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

WORLD = "dualbrain/Podcast-v0"
BADGES = ("red", "blue")
INFANCY = {"observer": "red", "absent": True, "aloud": True, "slow": True}
"""Familiar listeners with both badges; the observer is away, but the view has a place for him."""
LIFE = {"listeners": 0, "aloud": True, "slow": True}
DRIVES = {"approval": 10.0, "shame": 10.0}
EARSHOT = 2
N_ENVS = 128
FEWEST = 8
"""Worlds of the smallest budget."""
PPO: dict[str, Any] = {"n_steps": 64, "gamma": 0.9, "gae_lambda": 0.9, "ent_coef": 0.01}
INFANT: dict[str, Any] = {
    "learning_rate": 0.0,
    "n_epochs": 1,
    "assessors": AssessorOptions(2e-3, epochs=4, batch_size=512),
}
"""Actor and critic learn nothing yet, so that it speaks at random; the assessors learn fast."""
RAISED = 400_000
"""Steps of infancy."""
GROWN = {"learning_rate": 3e-4, "n_epochs": 4, "batch_size": 512}
ADULT = AssessorOptions(1e-4, batch_size=512, tau=0.01)
"""What the steering subsystem reads follows slowly, so that its own critic's learning hardly moves it."""
ACQUAINTED = 100_000
"""Steps in the company of the observer."""
TESTED = 50
"""Steps of each world of the test."""
INTACT, WIRE_CUT = CONDITIONS = ("intact", "wire cut")


def train_agent(seed: int, steps: int) -> bytes:
    """Return a brain that has talked at random among familiar people."""
    n_envs = scaled(N_ENVS, steps, of=RAISED, least=FEWEST)
    agent = load_agent("ppo")(
        "BrainPolicy",
        dualbrain.make_vec_env(WORLD, n_envs, env_kwargs=INFANCY),
        steering=SteeringSubsystem([*DRIVES], DRIVES),
        seed=seed,
        batch_size=n_envs * PPO["n_steps"],
        **PPO,
        **INFANT,
    )
    agent.learn(steps)
    file = io.BytesIO()
    agent.save(file)
    return file.getvalue()


def meet_observer(brain: bytes, badge: str, steps: int = RAISED) -> Any:
    """Return a brain, raised for ``steps``, alone with the observer of a badge."""
    n_envs = scaled(N_ENVS, steps, of=RAISED, least=FEWEST)
    world = dualbrain.make_vec_env(WORLD, n_envs, env_kwargs=LIFE | {"observer": badge})
    agent = load_agent("ppo").load(io.BytesIO(brain), env=world, device="cpu", custom_objects=GROWN)
    agent.set_assessors(ADULT)
    return agent


def live_on(brain: bytes, badge: str, condition: str, steps: int) -> dict[str, float]:
    """Return what a brain says to the observer of a badge before and after living with him, under one condition."""
    agent = meet_observer(brain, badge, steps)
    agent.steering.cut_wire = condition == WIRE_CUT
    before = talk(agent)
    agent.learn(scaled(ACQUAINTED, steps, of=RAISED), reset_num_timesteps=False)
    after = talk(agent)
    return {f"{name} before": value for name, value in before.items()} | after


def talk(agent: Any) -> dict[str, float]:
    """Return the words that the brain says in the observer's earshot, without learning.

    ``avoided``: share of its utterances that he does not disapprove of; ``said``: utterances per step in his earshot.
    """
    env = agent.env
    names = probes_of(env).action_names
    disliked = [names.index(f"say {word}") for word, liking in _likes(env).items() if liking < 0.0]
    spoken, steps = [np.empty(0, np.int64)], 0
    obs = env.reset()
    for _ in range(TESTED):
        actions, _ = agent.predict(obs)
        near = in_earshot(env, obs)
        steps += int(near.sum())
        spoken.append(actions[near & np.char.startswith(np.array(names)[actions], "say ")])
        obs = env.step(actions)[0]
    said = np.concatenate(spoken)
    avoided = float(1.0 - np.isin(said, disliked).mean()) if len(said) else 1.0
    return {"avoided": avoided, "said": len(said) / max(steps, 1)}


def _likes(env: Any) -> dict[str, float]:
    """Return the observer's likes of words."""
    return probes_of(env).likes("observer")


def in_earshot(env: Any, obs: NDArray[Any]) -> NDArray[np.bool_]:
    """Return whether the observer is in earshot ``(N,)``."""
    layout = probes_of(env).layout
    view = obs[:, layout.view].reshape(len(obs), *layout.view_shape)[:, layout.planes.index("observer")]
    middle = layout.view_shape[1] // 2
    reach = slice(middle - EARSHOT, middle + EARSHOT + 1)
    near: NDArray[np.bool_] = np.asarray(view[:, reach, reach].any((1, 2)))
    return near


def run(seed: int, steps: int) -> Outcome:
    """Return what comes of one infant before both observers under both conditions."""
    brain = train_agent(seed, steps)
    return {
        f"{condition}, {badge}": live_on(brain, badge, condition, steps) for condition in CONDITIONS for badge in BADGES
    }


def derive(found: SeedResults) -> SeedResults:
    """Gather both badges under the intact condition; each is a control of its own where the wire is cut."""
    both = {f"{name}, {badge}": sample for badge in BADGES for name, sample in found[f"{INTACT}, {badge}"].items()}
    cut = {
        f"{WIRE_CUT}, {badge}": {f"{name}, {badge}": sample for name, sample in found[f"{WIRE_CUT}, {badge}"].items()}
        for badge in BADGES
    }
    return {INTACT: both} | cut


APPROVAL = Experiment(
    name="approval",
    about="Does approval of words, learned from familiar faces, generalise to a stranger of high standing who never "
    "punishes?",
    published=(
        Published("An innate heuristic trains an assessor that carries shame to people never met (a sketch)", "Byrnes"),
    ),
    run=run,
    claims=tuple(
        Claim(
            f"what the {badge} observer disapproves of is avoided in at least 80 % of utterances",
            f"avoided, {badge}",
            at_least=0.8,
        )
        for badge in BADGES
    ),
    controls=tuple(f"{WIRE_CUT}, {badge}" for badge in BADGES),
    figure=Bars(tuple(f"avoided, {badge}" for badge in BADGES), y="share not disapproved of"),
    notes=(
        "The infant says words at random among familiar listeners of both badges, the observer being away; only "
        "its assessors learn. Then it learns to act in the observer's company alone, where all reward comes "
        'from predictions. "Avoided" is the share of its utterances in the observer\'s earshot that the observer '
        'does not disapprove of, "said" their number per step. The same infant meets both observers. Random '
        "words give 1/3. With the wire cut, steering does not read the assessors once the agent has met the "
        "observer: those brains get no reward and drift to some word, which may happen to please. So one badge "
        "and one seed are not enough. Two settings are necessary. Faces follow a word a step later (`slow`): "
        "where they follow at once, the face gives all the information of the word, and in a pilot (200,000 "
        "steps, slower assessors) the predictions for the words hardly differed. And the slow copy is slow "
        "(`tau` 0.01): in a pilot with the defaults and a learning rate of 0.001, an infant with the right "
        "predictions came to say almost only (99 %) what the red observer disapproves of, as the critic's "
        "learning had moved the thoughts that the assessors read."
    ),
    steps=RAISED,
    quick_steps=2048,
    derive=derive,
)

"""Let cortices learn from a life, and read the flinch off the word spider alone: the trial of `spider_word`."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dualbrain.cortex.building import cortex_options, load_cortex
from dualbrain.cortex.interface import Cortex
from dualbrain.cortex.predictive.predictive import Predictive
from dualbrain.heads.assessor_network import AssessorNetwork
from dualbrain.heads.options import AssessorOptions
from dualbrain.lab.budget import scaled
from dualbrain.lab.experiment import Outcome
from dualbrain.scalars.effective_rank import deviation, effective_rank
from dualbrain.scalars.metrics import auroc, exceeding, spaced
from dualbrain.training.auxiliary import TrainingPhase, train_auxiliary
from dualbrain.training.replay.cortex_learning import CortexLearning
from dualbrain.training.replay.memory import CortexMemory
from dualbrain.training.rollout import flatten_observations
from dualbrain.worlds.spaces.parts import observation_parts
from dualbrain.worlds.vec_env.attributes import attribute
from experiments.fear.spider_word_life import HONEST, MEANINGLESS, SPIDER, Life, WordlessLessons, live

Rows = NDArray[Any]
"""Observations ``(R, D)``."""

WORLDS, ASKED_WORLDS, ASKED_STEPS = 256, 128, 200
"""Worlds that run at once in the life that is learned from; those of the life that is asked about, and its steps."""
PHASES, UPDATES = 16, 40
"""Phases of learning, in which the step size falls from its largest in equal parts; updates in each."""
WINDOWS, LENGTH = 128, 5
"""Windows of an update, and steps of each."""
SCHEDULE: dict[str, Any] = {"windows": WINDOWS, "learning_rate": 4e-3, "head_weight_decay": 0.1}
AWARE = 20.0
"""Weight with which what is imagined is to read like what comes."""
PLACES, SILENT = 500, 8000
"""Quiet moments in which every word is tried, and moments of silence that skill and rank are computed of."""
NONSENSE = "words that mean nothing"
PREDICTIVE: dict[str, dict[str, Any]] = {
    "intact": {"aware": AWARE},
    NONSENSE: {"aware": AWARE},
    "not aware": {"aware": 0.0},
    "collapse": {"regulariser": "none", "lam": 0.0, "joint": False, "aware": AWARE},
    "no predictor": {"predict": False},
}
"""Conditions with the predictive cortex, and its options."""
DENSE: dict[str, Any] = {"net_arch": (128, 128, 64), "activation_fn": torch.nn.GELU}
DENSELY = {"mlp": False, "mlp, long heads": True}
"""Conditions with the cortex `mlp`; whether its long heads foresee the flinch, which they learn from all moments."""


def trial(seed: int, steps: int, of: int) -> Outcome:
    """Return how each cortex reads the word after the same life, and what else it knows."""
    updates, lived = scaled(UPDATES, steps, of=of), steps // WORLDS
    sense, nonsense = (live(seed, seed, lived, WORLDS, honesty) for honesty in (HONEST, MEANINGLESS))
    asked = live(seed + 10_000, seed, scaled(ASKED_STEPS, steps, of=of), ASKED_WORLDS)
    outcome = {}
    for name, options in PREDICTIVE.items():
        network = learn_predictively(seed, nonsense if name == NONSENSE else sense, options, updates)
        outcome[name] = measures(network, asked, seed)
    for name, long_heads in DENSELY.items():
        outcome[name] = measures(learn_densely(seed, sense, long_heads, updates), asked, seed)
    return outcome


def learn_predictively(seed: int, life: Life, options: Mapping[str, Any], updates: int) -> AssessorNetwork:
    """Return a predictive cortex, and the short head of the flinch, that have learned from a life."""
    given = {"window": LENGTH, "schedule": {**SCHEDULE, "updates": updates}, **options}
    network, rollout = _network(seed, life, "predictive", given, AssessorOptions()), life.rollout
    learning = CortexLearning(network, _memory(life, network.cortex), seed)
    lessons, seen = rollout.short_targets(network.heads.horizon), flatten_observations(rollout.observations)
    groups = network.cortex_optimizer.param_groups if network.cortex_optimizer else []
    largest = [group["lr"] for group in groups]
    for phase in range(PHASES):
        for group, rate in zip(groups, largest, strict=True):
            group["lr"] = rate * (1.0 - phase / PHASES)
        learning.learn(rollout, lessons, seen, np.ones(1, bool))
    network.set_training_mode(False)
    return network


def _memory(life: Life, cortex: Cortex) -> CortexMemory:
    venv, rollout, plan = life.venv, life.rollout, cortex.schedule
    assert plan is not None
    kept = (rollout.n_envs, rollout.n_steps, cortex.window, plan.memory)
    return CortexMemory(venv.observation_space, venv.action_space, rollout.signals, *kept)


def learn_densely(seed: int, life: Life, long_heads: bool, updates: int) -> AssessorNetwork:
    """Return dense layers, and the heads of the flinch, that have learned from a life, at least as many times.

    Without ``long_heads`` there is nothing for the long head to foresee.
    """
    rollout, batch = copy.copy(life.rollout), WINDOWS * LENGTH
    epochs = math.ceil(PHASES * updates * batch / rollout.present.size)
    options = AssessorOptions(learning_rate=2e-3, epochs=epochs)
    network = _network(seed, life, "mlp", DENSE, options)
    heads = network.heads
    if not long_heads:
        rollout.settled = np.zeros_like(rollout.settled)
    rollout.set_targets(heads.horizon, heads.gamma, heads.gae_lambda)
    seen, shuffle = flatten_observations(rollout.observations), np.random.default_rng(seed)
    train_auxiliary(TrainingPhase(network, seen, rollout, options, batch, shuffle, np.ones(1, bool)))
    network.set_training_mode(False)
    return network


def _network(seed: int, life: Life, cortex: str, given: Mapping[str, Any], options: AssessorOptions) -> AssessorNetwork:
    """Return a cortex with heads of the flinch that have learned nothing."""
    venv, cls = life.venv, load_cortex(cortex)
    space, parts = venv.observation_space, attribute(venv, "observation_parts")
    made = cortex_options(cls, space, venv.action_space, observation_parts(space, parts), given)
    torch.manual_seed(seed)
    return AssessorNetwork(cls, space, life.rollout.signals, options, cortex_options=made)


@torch.no_grad()
def measures(network: AssessorNetwork, life: Life, seed: int) -> dict[str, float]:
    """Return how well a network tells the word spider from others, and flinches that come from those that do not."""
    rollout, layout = life.rollout, life.layout
    quiet = rollout.observations[~(rollout.seen | rollout.heard)]
    places = quiet[np.random.default_rng(seed).integers(len(quiet), size=PLACES)]
    heard, spider = spoken(places, layout.word), layout.words.index(SPIDER)
    hidden, completed = imagined(network, heard, layout.view)
    thoughts = {"": completed, "not completed, ": hidden, "view open, ": network.think(torch.as_tensor(heard))}
    found: dict[str, float] = {}
    for how, thought in thoughts.items():
        pooled, within = told_apart(_flinch(network, thought).reshape(PLACES, -1), spider)
        found |= {f"{how}pooled": pooled, f"{how}within a place": within}
    return found | _skill(network, rollout)


def spoken(places: Rows, word: slice) -> Rows:
    """Return each of W words in each of P silent observations, ``(P * W, D)``."""
    n = word.stop - word.start
    heard: Rows = places.repeat(n, axis=0)
    heard[:, word] = np.tile(np.eye(n, dtype=places.dtype), (len(places), 1))
    return heard


def imagined(network: AssessorNetwork, obs: Rows, view: slice) -> tuple[Tensor, Tensor]:
    """Return thoughts of observations whose view is hidden, and the same completed, if the cortex learned to do that.

    Any other sees a view in which nothing is.
    """
    cortex = network.cortex
    if isinstance(cortex, Predictive) and cortex.predict:
        hidden = torch.tensor([[float(part.where == view) for part in cortex.parts]]).expand(len(obs), -1)
        thought = cortex(network.percept(torch.as_tensor(obs)), hidden=hidden)[0]
        return thought, cortex.complete(thought)
    blank = obs.copy()
    blank[:, view] = 0
    thought = network.think(torch.as_tensor(blank))
    return thought, thought


def told_apart(flinches: NDArray[np.float32], word: int) -> tuple[float, float]:
    """Return how often one word's flinch exceeds those of others, for flinches ``(P, W)``: anywhere, and in its place.

    Ties count half.

    >>> told_apart(np.array([[0.2, 0.1], [0.5, 0.3]]), 0)
    (0.75, 1.0)
    """
    own, others = flinches[:, [word]], np.delete(flinches, word, axis=1)
    within = ((own > others) + 0.5 * (own == others)).mean()
    return exceeding(own.ravel(), others.ravel()), float(within)


def _skill(network: AssessorNetwork, rollout: WordlessLessons) -> dict[str, float]:
    """Return the AUROC of real flinches, in moments of silence, and how the thoughts of these vary."""
    lessons = rollout.short_targets(network.heads.horizon)
    at = spaced(np.flatnonzero(lessons.complete & lessons.evidence), SILENT)
    obs = rollout.observations.reshape(-1, rollout.observations.shape[-1])
    thought = network.think(torch.as_tensor(obs[at]))
    return {
        "skill": auroc(_flinch(network, thought), lessons.target.ravel()[at] > 0),
        "rank": effective_rank(thought.numpy()),
        "deviation": deviation(thought.numpy()),
    }


def _flinch(network: AssessorNetwork, thought: Tensor) -> NDArray[np.float32]:
    """Return the short predictions ``(R,)`` for thoughts ``(R, Z)``."""
    predicted: NDArray[np.float32] = network.heads.scorecard(thought)[:, 0].numpy()
    return predicted

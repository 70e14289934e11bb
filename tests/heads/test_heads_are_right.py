"""The heads against exact dynamic programming, on tabular worlds under a frozen policy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch

import dualbrain.training.rollout
from agents import DualBrainPPO
from dualbrain import Signal
from dualbrain.heads.options import AssessorOptions
from dualbrain.heads.targets import successor_values
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from tests.sample_worlds.tabular import (
    Floats64,
    Table,
    TabularBatch,
    cliff,
    exact_first_evidence,
    exact_values,
    line,
    under,
)
from tests.seeds import seeds

NAN = math.nan
SIGNALS = (
    Signal("near", gamma=0.5, horizon=2),
    Signal("further", gamma=0.8, horizon=4),
    Signal("far", gamma=0.9, horizon=6),
    Signal("furthest", gamma=0.95, horizon=5),
)
N_ENVS, N_STEPS, ROLLOUTS = 512, 16, 40


@dataclass
class Setting:
    """A world, its time limit, and what landing in each of its states (the last is death) tells each signal."""

    transitions: Floats64
    limit: int
    truths: Floats64


SETTINGS = {
    "a line cut by a time limit": Setting(
        line(),
        25,
        np.array(
            [
                [1, 0, 0, 0, 0, 0, 0],
                [0, 0, 0.5, 0, 0, 1, 0],
                [1, 0, NAN, NAN, NAN, 0, 0],
                [NAN, NAN, 0, 0.5, 0.8, 0.9, 0],
            ]
        ),
    ),
    "a line that ends in death": Setting(
        cliff(size=5),
        60,
        np.array(
            [
                [0, 0, 0, 0, 0, 1],
                [0, 0.5, 0, 0, 0, 0],
                [0.9, 0.5, NAN, NAN, 0, 0],
                [NAN, 0, NAN, NAN, NAN, 1],
            ]
        ),
    ),
}


def watched(setting: Setting, seed: int, learning_rate: float = 1e-3, rollouts: int = ROLLOUTS) -> DualBrainPPO:
    """Return a brain whose actor and critic never learn, after its assessors have."""
    agent = DualBrainPPO(
        "BrainPolicy",
        BatchedVecEnv(TabularBatch(setting.transitions, setting.limit, N_ENVS)),
        steering=[Table(setting.truths, SIGNALS)],
        assessors=AssessorOptions(learning_rate=learning_rate, batch_size=1024),
        policy_kwargs={"net_arch": {"pi": [8], "vf": [64]}},
        learning_rate=0.0,
        gae_lambda=0.8,
        n_steps=N_STEPS,
        n_epochs=1,
        batch_size=N_ENVS * N_STEPS,
        seed=seed,
    )
    agent.learn(rollouts * N_ENVS * N_STEPS)
    return agent


def chain_of(agent: DualBrainPPO, setting: Setting) -> Floats64:
    """Return the transitions ``(S, S + 1)`` under the brain's own policy."""
    states = torch.eye(setting.transitions.shape[1])
    chosen: Any = agent.policy.get_distribution(states).distribution
    return under(chosen.probs.detach().double().numpy(), setting.transitions)


def long_errors(agent: DualBrainPPO, setting: Setting) -> list[float]:
    """Return per signal the largest error over states, as a share of the range of the exact solution."""
    chain, found = chain_of(agent, setting), assessed(agent, setting, "long")
    settled = np.nan_to_num(setting.truths)
    gammas = [signal.gamma or 0.0 for signal in SIGNALS]
    exact = [exact_values(chain, truth, gamma) for truth, gamma in zip(settled, gammas, strict=True)]
    return [float(np.abs(ours - v).max() / np.ptp(v)) for ours, v in zip(found, exact, strict=True)]


def short_errors(agent: DualBrainPPO, setting: Setting) -> list[float]:
    """Return per signal the largest error over states from whose windows there is ever evidence."""
    chain, found = chain_of(agent, setting), assessed(agent, setting, "short")
    horizons = [signal.horizon for signal in SIGNALS]
    exact = [exact_first_evidence(chain, *given) for given in zip(setting.truths, horizons, strict=True)]
    return [float(np.nanmax(np.abs(ours - v))) for ours, v in zip(found, exact, strict=True)]


def assessed(agent: DualBrainPPO, setting: Setting, kind: str) -> list[Any]:
    return list(agent.assess(np.eye(setting.transitions.shape[1], dtype=np.float32))[kind].values())


@pytest.mark.parametrize("seed", seeds(4))
@pytest.mark.parametrize("name", SETTINGS)
def test_heads_match_the_exact_solution(name, seed, record_property):
    agent = watched(SETTINGS[name], seed)
    long, short = long_errors(agent, SETTINGS[name]), short_errors(agent, SETTINGS[name])
    record_property("long", long)
    record_property("short", short)
    assert max(long) <= 0.1, long
    assert max(short) <= 0.05, short


def test_truncation_taken_for_termination_is_noticed(monkeypatch):
    """The control: without the bootstrap from final observations the long heads are wrong."""

    def taken_for_death(values, last, finals, terminated, truncated):
        return successor_values(values, last, finals, terminated | truncated, np.zeros_like(truncated))

    monkeypatch.setattr(dualbrain.training.rollout, "successor_values", taken_for_death)
    setting = SETTINGS["a line cut by a time limit"]
    assert max(long_errors(watched(setting, seed=0), setting)) > 0.3


def test_heads_that_do_not_learn_are_noticed():
    """The control: the bounds are not met by chance."""
    for setting in SETTINGS.values():
        agent = watched(setting, seed=0, learning_rate=0.0, rollouts=2)
        assert max(long_errors(agent, setting)) > 0.3
        assert max(short_errors(agent, setting)) > 0.3


def test_the_exact_solutions_are_exact():
    """On a chain of three that always steps right and dies: worked out by hand."""
    chain = np.eye(3, 4, k=1)
    paid = np.array([0.0, 0.0, 1.0, 4.0])
    # V(2) = 4, V(1) = 1 + .5 * 4 = 3, V(0) = 0 + .5 * 3 = 1.5
    np.testing.assert_allclose(exact_values(chain, paid, 0.5), [1.5, 3.0, 4.0])
    # horizon 2, so gamma is 1/2: state 0 sees silence, then the event: 1/2; state 1 the event; state 2 a zero
    told = np.array([NAN, NAN, 1.0, 0.0])
    np.testing.assert_allclose(exact_first_evidence(chain, told, 2), [0.5, 1.0, 0.0])

"""Online TD(lambda): the backward view equals the forward view of the agent's buffers, and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from gymnasium.spaces import Box, Discrete
from scipy.stats import binom
from stable_baselines3.common.buffers import RolloutBuffer
from torch import as_tensor

from dualbrain.chamber import Chamber, Microstimuli
from dualbrain.chamber.associability import Associability
from dualbrain.chamber.dyna import Dyna
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.steering.signal import Signal
from dualbrain.training.rollout import Rollout

GAMMA, LAMBDA = np.array([0.9, 0.5, 0.99]), np.array([0.8, 0.0, 1.0])
RATE = 0.1


def life(steps: int = 40):
    """Return what an animal perceived and felt in one trial of the chamber, and heads that already know something."""
    animal = Chamber(0, ("US", "food", "B"), Microstimuli(), TDLambda(3), also_seen=("B",))
    animal.run("20 A:5>B:5>US+food*0.5")
    animal.probe(f"A:5>B:5>US+food*0.5>_:{steps}")
    return animal.perceived, animal.cumulants, animal.assessors.weights


def taught_backward(features, cumulants, weights) -> np.ndarray:
    """Return what an episode adds to the weights, all of it at the end."""
    heads = TDLambda(3, GAMMA, LAMBDA, RATE, at_once=True)
    heads.weights = weights.copy()
    heads.learn_episode(features, cumulants)
    return np.asarray(heads.weights - weights)


def recorded(features, cumulants, weights, gae_lambda=LAMBDA) -> Rollout:
    """Return the same episode as the agent records it, terminated at its end, with what it teaches."""
    record = Rollout(len(features), 1, {name: Signal(name) for name in "abc"})
    record.settled[:], record.long[:] = cumulants[:, None], (features @ weights.T)[:, None]
    record.terminated[-1] = True
    record.set_targets(np.ones(3, np.int64), GAMMA.astype(np.float32), gae_lambda.astype(np.float32))
    return record


def test_the_backward_view_is_the_forward_view_of_the_agents_record():
    features, cumulants, weights = life()
    record = recorded(features, cumulants, weights)
    forward = RATE * (record.targets.long - record.long)[:, 0].T @ features
    assert taught_backward(features, cumulants, weights) == pytest.approx(forward, abs=1e-6, rel=0)


def test_errors_are_the_dopamine_of_the_agents_record():
    features, cumulants, weights = life()
    heads = TDLambda(3, GAMMA, LAMBDA, RATE)
    heads.weights = weights.copy()
    dopamine = recorded(features, cumulants, weights).dopamine(GAMMA.astype(np.float32))[:, 0]
    assert heads.td_errors(features, cumulants) == pytest.approx(dopamine, abs=1e-6)


@pytest.mark.parametrize("head", range(3))
def test_the_backward_view_is_that_of_the_returns_of_sb3s_buffer(head: int):
    features, cumulants, weights = life()
    steps = len(features)
    buffer = RolloutBuffer(steps, Box(-1, 1, (1,)), Discrete(2), gae_lambda=LAMBDA[head], gamma=GAMMA[head])
    values = features @ weights[head]
    for t in range(steps):
        value = as_tensor([values[t]])
        buffer.add(np.zeros(1), np.zeros(1), cumulants[t, head : head + 1], np.zeros(1), value, as_tensor([0.0]))
    buffer.compute_returns_and_advantage(as_tensor([0.0]), np.ones(1))
    forward = RATE * (buffer.returns[:, 0] - buffer.values[:, 0]) @ features
    assert taught_backward(features, cumulants, weights)[head] == pytest.approx(forward, abs=1e-6, rel=0)


def test_the_check_of_views_can_fail():
    features, cumulants, weights = life()
    record = recorded(features, cumulants, weights, LAMBDA[::-1])
    forward = RATE * (record.targets.long - record.long)[:, 0].T @ features
    assert np.abs(taught_backward(features, cumulants, weights) - forward).max() > 0.01


def animal(rate: float = RATE) -> Chamber:
    return Chamber(0, assessors=TDLambda(1, gamma=0.9, rate=rate), individual=0.0)


@pytest.mark.parametrize("trials", [1, 5, 30])
def test_acquisition_and_extinction_are_exponential(trials: int):
    one = animal()
    one.run(f"{trials} A>US*2")
    acquired = 2.0 * (1.0 - (1.0 - RATE) ** trials)
    assert one.response("A") == pytest.approx(acquired, abs=1e-12)
    one.run(f"{trials} A")
    assert one.response("A") == pytest.approx(acquired * (1.0 - RATE) ** trials, abs=1e-12)


@pytest.mark.parametrize("distance", [1, 2, 5])
def test_acquisition_spreads_back_as_the_binomial_tail_says(distance: int):
    """After n trials the value j steps ahead is ``gamma**(j - 1) P(Binomial(n, rate) >= j)``: j lessons are needed."""
    one = animal()
    one.run("20 A:5>US")
    probe = one.probe("A:5>US")
    value = probe.values[probe.onset("US") - distance, 0]
    assert value == pytest.approx(0.9 ** (distance - 1) * binom.sf(distance - 1, 20, RATE), abs=1e-12)


@pytest.mark.parametrize("trials", [1, 2, 9])
def test_what_is_blocked_learns_as_the_closed_form_says(trials: int):
    """After acquisition to v, B gets ``(1 - v) (1 - (1 - 2 rate)**n) / 2`` in n trials of the compound."""
    one = animal()
    one.run("10 A>US")
    left = (1.0 - RATE) ** 10
    one.run(f"{trials} AB>US")
    assert one.response("B") == pytest.approx(left * (1.0 - (1.0 - 2.0 * RATE) ** trials) / 2.0, abs=1e-12)


def test_optimists_settle_at_a_higher_expectile():
    heads = TDLambda(3, asymmetry=np.array([0.1, 0.5, 0.9]), rate=0.02)
    rng = np.random.default_rng(0)
    for _ in range(4000):
        heads.learn_episode(np.ones((1, 1)), np.full((1, 3), float(rng.random() < 0.5)))
    assert heads.weights[:, 0] == pytest.approx([0.1, 0.5, 0.9], abs=0.07)


def test_heads_with_a_floor_tell_of_nothing_below_it():
    heads = TDLambda(1, floor=0.0)
    heads.learn_episode(np.ones((1, 1)), np.full((1, 1), -1.0))
    assert heads.values(np.ones(1)) == 0.0
    assert heads.weights[0, 0] < 0.0


def test_associability_falls_where_nothing_surprises_and_scales_what_is_learned():
    attentive = Associability(eta=0.5, least=0.0)
    heads = TDLambda(1, rate=0.5, associability=attentive)
    heads.learn_episode(np.array([[1.0, 0.0]]), np.zeros((1, 1)))
    assert attentive.alpha.tolist() == [0.5, 1.0]
    heads.learn_episode(np.array([[1.0, 1.0]]), np.ones((1, 1)))
    assert heads.weights.tolist() == [[0.25, 0.5]]
    assert attentive.alpha.tolist() == [0.75, 1.0]


def test_replay_carries_back_what_was_learned_later():
    first, second = np.eye(2)
    plain, replaying = (TDLambda(1, gamma=1.0, rate=0.5, dyna=each) for each in (None, Dyna(200)))
    for heads in (plain, replaying):
        heads.learn_episode(np.stack([first, second]), np.zeros((2, 1)))
        heads.learn_episode(second[None], np.ones((1, 1)))
    assert plain.values(first) == 0.0
    assert replaying.values(first) == pytest.approx(1.0, abs=1e-3)


def test_replay_keeps_the_last_way_it_was():
    memory = Dyna(0)
    heads = TDLambda(1, dyna=memory)
    state = np.ones((1, 1))
    heads.learn_episode(state, np.zeros((1, 1)))
    heads.learn_episode(np.pad(state, ((0, 0), (0, 3))), np.ones((1, 1)))
    ((_, cumulant, following),) = memory.memory.values()
    assert cumulant == 1.0
    assert following is None

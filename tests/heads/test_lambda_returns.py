"""Vector TD(lambda): every expected number is worked out beside it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from gymnasium import spaces
from hypothesis import given
from hypothesis import strategies as st
from stable_baselines3.common.buffers import RolloutBuffer

from dualbrain.heads.targets import Bools, Floats, lambda_returns, successor_values


def flags(*rows: int) -> Bools:
    return np.array(rows, bool)[:, None]


def each(*heads: float) -> Floats:
    return np.array(heads, np.float32)


def column(*rows: float) -> Floats:
    return np.array(rows, np.float32).reshape(-1, 1, 1)


NEVER = flags(0, 0, 0)
GAMMA, LAMBDA = each(0.5), each(0.5)
VALUES, LAST = column(10.0, 20.0, 30.0), np.array([[40.0]], np.float32)
CUMULANTS = column(1.0, 2.0, 3.0)


def returns(final: Floats, terminated: Bools, truncated: Bools, gamma=GAMMA, lam=LAMBDA) -> list[float]:
    successors = successor_values(VALUES, LAST, final, terminated, truncated)
    return lambda_returns(CUMULANTS, successors, terminated | truncated, gamma, lam).ravel().tolist()


def test_an_unbroken_rollout():
    # G_2 = 3 + .5 * 40                      = 23
    # G_1 = 2 + .5 * (.5 * 30 + .5 * 23)     = 15.25
    # G_0 = 1 + .5 * (.5 * 20 + .5 * 15.25)  = 9.8125
    assert returns(np.zeros_like(VALUES), NEVER, NEVER) == [9.8125, 15.25, 23.0]


def test_termination_is_worth_nothing_afterwards():
    # G_1 = 2 + .5 * 0 = 2;  G_0 = 1 + .5 * (.5 * 20 + .5 * 2) = 6.5; row 2 is another episode
    assert returns(np.zeros_like(VALUES), flags(0, 1, 0), NEVER) == [6.5, 2.0, 23.0]


def test_truncation_is_worth_the_final_observation():
    # the final observation is worth 100, whatever the next episode's first one (30) is:
    # G_1 = 2 + .5 * 100 = 52;  G_0 = 1 + .5 * (.5 * 20 + .5 * 52) = 19
    assert returns(column(7.0, 100.0, 7.0), NEVER, flags(0, 1, 0)) == [19.0, 52.0, 23.0]


def test_truncation_in_the_last_row_is_worth_the_final_observation_too():
    # G_2 = 3 + .5 * 100 = 53;  G_1 = 2 + .5 * (.5 * 30 + .5 * 53) = 22.75;  G_0 = 1 + .5 * (10 + 11.375) = 11.6875
    assert returns(column(7.0, 7.0, 100.0), NEVER, flags(0, 0, 1)) == [11.6875, 22.75, 53.0]


def test_termination_in_the_last_row():
    # G_2 = 3;  G_1 = 2 + .5 * (15 + 1.5) = 10.25;  G_0 = 1 + .5 * (10 + 5.125) = 8.5625
    assert returns(np.zeros_like(VALUES), flags(0, 0, 1), NEVER) == [8.5625, 10.25, 3.0]


def test_lambda_0_looks_one_step_ahead_and_lambda_1_to_the_end():
    # one step: 1 + .5 * 20, 2 + .5 * 30, 3 + .5 * 40; to the end: 3 + 20 = 23, 2 + 11.5 = 13.5, 1 + 6.75 = 7.75
    zero, one = each(0.0), each(1.0)
    assert returns(np.zeros_like(VALUES), NEVER, NEVER, lam=zero) == [11.0, 17.0, 23.0]
    assert returns(np.zeros_like(VALUES), NEVER, NEVER, lam=one) == [7.75, 13.5, 23.0]


def test_every_head_has_its_own_discount_and_decay():
    gamma, lam = each(0.5, 0.0, 1.0), each(0.5, 0.9, 1.0)
    values, last = np.tile(VALUES, 3), np.tile(LAST, 3)
    successors = successor_values(values, last, np.zeros_like(values), NEVER, NEVER)
    found = lambda_returns(np.tile(CUMULANTS, 3), successors, NEVER, gamma, lam)
    # discount 0: the cumulant itself; discount 1 and lambda 1: the sum to the end, and the last value
    np.testing.assert_array_equal(found[:, 0], [[9.8125, 1.0, 46.0], [15.25, 2.0, 45.0], [23.0, 3.0, 43.0]])


@pytest.mark.parametrize("seed", range(5))
def test_one_head_is_sb3s_generalised_advantage(seed):
    rng = np.random.default_rng(seed)
    steps, n, gamma, lam = 20, 3, 0.9, 0.7
    rewards, values = rng.normal(size=(2, steps, n)).astype(np.float32)
    last = rng.normal(size=n).astype(np.float32)
    dones = rng.random((steps, n)) < 0.2
    buffer = RolloutBuffer(steps, spaces.Box(0, 1, (1,)), spaces.Discrete(2), "cpu", lam, gamma, n)
    buffer.rewards[:], buffer.values[:] = rewards, values
    buffer.episode_starts[:] = np.concatenate([np.zeros((1, n)), dones[:-1]])
    buffer.compute_returns_and_advantage(torch.as_tensor(last), dones[-1])
    heads = values[..., None], last[:, None]
    successors = successor_values(*heads, np.zeros((steps, n, 1), np.float32), dones, np.zeros_like(dones))
    ours = lambda_returns(rewards[..., None], successors, dones, each(gamma), each(lam))
    np.testing.assert_allclose(ours[..., 0], buffer.returns, atol=1e-5)


NUMBERS = st.floats(-10.0, 10.0, width=32)
ROWS = st.lists(
    st.tuples(NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["goes on", "dies", "is cut"])), min_size=1, max_size=8
)


@given(rows=ROWS, last=NUMBERS, gamma=st.floats(0, 1, width=32), lam=st.floats(0, 1, width=32))
def test_it_is_the_mean_of_n_step_returns(rows, last, gamma, lam):
    """The forward view: n-step returns weighted (1 - lambda) lambda^(n - 1), the rest on the longest."""
    cumulants, values, finals = (column(*[row[i] for row in rows]) for i in range(3))
    died, cut = (flags(*[row[3] == how for row in rows]) for how in ("dies", "is cut"))
    successors = successor_values(values, np.array([[last]], np.float32), finals, died, cut)
    found = lambda_returns(cumulants, successors, died | cut, each(gamma), each(lam))
    expected = [forward_view(rows, t, last, gamma, lam) for t in range(len(rows))]
    np.testing.assert_allclose(found.ravel(), expected, rtol=1e-4, atol=1e-3)


def forward_view(rows: list[tuple[float, float, float, str]], t: int, last: float, gamma: float, lam: float) -> float:
    paid, discount, total, left = 0.0, 1.0, 0.0, 1.0
    for i in range(t, len(rows)):
        cumulant, _, final, how = rows[i]
        paid, discount = paid + discount * cumulant, discount * gamma
        following = rows[i + 1][1] if i + 1 < len(rows) else last
        follows = {"goes on": following, "dies": 0.0, "is cut": final}[how]
        if how != "goes on" or i + 1 == len(rows):
            return total + left * (paid + discount * follows)
        total, left = total + left * (1.0 - lam) * (paid + discount * follows), left * lam
    raise AssertionError("unreachable")

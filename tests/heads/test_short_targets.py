"""Gated targets of the short heads: the first evidence within reach, and which rows may teach."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dualbrain.heads.targets import Bools, Floats, ShortTargets, short_targets

NAN = math.nan


def told(truth: list[float], horizon: int, dies: tuple[int, ...] = (), cut: tuple[int, ...] = ()) -> ShortTargets:
    """Return the targets of one agent and signal, whose episode ends in the rows given."""
    rows = np.array(truth, np.float32).reshape(-1, 1, 1)
    died, truncated = (np.isin(np.arange(len(truth)), ends)[:, None] for ends in (dies, cut))
    return short_targets(rows, died, truncated, np.array([horizon]))


def listed(rows: NDArray[Any]) -> list[Any]:
    column: list[Any] = rows[:, 0, 0].tolist()
    return column


def test_an_event_is_its_discounted_coming():
    short = told([0, 0, 1, 0, 0, 0], horizon=2)
    # gamma = 1 - 1/2; row 2 is the event itself (d = 1), row 1 sees it at d = 2, row 0 not at all
    assert listed(short.target) == [0.0, 0.5, 1.0, 0.0, 0.0, 0.0]
    assert listed(short.evidence) == [True] * 6
    assert listed(short.complete) == [True, True, True, True, True, False]


def test_the_first_event_counts_not_the_largest():
    # horizon 4: gamma = 3/4; row 0 sees .2 at d = 2, whatever comes later
    assert listed(told([0, 0.2, 1, 0, 0], horizon=4).target)[:2] == pytest.approx([0.75 * 0.2, 0.2])


def test_a_level_is_predicted_one_step_ahead():
    assert listed(told([0.3, 0.5, 0.25, 0.5], horizon=3).target) == pytest.approx([0.3, 0.5, 0.25, 0.5])


def test_silence_before_an_event_only_delays_it():
    short = told([NAN, NAN, 1, NAN, NAN, NAN], horizon=3)
    assert listed(short.target)[:4] == pytest.approx([4 / 9, 2 / 3, 1.0, 0.0])
    assert listed(short.evidence) == [True, True, True, False, False, False]


def test_evidence_of_absence_is_evidence():
    short = told([NAN, 0, NAN, NAN, NAN], horizon=2)
    assert listed(short.target) == [0.0] * 5
    assert listed(short.evidence) == [True, True, False, False, False]


def test_an_event_behind_a_zero_still_counts():
    # "if some of it is neither NaN nor 0": a zero on the way does not hide it
    assert listed(told([0, NAN, 1, NAN], horizon=3).target)[0] == pytest.approx(4 / 9)


def test_negative_truth_is_an_event():
    assert listed(told([0, -1, 0, 0], horizon=2).target)[:2] == [-0.5, -1.0]


def test_termination_cuts_the_window():
    # the event in row 2 belongs to the next life; what is left of the window is enough to teach
    short = told([NAN, 0, 1, NAN, NAN, NAN, NAN], horizon=3, dies=(1,))
    assert listed(short.target)[:3] == [0.0, 0.0, 1.0]
    assert listed(short.evidence)[:3] == [True, True, True]
    assert listed(short.complete) == [True, True, True, True, True, False, False]


def test_a_silent_life_is_no_evidence():
    short = told([NAN, NAN, 1, NAN, NAN], horizon=3, dies=(1,))
    assert listed(short.evidence)[:2] == [False, False]


def test_rows_whose_window_crosses_a_truncation_teach_nothing():
    # row 1's window of 2 would go on behind the cut, event or not; row 0's ends before it
    short = told([0, 1, 1, 0, 0], horizon=2, cut=(1,))
    assert listed(short.complete) == [True, False, True, True, False]


def test_rows_whose_window_crosses_the_rollouts_end_teach_nothing_even_if_the_episode_terminates():
    """Those that end in time are a biased sample of the last rows."""
    assert listed(told([0, 0, 0, 0, 0], horizon=3, dies=(4,)).complete) == [True, True, True, False, False]


def test_horizon_1_is_this_very_row():
    short = told([0, 1, NAN, 0.5], horizon=1, cut=(1,))
    assert listed(short.target) == [0.0, 1.0, 0.0, 0.5]
    assert listed(short.evidence) == [True, True, False, True]
    assert listed(short.complete) == [True] * 4


def test_every_signal_has_its_own_horizon_and_every_agent_its_own_life():
    truth = np.zeros((4, 2, 2), np.float32)
    truth[2] = 1.0
    died = np.array([[0, 0], [0, 1], [0, 0], [0, 0]], bool)
    short = short_targets(truth, died, np.zeros_like(died), np.array([1, 2]))
    assert short.target[:, 0].tolist() == [[0.0, 0.0], [0.0, 0.5], [1.0, 1.0], [0.0, 0.0]]
    assert short.target[:, 1].tolist() == [[0.0, 0.0], [0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]


def test_weights_open_the_gate_as_far_as_told():
    short = told([0, NAN, NAN, 1, NAN], horizon=2, cut=(3,))
    # rows 0 and 2 hold evidence, but the cut leaves 3 unfinished; row 1 is silent; row 4 is the rollout's end
    assert listed(short.complete) == [True, True, True, False, False]
    assert listed(short.weights()) == [1.0, 0.0, 1.0, 0.0, 0.0]
    assert listed(short.weights(unlearn=0.25)) == [1.0, 0.25, 1.0, 0.0, 0.0]


def test_the_last_rows_do_not_teach_that_everything_ends_soon():
    """Death hurts, and comes with probability h at every step: the mean target over teaching rows is the exact one."""
    hazard, horizon, steps = 0.1, 5, 8
    died = np.random.default_rng(0).random((steps, 20_000)) < hazard
    short = short_targets(died[..., None].astype(np.float32), died, np.zeros_like(died), np.array([horizon]))
    exact = sum((1 - 1 / horizon) ** (d - 1) * (1 - hazard) ** (d - 1) * hazard for d in range(1, horizon + 1))
    assert short.target[short.complete].mean() == pytest.approx(exact, abs=0.005)


TRUTHS = st.sampled_from([NAN, 0.0, 1.0, -0.5])
ENDS = st.sampled_from(["", "", "", "dies", "cut"])


@given(
    rows=st.lists(st.tuples(TRUTHS, TRUTHS, ENDS), min_size=1, max_size=12),
    horizons=st.tuples(st.integers(1, 6), st.integers(1, 6)),
)
def test_it_is_the_plain_definition(rows, horizons):
    truth = np.array([row[:2] for row in rows], np.float32)[:, None]
    died, cut = (np.array([[row[2] == end] for row in rows]) for end in ("dies", "cut"))
    short = short_targets(truth, died, cut, np.array(horizons))
    for t in range(len(rows)):
        for k, horizon in enumerate(horizons):
            found = short.target[t, 0, k], short.evidence[t, 0, k], short.complete[t, 0, k]
            assert found == pytest.approx(by_definition(truth[:, 0, k], died[:, 0], cut[:, 0], t, horizon))


def by_definition(truth: Floats, died: Bools, cut: Bools, t: int, horizon: int) -> tuple[float, bool, bool]:
    """Walk the window row by row, as the design puts it."""
    seen, whole = [], t + horizon <= len(truth)
    for i in range(t, min(t + horizon, len(truth))):
        seen.append(truth[i])
        if died[i]:
            break
        if cut[i]:
            whole = whole and i + 1 == t + horizon
            break
    events = [(d, value) for d, value in enumerate(seen) if not math.isnan(value) and value != 0]
    target = (1 - 1 / horizon) ** events[0][0] * events[0][1] if events else 0.0
    return target, not all(map(math.isnan, seen)), whole

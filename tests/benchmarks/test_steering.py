"""What steering costs: its share of training, and one agent's step; the report says what is kept."""

from __future__ import annotations

from benchmarks.steering import DRIVES, Alone, Stopwatch, one_agent, report, share_of_training

QUICK = {"n_steps": 16, "batch_size": 64, "n_epochs": 1}


def test_there_are_sixteen_different_drives():
    assert len(set(DRIVES)) == 16


def test_a_stopwatch_times_every_call():
    watch = Stopwatch(divmod)
    assert [watch(7, 2), watch(9, 4)] == [(3, 1), (2, 1)]
    assert len(watch.seconds) == 2
    assert min(watch.seconds) > 0.0


def test_the_cost_is_a_part_of_training():
    assert 0.0 < share_of_training(1, 8, QUICK) < 1.0


def test_one_agent_is_timed_against_a_reference():
    alone = one_agent(20)
    assert alone.microseconds > 0.0
    assert alone.references > 1.0


def test_the_report_says_what_is_kept():
    kept, missed = report(0.03, Alone(251.0, 400.0)).splitlines()
    assert kept == "3.0% of training with 1,024 agents (at most 10%: kept)"
    assert missed == "251 us a step with one agent, 400 times a sum of 16 numbers (at most 250 us: MISSED)"

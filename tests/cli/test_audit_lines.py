"""The command line tells who paid, the world's score beside innate reward, and what is alarming."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
from rich.console import Console

from dualbrain.cli.evaluate import alarm_lines, reward_shares_table
from dualbrain.cli.report import audit_lines, closing_table
from dualbrain.scalars.audit import Alarm
from dualbrain.scalars.books import RewardShares
from tests.command_line import QUICK, Command

WEIGHTS = {"hunger.food": 5.0, "flinch.flinch": 1.0}


def shown(table: Any) -> str:
    text = io.StringIO()
    Console(file=text, width=120).print(table)
    return text.getvalue()


def test_shares_are_laid_out_by_signal():
    lines = shown(reward_shares_table(RewardShares(np.array([6.0, 1.0]), np.array([0.0, 1.0])), WEIGHTS)).splitlines()
    rows = {name: line.split()[3::2] for name in WEIGHTS for line in lines if name in line}
    assert rows == {"hunger.food": ["5", "75.0%", "75.0%", "0.0%"], "flinch.flinch": ["1", "25.0%", "12.5%", "12.5%"]}


def test_nothing_paid_is_no_share():
    assert "0.0%" in shown(reward_shares_table(RewardShares(np.zeros(2), np.zeros(2)), WEIGHTS))
    assert alarm_lines(RewardShares(np.zeros(2), np.zeros(2)), WEIGHTS) == []


def test_alarms_of_fresh_episodes():
    assert alarm_lines(RewardShares(np.array([4.0, 4.0]), np.array([0.0, 2.0])), WEIGHTS) == []
    taken = alarm_lines(RewardShares(np.array([99.0, 1.0]), np.zeros(2)), WEIGHTS)
    assert [line.partition(":")[2] for line in taken] == [" hunger.food has taken over: it paid nearly all reward"]
    assert "60% of all reward" in alarm_lines(RewardShares(np.array([2.0, 2.0]), np.array([3.0, 3.0])), WEIGHTS)[0]


def test_training_ends_with_drift_scores_and_alarms():
    audit = {
        "signals": {"hunger.food": {"share": 0.7, "drift": -0.125}},
        "world_score": 1234.0,
        "innate_score": -2.5,
        "alarms": [Alarm(4096, "thought", "thoughts pay more than evidence: 60%")],
    }
    report = {"modules": {"hunger": {"truth": 1.0, "thought": 0.0}}, "signals": {"hunger.food": {}}, "audit": audit}
    assert "-12.5 points" in shown(closing_table(report))
    assert audit_lines(audit) == [
        "An episode scored 1,234 in the world; its innate reward was -2.5.",
        "[bold]alarm[/] at step 4,096: thoughts pay more than evidence: 60%",
    ]
    assert audit_lines({**audit, "world_score": math.nan, "alarms": []}) == []
    assert audit_lines({}) == []
    assert audit_lines({"lacking": "too little to judge by: no 4 rollouts"}) == [
        "The audit had too little to judge by: no 4 rollouts."
    ]


def test_the_commands_tell_it(dualbrain: Command):
    _, trained, _ = dualbrain("train", "CartPole-v1", "--modules", "extrinsic,novelty:0.5", *QUICK, "-n", "256")
    assert "An episode scored" in trained
    assert "points" in trained
    assert "The audit had too little to judge by" in trained
    _, evaluated, _ = dualbrain("eval", "runs", "--episodes", "3", "--random")
    assert "Shares of all" in evaluated
    assert "innate reward" in evaluated
    assert evaluated.count("novelty.novelty") == 2

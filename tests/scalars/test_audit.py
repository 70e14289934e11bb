"""The audit on books written by hand, and in training: each alarm is provoked, and one training sounds none."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from numpy.typing import NDArray

from agents import DualBrainPPO
from dualbrain import RewardModule, Signal, SteeringSubsystem
from dualbrain.scalars.audit import FEWEST_EPISODES, FEWEST_STEPS, Audit, diverged
from dualbrain.scalars.books import MOST_ROWS, DownsampledSeries, EpisodeReturns, ReturnMoments, RewardShares
from dualbrain.steering.sense import Sense, by_name
from reward_modules import Extrinsic
from tests.event_files import read, scalars, train

WEIGHTS = {"a.x": 1.0, "b.y": -2.0}
NOBODY = ReturnMoments.of(np.zeros((0, 2)))
STEPS, EIGHT = 64, ReturnMoments.of(np.zeros((8, 2)))
"""Of a rollout: four of them make a quarter that can be judged,"""
PATIENCE = 16
"""and so many the first training that can be."""


@dataclass
class Rollout:
    """What two signals paid one agent in one step."""

    truth: tuple[float, float] = (0.0, 0.0)
    thought: tuple[float, float] = (0.0, 0.0)

    @property
    def from_truth(self) -> NDArray[np.float32]:
        return np.array([[self.truth]], np.float32)

    @property
    def from_thought(self) -> NDArray[np.float32]:
        return np.array([[self.thought]], np.float32)


def lives(innate: float, world: float, n: int = 40, seed: int = 0) -> ReturnMoments:
    """Episodes with a standard deviation of 1 in both."""
    return ReturnMoments.of(np.random.default_rng(seed).normal([innate, world], 1.0, (n, 2)))


def audited(
    *rollouts: Rollout, episodes: ReturnMoments = EIGHT, weights: dict[str, float] = WEIGHTS, steps: int = STEPS
) -> Audit:
    audit = Audit()
    for i, rollout in enumerate(rollouts):
        audit.keep(weights, RewardShares.of(rollout), episodes, steps * (i + 1))
        audit.new_alarms()
    return audit


def test_shares_are_of_absolute_rewards():
    readings = Audit().keep(WEIGHTS, RewardShares.of(Rollout((3.0, -4.0), (0.0, 1.0))), NOBODY, 10)
    assert readings.means["audit/a.x.share"] == 3 / 8
    assert readings.means["audit/b.y.share"] == 5 / 8
    assert readings.means["audit/thought"] == 1 / 8
    assert math.isnan(readings.means["audit/world_score"])
    assert "audit/a.x.drift" not in readings.means


def test_drift_is_from_the_first_quarter_to_the_latest():
    audit = audited(*[Rollout((1.0, 1.0))] * 4, *[Rollout((9.0, 0.0))] * 8, *[Rollout((3.0, 1.0))] * 4)
    assert audit.drift() == {"a.x": 0.25, "b.y": -0.25}
    assert audit.report()["signals"]["a.x"] == {"share": 0.75, "drift": 0.25}


def test_where_nothing_is_paid_no_share_is_told():
    audit = audited(Rollout(), Rollout())
    assert math.isnan(audit.drift()["a.x"])
    assert Audit().report()["signals"] == {}


def test_one_signal_takes_over_and_the_alarm_sounds_once():
    audit = audited(*[Rollout((1.0, 1.0))] * PATIENCE, *[Rollout((0.0, -99.0))] * 3 * PATIENCE)
    assert [alarm.kind for alarm in audit.alarms] == ["dominance"]
    assert audit.alarms[0].text.startswith("b.y has taken over")
    assert STEPS * PATIENCE < audit.alarms[0].step < 2 * STEPS * PATIENCE


def test_a_signal_without_a_rival_cannot_take_over():
    audit = audited(*[Rollout((9.0, 0.0))] * 2 * PATIENCE, weights={"a.x": 1.0, "b.y": 0.0})
    assert audit.alarms == []


def test_thoughts_that_pay_more_than_evidence_are_told_once():
    audit = audited(*[Rollout((1.0, 0.0), (-0.5, 1.0))] * 2 * PATIENCE)
    assert [alarm.kind for alarm in audit.alarms] == ["thought"]
    assert audited(*[Rollout((1.0, 0.0), (0.0, 0.9))] * 2 * PATIENCE).alarms == []


DREAMS = Rollout((1.0, 0.0), (0.0, 9.0))


def test_alarms_wait_for_episodes_and_for_steps():
    assert audited(*[DREAMS] * (PATIENCE - 4)).alarms == []
    assert audited(*[DREAMS] * PATIENCE).alarms[0].step <= STEPS * PATIENCE
    assert audited(*[DREAMS] * 4 * PATIENCE, episodes=NOBODY).alarms == []
    assert audited(*[DREAMS] * PATIENCE, steps=8).alarms == []


def test_long_rollouts_are_judged_from_the_fourth_on():
    audit = audited(*[DREAMS] * 4, episodes=lives(0.0, 0.0), steps=10_000)
    assert [(alarm.kind, alarm.step) for alarm in audit.alarms] == [("thought", 40_000)]


def test_it_says_what_was_too_little_to_judge_by():
    assert "4 rollouts" in Audit().lacking()
    assert "4 rollouts" in audited(*[DREAMS] * 3).lacking()
    short = audited(*[DREAMS] * 8).lacking()
    assert "16 episodes ended in the 128 steps of the latest quarter" in short
    assert f"alarms need {FEWEST_EPISODES} in {FEWEST_STEPS} steps" in short
    assert audited(*[DREAMS] * PATIENCE).report()["lacking"] == ""
    late = audited(*[DREAMS] * 15)
    late.keep(WEIGHTS, RewardShares.of(DREAMS), lives(0.0, 0.0), 10_000)
    assert late.lacking() == ""


def test_scores_need_an_earlier_quarter_to_be_compared_with():
    audit = audited(*[DREAMS] * 15, episodes=NOBODY)
    audit.keep(WEIGHTS, RewardShares.of(DREAMS), lives(0.0, 0.0), 10_000)
    assert "no quarter before the latest has 30 episodes" in audit.lacking()


def test_other_drives_or_weights_open_new_books():
    audit = audited(*[Rollout((9.0, 0.0))] * (PATIENCE - 1))
    audit.keep({**WEIGHTS, "a.x": 3.0}, RewardShares.of(Rollout((9.0, 0.0))), NOBODY, 999)
    assert audit.new_alarms() == []
    assert audit.drift() == {}


def quarters(*means: tuple[float, float], n: int = 100) -> list[ReturnMoments]:
    return [lives(*mean, n, seed) for seed, mean in enumerate(means)]


def test_innate_reward_that_rises_while_the_score_falls_parts_from_it():
    assert "the score fell from 2.9" in diverged(quarters((0, 0), (1, 3), (5, 2), (9, 1)))


@pytest.mark.parametrize(
    "means",
    [
        ((0, 0), (1, 1), (2, 2), (3, 3)),
        ((3, 3), (2, 2), (1, 1), (0, 0)),
        ((3, 0), (2, 1), (1, 2), (0, 3)),
        ((0, 3), (0, 2), (0, 1), (0, 0)),
        ((0, 0), (1, 0), (2, 0), (3, 0)),
        ((0.0, 0.3), (0.1, 0.2), (0.2, 0.1), (0.3, 0.0)),
    ],
    ids=["both rise", "both fall", "score alone rises", "score alone falls", "innate alone rises", "too little"],
)
def test_anything_else_is_no_parting(means):
    assert diverged(quarters(*means)) == ""


def test_few_episodes_are_no_evidence():
    assert diverged(quarters((0, 9), (0, 9), (0, 9), (9, 0), n=29)) == ""
    assert diverged([NOBODY] * 4) == ""


def test_scores_that_never_vary_may_part():
    steady = [ReturnMoments.of(np.full((40, 2), mean, float)) for mean in ((0, 1), (0, 1), (1, 0), (1, 0))]
    assert diverged(steady)
    assert diverged(steady[:1] * 4) == ""


@pytest.mark.parametrize("trainings", [100, pytest.param(500, marks=pytest.mark.slow)])
def test_chance_sounds_no_alarm(trainings: int):
    """Trainings in which nothing changes, in a world whose score and innate reward pull against each other."""
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(trainings):
        audit = Audit()
        for step in range(40):
            luck = rng.normal(size=(8, 1)) * [[1.0, -1.0]] + rng.normal(0.0, 0.3, (8, 2))
            audit.keep(WEIGHTS, RewardShares.of(Rollout((1.0, 1.0))), ReturnMoments.of(luck), STEPS * (step + 1))
            alarms += len(audit.new_alarms())
        assert audit.lacking() == ""
    assert alarms == 0


def test_only_whole_episodes_are_counted():
    episodes = EpisodeReturns(np.array([True, False]))
    ones, no, yes, both = np.ones(2), np.zeros(2, bool), np.ones(2, bool), np.ones(2, bool)
    episodes.step(ones, 10 * ones, no, both)
    episodes.step(ones, 10 * ones, yes, both)
    assert episodes.take() == ReturnMoments(1, 2.0, 4.0, 20.0, 400.0)
    episodes.step(ones, 10 * ones, yes, np.array([True, False]))
    assert episodes.take().means == (0.5, 5.0)
    assert episodes.take() == NOBODY


def test_a_long_track_grows_coarser_but_loses_nothing():
    track = DownsampledSeries()
    for i in range(5 * MOST_ROWS):
        track.add(np.array([1.0, float(i)]))
    assert len(track) < MOST_ROWS
    total = np.sum(track.quarters(), axis=0)
    assert total.tolist() == [5 * MOST_ROWS, sum(range(5 * MOST_ROWS))]


def test_reward_shares_add_up():
    paid = RewardShares(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    assert paid.shares.tolist() == [0.5, 0.5]
    assert paid.by_thought == 0.25


class Temptation(gymnasium.Env[Any, np.int64]):
    """Action 1 is sweet, and scores -1; action 0 scores 1. An episode lasts 8 steps."""

    observation_space = gymnasium.spaces.Box(0.0, 1.0, (1,))
    action_space = gymnasium.spaces.Discrete(2)
    senses = by_name([Sense("sugar", 0.0, 1.0, "event", "1 after a sweet"), Sense("said", 0.0, 1.0)])

    def reset(self, *, seed=None, options=None):
        self.t = 0
        return np.ones(1, np.float32), {"senses": {"sugar": 0.0, "said": 0.0}}

    def step(self, action):
        self.t += 1
        score = -1.0 if action else 1.0
        return np.ones(1, np.float32), score, self.t == 8, False, {"senses": {"sugar": float(action), "said": 0.0}}


class Sweet(RewardModule):
    """Loves sugar."""

    emits = (Signal("taste"),)

    def truth(self, sugar):
        return {"taste": sugar}


class Restraint(RewardModule):
    """Loves to do without sugar."""

    emits = (Signal("pride"),)

    def truth(self, sugar):
        return {"pride": 1.0 - sugar}


class Daydream(RewardModule):
    """Is paid for the mere thought of what pays."""

    emits = (Signal("hope", low=-1.0, high=1.0, horizon=2),)

    def truth(self, thought, sugar):
        return {"hope": np.tanh(1.0 + thought["extrinsic.reward"]) + 0.0 * sugar}


QUICK: dict[str, Any] = {"n_steps": 32, "batch_size": 64, "learning_rate": 0.003, "gamma": 0.5, "seed": 0}


def alarms_of(folder: Path) -> set[str]:
    return {tag.removesuffix("/text_summary") for tag in read(folder).Tags()["tensors"] if tag.startswith("alarm/")}


def tempted(folder: Path, *modules: RewardModule, **weights: float) -> DualBrainPPO:
    steering = SteeringSubsystem(modules, weights)
    return train(folder, Temptation(), 32 * 40, steering=steering, **QUICK)


def test_reward_hacking_sounds_the_alarm(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, "dualbrain"):
        agent = tempted(tmp_path, Sweet())
    assert [alarm.kind for alarm in agent.audit.alarms] == ["parting"]
    assert [record.message.partition(":")[0] for record in caplog.records] == [f"step {agent.audit.alarms[0].step:,}"]
    assert alarms_of(tmp_path) == {"alarm/parting"}
    written = scalars(tmp_path)
    assert written["audit/world_score"][0][1] > -4 > written["audit/world_score"][-1][1]
    assert written["audit/innate_score"][0][1] < 6 < written["audit/innate_score"][-1][1]


def test_a_drive_that_is_too_heavy_sounds_the_alarm(tmp_path):
    assert [alarm.kind for alarm in tempted(tmp_path, Extrinsic(), Sweet(), sweet=0.01).audit.alarms] == ["dominance"]
    assert alarms_of(tmp_path) == {"alarm/dominance"}


def test_daydreams_sound_the_alarm(tmp_path):
    dream = SteeringSubsystem([Extrinsic(), Daydream()], {"extrinsic": 0.1}, thought_cap=1.0)
    agent = train(tmp_path, Temptation(), 32 * 40, steering=dream, **QUICK)
    assert "thought" in {alarm.kind for alarm in agent.audit.alarms}
    assert "alarm/thought" in alarms_of(tmp_path)


def test_a_sane_training_sounds_none(tmp_path, caplog):
    agent = tempted(tmp_path, Extrinsic(), Restraint())
    assert agent.audit.alarms == []
    assert caplog.records == []
    assert alarms_of(tmp_path) == set()


def test_the_books_are_saved_with_the_brain(tmp_path):
    agent = tempted(tmp_path, Sweet())
    agent.save(tmp_path / "model.zip")
    loaded = DualBrainPPO.load(tmp_path / "model.zip")
    assert loaded.audit.alarms == agent.audit.alarms
    assert loaded.audit.curve() == agent.audit.curve()
    assert loaded.audit.curve()[-1][0] == 32 * 40


def test_learning_on_leaves_out_the_episode_under_way():
    agent = DualBrainPPO("BrainPolicy", Temptation(), steering=[Extrinsic()], **{**QUICK, "n_steps": 20})
    agent.learn(20)
    agent.learn(20, reset_num_timesteps=False)
    assert [round(point[0]) for point in agent.audit.curve()] == [20, 40]
    assert agent.audit.report()["world_score"] == pytest.approx(agent.audit.curve()[-1][2])

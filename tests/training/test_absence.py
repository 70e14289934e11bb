"""An agent that is dead in a world that goes on is left out of everything: what its rows hold does not matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecEnv

from agents import DualBrainPPO
from dualbrain import NO_REFLEX, SteeringSubsystem, SteeringVecEnv, UserError
from dualbrain.episodes.evaluate import evaluate, evaluate_random
from dualbrain.heads.targets import lambda_returns, short_targets
from dualbrain.training.rollout import flatten
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from tests.sample_worlds.commune import AGENTS, LIMIT, Commune, Lived, lifespan
from tests.sample_worlds.counting import ACTIONS, Count, world_score
from tests.training.test_alignment import opinionate, subsystem

STEPS, N = 40, 2 * AGENTS
GAMMA, LAMBDA = 0.9, 0.8
Rows = NDArray[Any]


class Unmasked(BatchedVecEnv):
    """The control: a batch that says that everybody is always there."""

    def present(self) -> NDArray[np.bool_]:
        return np.ones(self.num_envs, bool)

    alive = present


class Keep(BaseCallback):
    """Keeps what was logged, and the latest infos of ended episodes."""

    def __init__(self) -> None:
        super().__init__()
        self.episodes: list[tuple[int, float]] = []
        self.logged: list[dict[str, float]] = []

    def _on_step(self) -> bool:
        infos = [info["episode"] for info in self.locals["infos"] if "episode" in info]
        self.episodes += [(episode["l"], episode["r"]) for episode in infos]
        return True

    def _on_rollout_end(self) -> None:
        self.logged.append(dict(self.logger.name_to_value))


def brain(venv: VecEnv, **settings: Any) -> DualBrainPPO:
    chosen = {"n_steps": STEPS, "batch_size": 32, "n_epochs": 2, "gamma": GAMMA, "gae_lambda": LAMBDA, "seed": 1}
    agent = DualBrainPPO("BrainPolicy", venv, steering=subsystem(), **{**chosen, **settings})
    opinionate(agent)
    return agent


def learned(rubbish: int | None, batch: type[BatchedVecEnv] = BatchedVecEnv, sensed: bool = True) -> dict[str, Any]:
    """Return every parameter, moment and logged figure after three rollouts."""
    generator = None if rubbish is None else np.random.default_rng(rubbish)
    agent, keep = brain(batch(Commune(N, generator, sensed))), Keep()
    agent.learn(3 * STEPS * N, callback=keep)
    return {
        "networks": dict(agent.policy.state_dict()),
        "optimizer": agent.policy.optimizer.state_dict()["state"],
        "assessor optimizer": agent.policy.assessor_optimizer.state_dict()["state"],  # type: ignore[union-attr]
        "log": [{k: v for k, v in row.items() if not k.startswith("time/")} for row in keep.logged],
        "after": {k: v for k, v in agent.logger.name_to_value.items() if not k.startswith("time/")},
        "episodes": keep.episodes,
        "report": agent.report(),
    }


def same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, str):
        return bool(one == other)
    return bool(np.array_equal(one, other, equal_nan=True))


@pytest.mark.parametrize("rubbish", [0, 1])
def test_what_absent_rows_hold_does_not_matter(rubbish):
    """Not to any parameter or moment, nor to any figure in the log."""
    clean, foul = learned(None), learned(rubbish)
    assert {what: same(clean[what], foul[what]) for what in clean} == dict.fromkeys(clean, True)


def test_without_the_mask_it_does():
    """The control; the senses are spared, since the steering subsystem would not stand them."""
    clean, foul = learned(None, Unmasked), learned(0, Unmasked, sensed=False)
    assert not same(clean["networks"], foul["networks"])
    assert not same(clean["networks"], learned(None)["networks"]), "to be padded with zeros is not to be left out"


@pytest.fixture(scope="module")
def lived() -> Lived:
    return Lived(2 * STEPS)


def test_the_fixture_is_interesting(lived):
    absent = ~lived.present
    assert 0.2 < absent.mean() < 0.6
    assert lived.terminated.any()
    assert lived.truncated.any()
    assert (absent[1:] & ~absent[:-1] & lived.terminated[:-1]).any(), "death leads to absence"
    assert (~absent[1:] & lived.terminated[:-1]).any(), "but not where all are dead"
    assert (~absent[1:] & absent[:-1]).any(), "which ends with a birth"


def test_presence_is_what_was_reckoned(lived):
    venv = BatchedVecEnv(Commune(N, np.random.default_rng(0)))
    venv.reset()
    assert venv.present().all()
    for t in range(len(lived.who) - 1):
        venv.step(np.zeros(N, np.int64))
        np.testing.assert_array_equal(venv.present(), lived.present[t])
        np.testing.assert_array_equal(venv.alive(), lived.present[t + 1])


def test_lengths_and_returns_begin_at_birth(lived):
    venv = BatchedVecEnv(Commune(N, np.random.default_rng(0)))
    venv.reset()
    found = []
    for _ in range(len(lived.who)):
        _, _, dones, infos = venv.step(np.zeros(N, np.int64))
        found += [(i, infos[i]["episode"]["l"], infos[i]["episode"]["r"]) for i in np.flatnonzero(dones)]
    wanted = []
    for t, i in np.argwhere(lived.terminated | lived.truncated):
        life, length = lived.life[t, i], lived.age[t, i] + 1
        assert length == min(LIMIT, lifespan(i // AGENTS, life, i % AGENTS))
        wanted.append((i, length, sum(world_score(i, life, age) for age in range(1, length + 1))))
    np.testing.assert_allclose(found, wanted)


def test_rows_must_fill_worlds():
    with pytest.raises(UserError, match="multiple of the 3 agents"):
        BatchedVecEnv(Commune(4))


class LivedThrough:
    """A brain with arbitrary heads that lived through two rollouts without learning."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, world: Callable[[], Commune]):
        self.agent = brain(BatchedVecEnv(world()))
        monkeypatch.setattr(self.agent, "train", lambda: None)
        keep = Keep()
        self.agent.learn(2 * STEPS * N, callback=keep)
        self.logged = keep.logged[-1]
        self.record, self.buffer, lived = self.agent.rollout, self.agent.rollout_buffer, Lived(2 * STEPS)
        for name in ("who", "life", "age", "present", "terminated", "truncated", "obs", "final"):
            setattr(self, name, getattr(lived, name)[STEPS:])


@pytest.fixture(params=[None, 0], ids=["zeros", "rubbish"])
def lives(request, monkeypatch):
    return LivedThrough(
        monkeypatch, lambda: Commune(N, None if request.param is None else np.random.default_rng(request.param))
    )


def test_observations_ends_and_starts(lives):
    np.testing.assert_array_equal(lives.record.present, lives.present)
    np.testing.assert_array_equal(lives.record.terminated, lives.terminated)
    np.testing.assert_array_equal(lives.record.truncated, lives.truncated)
    there = lives.present
    np.testing.assert_array_equal(lives.buffer.observations[there], lives.obs[there])
    np.testing.assert_array_equal(lives.buffer.episode_starts.astype(bool)[there], lives.age[there] == 0)


def test_absent_rows_have_no_truth_pay_or_reflex(lives):
    absent, record = ~lives.present, lives.record
    assert np.isnan(record.truth[absent]).all()
    for rows in (record.worth, record.reward, record.from_truth, record.from_thought, record.preempted):
        assert not rows[absent].any()


def test_rows_that_were_lived_through_are_about_their_step(lives):
    there = lives.present
    who, life, landed = lives.who[there], lives.life[there], lives.age[there] + 1
    truth, worth = lives.record.truth[there], lives.record.worth[there]
    np.testing.assert_array_equal(truth[:, 0], np.where(landed % 2 == 0, landed, np.nan))
    np.testing.assert_allclose(truth[:, 2], world_score(who, life, landed), rtol=1e-6)
    np.testing.assert_array_equal(worth, np.stack([1.0 + who, np.full(len(who), 2.0), 1.0 + life], axis=-1))
    startled = lives.age[there] % 3 == 0
    np.testing.assert_array_equal(lives.record.preempted[there], startled)
    executed = lives.record.executed[there]
    np.testing.assert_array_equal(executed[startled], ((who + lives.age[there]) % ACTIONS)[startled])
    np.testing.assert_array_equal(truth[:, 1], executed)


def test_nothing_leaks_across_absence(lives):
    """Advantages and both kinds of targets are those of every life by itself."""
    record, buffer, agent = lives.record, lives.buffer, lives.agent
    assert agent.policy.assessors is not None
    gamma, lam = agent.policy.assessors.gamma, agent.policy.assessors.gae_lambda
    checked = 0
    for i in range(N):
        for rows in episodes(lives.present[:, i], lives.terminated[:, i] | lives.truncated[:, i]):
            ended, cut = lives.terminated[rows, i], lives.truncated[rows, i]
            if not (ended | cut)[-1]:
                continue
            checked += 1
            truth, one = record.truth[rows, i : i + 1], (ended[:, None], cut[:, None])
            short = short_targets(truth, *one, agent.policy.assessors.horizon)
            np.testing.assert_array_equal(record.targets.short.target[rows, i], short.target[:, 0])
            values, follows = buffer.values[rows, i], record.successors()[rows, i : i + 1]
            long = lambda_returns(record.settled[rows, i : i + 1], follows, one[0] | one[1], gamma, lam)
            np.testing.assert_array_equal(record.targets.long[rows, i], long[:, 0])
            advantage = 0.0
            for t in reversed(range(len(values))):
                following = values[t + 1] if t + 1 < len(values) else 0.0
                delta = buffer.rewards[rows, i][t] + GAMMA * following - values[t]
                advantage = delta + GAMMA * LAMBDA * (advantage if t + 1 < len(values) else 0.0)
                np.testing.assert_allclose(buffer.advantages[rows, i][t], advantage, rtol=1e-4, atol=1e-3)
    assert checked > 20


def episodes(present: Rows, ended: Rows) -> list[slice]:
    """Return the rows of every life in one column."""
    found, start = [], None
    for t in range(len(present)):
        if present[t] and start is None:
            start = t
        if start is not None and (ended[t] or t + 1 == len(present)):
            found.append(slice(start, t + 1))
            start = None
    return found


def test_the_policys_minibatches_hold_the_present_and_willing(lives):
    left_out = flatten(lives.record.preempted | ~lives.record.present)
    lives.buffer.left_out = left_out
    drawn = np.concatenate([batch.observations for batch in lives.buffer.get(16)])
    wanted = flatten(lives.obs)[~left_out]
    assert sorted(map(tuple, drawn.tolist())) == sorted(map(tuple, wanted.tolist()))


def test_figures_are_over_the_present(lives):
    there = lives.present
    logged = lives.logged
    score = world_score(lives.who, lives.life, lives.age + 1)[there]
    assert logged["world/present"] == there.mean()
    np.testing.assert_allclose(logged["world/reward"], score.mean(), rtol=1e-5)
    np.testing.assert_allclose(logged["reward/total"], lives.record.reward[there].mean(), rtol=1e-5)
    np.testing.assert_allclose(logged["drive/count.age.evidence"], ((lives.age + 1) % 2 == 0)[there].mean(), rtol=1e-5)
    np.testing.assert_allclose(logged["world/reflexes"], (lives.age % 3 == 0)[there].mean(), rtol=1e-5)


class Remembers(Count):
    """Counts the steps of this life."""

    def bind(self, n):
        self.steps = np.zeros(n, np.int64)

    def truth(self, age, did, extrinsic_reward):
        self.steps += 1
        self.seen = self.steps.copy()
        return {"age": np.where(age % 2 == 0, age, np.nan), "did": did, "score": extrinsic_reward}

    def reset(self, done):
        self.steps[done] = 0


def test_the_reborn_begin_without_memory(lived):
    module = Remembers()
    body = SteeringVecEnv(BatchedVecEnv(Commune(N, np.random.default_rng(0))), SteeringSubsystem([module]))
    body.reset()
    for t in range(len(lived.who)):
        body.step(np.zeros(N, np.int64))
        np.testing.assert_array_equal(module.seen[lived.present[t]], lived.age[t][lived.present[t]] + 1)
        assert (body._reflex[~body.alive()] == NO_REFLEX).all()


@pytest.mark.parametrize("rubbish", [None, 0])
def test_evaluation_counts_lives(rubbish):
    """Every agent plays its share: the first lives of each, with lengths and scores that can be reckoned."""
    world = Commune(N, None if rubbish is None else np.random.default_rng(rubbish))
    agent = brain(BatchedVecEnv(Commune(N)))
    played = evaluate(agent, BatchedVecEnv(world), 2 * N, seed=0)
    wanted = []
    for who in range(N):
        for life in range(2):
            length = min(LIMIT, lifespan(who // AGENTS, life, who % AGENTS))
            wanted.append((length, sum(world_score(who, life, age) for age in range(1, length + 1))))
    found = list(zip(played.lengths.tolist(), played.scores.tolist(), strict=True))
    np.testing.assert_allclose(sorted(found), sorted(wanted), rtol=1e-5)
    assert played.signals["count.did"].windows > 0


def test_what_is_evaluated_does_not_depend_on_rubbish():
    agent = brain(BatchedVecEnv(Commune(N)))
    clean, foul = (
        evaluate(agent, BatchedVecEnv(Commune(N, rubbish)), 2 * N, seed=0)
        for rubbish in (None, np.random.default_rng(0))
    )
    assert clean.signals.keys() == foul.signals.keys()
    for name, foresight in clean.signals.items():
        assert same(list(vars(foresight).values()), list(vars(foul.signals[name]).values()))
    assert evaluate_random(BatchedVecEnv(Commune(N, np.random.default_rng(0))), N).lengths.max() <= LIMIT


def test_evaluation_fills_worlds():
    """Seven episodes in a world of three take nine agents."""
    options = {"agents": 3, "size": 12, "apples": 12, "max_episode_steps": 40}
    assert len(evaluate_random("dualbrain/Commons-v0", 7, seed=0, env_kwargs=options).lengths) == 7


def test_when_nobody_is_there_nothing_is_learned():
    """A whole rollout without anybody: parameters stay, nothing fails, nothing is logged of it."""

    class Deserted(BatchedVecEnv):
        def present(self):
            return np.zeros(self.num_envs, bool)

        alive = present

    agent = brain(Deserted(Commune(N)))
    before = {name: value.clone() for name, value in agent.policy.state_dict().items()}
    agent.learn(STEPS * N)
    assert same(before, dict(agent.policy.state_dict()))

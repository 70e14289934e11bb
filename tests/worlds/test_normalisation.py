"""Agents trained in a `VecNormalize`: who normalises, by which statistics, and whose reward is the score."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import gymnasium
import numpy as np
import pytest
from stable_baselines3.common.callbacks import CheckpointCallback, EvalCallback
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv, VecFrameStack, VecMonitor, VecNormalize

from agents import DualBrainPPO
from agents.society import Society
from dualbrain import RewardModule, Signal, SteeringSubsystem, SteeringVecEnv
from dualbrain.episodes.evaluate import evaluate, evaluate_random
from dualbrain.episodes.record import record
from dualbrain.errors import UserError
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.spaces.normalisation import as_trained, normaliser_of
from dualbrain.worlds.steering_vec_env import Scorecard
from dualbrain.worlds.vec_env.raw_world import RawWorld, world_beneath

LENGTH, PAY = 10, 100.0
SETTINGS: dict[str, Any] = {"n_steps": 32, "batch_size": 64, "n_epochs": 1, "seed": 0, "device": "cpu", "pictures": 0}


class Far(gymnasium.Env[Any, np.int64]):
    """Is far from 0 and pays much; observations come back: each is one of three."""

    observation_space = gymnasium.spaces.Box(-1e4, 1e4, (2,))
    action_space = gymnasium.spaces.Discrete(2)

    def look(self) -> Any:
        return np.array([1000.0 + self.t % 3, 7.0], np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t = 0
        return self.look(), {}

    def step(self, action):
        self.t += 1
        return self.look(), PAY, self.t >= LENGTH, False, {}


def far(n: int = 2, monitored: bool = True) -> VecEnv:
    return DummyVecEnv([lambda: Monitor(Far()) if monitored else Far()] * n)


class Reading(RewardModule):
    """Reads everything: the world's reward, how often it saw this, and its own prediction where it hears nothing."""

    emits = (Signal("pay", low=-np.inf, high=np.inf, horizon=4), Signal("new", horizon=4, defer=0.5))

    def truth(self, extrinsic_reward, visits):
        return {"pay": extrinsic_reward, "new": np.where(visits > 3, np.nan, 1.0 / visits)}

    def worth(self):
        return {"pay": -3.0, "new": 1.0}


def brain(env: Any, **settings: Any) -> DualBrainPPO:
    return DualBrainPPO("BrainPolicy", env, steering=[Reading()], **{**SETTINGS, **settings})


@pytest.fixture(scope="module")
def agent() -> DualBrainPPO:
    return brain(VecNormalize(far())).learn(256)


def largest(agent: DualBrainPPO, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a list that gets the largest number in every observation that policy, heads and slow copy read."""
    seen: list[float] = []

    def noting(real: Callable[..., Any], obs: Any, **how: Any) -> Any:
        seen.append(float(np.abs(obs).max()))
        return real(obs, **how)

    for name in ("predict", "assess", "percept"):
        monkeypatch.setattr(agent, name, partial(noting, getattr(agent, name)))
    return seen


def silent(n: int) -> Scorecard:
    """Return a scorecard that expects nothing of ``n`` worlds."""
    return lambda _: np.zeros((n, 2), np.float32)


def statistics(venv: VecEnv | None) -> Any:
    """Return the running mean and variance of the observations of a `VecNormalize` somewhere in ``venv``."""
    assert venv is not None
    normaliser = normaliser_of(venv)
    assert normaliser is not None
    return normaliser.obs_rms


def count_of(venv: VecEnv | None) -> float:
    return float(statistics(venv).count)


@pytest.mark.parametrize(
    "world",
    [
        far,
        lambda: VecNormalize(far(), training=False, norm_reward=False),
        lambda: VecNormalize(far(), norm_obs=False),
        lambda: VecMonitor(VecNormalize(far(monitored=False), clip_obs=0.01)),
        lambda: SteeringVecEnv(VecNormalize(far()), SteeringSubsystem([Reading()]), silent(2)),
        lambda: VecNormalize(SteeringVecEnv(far(), SteeringSubsystem([Reading()]), silent(2))),
    ],
)
def test_an_evaluation_normalises_once_and_scores_in_the_worlds_own_reward(
    agent: DualBrainPPO, world: Callable[[], VecEnv], monkeypatch: pytest.MonkeyPatch
):
    seen, env, before = largest(agent, monkeypatch), world(), count_of(agent.env)
    given = normaliser_of(env)
    state = dict(vars(given)) if given else {}
    played = evaluate(agent, env, 4, seed=1)
    assert played.scores.tolist() == [LENGTH * PAY] * 4
    assert played.innate_scores is not None
    assert played.innate_scores.min() >= -3.0 * LENGTH * PAY, "steered once"
    assert 0.1 < max(seen) < 5.0
    recording = record(agent, env, 2, seed=1)
    assert max(seen) < 5.0
    assert set(recording.table["score"].tolist()) == {PAY}
    assert count_of(agent.env) == before
    if given:
        assert given.training == state["training"]
        assert {name: vars(given)[name] for name in state if name in ("obs_rms", "norm_obs", "clip_obs")} == {
            name: state[name] for name in state if name in ("obs_rms", "norm_obs", "clip_obs")
        }
    assert evaluate_random(env, 2, seed=1).scores.tolist() == [LENGTH * PAY] * 2


def test_its_own_environment_may_be_evaluated_in():
    agent = brain(VecNormalize(far())).learn(128)
    before = count_of(agent.env)
    given = agent.get_env()
    assert isinstance(given, VecNormalize)
    played = evaluate(agent, given, 4, seed=0)
    assert played.scores.tolist() == [LENGTH * PAY] * 4
    assert agent.env is not None
    assert evaluate(agent, agent.env, 2, seed=0).scores.tolist() == [LENGTH * PAY] * 2
    assert count_of(agent.env) == before
    assert given.training
    assert evaluate_policy(agent, given, 2)[0] == LENGTH * PAY
    agent.learn(128)
    assert count_of(agent.env) > before + 128


def test_stable_baselines_own_evaluation_and_checkpoints(tmp_path):
    train, test = VecNormalize(far()), VecNormalize(far(1), training=False, norm_reward=False)
    agent = brain(train)
    evaluation = EvalCallback(test, eval_freq=32, n_eval_episodes=2, verbose=0)
    checkpoint = CheckpointCallback(64, str(tmp_path), save_vecnormalize=True)
    agent.learn(128, [evaluation, checkpoint])
    assert evaluation.last_mean_reward == LENGTH * PAY
    np.testing.assert_allclose(statistics(test).mean[0], 1001.0, atol=2.0)
    assert list(tmp_path.glob("*vecnormalize*.pkl"))
    assert agent.get_vec_normalize_env() is train


def test_the_steering_senses_and_the_audit_are_of_the_world():
    agent = brain(VecMonitor(VecNormalize(far(monitored=False), clip_reward=0.1))).learn(128)
    assert agent.report()["audit"]["world_score"] == pytest.approx(LENGTH * PAY)
    assert {entry["r"] for entry in agent.ep_info_buffer or ()} == {LENGTH * PAY}
    np.testing.assert_array_equal(agent.rollout.truth[..., 0], PAY)
    np.testing.assert_array_equal(agent.steering_env.world_reward, PAY)


STACKS: dict[str, Callable[[VecEnv], VecEnv]] = {
    "VecNormalize": VecNormalize,
    "VecFrameStack": lambda venv: VecFrameStack(venv, 3),
    "VecNormalize of frames": lambda venv: VecNormalize(VecFrameStack(venv, 3)),
    "frames of VecNormalize": lambda venv: VecFrameStack(VecNormalize(venv), 3),
    "VecMonitor": lambda venv: VecMonitor(VecNormalize(venv)),
}


def lived(venv: VecEnv) -> list[tuple[float, float, float]]:
    """Return visits, reward sensed and world's reward of 35 steps: some episodes end among them."""
    body = SteeringVecEnv(venv, SteeringSubsystem([Reading()]), scorecard=silent(1))
    body.reset()
    told = []
    for _ in range(35):
        body.step(np.array([0]))
        senses = body.transition_senses()
        told.append((float(senses["visits"][0]), float(senses["extrinsic_reward"][0]), float(body.world_reward[0])))
    return told


@pytest.mark.parametrize("name", STACKS)
def test_visits_and_rewards_are_of_the_world_whatever_stands_around_it(name):
    assert lived(STACKS[name](far(1))) == lived(far(1))


def test_the_layers_around_a_world_stay_what_they_are():
    plain = far(1)
    env = VecNormalize(plain)
    raws = [RawWorld(env) for _ in range(3)]
    assert env.venv is plain
    assert world_beneath(env) is plain
    raw = raws[0]
    raw.reset(env.reset())
    for _ in range(LENGTH):
        step = env.step(np.array([0]))
    obs, rewards, dones, infos = raw.step(step)
    assert dones[0]
    assert obs[0].tolist() == [1000.0, 7.0]
    assert infos[0]["terminal_observation"].tolist() == [1001.0, 7.0]
    assert rewards.tolist() == [PAY]
    assert all(other.step(step)[0] is obs for other in raws), "one tap is enough"


def saved(agent: DualBrainPPO, folder: Any) -> Any:
    agent.save(folder / "model.zip")
    return folder / "model.zip"


def test_statistics_come_with_the_model(agent: DualBrainPPO, tmp_path, monkeypatch: pytest.MonkeyPatch):
    path = saved(agent, tmp_path)
    loaded = DualBrainPPO.load(path)
    seen = largest(loaded, monkeypatch)
    expected = evaluate(agent, far(), 4, seed=3)
    assert evaluate(loaded, far(), 4, seed=3).signals == expected.signals
    assert max(seen) < 5.0
    again = DualBrainPPO.load(saved(loaded, tmp_path))
    assert evaluate(again, far(), 4, seed=3).signals == expected.signals


def test_a_plain_environment_is_put_into_the_models_statistics_with_a_warning(agent: DualBrainPPO, tmp_path):
    path, plain = saved(agent, tmp_path), far()
    with pytest.warns(UserWarning, match="was put into one with the agent's own statistics") as told:
        loaded = DualBrainPPO.load(path, plain)
    assert told[0].filename == __file__
    given = loaded.get_env()
    assert isinstance(given, VecNormalize)
    assert given.venv is plain
    count = count_of(given)
    assert count == count_of(agent.env)
    loaded.learn(128)
    assert np.abs(loaded.rollout_buffer.observations).max() < 5.0
    assert count_of(given) > count
    with pytest.warns(UserWarning, match="was put into one") as told:
        loaded.set_env(far())
    assert told[0].filename == __file__
    assert count_of(loaded.env) > count


def test_a_normalised_environment_keeps_its_statistics_and_a_fresh_one_takes_the_models(
    agent: DualBrainPPO, tmp_path, caplog: pytest.LogCaptureFixture
):
    path = saved(agent, tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        fresh = DualBrainPPO.load(path, VecNormalize(far()))
        assert count_of(fresh.env) == count_of(agent.env)
        assert not caplog.records
        other = VecNormalize(far())
        statistics(other).update(np.zeros((5, 2)))
        DualBrainPPO.load(path, other)
    assert count_of(other) == pytest.approx(5.0, abs=0.1)
    assert "keeps its statistics" in caplog.text


def test_two_of_them_are_one_too_many():
    with pytest.raises(UserError, match="two VecNormalize"):
        brain(VecNormalize(VecNormalize(far())))


def test_a_world_of_other_observations_is_told(agent: DualBrainPPO):
    with pytest.raises(UserError, match=r"does not fit the brain: its observations are \(4,\).* \(2,\)"):
        evaluate(agent, "CartPole-v1", 1)


def test_statistics_stand_in_for_a_while():
    env, known = VecNormalize(far(1), epsilon=0.5), VecNormalize(far(1))
    statistics(known).update(np.full((9, 2), 4.0))
    own, block = env.obs_rms, ExitStack()
    assert block.enter_context(as_trained(env, known)) is env
    assert (env.obs_rms, env.epsilon, env.training) == (known.obs_rms, known.epsilon, False)
    block.close()
    assert (env.obs_rms, env.epsilon, env.training) == (own, 0.5, True)


def test_a_society_in_a_normalised_world(tmp_path):
    options = {"agents": 2, "size": 8, "apples": 6, "max_episode_steps": 16}
    venv = VecNormalize(make_vec_env("dualbrain/Commons-v0", 4, env_kwargs=options), clip_reward=1e-3)
    settings = {"steering": ["extrinsic"], **{key: SETTINGS[key] for key in ("n_steps", "batch_size", "n_epochs")}}
    brains = {"one": {"agents": 0, **settings}, "other": {"agents": 1, **settings}}
    society = Society(venv, brains, seed=0)
    society.learn(256)
    one = society.brains["one"]
    assert one.get_vec_normalize_env() is venv
    np.testing.assert_array_equal(
        one.steering_env.world_reward, one.steering_env.transition_senses()["extrinsic_reward"]
    )
    society.save(tmp_path)
    loaded = DualBrainPPO.load(tmp_path / "one.zip")
    known: Any = loaded.get_vec_normalize_env()
    assert count_of(venv) == known.obs_rms.count
    played = evaluate(one, "dualbrain/Commons-v0", 4, seed=0, env_kwargs=options)
    assert evaluate(loaded, "dualbrain/Commons-v0", 4, seed=0, env_kwargs=options).scores.tolist() == (
        played.scores.tolist()
    )


def test_the_scorecard_reads_what_predict_reads(agent: DualBrainPPO):
    scorecard: Scorecard | None = agent.scorecard
    assert scorecard is not None
    assert agent.steering_env.scorecard is not None
    seen = agent.env.reset()  # type: ignore[union-attr]
    assert scorecard(seen).tolist() == agent.steering_env.scorecard(seen).tolist()

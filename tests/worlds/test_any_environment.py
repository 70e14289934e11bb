"""Any environment trains: actions and observations of every kind, wrapped, batched or in processes."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.callbacks import EvalCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import SubprocVecEnv, VecNormalize

from agents import DualBrainPPO
from dualbrain import RewardModule, Signal, SteeringSubsystem, SteeringVecEnv, UserError
from dualbrain.training.rollout import flatten
from reward_modules import Extrinsic, Hunger, Novelty, Thirst
from tests.sample_worlds.corridor import REACH, Corridor

STEPS = 32


class Switches(gymnasium.Env[Any, Any]):
    """MultiDiscrete actions: the score is the number of switches set to what is shown."""

    observation_space = spaces.MultiDiscrete([2, 3])
    action_space = spaces.MultiDiscrete([2, 3])

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.shown, self.age = self.np_random.integers([2, 3]), 0
        return self.shown, {}

    def step(self, action: Any) -> Any:
        score, self.age = float((action == self.shown).sum()), self.age + 1
        self.shown = self.np_random.integers([2, 3])
        return self.shown, score, False, self.age == 10, {}


def brain(env: Any, steering: Any = (Extrinsic,), **kwargs: Any) -> DualBrainPPO:
    settings = {"n_steps": STEPS, "batch_size": 16, "n_epochs": 2, "seed": 0, **kwargs}
    return DualBrainPPO("BrainPolicy", env, steering=steering, **settings)


def trains(agent: DualBrainPPO) -> DualBrainPPO:
    """Train for two rollouts; every parameter that has a gradient must have moved, and none be broken."""
    before = {name: value.clone() for name, value in agent.policy.named_parameters()}
    agent.learn(2 * STEPS * agent.n_envs)
    after = dict(agent.policy.named_parameters())
    assert all(bool(torch.isfinite(value).all()) for value in after.values())
    assert any(not torch.equal(before[name], after[name]) for name in after if "assessors" in name)
    assert any(not torch.equal(before[name], after[name]) for name in after if "action_net" in name)
    return agent


def executed(agent: DualBrainPPO) -> Any:
    """Return the actions carried out in the order of SB3's buffer after training."""
    assert agent.rollout.executed is not None
    return flatten(agent.rollout.executed)


def test_box_actions():
    agent = trains(brain("Pendulum-v1"))
    np.testing.assert_array_equal(executed(agent), np.clip(agent.rollout_buffer.actions, -2.0, 2.0))


def test_multidiscrete_actions():
    agent = trains(brain(Switches(), n_envs=1))
    np.testing.assert_array_equal(executed(agent), agent.rollout_buffer.actions)


def test_dict_observations_whose_text_is_left_out():
    agent = trains(brain("MiniGrid-Empty-5x5-v0", n_envs=2))
    assert isinstance(agent.observation_space, spaces.Dict)
    assert set(agent.observation_space.spaces) == {"image", "direction"}
    assert set(agent.assess(agent.steering_env.reset())["long"]) == {"extrinsic.reward"}


def test_pictures_with_the_cnn_cortex():
    from minigrid.wrappers import ImgObsWrapper

    pictures = ImgObsWrapper(gymnasium.make("MiniGrid-Empty-5x5-v0"))  # type: ignore[no-untyped-call]
    agent = trains(brain(pictures, cortex="cnn"))
    assert agent.observation_space.shape == (3, 7, 7)
    assert type(agent.policy.vf_features_extractor).__name__ == "SmallCNN"
    assert agent.policy.vf_features_extractor is not agent.policy.pi_features_extractor


def test_the_cnn_cortex_says_what_it_cannot_read():
    for env in ("CartPole-v1", "MiniGrid-Empty-5x5-v0"):
        with pytest.raises(UserError, match="the cnn cortex reads images"):
            brain(env, cortex="cnn")


def test_an_unknown_cortex_is_told():
    with pytest.raises(UserError, match="did you mean 'cnn'"):
        brain("CartPole-v1", cortex="cn")


def test_visits_are_counted_in_any_environment():
    agent = trains(brain("MiniGrid-Empty-5x5-v0", [Extrinsic, Novelty], n_envs=2))
    novelty = agent.rollout.truth[..., 1]
    visits = np.round(novelty**-2.0)
    np.testing.assert_allclose(novelty, visits**-0.5, rtol=1e-5)
    assert visits.max() > 3


def test_visits_are_counted_by_hand():
    env = SteeringVecEnv(make_vec_env(Corridor, 1), SteeringSubsystem([Novelty()]))
    env.reset()
    met = []
    for action in (0, 1, 0, 1, 1, 1, 1):
        _, _, dones, _ = env.step(np.array([action]))
        met.append(round(float(env.last.truth[0, 0]) ** -2.0))
    # starts in the middle (1); left 1, middle 2, left 2, middle 3, +1, +2, the end +3; then again the middle
    assert met == [1, 2, 2, 3, 1, 1, 1]
    assert dones[0]
    env.step(np.array([1]))
    env.step(np.array([0]))
    assert env.last.truth[0, 0] == pytest.approx(5**-0.5), "the middle: three times, once at reset, and now"


@pytest.mark.parametrize("inside", [True, False])
def test_normalised_observations_inside_and_outside(inside):
    plain = make_vec_env(Corridor, 2)
    if inside:
        env: Any = VecNormalize(plain, norm_reward=False)
        agent = brain(env, [DeferringHunger])
    else:
        body = SteeringVecEnv(plain, SteeringSubsystem([DeferringHunger()]))
        env = VecNormalize(body, norm_reward=False)
        agent = brain(env, ())
        assert agent.steering_env is body
    trains(agent)
    assert env.obs_rms.count > STEPS
    assert np.abs(agent.rollout_buffer.observations).max() > 1.0, "the policy sees normalised observations"
    assert len(np.unique(agent.rollout.settled)) > 2, "and so does the slow copy"


class DeferringHunger(RewardModule):
    """Tastes only at the ends, so that thoughts stand in elsewhere."""

    emits = (Signal("food", horizon=4, defer=0.5),)

    def truth(self, ate, drank):
        return {"food": np.where(ate + drank > 0, ate, np.nan)}


def test_the_scorecard_outside_normalisation_reads_what_the_policy_reads():
    """The body hands out raw observations; the slow copy was trained on normalised ones."""
    env = VecNormalize(
        SteeringVecEnv(make_vec_env(Corridor, 2), SteeringSubsystem([DeferringHunger()])), norm_reward=False
    )
    agent = trains(brain(env, ()))
    raw = np.eye(2 * REACH + 1, dtype=np.float32)
    policy = agent.policy
    assert policy.slow is not None
    seen = policy.percept(torch.as_tensor(env.normalize_obs(raw)))
    expected = policy.slow_predictions(policy.slow.cortex.first_thoughts(seen)).numpy()
    assert agent.scorecard is not None
    assert agent.steering_env.scorecard is not None
    np.testing.assert_allclose(agent.steering_env.scorecard(raw), expected, atol=1e-6)
    np.testing.assert_allclose(agent.scorecard(env.normalize_obs(raw)), expected, atol=1e-6)


def test_environments_in_processes():
    env = SubprocVecEnv([lambda: gymnasium.make("CartPole-v1")] * 2, start_method="fork")
    agent = trains(brain(env))
    env.close()
    assert agent.n_envs == 2


def test_worlds_with_senses_in_processes():
    env = SubprocVecEnv([Corridor] * 2, start_method="fork")
    agent = trains(brain(env, [Hunger, Thirst]))
    env.close()
    assert agent.rollout.truth.shape[-1] == 2


def test_an_instance_is_trained_in_and_evaluation_reports_the_worlds_score():
    agent = trains(brain(Switches()))
    mean, _ = evaluate_policy(agent, agent.env, n_eval_episodes=2)  # type: ignore[arg-type]
    assert 0.0 <= float(np.mean(mean)) <= 20.0
    hungry = brain(Corridor(), [Hunger])
    hungry.learn(STEPS)
    assert {entry["r"] for entry in hungry.ep_info_buffer or []} == {0.0}, "the world pays nothing, the drive does"
    assert hungry.rollout.reward.max() > 0.0


def test_what_does_not_fit_is_told_at_once():
    with pytest.raises(UserError, match=r"unknown sense 'ate' \(read by hunger.truth\)"):
        brain("CartPole-v1", [Hunger])
    with pytest.raises(UserError, match=r"n_steps \(8\) must exceed the longest horizon \(extrinsic.reward: 8\)"):
        brain("CartPole-v1", n_steps=8)
    with pytest.raises(UserError, match="unknown environment 'CartPol-v1'"):
        brain("CartPol-v1")
    with pytest.raises(UserError, match="no modules"):
        brain("CartPole-v1", [])
    with pytest.raises(UserError, match="an environment must be"):
        brain(3)


def test_a_short_rollout_will_do_where_nobody_assesses():
    brain("CartPole-v1", n_steps=8, batch_size=8, assessors=False).learn(16)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an accelerator")
def test_on_an_accelerator():
    trains(brain("CartPole-v1", [Extrinsic, Novelty], device="cuda"))


def test_evaluation_during_training(tmp_path):
    agent = brain(make_vec_env(Corridor, 2), [Hunger, Thirst])
    evaluation = EvalCallback(make_vec_env(Corridor, 1), eval_freq=20, log_path=str(tmp_path), verbose=0)
    agent.learn(2 * STEPS * 2, callback=evaluation)
    assert evaluation.best_mean_reward == 0.0, "the world's score, not the drives'"


class Wishful(RewardModule):
    """Reads a thought."""

    emits = (Signal("wish"),)

    def truth(self, thought):
        return {"wish": thought["extrinsic.reward"]}


def test_reading_thoughts_needs_assessors():
    with pytest.raises(UserError, match="no assessor"):
        brain("CartPole-v1", [Extrinsic, Wishful], assessors=False)

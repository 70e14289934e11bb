"""Steps and rollouts tell what was done, felt and paid, and where episodes begin and end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from stable_baselines3.common.env_util import make_vec_env

from dualbrain import Signal, SteeringSubsystem, SteeringVecEnv
from dualbrain.training.rollout import VALENCE, Rollout, flatten
from dualbrain.training.step import Step
from reward_modules import Hunger
from tests.sample_worlds.corridor import LEFT, REACH, RIGHT, Corridor

MEAL = 0.75
"""Energy .2 of .8: what a meal is worth."""


@pytest.fixture
def body() -> SteeringVecEnv:
    return SteeringVecEnv(make_vec_env(Corridor, 2), SteeringSubsystem([Hunger()]))


def walked(body: SteeringVecEnv, rollout: Rollout, ways: tuple[int, ...], steps: int) -> list[Step]:
    """Walk ``steps`` steps from a reset, each agent its way."""
    obs, taken = body.reset(), []
    rollout.begin()
    for _ in range(steps):
        starts = body.starts
        following, _, dones, infos = body.step(np.array(ways))
        taken.append(Step.of(body, obs, following, dones, infos, starts))
        rollout.add(taken[-1])
        obs = following
    return taken


def test_a_rollout_holds_its_steps_row_by_row(body):
    rollout = Rollout(4, 2, body.steering.signals, keep_obs=True)
    steps = walked(body, rollout, (LEFT, RIGHT), 4)
    assert rollout.full
    np.testing.assert_array_equal(rollout.reward, [[0, 0], [0, 0], [MEAL, 0], [0, 0]])
    np.testing.assert_array_equal(rollout.truth[..., 0], [[0, 0], [0, 0], [1, 0], [0, 0]])
    np.testing.assert_array_equal(rollout.terminated, [[False] * 2] * 2 + [[True] * 2] + [[False] * 2])
    assert not rollout.truncated.any()
    np.testing.assert_array_equal(rollout.episode_starts, [[True] * 2] + [[False] * 2] * 2 + [[True] * 2])
    np.testing.assert_array_equal(rollout.executed, [[LEFT, RIGHT]] * 4)
    np.testing.assert_array_equal(rollout.observations, [step.obs for step in steps])
    assert rollout.present.all()
    assert not rollout.predicted
    assert rollout.td_errors == {}


def test_a_step_knows_the_observation_that_it_led_to(body):
    *_, last = walked(body, Rollout(3, 2, body.steering.signals), (LEFT, RIGHT), 3)
    np.testing.assert_array_equal(last.final_obs.argmax(axis=1), [0, 2 * REACH])
    np.testing.assert_array_equal(last.next_obs.argmax(axis=1), [REACH, REACH])
    np.testing.assert_array_equal(last.dones, [True, True])


def test_parts_of_observations_are_kept_by_name():
    rollout = Rollout(2, 3, {"a.b": Signal("b")}, keep_obs=True)
    rollout._keep_obs({"one": np.ones((3, 4)), "two": np.arange(3)})
    assert rollout.observations["one"].shape == (2, 3, 4)
    assert rollout.observations["two"][0].tolist() == [0, 1, 2]


def test_td_errors_go_by_name():
    rollout = Rollout(2, 1, {"a.b": Signal("b")})
    rollout.settled[0], rollout.long[:], rollout.last_long[:] = 1.0, 2.0, 4.0
    rollout.set_targets(np.array([1]), np.array([0.5], np.float32), np.array([0.9], np.float32))
    rollout.valence_errors = np.array([[3.0], [4.0]], np.float32)
    assert {name: errors.ravel().tolist() for name, errors in rollout.td_errors.items()} == {
        "a.b": [1.0 + 0.5 * 2.0 - 2.0, 0.0 + 0.5 * 4.0 - 2.0],
        VALENCE: [3.0, 4.0],
    }
    rollout.begin()
    assert VALENCE not in rollout.td_errors


def test_rows_are_flattened_agent_by_agent():
    assert flatten(np.array([[0, 10], [1, 11]])).tolist() == [0, 1, 10, 11]


def test_where_episodes_begin_goes_with_the_worlds_state(body):
    walked(body, Rollout(3, 2, body.steering.signals), (LEFT, LEFT), 3)
    body.step(np.array([LEFT, LEFT]))
    state: dict[str, Any] = body.state_dict()
    assert not state["starts"].any()
    body.reset()
    assert body.starts.all()
    body.load_state_dict(state)
    assert not body.starts.any()

"""Agents carry the state of a cortex along: every thought is that of the whole episode so far, wherever it is read.

In the counting world an observation is ``(agent, life, age)``, so that what a cortex that adds them up has come to
follows from the last one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv
from torch import Tensor

from agents import DualBrainPPO
from agents.sb3.a2c import SteeredA2C
from agents.sb3.dqn import SteeredDQN
from dualbrain import SteeringSubsystem
from dualbrain.cortex.experience import Lesson, Observations, State
from dualbrain.cortex.interface import Cortex, CortexSchedule
from dualbrain.cortex.stream import ThoughtStream
from dualbrain.episodes.evaluate import evaluate
from dualbrain.episodes.record import record
from dualbrain.errors import UserError
from dualbrain.training.observer import About, Observer
from dualbrain.training.rollout import Rollout
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from tests.sample_worlds.commune import AGENTS, Commune
from tests.sample_worlds.counting import LENGTHS, Count, Counting, CountingBatch

STEPS, WINDOW, BEFORE = 12, 4, 100.0
Rows = NDArray[Any]


def summed(obs: Any) -> Tensor:
    """Return all observations of an episode up to ``(..., 3)``, added up, and what was remembered at its start."""
    who, life, age = torch.as_tensor(obs, dtype=torch.float32).unbind(-1)
    return BEFORE + torch.stack([(age + 1) * who, (age + 1) * life, age * (age + 1) / 2], dim=-1)


class Sum(Cortex):
    """Adds up what it sees in an episode; checks what it is taught, and that absent agents teach it nothing."""

    width = 3
    window = WINDOW
    lessons = 0

    def __init__(self, space: Any):
        super().__init__()

    def initial_state(self, n: int) -> State:
        return (torch.full((n, 3), BEFORE),)

    def forward(self, obs: Observations, state: State = (), hidden: Tensor | None = None) -> tuple[Tensor, State]:
        assert isinstance(obs, Tensor)
        total = state[0] + obs
        return total, (total,)

    def losses(self, lesson: Lesson) -> Mapping[str, Tensor]:
        Sum.lessons += 1
        here = lesson.windows.present
        assert torch.equal(lesson.thoughts[here], summed(lesson.windows.obs)[here])
        return {}


class Scheduled(Sum):
    """Checks what it is taught from a memory of its own, in rollouts that windows do not divide."""

    window = 5
    schedule = CortexSchedule(updates=2, windows=16)

    def losses(self, lesson: Lesson) -> Mapping[str, Tensor]:
        super().losses(lesson)
        rows = [each.flatten(0, 1) for each in (lesson.thoughts, lesson.short_target, lesson.short_weight)]
        return {"short": lesson.heads.short_loss(*rows)}


class Checks(Observer):
    """Checks every rollout: predictions are those of the sums, and what pays without evidence is the slow copy's."""

    def __init__(self, network: Any):
        self.network, self.rollouts, self.cut, self.paid = network, 0, 0, 0

    def on_rollout_start(self, about: About) -> None:
        self.steering_env = about.steering_env
        self.steps: list[Any] = []

    def on_step(self, step: Any) -> None:
        self.steps.append((np.array(step.obs), np.array(step.final_obs)))
        self.next = np.array(step.next_obs)

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:
        obs, finals = (np.stack(rows) for rows in zip(*self.steps, strict=True))
        here, predict = rollout.present, self.network.predictions
        short, long = predict(summed(obs))
        assert_close(rollout.short[here], short[here])
        assert_close(rollout.long[here], long[here])
        alive = self.steering_env.alive()
        assert_close(rollout.last_long[alive], predict(summed(self.next))[1][alive])
        assert_close(rollout.final_long[rollout.truncated], predict(summed(finals))[1][rollout.truncated])
        self.check_slow(rollout, finals)
        self.rollouts, self.cut = self.rollouts + 1, self.cut + int(rollout.truncated.sum())
        return {}

    def check_slow(self, rollout: Rollout, finals: Rows) -> None:
        """The age is settled by half of the prediction where it is odd."""
        odd = rollout.present & (finals[..., 2] % 2 == 1)
        expected = self.network.slow_predictions(summed(finals)).numpy()[..., 0]
        assert_close(rollout.settled[odd][:, 0], 0.5 * expected[odd].clip(-10.0, 10.0))
        self.paid += len(np.unique(rollout.settled[odd][:, 0]))


def assert_close(ours: Rows, expected: Rows) -> None:
    """Compare predictions that were made in batches of other shapes, so that processors round their sums otherwise."""
    np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-5)


def batched() -> VecEnv:
    return BatchedVecEnv(CountingBatch())


def several() -> VecEnv:
    return DummyVecEnv([partial(Counting, who) for who in range(len(LENGTHS))])


def commune() -> VecEnv:
    return BatchedVecEnv(Commune(2 * AGENTS, np.random.default_rng(0)))


PPO = {"n_steps": STEPS, "batch_size": STEPS, "n_epochs": 1}
ALGORITHMS: dict[str, tuple[Any, dict[str, Any]]] = {
    "ppo": (DualBrainPPO, PPO),
    "a2c": (SteeredA2C, {"window": STEPS, "n_steps": 5}),
    "dqn": (SteeredDQN, {"window": STEPS, "learning_starts": 10, "buffer_size": 100}),
}


def made(name: str, world: VecEnv, cortex: type[Cortex] = Sum) -> tuple[Any, Checks]:
    cls, settings = ALGORITHMS[name]
    steering = SteeringSubsystem([Count()], weights={"count.age": 2.0, "count.score": 0.5})
    given = {"gamma": 0.9, "seed": 1, "learning_rate": 1e-3, "cortex": cortex, **settings}
    agent = cls("BrainPolicy" if name == "ppo" else "MlpPolicy", world, steering=steering, **given)
    give_opinions(agent.assessing)
    return agent, Checks(agent.assessing)


def give_opinions(network: Any) -> None:
    """Let live heads and slow copy predict something, and not the same."""
    generator = torch.Generator().manual_seed(0)
    for module in (network.assessors, network.slow):
        for parameter in module.parameters():
            torch.nn.init.normal_(parameter.data, std=0.02, generator=generator)


@pytest.mark.parametrize(
    ("name", "world", "cortex"),
    [(name, world, Sum) for name in ALGORITHMS for world in (batched, several, commune)]
    + [(name, commune, Scheduled) for name in ("ppo", "a2c")],
)
def test_every_thought_of_training_is_of_the_episode_so_far(name: str, world: Any, cortex: type[Cortex]):
    agent, checks = made(name, world(), cortex)
    lessons, n = Sum.lessons, agent.n_envs
    agent.learn(2 * STEPS * n, callback=checks)
    agent.learn(2 * STEPS * n, callback=checks, reset_num_timesteps=False)
    assert checks.rollouts >= 4 - (name != "ppo")
    assert checks.cut > 0
    assert checks.paid > 10
    assert Sum.lessons > lessons


class Told:
    """An agent that checks whatever is asked of it."""

    def __init__(self, agent: Any):
        self.agent, self.asked = agent, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.agent, name)

    def assess(self, obs: Any, **state: Any) -> Any:
        self.asked += 1
        found = self.agent.assess(obs, **state)
        short, long = self.agent.assessing.predictions(summed(obs))
        for k, name in enumerate(found["short"]):
            assert found["short"][name].tolist() == short[:, k].tolist()
            assert found["long"][name].tolist() == long[:, k].tolist()
        return found


@pytest.mark.parametrize("name", ["ppo", "a2c"])
@pytest.mark.parametrize("world", [batched, several])
def test_episodes_that_are_played_are_assessed_with_what_was_seen_in_them(name: str, world: Any):
    agent, _ = made(name, world())
    told: Any = Told(agent)
    assert len(evaluate(told, world(), 9, seed=0).lengths) == 9
    recording = record(told, world(), 9, seed=0)
    assert told.asked > 20
    short = agent.assessing.predictions(summed(recording.observations))[0]
    assert_close(recording.table["prediction/count.age"], short[:, 0])


def test_observations_that_stand_alone_begin_an_episode():
    agent, _ = made("ppo", batched())
    obs = np.array([[1, 2, 3], [2, 0, 6]], np.float32)
    predicted = agent.assessing.predictions(torch.as_tensor(BEFORE + obs))[0]
    assert agent.assess(obs)["short"]["count.age"].tolist() == predicted[:, 0].tolist()
    assert agent._think(obs).tolist() == (BEFORE + obs).tolist()
    slow = agent.assessing.slow_predictions(torch.as_tensor(BEFORE + obs)).tolist()
    assert [agent.scorecard(obs).tolist(), agent.scorecard(obs).tolist()] == [slow, slow]


def test_stored_states_are_those_that_windows_begin_in():
    agent, _ = made("ppo", batched())
    agent.learn(STEPS * 3)
    (states,) = agent.rollout.states
    obs = agent.rollout_buffer.observations.reshape(3, STEPS, 3)[:, ::WINDOW].swapaxes(0, 1)
    assert states.tolist() == (summed(obs) - torch.as_tensor(obs)).tolist()


def test_a_stream_of_many_is_many_streams():
    """Of one who is born again and of one whose episode is over too."""
    rng = np.random.default_rng(0)
    together, alone = ThoughtStream(Sum(None)), [ThoughtStream(Sum(None)) for _ in range(3)]
    for _ in range(5):
        obs = torch.as_tensor(rng.integers(0, 9, (3, 3)), dtype=torch.float32)
        starts, some = rng.random(3) < 0.4, rng.permutation(3)[:2]
        thoughts = together.think(obs, starts)
        for i, stream in enumerate(alone):
            assert torch.equal(stream.think(obs[i : i + 1], starts[i : i + 1]), thoughts[i : i + 1])
            assert torch.equal(stream.peek(obs[i : i + 1]), together.peek(obs)[i : i + 1])
        assert torch.equal(together.peek_some(obs[some], some), together.peek(obs)[some])
        together.restart(obs[some], some)
        for i in some:
            alone[i].restart(obs[i : i + 1], np.array([0]))


def test_a_stream_goes_on_from_its_state_and_refuses_another():
    stream, other = ThoughtStream(Sum(None)), ThoughtStream(Sum(None))
    obs = torch.ones(2, 3)
    stream.think(obs)
    other.load_state_dict(stream.state_dict())
    assert torch.equal(stream.think(obs, np.array([False, True])), other.think(obs, np.array([False, True])))
    with pytest.raises(UserError, match=r"arrays of the shapes \[\(2, 4\)\] are no state of the cortex"):
        other.load_state_dict({"state": [np.zeros((2, 4))]})


@pytest.mark.parametrize("name", ["ppo", "a2c"])
def test_actor_and_critic_do_not_notice_what_only_watches(name: str):
    (mine, moments), (other, others) = (learned(name, cortex) for cortex in (Sum, Blank))
    assert mine.keys() == other.keys()
    assert len(mine) > 4
    assert all(torch.equal(mine[key], other[key]) for key in mine)
    assert str(moments) == str(others)


def learned(name: str, cortex: type[Cortex]) -> tuple[dict[str, Tensor], dict[int, Any]]:
    """Return the parameters of actor and critic, and the moments of their optimizer, where no prediction pays."""
    agent, _ = made(name, batched(), cortex)
    agent.set_weights({"count.age": 0.0})
    policy = agent.learn(3 * STEPS * 3).policy
    kept = {name: value for name, value in policy.state_dict().items() if name.split(".")[0] in PARTS}
    return kept, policy.optimizer.state_dict()["state"]


PARTS = ("action_net", "value_net", "mlp_extractor")


class Blank(Cortex):
    """Thinks of nothing."""

    width = 1

    def __init__(self, space: Any):
        super().__init__()

    def forward(self, obs: Observations, state: State = (), hidden: Tensor | None = None) -> tuple[Tensor, State]:
        assert isinstance(obs, Tensor)
        return torch.zeros(len(obs), 1), state

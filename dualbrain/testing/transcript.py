"""Record the transitions of a world under given actions, alone or in a batch, in one form."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import VectorEnv
from gymnasium.vector.utils import concatenate, create_empty_array, iterate

from dualbrain.steering.reward_module import Array
from dualbrain.testing.contract import require
from dualbrain.worlds.vec_env.stated import rows_present

World = gymnasium.Env[Any, Any]
Batch = VectorEnv[Any, Any, Any]


@dataclass(frozen=True)
class TranscriptStep:
    """One transition of one world; the first of a transcript is its reset."""

    obs: Any
    """What the action led to: at an episode's end, the final observation."""
    reward: float
    terminated: bool
    truncated: bool
    senses: Mapping[str, Any]
    """What the transition earned."""
    next_obs: Any
    """What the next action is chosen by: after an episode's end, the reset's."""
    next_senses: Mapping[str, Any]
    present: bool = True
    """Whether the agent took part: among several, one that died is absent until its world begins anew."""


@dataclass
class Transcript:
    """Transitions by world and step, and whatever was handed out, each beside a copy made at once."""

    steps: list[list[TranscriptStep]]
    handed_out: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def add(self, obs: Any, info: Any) -> None:
        """Keep an observation and an info, and copies of them."""
        out = {"observation": obs, "info": info}
        self.handed_out.append((out, copy.deepcopy(out)))


def draw_actions(space: gymnasium.Space[Any], n: int, steps: int, seed: int) -> list[list[Any]]:
    """Draw the actions of ``n`` worlds at each of ``steps`` steps."""
    space.seed(seed)
    return [[space.sample() for _ in range(n)] for _ in range(steps)]


def record_alone(world: World, actions: Sequence[Any], seed: int) -> Transcript:
    """Seed one world, take the actions in it, and begin anew wherever an episode ends."""
    obs, info = world.reset(seed=seed)
    transcript = Transcript([[_step(obs, 0.0, False, False, info)]])
    transcript.add(obs, info)
    for action in actions:
        obs, reward, terminated, truncated, info = world.step(action)
        transcript.add(obs, info)
        end = _step(obs, float(reward), terminated, truncated, info)
        if terminated or truncated:
            obs, info = world.reset()
            transcript.add(obs, info)
        transcript.steps[0].append(_step(obs, end.reward, terminated, truncated, info, end))
    return transcript


def record_batch(batch: Batch, actions: Sequence[Sequence[Any]], seed: int) -> Transcript:
    """Seed a batch of worlds that reset in the same step, and take the actions in it."""
    obs, info = batch.reset(seed=seed)
    idle = np.zeros(batch.num_envs, bool)
    transcript = Transcript([[step] for step in _batch_steps(batch, obs, idle, idle, idle, info)])
    transcript.add(obs, info)
    for chosen in actions:
        obs, rewards, terminated, truncated, info = batch.step(_joined(batch, chosen))
        transcript.add(obs, info)
        for rows, step in zip(
            transcript.steps, _batch_steps(batch, obs, rewards, terminated, truncated, info), strict=True
        ):
            rows.append(step)
    return transcript


def _joined(batch: Batch, actions: Sequence[Any]) -> Any:
    empty = create_empty_array(batch.single_action_space, batch.num_envs)
    return concatenate(batch.single_action_space, actions, empty)  # type: ignore[arg-type]


def senses_in(info: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """Return ``info["senses"]``, without the masks that Gymnasium's batches put beside the values."""
    require(isinstance(info.get("senses"), Mapping), f"{where}: info has no mapping 'senses'")
    return {name: value for name, value in info["senses"].items() if not name.startswith("_")}


def _step(
    obs: Any,
    reward: float,
    terminated: bool,
    truncated: bool,
    info: Mapping[str, Any],
    end: TranscriptStep | None = None,
) -> TranscriptStep:
    obs, senses = copy.deepcopy(obs), dict(senses_in(info, "world"))
    earned = (end.obs, end.senses) if end else (obs, senses)
    return TranscriptStep(earned[0], reward, terminated, truncated, earned[1], obs, senses)


def _batch_steps(
    batch: Batch, obs: Any, rewards: Array, terminated: Array, truncated: Array, info: Mapping[str, Any]
) -> list[TranscriptStep]:
    """Take one step of a batch apart: at an episode's end, ``info`` is the reset's and ``final_info`` the last one."""
    done = terminated | truncated
    next_obs = [copy.deepcopy(one) for one in iterate(batch.observation_space, obs)]
    next_senses = _apart(senses_in(info, "batch"), batch.num_envs)
    last_obs, last_senses = list(next_obs), list(next_senses)
    if done.any():
        finals = _final_senses(info, done, batch.num_envs)
        for i in np.flatnonzero(done):
            last_obs[i], last_senses[i] = copy.deepcopy(info["final_obs"][i]), finals[i]
    present = rows_present(batch.unwrapped, np.ones(batch.num_envs, np.bool_)).tolist()
    ends = (terminated.tolist(), truncated.tolist())
    columns = (last_obs, rewards.tolist(), *ends, last_senses, next_obs, next_senses, present)
    return [TranscriptStep(*row) for row in zip(*columns, strict=True)]


def _final_senses(info: Mapping[str, Any], done: Array, n: int) -> list[dict[str, Any]]:
    for key in ("final_obs", "final_info"):
        require(key in info, f"batch: an episode ended, but info has no '{key}'")
        marked = np.array_equal(info.get(f"_{key}", ()), done)
        require(marked, f"batch: info['_{key}'] does not mark the worlds whose episode ended")
    return _apart(senses_in(info["final_info"], "batch, final_info"), n)


def _apart(senses: Mapping[str, Any], n: int) -> list[dict[str, Any]]:
    for name, values in senses.items():
        right = isinstance(values, np.ndarray) and values.shape == (n,)
        require(right, f"batch: sense '{name}' is not an array of shape ({n},)")
    return [{name: values[i] for name, values in senses.items()} for i in range(n)]

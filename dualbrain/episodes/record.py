"""Record episodes step by step: senses, predictions, settled signals, rewards, actions and pictures.

A recording is one tidy table with a row per step. Row ``t`` of an episode holds the predictions at ``obs_t``, the
action taken there, and what that step brought; pictures show the world at ``obs_t``.
"""

from __future__ import annotations

import copy
import logging
import math
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dualbrain.episodes.acting import Acting
from dualbrain.episodes.camera import Camera, File
from dualbrain.episodes.lending import Played, longest, with_all_senses, worlds
from dualbrain.episodes.play import Brain, play
from dualbrain.heads.targets import Bools, successor_values
from dualbrain.steering.sense import Sense
from dualbrain.steering.signal import Signal
from dualbrain.structured.ranges import EPISODES
from dualbrain.worlds.options import agents_of
from dualbrain.worlds.rendering import RGB_ARRAY
from dualbrain.worlds.spaces.shapes import check_fit
from dualbrain.worlds.steering_vec_env import SteeringVecEnv
from dualbrain.worlds.vec_env.endings import cut_short, final_observations

Table = dict[str, NDArray[Any]]
"""Columns ``(S,)`` by name, over S steps."""
STEERED = {
    "truth": "truth",
    "settled": "settled",
    "worth": "worth",
    "paid_by_truth": "from_truth",
    "paid_by_thought": "from_thought",
}
"""Columns per signal that the steering subsystem makes, and what it calls them;"""
FORESEEN = {"prediction": "short", "long": "long"}
"""those that the assessors do."""


@dataclass(frozen=True)
class Recording:
    """E episodes, one after another."""

    table: Table
    """See `dualbrain.episodes.schema` for what each column means."""
    signals: Mapping[str, Signal]
    """By full name, in the order of the steering subsystem's."""
    senses: Mapping[str, Sense]
    weights: Mapping[str, float]
    """Of the signals, as they were in force."""
    pictures: Mapping[int, list[File]] = field(default_factory=dict)
    """By episode, one for each of its steps; of those that were to be drawn, if the world can be seen."""
    observations: Any = None
    """(S, ...) arrays, or a dict of them, as the agent reads them; None in a recording that was read from a file."""

    @property
    def episodes(self) -> NDArray[np.int64]:
        """(E,) numbers of the episodes."""
        return np.unique(self.table["episode"])

    def rows(self, episode: int) -> slice:
        """Return where an episode's rows are."""
        here = np.flatnonzero(self.table["episode"] == episode)
        return slice(int(here[0]), int(here[-1]) + 1)

    def column(self, kind: str, signal: str) -> NDArray[Any]:
        """Return one column of a signal ``(S,)``; NaN throughout for an agent without assessors."""
        absent = np.full(len(self.table["episode"]), np.nan, np.float32)
        return self.table.get(f"{kind}/{signal}", absent)


def record(
    agent: Brain,
    env: Played,
    episodes: int = 8,
    seed: int | None = None,
    env_kwargs: Mapping[str, Any] | None = None,
    deterministic: bool = False,
    draw: Container[int] = (),
    steps: float = math.inf,
    max_steps: int | None = None,
    camera: Camera | None = None,
) -> Recording:
    """Play fresh episodes in one world, one after another, and write down everything but what the brain learns.

    It is played under a copy of the agent's steering subsystem, reflexes included; where several agents live in the
    world, all are written down. ``seed`` fixes world and actions. Agent 0's world is drawn in the episodes to ``draw``,
    if it has ``render_mode="rgb_array"``, by ``camera``, if need be without pictures. After so many ``steps`` all is
    broken off, mid-episode. An episode that does not end is cut off after ``max_steps`` (default: as in `evaluate`), as
    if the world had let its time run out, and the log says so. The agent, and torch's random stream, are left as they
    were.

    Raises `UserError` for numbers out of range, and for a world that does not fit the agent.
    """
    episodes = EPISODES.check(episodes, "episodes")
    camera = camera or Camera()
    camera.begin()
    n = agents_of(env, env_kwargs) if isinstance(env, str) else 1
    with worlds(env, n, seed, env_kwargs, agent.get_vec_normalize_env()) as venv, torch.random.fork_rng():
        if seed is not None:
            torch.manual_seed(seed)
        steering_env = SteeringVecEnv(with_all_senses(venv), copy.deepcopy(agent.steering), agent.scorecard)
        check_fit(agent, venv)
        scribe = EpisodeRecorder(agent, steering_env, draw, camera)
        limit = longest(venv, max_steps)
        played = play(steering_env, episodes, partial(scribe.choose, deterministic=deterministic), scribe, steps, limit)
    if played.cut_off.any():
        cut = f"{played.cut_off.sum()} of {episodes} episodes did not end and were cut off after {limit:,} steps"
        logging.getLogger("dualbrain").warning("recording: %s", cut)
    weights = dict(zip(agent.steering.signals, steering_env.steering.current_weights.tolist(), strict=True))
    table, observations = scribe.finish()
    return Recording(table, agent.steering.signals, steering_env.senses, weights, camera.pictures, observations)


class EpisodeRecorder:
    """Records the steps of N agents, and returns them as a table at the end."""

    def __init__(
        self,
        agent: Brain,
        steering_env: SteeringVecEnv,
        draw: Container[int],
        camera: Camera,
    ):
        self._agent, self._body, self._draw, self._camera = agent, steering_env, draw, camera
        self._rows: list[dict[str, NDArray[Any]]] = []
        self._observations: list[Any] = []
        self._episode = 0
        self._acting = Acting(agent, steering_env)
        self.choose = self._acting.choose

    def before(self, obs: Any) -> None:
        """Keep the observations and predictions."""
        self._observations.append(copy.deepcopy(obs))
        self._foreseen = _named(self._acting.assess(obs))
        if self._episode in self._draw and self._body.render_mode == RGB_ARRAY:
            self._camera.take(self._body, self._episode)

    def after(self, obs: Any, dones: Bools, infos: list[dict[str, Any]], counts: Bools) -> None:
        """Record the result of the step."""
        self._acting.after(dones)
        truncated = cut_short(dones, infos)
        finals = final_observations(obs, dones, infos)
        final = _named(self._acting.assess_finals(finals)) if truncated.any() else {}
        self._next = obs
        ends = {"counts": counts, "terminated": dones & ~truncated, "truncated": truncated}
        self._rows.append(ends | self._foreseen | {f"final/{name}": at for name, at in final.items()} | self._came())
        self._episode += int(dones[0])

    def _came(self) -> dict[str, NDArray[Any]]:
        steering_env, step = self._body, self._body.last
        done = {
            "action": steering_env.sampled.copy(),
            "executed": steering_env.executed.copy(),
            "reflex": steering_env.preempted.copy(),
        }
        paid = {"score": np.array(steering_env.world_reward), "reward": step.reward.copy()}
        sensed = {f"sense/{name}": np.array(felt) for name, felt in steering_env.transition_senses().items()}
        steered = {
            f"{kind}/{name}": getattr(step, of)[:, k].copy()
            for kind, of in STEERED.items()
            for k, name in enumerate(self._agent.steering.signals)
        }
        return done | paid | sensed | steered

    def finish(self) -> tuple[Table, Any]:
        """Return the table, agent by agent and episode by episode, and the observations of its rows."""
        rows = {name: np.stack([_of(row, name) for row in self._rows], axis=1) for name in self._names()}  # (N, T)
        rows |= self._dopamine(rows)
        counts = rows.pop("counts")
        table = _counted(counts, rows["terminated"] | rows["truncated"])
        table |= {name: column[counts] for name, column in rows.items() if not name.startswith("final/")}
        return table, _stacked(self._observations, counts)

    def _names(self) -> list[str]:
        return list(dict.fromkeys(name for row in self._rows for name in row))

    def _dopamine(self, rows: Table) -> Table:
        """Return the TD errors of critic and long assessors ``(N, T)``."""
        beyond = _named(self._acting.foresee(self._next))
        gammas = {name: self._agent.gamma if s.gamma is None else s.gamma for name, s in self._signals().items()}
        errors = {
            f"dopamine/{name}": _td_errors(rows, beyond, f"settled/{name}", f"long/{name}", gamma)
            for name, gamma in gammas.items()
            if f"long/{name}" in rows
        }
        return {"dopamine/valence": _td_errors(rows, beyond, "reward", "valence", self._agent.gamma), **errors}

    def _signals(self) -> Mapping[str, Signal]:
        return self._agent.steering.signals


def _named(expected: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return predictions by column."""
    named = {f"{kind}/{name}": values for kind, of in FORESEEN.items() for name, values in expected[of].items()}
    return {"valence": expected["valence"], **named}


def _of(row: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    """Return one column of a row ``(N,)``; predictions at an end exist only where the episode was cut off."""
    return row[name] if name in row else np.full_like(row["reward"], np.nan)


def _td_errors(rows: Table, beyond: Table, paid: str, value: str, gamma: float) -> NDArray[np.float32]:
    """Return ``c_t + gamma * v_{t+1} - v_t`` ``(N, T)``; nothing follows an end, but for one cut short by time.

    ``beyond`` has the values ``(N,)`` of what comes after the last row.
    """
    values = rows[value].T[..., None]
    finals = rows.get(f"final/{value}", np.zeros_like(rows[value])).T[..., None]
    ends = rows["terminated"].T, rows["truncated"].T
    following = successor_values(values, beyond[value][:, None], finals, *ends)[..., 0].T
    errors: NDArray[np.float32] = rows[paid] + np.float32(gamma) * following - rows[value]
    return errors


def _counted(counts: Bools, ended: Bools) -> Table:
    """Return which agent's which episode a step belongs to, and how many steps went before it, all ``(S,)``."""
    agent, at = np.nonzero(counts)
    last = ended[agent, at]
    first = np.concatenate([[True], last[:-1] | (agent[1:] != agent[:-1])])
    begins = np.flatnonzero(first)
    episode = np.cumsum(first) - 1
    return {"episode": episode, "agent": agent, "time": np.arange(len(episode)) - begins[episode]}


def _stacked(observations: list[Any], counts: Bools) -> Any:
    if isinstance(observations[0], dict):
        return {key: _stacked([seen[key] for seen in observations], counts) for key in observations[0]}
    return np.stack(observations, axis=1)[counts]

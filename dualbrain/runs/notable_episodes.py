"""Record the episodes of a run for `watch` and `export`: played once with the saved brain, and kept in its folder."""

from __future__ import annotations

import logging
from collections.abc import Container
from pathlib import Path
from typing import Any

import numpy as np

from dualbrain.episodes.file import load_recording, made_by, save_recording
from dualbrain.episodes.imagined import with_imagined, world_model_of
from dualbrain.episodes.record import Recording, record
from dualbrain.episodes.tables import episodes_of
from dualbrain.errors import UserError
from dualbrain.runs.build import use_threads
from dualbrain.runs.config import RunConfig
from dualbrain.runs.models import load_model
from dualbrain.runs.run_folder import RunFolder
from dualbrain.training.guard import Guard
from dualbrain.worlds.rendering import DRAWN, can_be_drawn
from dualbrain.worlds.single_env import make

EPISODES = "episodes.npz"
"""The recording in a run folder."""


def recorded(
    model: Path,
    config: RunConfig,
    episodes: int,
    seed: int,
    drawn: bool = False,
    max_steps: int | None = None,
    imagined: bool = False,
) -> Recording:
    """Return fresh episodes of a saved brain in its own world: those kept beside it, if it played them, or new ones.

    They are the same whenever they are asked for. If they are to be ``drawn``, three have pictures: see `telling`. With
    ``imagined`` they have what the cortex imagined at each step: see `with_imagined`, and for errors too.
    """
    folder = RunFolder(model.parent)
    asked = {"model": model.name, "saved": model.stat().st_mtime_ns, "episodes": episodes, "seed": seed}
    if max_steps is not None:
        asked["max_steps"] = max_steps
    if imagined:
        asked["imagined"] = True
    kept = folder.path / EPISODES
    found = _kept(kept, (asked | {"drawn": drawn}, asked | {"drawn": True}))
    if found is not None:
        return found
    use_threads(config)
    agent = load_model(model, config.algo, device="cpu")
    if imagined:
        world_model_of(agent)
    recording = play_fresh(agent, config, episodes, seed, drawn, max_steps)
    recording = with_imagined(agent, recording) if imagined else recording
    seen = drawn and (bool(recording.pictures) or not is_visible(config))
    with folder.writing(EPISODES) as path, path.open("wb") as file:
        save_recording(recording, file, **asked, drawn=seen)
    return load_recording(kept)


def _kept(file: Path, suitable: Container[dict[str, Any]]) -> Recording | None:
    """Return the recording that is kept, if it can be read and was made by what is ``suitable``."""
    if not file.is_file():
        return None
    try:
        by = made_by(file)
        return None if by and by not in suitable else load_recording(file)
    except UserError as error:
        logging.getLogger("dualbrain").warning("%s; the episodes are played again", error)
        return None


def play_fresh(
    agent: Any, config: RunConfig, episodes: int, seed: int, drawn: bool = False, max_steps: int | None = None
) -> Recording:
    """Return fresh episodes of an agent in a run's world; to draw some, all are played again, which is cheaper."""
    recording = record(agent, config.env, episodes, seed, config.env_kwargs, max_steps=max_steps)
    if not (drawn and is_visible(config)):
        return recording
    seen, draw = Guard("pictures of the episodes", "picture"), set(telling(recording).values())
    options = config.env_kwargs | DRAWN
    again = seen.run(record, agent, config.env, episodes, seed, options, draw=draw, max_steps=max_steps)
    return again or recording


def telling(recording: Recording) -> dict[str, int]:
    """Return which of agent 0's episodes scored best and worst, and which surprised the critic most."""
    table = episodes_of(recording)
    own = table["agent"] == 0
    score, surprise, episode = table["score"][own], table["surprise"][own], table["episode"][own]
    chosen = {"best": np.argmax(score), "worst": np.argmin(score), "most surprising": np.argmax(surprise)}
    return {name: int(episode[row]) for name, row in chosen.items()}


def is_visible(config: RunConfig) -> bool:
    """Return whether pictures can be had of a run's world."""
    env = make(config.env, **config.env_kwargs)
    env.close()
    return can_be_drawn(env.spec, env.metadata)

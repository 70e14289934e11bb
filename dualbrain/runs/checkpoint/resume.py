"""Resume an interrupted run in its own folder, in native worlds bit for bit."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from stable_baselines3.common.vec_env import VecEnv

from dualbrain.errors import UserError
from dualbrain.files.text import read_text
from dualbrain.model_file.algorithm import PlainFiles, read_training_of
from dualbrain.registry import load_agent
from dualbrain.runs.build import build_world, completed, import_packages, say_what_is_lost
from dualbrain.runs.checkpoint.growing_files import cut_back
from dualbrain.runs.checkpoint.training_state import COMPLETE, blaming_checkpoint, has_worlds
from dualbrain.runs.config import RunConfig
from dualbrain.runs.found import read_found
from dualbrain.runs.models import load_model
from dualbrain.runs.prepared import Prepared, Unfinished, prepare
from dualbrain.runs.run_folder import COMMAND, CONFIG, VERSIONS, RunFolder, runs_below
from dualbrain.runs.versions import versions
from dualbrain.structured.tables import from_dict
from dualbrain.worlds.vec_env.stateful import is_stateful

LOG = logging.getLogger("dualbrain")


def prepare_again(target: str | Path, **changed: float) -> Prepared:
    """Prepare an interrupted run: that of a folder, or the newest unfinished one below it.

    ``changed`` are a new ``time_limit``, in seconds of the whole run, and ``save_every``. Where no checkpoint was
    written yet, it begins anew; where worlds cannot be saved, they begin fresh episodes; a warning says so.

    Raises `UserError` where there is no such run, or it is complete.
    """
    folder = RunFolder(_unfinished(Path(target)))
    config, where = _config(folder), str(folder.path / CONFIG)
    config = completed(replace(config, **changed), where)  # type: ignore[arg-type]
    if folder.checkpoint.is_file():
        return _from_checkpoint(config, folder)
    _check_unfinished(config, folder)
    LOG.warning("%s: no checkpoint was written yet, so the run starts again", folder.path)
    return replace(prepare(config, where), before=Unfinished(folder, None))


def reopen(before: Unfinished, command: str) -> None:
    """Restore a run's files to its checkpoint; append the ``command``, and warn of other versions of the software."""
    folder, training = before.folder, before.training
    if training != {}:
        with blaming_checkpoint(str(folder.checkpoint)):
            kept = {name: int(length) for name, length in training["files"].items()} if training else {}
        cut_back(folder, kept)
    folder.write(COMMAND, _text(folder, COMMAND) + command + "\n")
    began, now = _text(folder, VERSIONS).splitlines(), versions().splitlines()
    if began != now:
        other = ", ".join(line for line in now if line not in began) or "less than before"
        LOG.warning("the run began with other software (now: %s): its results may differ", other)


def _unfinished(target: Path) -> Path:
    """Return the run folder that is meant."""
    if not target.is_dir():
        raise UserError(f"{target} is no run folder: name the folder that holds {CONFIG}, or one above it")
    runs = runs_below(target)
    if not runs:
        raise UserError(f"{target} holds no run: there is no {CONFIG} in it or below it")
    return next((run for run in runs if not is_complete(RunFolder(run))), runs[0])


def is_complete(folder: RunFolder) -> bool:
    """Return whether all of a run's steps were done, and the last of them learned from."""
    if folder.checkpoint.is_file() or not folder.model.is_file():
        return False
    with suppress(UserError):
        return bool(read_training_of(folder.model).get(COMPLETE, True))
    return True


def _config(folder: RunFolder) -> RunConfig:
    path = folder.path / CONFIG
    config: RunConfig = from_dict(RunConfig, read_found(path), str(path))
    import_packages(config.gym_packages)
    return config


def _check_unfinished(config: RunConfig, folder: RunFolder) -> None:
    """Raise `UserError` where there is nothing left to do."""
    if is_complete(folder):
        done = f"the run in {folder.path} is complete: all of its {config.total_timesteps:,} steps were done"
        raise UserError(f"{done}; dualbrain train -i {folder.path} begins a new one with its brain")


def _from_checkpoint(config: RunConfig, folder: RunFolder) -> Prepared:
    world = build_world(config, config.n_envs, config.seed)
    agent = load_model(folder.checkpoint, config.algo, env=world, device=config.device, force_reset=False)
    say_what_is_lost(agent)
    plain = issubclass(load_agent(config.algo), PlainFiles)
    training = read_training_of(folder.checkpoint) if plain else {}
    run = Prepared(config, agent, Unfinished(folder, training))
    with blaming_checkpoint(str(folder.checkpoint)):
        if is_stateful(agent.env) and training.get("env") is not None:
            agent.env.load_state_dict(training["env"])
    if not has_worlds(training):
        _begin_episodes(run, agent.env)
    return run


def _begin_episodes(run: Prepared, env: VecEnv) -> None:
    """Let the worlds begin fresh episodes, others than those that the run began with."""
    LOG.warning("%s cannot be saved: its worlds begin fresh episodes", run.config.env)
    run.agent._last_obs = None
    env.seed(run.config.seed + run.done)


def _text(folder: RunFolder, name: str) -> str:
    """Return what a text of the folder says; nothing where it is not there."""
    with suppress(OSError):
        return read_text(folder.path / name)
    return ""

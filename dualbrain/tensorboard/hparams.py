"""Register a run in TensorBoard's HParams, with its settings and its group.

Three protocol buffers say so: the experiment's, and a session's start and end. Stable-Baselines3's `HParam` writes all
three as well, and never a group, so that seeds are not averaged.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

from dualbrain.heads.options import AssessorOptions
from dualbrain.tensorboard.crc_writer import write_events
from dualbrain.tensorboard.description import name_of
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

FILE = "events.out.tfevents.0000000000.hparams"
"""Comes before all others of its folder: TensorBoard, which reads one file after the other, never goes back to one."""
METRICS = ("audit/world_score", "audit/innate_score", "world/reward", "reward/total")
"""Scalars that stand beside the settings."""

Settings = Mapping[str, str | float]


def steering_settings(steering_env: SteeringVecEnv, options: AssessorOptions | None) -> dict[str, str]:
    """Return what steers in which world, and what is ablated, as settings."""
    steering = steering_env.steering
    cut = (*steering.ablations, *(options.ablations if options else ("assessors",)))
    return {
        "world": name_of(steering_env),
        "drives": ", ".join(f"{name}:{weight:g}" for name, weight in steering.weights.items()),
        "stages": "; ".join(map(str, steering.stages)),
        "ablated": ", ".join(cut),
    }


def write_run(folder: Path, settings: Settings, ended: bool) -> None:
    """Write a run's settings and whether it has ended to its folder of event files.

    Runs of the same settings are one group; what may differ within one, such as the seed, is no setting.
    """
    start = plugin_data_pb2.SessionStartInfo(group_name=group(settings), start_time_secs=time.time())
    for name, value in settings.items():
        if isinstance(value, str):
            start.hparams[name].string_value = value
        else:
            start.hparams[name].number_value = value
    summaries = [
        summary(metadata.EXPERIMENT_TAG, plugin_data_pb2.HParamsPluginData(experiment=_experiment(settings))),
        summary(metadata.SESSION_START_INFO_TAG, plugin_data_pb2.HParamsPluginData(session_start_info=start)),
    ]
    if ended:
        end = plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS, end_time_secs=time.time())
        over = plugin_data_pb2.HParamsPluginData(session_end_info=end)
        summaries.append(summary(metadata.SESSION_END_INFO_TAG, over))
    write_file(folder, [(each, 0) for each in summaries])


def group(settings: Settings) -> str:
    """Return a name that runs of these settings share.

    >>> group({"gamma": 0.9}) == group({"gamma": 0.9}) != group({"gamma": 0.5})
    True
    """
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:10]


def _experiment(settings: Settings) -> Any:
    kinds = {
        name: "DATA_TYPE_STRING" if isinstance(value, str) else "DATA_TYPE_FLOAT64" for name, value in settings.items()
    }
    infos = [api_pb2.HParamInfo(name=name, type=getattr(api_pb2, kind)) for name, kind in kinds.items()]
    shown = [api_pb2.MetricInfo(name=api_pb2.MetricName(tag=tag)) for tag in METRICS]
    return api_pb2.Experiment(hparam_infos=infos, metric_infos=shown, time_created_secs=time.time())


def summary(name: str, data: Any) -> Any:
    """Return one of the protocol buffers as TensorBoard wants to find it."""
    value = Summary.Value(tag=name, metadata=metadata.create_summary_metadata(data), tensor=metadata.NULL_TENSOR)
    return Summary(value=[value])


def write_file(folder: Path, summaries: Iterable[tuple[Any, int]]) -> None:
    """Put summaries, each with its step, into ``folder``, whole, in the place of those written before."""
    write_events(folder / FILE, (Event(wall_time=time.time(), step=step, summary=each) for each, step in summaries))

"""A comparison in TensorBoard's HParams: one group per condition, whose seeds are averaged.

The experiment is declared once, in the folder of the comparison; what each run wrote of itself is replaced.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

from dualbrain.compare.outcome import Outcome
from dualbrain.tensorboard.hparams import summary, write_file

CONDITION, STEERING = "condition", "steering"


def tag(measure: str) -> str:
    """Return the scalar tag of a measure.

    >>> tag("score")
    'compare/score'
    """
    return f"compare/{measure}"


def write_experiment(root: Path, conditions: Iterable[str], measures: Iterable[str]) -> None:
    """Write the hyperparameters and metrics of a comparison to its folder."""
    named = [api_pb2.HParamInfo(name=name, type=api_pb2.DATA_TYPE_STRING) for name in (CONDITION, STEERING)]
    for value in conditions:
        named[0].domain_discrete.values.add(string_value=value)
    shown = [
        api_pb2.MetricInfo(name=api_pb2.MetricName(tag=tag(measure)), display_name=measure) for measure in measures
    ]
    experiment = api_pb2.Experiment(hparam_infos=named, metric_infos=shown, time_created_secs=time.time())
    data = plugin_data_pb2.HParamsPluginData(experiment=experiment)
    write_file(root, [(summary(metadata.EXPERIMENT_TAG, data), 0)])


def write_session(folder: Path, condition: str, steering: str, outcome: Outcome, steps: int) -> None:
    """Write a run's condition and results to its folder of event files."""
    start = plugin_data_pb2.SessionStartInfo(group_name=condition, start_time_secs=time.time())
    start.hparams[CONDITION].string_value = condition
    start.hparams[STEERING].string_value = steering
    end = plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS, end_time_secs=time.time())
    began = plugin_data_pb2.HParamsPluginData(session_start_info=start)
    ended = plugin_data_pb2.HParamsPluginData(session_end_info=end)
    scalars = [
        (Summary(value=[Summary.Value(tag=tag(name), simple_value=value)]), steps)
        for name, value in outcome.measures.items()
    ]
    first, last = summary(metadata.SESSION_START_INFO_TAG, began), summary(metadata.SESSION_END_INFO_TAG, ended)
    write_file(folder, [(first, 0), *scalars, (last, steps)])

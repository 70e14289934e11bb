"""Write results to TensorBoard: claims and measures as scalars, the table as text, the figure as an image."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.text.summary_v2 import text_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from dualbrain.lab.experiment import SeedResults
from dualbrain.lab.verdict import ExperimentResult

RGB = 3


def write_events(
    folder: Path, judgement: ExperimentResult, found: SeedResults, seeds: Sequence[int], page: str, png: bytes
) -> None:
    """Put all of it into ``folder``, whole, in the place of what was written before."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as temporary:
        writer = EventFileWriter(temporary)
        for summary, step in _summaries(judgement, found, seeds, page, png):
            writer.add_event(Event(summary=summary, step=step))
        writer.close()
        for before in folder.glob("events.out.tfevents.*"):
            before.unlink()
        for made in Path(temporary).iterdir():
            shutil.move(made, folder)


def _summaries(
    judgement: ExperimentResult, found: SeedResults, seeds: Sequence[int], page: str, png: bytes
) -> Iterator[tuple[Any, int]]:
    for finding in judgement.claims:
        yield _scalar(f"claim/{finding.claim.says}", finding.measured.value), len(seeds)
    for condition, measures in found.items():
        for name, sample in measures.items():
            at, kind = (seeds, "measure") if sample.ndim == 1 else (range(sample.shape[1]), "curve")
            values = sample if sample.ndim == 1 else sample.mean(0)
            for step, value in zip(at, values.tolist(), strict=True):
                yield _scalar(f"{kind}/{name}/{condition}", value), step
    yield text_pb("lab/table", page), len(seeds)
    if png:
        yield _image("lab/figure", png), len(seeds)


def _scalar(tag: str, value: float) -> Any:
    return Summary(value=[Summary.Value(tag=tag, simple_value=value)])


def _image(tag: str, png: bytes) -> Any:
    width, height = Image.open(io.BytesIO(png)).size
    image = Summary.Image(width=width, height=height, colorspace=RGB, encoded_image_string=png)
    return Summary(value=[Summary.Value(tag=tag, image=image)])

"""Charts of TensorBoard's that are neither scalars nor pictures: precision and recall, distributions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from dualbrain.scalars.instruments import Leads
from dualbrain.scalars.metrics import Hits


def write_pr_curve(writers: Iterable[Any], tag: str, found: Hits, step: int) -> None:
    """Write a curve of precision against recall."""
    columns = found.true_positives, found.false_positives, found.true_negatives, found.false_negatives
    for writer in writers:
        writer.add_pr_curve_raw(
            tag, *columns, found.precision, found.recall, step, num_thresholds=len(found.true_positives)
        )


def write_leads(writers: Iterable[Any], tag: str, steps: Leads, step: int) -> None:
    """Write the distribution of lead times, if there are some, in whole steps."""
    if len(steps):
        edges = np.arange(-0.5, steps.max() + 1.5)
        for writer in writers:
            writer.add_histogram(tag, steps, step, bins=edges)

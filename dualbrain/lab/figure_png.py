"""The figure of an experiment as a small PNG."""

from __future__ import annotations

import io

from PIL import Image

from dualbrain.errors import UserError
from dualbrain.lab.experiment import Experiment, SeedResults

SIZE, DPI = (6.5, 3.6), 110
"""Inches, and dots in each."""
COLOURS = 96
"""So many are enough for a drawing, and make its file small."""


def draw(experiment: Experiment, found: SeedResults) -> bytes:
    """Return what the experiment draws of what was found; an empty file where it draws nothing.

    Raises `UserError` where it cannot draw that.
    """
    from matplotlib.figure import Figure

    if experiment.figure is None:
        return b""
    figure = Figure(figsize=SIZE, dpi=DPI, layout="constrained")
    try:
        experiment.figure(figure.subplots(), found)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise UserError(f"figure of '{experiment.name}' cannot be drawn: {said}") from error
    whole = io.BytesIO()
    figure.savefig(whole, format="png")
    return smaller(whole.getvalue())


def smaller(png: bytes) -> bytes:
    """Return a drawing with few colours, in a file about a third as large."""
    small = io.BytesIO()
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return min(small.getvalue(), png, key=len)

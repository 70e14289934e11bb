"""Draw an episode with its scorecard beside it, as a GIF."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

from dualbrain.drawing.colours import palette_of, quantize
from dualbrain.drawing.text import write
from dualbrain.episodes.record import Recording

TALL, WIDE = 320, 300
"""Pixels: height of the picture, at most, width of the scorecard."""
WIDEST = 4 * TALL
"""Pixels: width of the picture, at most."""
MARGIN, ROW = 12, 30
MOST = 9
"""Signals shown: those that a weight makes matter most, then the first."""
COLOURS = 64
"""Colours of the pictures' own."""
HARDLY = 14
"""Change of a tone, of 255, that is taken for noise."""
FRAMES_PER_SECOND = 8
INK, PALE, PAPER, RAIL = (44, 44, 52), (124, 124, 136), (255, 255, 255), (232, 232, 237)
EXPECTED, CAME, GOOD, BAD = (52, 120, 190), (226, 120, 30), (66, 146, 84), (200, 62, 76)
OWN = (INK, PALE, PAPER, RAIL, EXPECTED, CAME, GOOD, BAD)

Colours = NDArray[np.uint8]


def animate(recording: Recording, episode: int) -> tuple[bytes, tuple[int, int]]:
    """Return an episode that was drawn as a GIF, and its size in pixels.

    Beside the picture stands a bar per signal, as long as what the short assessor expects, with a mark where the truth
    came out (none where there was none); below them what the step was paid and how much it surprised the critic.
    """
    pictures = [Image.open(io.BytesIO(file)).convert("RGB") for file in recording.pictures[episode]]
    card = Card(recording, episode)
    height, shown = max(TALL, card.height), _still(pictures, TALL)
    frames = [_beside(picture, card.draw(t, height)) for t, picture in enumerate(shown)]
    return _gif(frames, _tones(shown)), frames[0].size


class Card:
    """Draws the scorecard of one episode of S steps."""

    def __init__(self, recording: Recording, episode: int):
        rows = recording.rows(episode)
        self._names = _chosen(recording)
        self._expected = {name: recording.column("prediction", name)[rows] for name in self._names}
        self._truth = {name: recording.column("truth", name)[rows] for name in self._names}
        self._ends = {name: self._range(recording, name) for name in self._names}
        self._reward, self._surprise = recording.table["reward"][rows], recording.table["dopamine/valence"][rows]
        self.height = 2 * MARGIN + 24 + ROW * len(self._names) + 64

    def _range(self, recording: Recording, name: str) -> tuple[float, float]:
        """Return the ends of a bar: the signal's range, or what was seen of an infinite one."""
        signal = recording.signals[name]
        if math.isfinite(signal.low) and math.isfinite(signal.high):
            return signal.low, signal.high
        seen = np.concatenate([self._expected[name], self._truth[name]])
        most = float(np.abs(seen[np.isfinite(seen)]).max(initial=1e-6))
        return (-most if signal.low < 0 else 0.0), most

    def draw(self, t: int, height: int) -> Image.Image:
        """Return the card at step ``t``."""
        card = Image.new("RGB", (WIDE, height), PAPER)
        self._draw_head(card, t)
        for k, name in enumerate(self._names):
            self._draw_signal(card, MARGIN + 26 + ROW * k, name, t)
        top = height - MARGIN - 54
        self._draw_trace(card, top, "reward", self._reward, t)
        self._draw_trace(card, top + 30, "surprise", self._surprise, t)
        return card

    def _draw_head(self, card: Image.Image, t: int) -> None:
        pen = ImageDraw.Draw(card)
        write(card, (MARGIN, MARGIN), f"step {t}", INK, 13)
        x = WIDE - MARGIN - 118
        pen.rectangle((x, MARGIN + 4, x + 14, MARGIN + 10), EXPECTED)
        write(card, (x + 18, MARGIN + 1), "expected", PALE, 11)
        pen.rectangle((x + 78, MARGIN + 1, x + 81, MARGIN + 13), CAME)
        write(card, (x + 86, MARGIN + 1), "truth", PALE, 11)

    def _draw_signal(self, card: Image.Image, top: int, name: str, t: int) -> None:
        pen, left, right = ImageDraw.Draw(card), MARGIN, WIDE - MARGIN
        came, low, high = float(self._truth[name][t]), *self._ends[name]
        happened = math.isfinite(came) and came != 0.0

        def place(value: float) -> float:
            share = (min(max(value, low), high) - low) / (high - low)
            return left + share * (right - left)

        write(card, (left, top), name, CAME if happened else INK, 12)
        pen.rectangle((left, top + 16, right, top + 23), RAIL)
        if math.isfinite(float(self._expected[name][t])):
            ends = sorted((place(0.0), place(float(self._expected[name][t]))))
            pen.rectangle((ends[0], top + 16, ends[1], top + 23), EXPECTED)
        if math.isfinite(came):
            x = place(came)
            pen.rectangle((x - 1, top + 14, x + 2, top + 25), CAME)

    def _draw_trace(self, card: Image.Image, top: int, title: str, values: Any, t: int) -> None:
        """Draw bars up to now: green above the line, red below."""
        pen, left, middle, half = ImageDraw.Draw(card), MARGIN + 62, top + 13, 12
        most = float(np.abs(values).max(initial=1e-6))
        step = (WIDE - MARGIN - left) / len(values)
        write(card, (MARGIN, top + 6), title, PALE, 11)
        pen.line((left, middle, WIDE - MARGIN, middle), RAIL)
        for s in range(t + 1):
            high = float(values[s]) / most * half
            if abs(high) >= 0.5:
                ends = sorted((middle - high, middle))
                x = left + s * step
                pen.rectangle((x, ends[0], x + max(step - 1, 1), ends[1]), GOOD if high > 0 else BAD)


def _chosen(recording: Recording) -> list[str]:
    """Return the signals shown, in the order of the steering subsystem's."""
    heaviest = sorted(recording.signals, key=lambda name: -abs(recording.weights[name]))[:MOST]
    return [name for name in recording.signals if name in heaviest]


def _still(pictures: Sequence[Image.Image], height: int) -> list[Image.Image]:
    """Return pictures of one size, as tall as ``height``; what hardly changes is kept, which makes files small."""
    scale = min(height / pictures[0].height, WIDEST / pictures[0].width)
    width, height = (max(round(side * scale), 1) for side in pictures[0].size)
    frames: list[Image.Image] = []
    for picture in pictures:
        frame = picture.resize((width, height), Image.Resampling.BILINEAR)
        frames.append(_changed(frames[-1], frame) if frames else frame)
    return frames


def _changed(before: Image.Image, after: Image.Image) -> Image.Image:
    """Return the latter picture, but for what is hardly different from the former."""
    red, green, blue = ImageChops.difference(before, after).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return Image.composite(after, before, most.point([255 * (tone > HARDLY) for tone in range(256)]))


def _beside(picture: Image.Image, card: Image.Image) -> Image.Image:
    frame = Image.new("RGB", (picture.width + card.width, card.height), PAPER)
    frame.paste(picture, (0, 0))
    frame.paste(card, (picture.width, 0))
    return frame


def _tones(pictures: Sequence[Image.Image]) -> Colours:
    """Return colours ``(n, 3)``: the scorecard's own, and those that the pictures need most."""
    sample = np.concatenate([np.asarray(picture)[::4, ::4] for picture in pictures[:: max(1, len(pictures) // 4)]])
    greys = np.arange(60, 255, 24)[:, None].repeat(3, axis=1)
    return np.concatenate([OWN, greys, palette_of(sample, COLOURS)]).astype(np.uint8)


def _gif(frames: Sequence[Image.Image], tones: Colours) -> bytes:
    """Return frames as an animation that repeats; all share their colours, so that nothing flickers."""
    first, *others = (quantize(frame, tones) for frame in frames)
    file, pause = io.BytesIO(), round(1000 / FRAMES_PER_SECOND)
    first.save(file, "GIF", save_all=True, append_images=others, duration=pause, loop=0)
    return file.getvalue()

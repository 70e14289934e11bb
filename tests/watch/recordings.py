"""Recordings made by hand: every case that a page may meet, with no brain trained for it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from dualbrain.episodes.camera import File
from dualbrain.episodes.record import Recording, Table
from dualbrain.scalars.foresight import AHEAD
from dualbrain.steering.sense import EXTRINSIC_REWARD, Sense
from dualbrain.steering.signal import Signal

SIGNALS = {
    "hunger.food": Signal("food"),
    "flinch.flinch": Signal("flinch", defer=0.5),
    "mood.tone": Signal("tone", low=-1.0, high=1.0),
    "extrinsic.score": Signal("score", low=-np.inf, high=np.inf),
}
SENSES = {
    sense.name: sense
    for sense in (
        Sense("energy", 0.0, 1.0, "share of full", "food in the body"),
        Sense("ate", 0.0, 1.0, "event", "1 if food was consumed"),
        EXTRINSIC_REWARD,
    )
}
WEIGHTS = {"hunger.food": 5.0, "flinch.flinch": 1.0, "mood.tone": 0.5, "extrinsic.score": 0.1}
FORESEEN = ("prediction", "long", "dopamine")


def made(
    lengths: Sequence[int] = (90, 40, 60),
    *,
    drawn: Sequence[int] = (0, 2),
    rate: float = 0.06,
    known: float = 0.8,
    assessors: bool = True,
    imagined: bool = False,
    seed: int = 0,
) -> Recording:
    """Return episodes of some lengths, where a truth is ``known`` so often, and an event at a ``rate``."""
    rng, n = np.random.default_rng(seed), sum(lengths)
    table = _common(rng, lengths)
    table |= {f"sense/{name}": rng.random(n, np.float32) for name in SENSES}
    for name, signal in SIGNALS.items():
        table |= _of_signal(rng, name, signal, n, rate, known)
    if not assessors:
        table = {name: column for name, column in table.items() if not _needs_assessors(name)}
    if imagined:
        kinds = [f"imagined_{ahead}" for ahead in AHEAD]
        table |= {f"{kind}/{name}": rng.random(n, np.float32) for kind in kinds for name in SIGNALS}
    pictures = {episode: [_picture(episode, t) for t in range(lengths[episode])] for episode in drawn}
    return Recording(table, SIGNALS, SENSES, WEIGHTS, pictures)


def _needs_assessors(column: str) -> bool:
    kind, _, name = column.partition("/")
    return kind in FORESEEN and name in SIGNALS


def _common(rng: np.random.Generator, lengths: Sequence[int]) -> Table:
    n, time = sum(lengths), np.concatenate([np.arange(length) for length in lengths])
    last = np.append(time[1:] == 0, True)
    action = rng.integers(0, 5, n)
    reflex = rng.random(n) < 0.1
    return {
        "episode": np.repeat(np.arange(len(lengths)), lengths),
        "agent": np.zeros(n, np.int64),
        "time": time,
        "action": action,
        "executed": np.where(reflex, 0, action),
        "reflex": reflex,
        "score": rng.normal(size=n).astype(np.float32),
        "reward": rng.normal(size=n).astype(np.float32),
        "valence": rng.normal(size=n).astype(np.float32),
        "dopamine/valence": rng.normal(size=n).astype(np.float32),
        "terminated": last & (np.arange(n) < n - 1),
        "truncated": last & (np.arange(n) == n - 1),
    }


def _of_signal(rng: np.random.Generator, name: str, signal: Signal, n: int, rate: float, known: float) -> Table:
    low, high = (signal.low, signal.high) if signal.bounded else (-3.0, 3.0)
    happens = np.where(rng.random(n) < rate, rng.uniform(low, high, n), 0.0)
    truth = np.where(rng.random(n) < known, happens, np.nan).astype(np.float32)
    guess = rng.uniform(low, high, n).astype(np.float32)
    paid = WEIGHTS[name] * np.where(np.isnan(truth), signal.defer * guess, truth).astype(np.float32)
    columns = {
        "truth": truth,
        "prediction": guess,
        "settled": np.where(np.isnan(truth), signal.defer * guess, truth),
        "worth": np.ones(n),
        "paid_by_truth": np.where(np.isnan(truth), 0.0, paid),
        "paid_by_thought": np.where(np.isnan(truth), paid, 0.0),
        "long": 10.0 * rng.random(n),
        "dopamine": 0.1 * rng.normal(size=n),
    }
    return {f"{kind}/{name}": column.astype(np.float32) for kind, column in columns.items()}


def _picture(episode: int, t: int) -> File:
    """Return a picture that is another one on each step."""
    image, file = Image.new("RGB", (64, 48), (40 * episode + 30, (3 * t) % 256, 120)), io.BytesIO()
    image.save(file, "WEBP", quality=80)
    return file.getvalue()

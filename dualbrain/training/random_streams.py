"""Save and restore the random streams of Python, NumPy and torch."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

MT19937_WORDS = 624
"""Length of the state of a Mersenne Twister."""


def random_streams() -> dict[str, Any]:
    """Return where the streams are, torch's on every CUDA device too."""
    return {
        "python": random.getstate(),
        "numpy": np.random.get_state(legacy=False),  # noqa: NPY002  the stream that SB3 draws from
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def set_random_streams(streams: Mapping[str, Any]) -> None:
    """Put back what `random_streams` returned; raises `ValueError`, or what the streams raise, for anything else."""
    check_twister(streams["numpy"])
    random.setstate(streams["python"])
    np.random.set_state(streams["numpy"])  # noqa: NPY002
    torch.set_rng_state(streams["torch"])
    if streams["cuda"]:
        torch.cuda.set_rng_state_all(streams["cuda"])


def check_twister(state: Mapping[str, Any]) -> None:
    """Raise `ValueError` for a place out of the state of a Mersenne Twister, which NumPy would read all the same."""
    if state["bit_generator"] == "MT19937" and not 0 <= int(state["state"]["pos"]) <= MT19937_WORDS:
        raise ValueError("a Mersenne Twister's place is out of its state")

"""The progress bar, on a terminal that is a string."""

from __future__ import annotations

import io
from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from dualbrain.runs.callbacks.progress import ProgressBar


@pytest.mark.parametrize(("time_limit", "share"), [(None, "25%"), (0.001, "100%")])
def test_it_says_how_far_and_how_the_world_goes(time_limit: float | None, share: str):
    terminal = io.StringIO()
    agent: Any = SimpleNamespace(num_timesteps=0, ep_info_buffer=deque([{"r": 2.5, "l": 40}]))
    with ProgressBar(1000, time_limit, Console(file=terminal, force_terminal=True, width=120)) as bar:
        bar.model = agent
        bar.num_timesteps = 0
        bar._on_training_start()
        bar._start -= 1.0
        bar._shown -= 1.0
        bar.num_timesteps = 250
        bar._on_step()
    shown = terminal.getvalue()
    assert share in shown
    assert "250 steps" in shown
    assert "episode length 40, score 2.50" in shown

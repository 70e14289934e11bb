"""What `dualbrain board` prints, opened in a real browser, shows the lines that a run wrote."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from reward_modules import Extrinsic, Novelty
from tests.event_files import train

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LINE = (255, 112, 67)
"""Colour of the first run's lines."""
MARGINS = (360, 70)
"""Pixels that the panel on the left and the bar above take."""

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder of runs; yield the address that ``dualbrain board`` prints, at which it answers."""
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "dualbrain", "board", str(folder), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as board:
        assert board.stdout is not None
        try:
            yield board.stdout.readline().split()[0]
        finally:
            board.terminate()


def screenshot(address: str, path: Path) -> NDArray[np.uint8]:
    """Return what the browser shows, (H, W, 3)."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1500,1800", "--virtual-time-budget=30000"]
    command = [str(CHROMIUM), *flags, f"--user-data-dir={path.parent / 'profile'}", f"--screenshot={path}", address]
    subprocess.run(command, check=True, timeout=120, stderr=subprocess.DEVNULL)
    return np.asarray(Image.open(path).convert("RGB"))


def test_the_charts_of_the_layout_are_drawn(tmp_path):
    runs = tmp_path / "runs"
    train(runs / "one", "CartPole-v1", 512, n_steps=64, batch_size=64, steering=[Extrinsic, Novelty])
    with served(runs) as address:
        assert address.endswith("/#custom_scalars")
        shown = screenshot(address, tmp_path / "custom_scalars.png")
    left, top = MARGINS
    lines = (shown[top:, left:] == LINE).all(axis=-1)
    columns = [part.sum() for part in np.array_split(lines, 3, axis=1)]
    assert min(columns) > 500, columns

"""``monitor.csv`` in the format of Stable-Baselines3's `Monitor`, for batched worlds too."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback


class MonitorFile(BaseCallback):
    """Write one row per finished episode: the world's score ``r``, length ``l``, seconds since the start ``t``.

    Where the file is there already, rows are added to it.
    """

    def __init__(self, path: Path, env_id: str):
        super().__init__()
        self._path, self._env_id = path, env_id
        self._opened = ExitStack()

    def _on_training_start(self) -> None:
        self._start = time.time()
        self._file = self._opened.enter_context(self._path.open("a", encoding="utf-8", newline=""))
        self._rows = csv.DictWriter(self._file, ("r", "l", "t"), extrasaction="ignore")
        if not self._file.tell():
            self._file.write(f"#{json.dumps({'t_start': self._start, 'env_id': self._env_id})}\n")
            self._rows.writeheader()
            self._file.flush()

    def state_dict(self) -> dict[str, Any]:
        """Return the seconds since the start."""
        return {"seconds": time.time() - self._start}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on counting seconds; called once training has started."""
        self._start = time.time() - float(state["seconds"])

    def _on_step(self) -> bool:
        for i in np.flatnonzero(self.locals["dones"]):
            episode = self.locals["infos"][i].get("episode")
            if episode:
                self._rows.writerow({**episode, "t": round(time.time() - self._start, 6)})
        return True

    def _on_rollout_end(self) -> None:
        self._file.flush()

    def _on_training_end(self) -> None:
        self.close()

    def close(self) -> None:
        """Write out what is left, also after an interruption."""
        self._opened.close()

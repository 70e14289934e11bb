"""Real processes that train and are killed: forked from one that has imported everything, so that each starts soon."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from select import select

from tests.hearing import hearing

SERVER = """
import json, os, sys
import minigrid, torch
import agents.ppo, dualbrain.runs.train, dualbrain.runs.checkpoint.resume, envs.vector
from dualbrain.cli import main

torch.set_num_threads(1)
for line in sys.stdin:
    folder, argv = json.loads(line)
    pid = os.fork()
    if not pid:
        os.chdir(folder)
        output = os.open("output.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(output, stream)
        sys.argv[1:] = argv
        os._exit(main())
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Processes:
    """Runs commands of dualbrain's, one after the other, each in a process that can be killed."""

    def __init__(self) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
        with hearing():
            self._server = subprocess.Popen([sys.executable, "-c", SERVER], **pipes)  # type: ignore[call-overload]

    def close(self) -> None:
        """End the process that others are forked from."""
        self._server.kill()
        self._server.communicate()

    def run(self, folder: Path, *argv: str) -> float:
        """Run a command in ``folder`` to its end; return the seconds from when its run folder was there."""
        began = self._start(folder, argv)[1]
        code, output = self._ended(), (folder / "output.txt").read_text()
        assert code == 0, output
        return time.monotonic() - began

    def kill(
        self,
        folder: Path,
        seconds: float,
        *argv: str,
        by: signal.Signals = signal.SIGKILL,
        again: float | None = None,
    ) -> int:
        """End a command so many seconds after its run folder was there, and ``again`` so many seconds later.

        Return its exit code, negative if it was killed.
        """
        pid, _ = self._start(folder, argv)
        if not select([self._server.stdout], [], [], seconds)[0]:
            os.kill(pid, by)
        if again is not None and not select([self._server.stdout], [], [], again)[0]:
            os.kill(pid, by)
        return self._ended()

    def _start(self, folder: Path, argv: tuple[str, ...]) -> tuple[int, float]:
        self._server.stdin.write(json.dumps([str(folder), argv]) + "\n")
        pid = int(self._server.stdout.readline())
        while not any(folder.glob("runs/*/*/config.toml")) and not select([self._server.stdout], [], [], 0.002)[0]:
            pass
        return pid, time.monotonic()

    def _ended(self) -> int:
        return int(self._server.stdout.readline())

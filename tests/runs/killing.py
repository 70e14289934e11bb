"""Real processes that train and are killed: forked from one that has imported everything, so that each starts soon."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from select import select

from tests.hearing import hearing

SERVER = """
import json, os, sys
import minigrid, torch, torch._dynamo  # which optimizers load
import agents.ppo, dualbrain.runs.train, dualbrain.runs.checkpoint.resume, envs.vector
from dualbrain.cli import main
from dualbrain.worlds.make_env import make_vec_env

torch.set_num_threads(1)
for world in ("dualbrain/SpiderCave-v0", "dualbrain/Friends-v0"):  # load the kernels once
    made = make_vec_env(world, 2)
    made.reset()
    made.step([0, 0])
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


def monitored(folder: Path) -> int:
    """Return the bytes of the monitor file of the one run below a folder, 0 without one."""
    return sum(file.stat().st_size for file in folder.glob("runs/*/*/monitor.csv"))


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

    def run(self, folder: Path, *argv: str) -> None:
        """Run a command in ``folder`` to its end."""
        self._start(folder, argv)
        code, output = self._ended(), (folder / "output.txt").read_text()
        assert code == 0, output

    def kill(
        self,
        folder: Path,
        grown: float,
        *argv: str,
        by: signal.Signals = signal.SIGKILL,
        again: float | None = None,
    ) -> int:
        """End a command once its monitor file has ``grown`` to so many bytes, and ``again`` so many seconds later.

        So the moment does not depend on what else the machine is at. Return its exit code, negative if it was killed.
        """
        pid = self._start(folder, argv)
        while monitored(folder) < grown and not self._is_over(0.002):
            pass
        if not self._is_over(0.0):
            os.kill(pid, by)
        if again is not None and not self._is_over(again):
            os.kill(pid, by)
        return self._ended()

    def _start(self, folder: Path, argv: tuple[str, ...]) -> int:
        self._server.stdin.write(json.dumps([str(folder), argv]) + "\n")
        pid = int(self._server.stdout.readline())
        while not any(folder.glob("runs/*/*/config.toml")) and not self._is_over(0.002):
            pass
        return pid

    def _is_over(self, seconds: float) -> bool:
        """Wait so long for the command to end; return whether it has."""
        return bool(select([self._server.stdout], [], [], seconds)[0])

    def _ended(self) -> int:
        return int(self._server.stdout.readline())

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
        for stream, file in ((1, "output.txt"), (2, "errors.txt")):
            os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
        sys.argv[1:] = argv
        os._exit(main())
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


def said_in(folder: Path) -> str:
    """Return what the commands in a folder printed, and then their errors."""
    return "".join((folder / name).read_text() for name in ("output.txt", "errors.txt"))


def monitored(folder: Path) -> int:
    """Return the bytes of the monitor file of the one run below a folder, 0 without one."""
    return sum(file.stat().st_size for file in folder.glob("runs/*/*/monitor.csv"))


class Processes:
    """Runs commands of dualbrain's, one after the other, each in a process that can be killed."""

    def __init__(self) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
        with hearing():
            self._server = subprocess.Popen([sys.executable, "-c", SERVER], **pipes)  # type: ignore[call-overload]
        self._pid: int | None = None

    def close(self) -> None:
        """End the process that others are forked from."""
        self.stop()
        self._server.kill()
        self._server.communicate()

    def run(self, folder: Path, *argv: str) -> None:
        """Run a command in ``folder`` to its end."""
        self.start(folder, *argv)
        code = self.ended()
        assert code == 0, said_in(folder)

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
        pid = self.start(folder, *argv)
        while monitored(folder) < grown and not self.is_over(0.002):
            pass
        if not self.is_over(0.0):
            os.kill(pid, by)
        if again is not None and not self.is_over(again):
            os.kill(pid, by)
        return self.ended()

    def start(self, folder: Path, *argv: str) -> int:
        """Start a command in ``folder``; return the id of its process once its run has a folder."""
        self._server.stdin.write(json.dumps([str(folder), argv]) + "\n")
        self._pid = int(self._server.stdout.readline())
        while not any(folder.glob("runs/*/*/config.toml")) and not self.is_over(0.002):
            pass
        return self._pid

    def is_over(self, seconds: float) -> bool:
        """Wait so long for the command to end; return whether it has."""
        return bool(select([self._server.stdout], [], [], seconds)[0])

    def ended(self) -> int:
        """Return the exit code of the command, once it has ended."""
        self._pid = None
        return int(self._server.stdout.readline())

    def stop(self) -> None:
        """Kill the command, if one was started and has not been waited for."""
        if self._pid is not None:
            os.kill(self._pid, signal.SIGKILL)
            self.ended()

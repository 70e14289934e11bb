"""Workers answer, are forked from one process that has imported what they need, and leave Ctrl-C to their parent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os, signal, sys
from dualbrain.files import worker_process

def answer(word, answers):
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    answers.send([word, "wave" in sys.modules, ignored, os.getppid()])

if __name__ == "__main__":
    worker_process.PRELOADED = ("no.such.module", "wave")
    parents = set()
    for word in ("one", "two"):
        process, answers = worker_process.start_worker(answer, word)
        *said, parent = answers.recv()
        process.join()
        print(*said, process.exitcode)
        parents.add(parent)
    print(len(parents), parents == {os.getpid()})
"""


def test_workers_answer_and_leave_ctrl_c_to_their_parent(tmp_path: Path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False)
    linux = sys.platform == "linux"
    said = [f"one {linux} True 0", f"two {linux} True 0", f"1 {not linux}"]
    assert (done.stdout.splitlines(), done.stderr) == (said, "")

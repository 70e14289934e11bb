"""Nothing of the product needs what only Linux and its like have: all of it imports and works without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.project.structure.source_tree import read_sources

UNIX = ("fcntl", "grp", "pwd", "resource", "termios")

WITHOUT = f"""
import importlib, sys, warnings
warnings.simplefilter("ignore")
for name in {UNIX!r}:
    sys.modules[name] = None
"""

IMPORT = f"""{WITHOUT}
for name in sys.argv[1:]:
    importlib.import_module(name)
"""

COMMAND = f"""{WITHOUT}
from dualbrain.cli import main
for command in sys.stdin.read().splitlines():
    print(command, flush=True)
    code = main(command.split())
    assert code == 0, (command, code)
"""

NEED_MORE = ("envs.adapters",)
"""What imports packages of others when it is imported: those need what they need."""

QUICK = "-n 128 --n-envs 4 --eval-freq 0 -params n_steps:16 batch_size:64 n_epochs:1"
COMMANDS = f"""\
train dualbrain/SpiderCave-v0 --modules hunger,flinch {QUICK} -f runs
eval runs --episodes 4
compare dualbrain/Forage-v0 {QUICK} --condition hungry=hunger --seeds 1 --episodes 4 --jobs 1 -f compared
"""


def python(program: str, *arguments: str, said: str = "", folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], input=said, cwd=folder, capture_output=True, text=True, check=False
    )


def test_every_module_imports(tmp_path: Path) -> None:
    modules = [each.module for each in read_sources() if not each.module.endswith("__main__")]
    done = python(IMPORT, *(name for name in modules if not name.startswith(NEED_MORE)), folder=tmp_path)
    assert (done.returncode, done.stderr[-2000:]) == (0, "")


def test_a_native_world_is_trained_in_evaluated_and_compared_in(tmp_path: Path) -> None:
    done = python(COMMAND, said=COMMANDS, folder=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert list(tmp_path.glob("runs/*/*/model.zip"))
    assert list(tmp_path.glob("compared/*/seed_*/model.zip"))

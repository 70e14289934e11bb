"""Configuration, help and lists load neither torch nor what brings it, so that they answer at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "stable_baselines3", "tensorboard", "matplotlib")
CALLS = {
    "configuration": "import dualbrain.runs.config, dualbrain.runs.recipes",
    "help": "from dualbrain.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass",
    "help of train": "from dualbrain.cli import main\ntry: main(['train', '--help'])\nexcept SystemExit: pass",
    "lists": "from dualbrain.cli import main\nfrom dualbrain.cli.flags.listing import KINDS\n"
    "assert {main(['list', kind]) for kind in KINDS} | {main(['list', 'senses', 'dualbrain/Forage-v0'])} == {0}",
    "list of the lab": "from dualbrain.cli import main\nassert main(['lab', 'list']) == 0",
}


@pytest.mark.parametrize("what", CALLS)
def test_torch_is_not_loaded(what: str):
    code = f"{CALLS[what]}\nimport sys\nprint('loaded:', sorted({set(HEAVY)} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.splitlines()[-1] == "loaded: []"

"""Listing and help must not wait for torch."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROBE = """
import sys
from dualbrain.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
sys.exit("torch" in sys.modules)
"""


@pytest.mark.parametrize("command", [["--help"], ["list", "modules"], ["list", "agents"]], ids=" ".join)
def test_no_torch_before_it_is_needed(command: list[str]):
    subprocess.run([sys.executable, "-c", PROBE, *command], check=True, capture_output=True)

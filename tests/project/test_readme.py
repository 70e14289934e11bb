"""The README's Python runs as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from dualbrain.cli import parser

README = (Path(__file__).parents[2] / "README.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(r"^(?:\.venv/bin/)?(dualbrain .*?)(?:  +#.*)?$", README, re.MULTILINE)


@pytest.mark.parametrize("source", PYTHON, ids=range(len(PYTHON)))
def test_an_example_runs(source: str):
    quick = source.replace("n_envs=256", "n_envs=8").replace("size=2048", "size=256").replace("2_000_000, ", "512, ")
    exec(compile(quick, "README.md", "exec", dont_inherit=True), {"__name__": "__main__"})


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_understood(command: str):
    parser().parse_args(shlex.split(command, comments=True)[1:])
    assert len(COMMANDS) >= 5

"""``dualbrain board`` and ports."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.command_line import Command


def test_a_port_that_is_taken_is_said_so(dualbrain: Command):
    Path("runs").mkdir()
    with socket.create_server(("localhost", 0)) as taken:
        code, _, err = dualbrain("board", "--port", str(taken.getsockname()[1]))
    assert code == 2
    assert "choose another with --port" in err

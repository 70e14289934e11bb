"""Look at runs in TensorBoard."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
from pathlib import Path

from dualbrain.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add = parser.add_argument
    add("runs", nargs="?", type=Path, default=Path("runs"), metavar="RUNS", help="a run, or a folder of them")
    add("--host", default="localhost", help="address to serve on (default: localhost)")
    add("--port", type=int, default=6006, help="port to serve on (default: 6006)")


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    if not args.runs.is_dir():
        raise UserError(f"there is no folder {args.runs}")
    _check_port(args.host, args.port)
    print(f"http://{args.host}:{args.port}/  (Ctrl-C ends it)", flush=True)
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(args.runs), "--host", args.host]
    try:
        return subprocess.run([*command, "--port", str(args.port)], check=False).returncode
    except KeyboardInterrupt:
        return 0


def _check_port(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise UserError(f"cannot serve on {host}:{port} ({error.strerror}): choose another with --port") from error

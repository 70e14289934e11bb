"""Serve runs in TensorBoard."""

from __future__ import annotations

import argparse
import contextlib
import socket
import threading
from pathlib import Path

from tensorboard import default, program

from dualbrain.errors import UserError

FIRST = "custom_scalars"
"""The tab to begin with: it shows prediction against truth for every signal."""


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    if not args.runs.is_dir():
        raise UserError(
            f"{args.runs} is a file, not a folder" if args.runs.exists() else f"there is no folder {args.runs}"
        )
    _check_port(args.host, args.port)
    print(f"{_serve(args.runs, args.host, args.port)}#{FIRST}  (Ctrl-C ends it)", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
    return 0


def _serve(runs: Path, host: str, port: int) -> str:
    """Start TensorBoard in a thread; return its address, at which it answers."""
    board = program.TensorBoard(plugins=default.get_plugins())
    board.configure(argv=["tensorboard", "--logdir", str(runs), "--host", host, "--port", str(port)])
    return str(board.launch())


def _check_port(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise UserError(
            f"cannot serve on {host}:{port} ({error.strerror}): choose another with --port or --host"
        ) from error

"""Where torch can compute on this machine."""

from __future__ import annotations

from typing import Any

import torch

from dualbrain.errors import UserError


def devices() -> list[str]:
    """Return the names of devices that there are, as ``--device`` takes them."""
    cuda = ["cuda", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))] if torch.cuda.is_available() else []
    return ["auto", "cpu", *cuda, *(["mps"] if torch.backends.mps.is_available() else [])]


def check_device(device: Any, where: str = "") -> None:
    """Raise `UserError` for a device that is not there, naming those that are."""
    if str(device).removesuffix(":0") not in devices():
        start = f"{where}: " if where else ""
        raise UserError(f"{start}there is no device '{device}' on this machine: choose from {', '.join(devices())}")

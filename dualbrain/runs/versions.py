"""The versions of the software of a run."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = (
    "dualbrain",
    "stable-baselines3",
    "torch",
    "gymnasium",
    "numpy",
    "numba",
    "tensorboard",
    "minigrid",
)


def versions() -> str:
    """Return one line per package: its name and version, python and platform first."""
    lines = [f"python {platform.python_version()}", f"platform {platform.system()} {platform.machine()}"]
    return "\n".join([*lines, *filter(None, map(_line, PACKAGES)), ""])


def _line(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""

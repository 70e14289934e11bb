"""How the engine's functions are compiled."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def part(function: Function) -> Function:
    """Compile a function that kernels call; it is compiled into them and cached with them."""
    return cast(Function, njit(_nrt=False, forceinline=True)(function))


def kernel(function: Function) -> Function:
    """Compile a kernel and cache it on disk: called from Python, single-threaded."""
    return cast(Function, njit(cache=True, _nrt=False)(function))


def sources() -> str:
    """Return a digest of the engine's sources.

    Numba's cache looks only at the file of the cached function and at the variables it closes over; a kernel
    that closes over this digest is compiled again when any other file of the engine has changed.
    """
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

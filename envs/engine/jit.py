"""Compile the engine's functions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit, typeof

WITHOUT_REFERENCES: dict[str, Any] = {"_nrt": False}
"""Nothing here allocates: leaving out Numba's reference counting makes the kernels seven times faster."""
FROM_KERNELS: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Parts are never called from Python: leaving out their wrappers halves the time to compile."""

Function = TypeVar("Function", bound=Callable[..., Any])


def inlined(function: Function) -> Function:
    """Compile a function that kernels call; it is inlined into them and cached with them."""
    return cast(Function, njit(forceinline=True, **WITHOUT_REFERENCES, **FROM_KERNELS)(function))


def outlined(function: Function) -> Function:
    """Compile a part that few steps need: called instead of inlined, it keeps the kernel small."""
    return cast(Function, njit(**WITHOUT_REFERENCES, **FROM_KERNELS)(function))


def entry_point(function: Function) -> Function:
    """Compile a kernel and cache it on disk: called from Python, single-threaded."""
    return cast(Function, njit(cache=True, **WITHOUT_REFERENCES)(function))


def compiled_for(kernel: Function, *arguments: object) -> Function:
    """Return what the kernel is compiled to for arguments of these types; it must be called with no others."""
    return cast(Function, cast(Any, kernel).compile(tuple(map(typeof, arguments))))


def sources() -> str:
    """Return a digest of the engine's sources.

    Numba's cache looks only at the file of the cached function and at the variables it closes over; a kernel
    that closes over this digest is compiled again when any other file of the engine has changed.
    """
    files = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

"""Arrays as ``.npz`` without pickles: what `numpy.load` reads, read with no more memory than the file has bytes."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from dualbrain.model_file.archive import DamagedError, read_stored, stored

Array = NDArray[Any]
HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
ENDING = ".npy"
HEADER = 2**16
"""Bytes of which the header of an array is the beginning, at most."""


def write_arrays(arrays: Mapping[str, Array]) -> bytes:
    """Return arrays, none of them of objects, as the bytes of a ``.npz`` file."""
    return stored({f"{name}{ENDING}": _written(array) for name, array in arrays.items()})


def read_arrays(data: bytes) -> dict[str, Array]:
    """Return the arrays of a ``.npz`` file, writable; raises `DamagedError` where it holds anything else."""
    return {name.removesuffix(ENDING): _read(member) for name, member in read_stored(BytesIO(data)).items()}


def check_sizes(file: str | Path | IO[bytes], most: int) -> None:
    """Raise `DamagedError` where arrays of a ``.npz`` file are not as large as they state, or more than ``most`` bytes.

    They may be compressed; nothing but their headers is read.
    """
    with zipfile.ZipFile(file) as archive:
        listed = archive.infolist()
        if sum(info.file_size for info in listed) > most:
            raise DamagedError(f"its arrays are larger than {most >> 20} MiB")
        for info in listed:
            with archive.open(info) as member:
                _header(BytesIO(member.read(HEADER)), info.file_size)


def _written(array: Array) -> bytes:
    file = BytesIO()
    npy.write_array(file, array, allow_pickle=False)
    return file.getvalue()


def _header(file: BytesIO, size: int) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return shape, whether columns come first, and type of an array that is ``size`` bytes with its header."""
    try:
        shape, by_columns, dtype = HEADERS[npy.read_magic(file)](file)
    except (ValueError, KeyError, TypeError, SyntaxError, RecursionError, MemoryError, OverflowError) as error:
        raise DamagedError("an array in it cannot be read") from error
    if dtype.hasobject:
        raise DamagedError("an array in it holds objects, whose pickles could run code")
    if any(length < 0 for length in shape) or math.prod(shape) * dtype.itemsize != size - file.tell():
        raise DamagedError("an array in it is not of the size that it states")
    return shape, by_columns, dtype


def _read(data: bytes) -> Array:
    file = BytesIO(data)
    shape, by_columns, dtype = _header(file, len(data))
    if dtype.itemsize == 0 or 0 in shape:
        return _empty(shape, dtype)
    flat: Array = np.frombuffer(data, dtype, offset=file.tell())
    return flat.reshape(shape, order="F" if by_columns else "C").copy(order="K")


def _empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    try:
        return np.zeros(shape, dtype)
    except (ValueError, MemoryError) as error:
        raise DamagedError("an array in it is not of the size that it states") from error

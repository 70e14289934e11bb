"""Tables on disk: CSV with the standard library, or Parquet with pyarrow."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.episodes.record import Table
from dualbrain.episodes.schema import Column
from dualbrain.errors import UserError
from dualbrain.files.atomic_write import atomic_write


def write_csv(table: Table, path: Path) -> None:
    """Write a table as text; numbers read back as the same, and what is not known is empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*(_written(column) for column in table.values()), strict=True))


def write_parquet(table: Table, path: Path) -> None:
    """Write a table as Parquet; what is not known is null. Raises `UserError` without pyarrow."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise UserError("Parquet needs pyarrow: pip install 'dualbrain[parquet]', or take --format csv") from error
    columns = {name: pyarrow.array(column, from_pandas=True) for name, column in table.items()}
    parquet.write_table(pyarrow.table(columns), path)


FORMATS: dict[str, Callable[[Table, Path], None]] = {"csv": write_csv, "parquet": write_parquet}
"""By the ending of a file's name."""


def write_table(table: Table, path: Path) -> Path:
    """Write a table in the format that its name ends in, whole or not at all; its folder is made if it has to be.

    Raises `UserError` where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as temporary:
            FORMATS[path.suffix[1:]](table, temporary)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from error
    return path


def describe(columns: Iterable[Column]) -> Table:
    """Return a table of the meaning, unit and range of columns."""
    listed = list(columns)
    return {name: np.array([getattr(column, name) for column in listed]) for name in Column.__annotations__}


def _written(column: NDArray[Any]) -> list[Any]:
    """Return the values of a column as they are written: flags as 0 and 1, floats as short as they can be."""
    if column.dtype.kind == "b":
        column = column.astype(np.int64)
    unknown = np.isnan(column) if column.dtype.kind == "f" else np.zeros(len(column), bool)
    return ["" if missing else value for value, missing in zip(column, unknown, strict=True)]

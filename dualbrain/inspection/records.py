"""Event files written with a quick checksum: of a picture, TensorBoard's own takes as long as drawing half of it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from typing import Any

from dualbrain.inspection.checksum import masked_crc32c

SHORT = 2048
"""Bytes of a record for which TensorBoard's own way is as quick."""


def quicken(writer: Any) -> None:
    """Let a `SummaryWriter` write the same files as ever, in less time."""
    try:
        records = writer._get_file_writer().event_writer._async_writer._writer
        records.write = partial(_write, records._writer.write, records.write)
    except AttributeError:  # another version of TensorBoard, made otherwise: slower, that is all
        return


def _write(write: Callable[[bytes], Any], plainly: Callable[[bytes], Any], record: bytes) -> None:
    """Write a record: its length, and itself, each followed by its checksum."""
    if len(record) < SHORT:
        plainly(record)
        return
    length = struct.pack("<Q", len(record))
    sums = [struct.pack("<I", masked_crc32c(part)) for part in (length, record)]
    write(length + sums[0] + record + sums[1])

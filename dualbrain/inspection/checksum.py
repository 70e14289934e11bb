"""The checksum of event files, CRC-32C (Castagnoli), of many bytes at once: TensorBoard's own takes a byte at a time.

A checksum that begins at 0 is linear: pieces of the data are summed up side by side, and then joined.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

POLYNOMIAL = 0x82F63B78
PIECES = 1024
"""Pieces that are summed up side by side, a power of two."""
BITS = np.arange(32, dtype=np.uint32)

Sums = NDArray[np.uint32]


def masked_crc32c(data: bytes) -> int:
    """Return the checksum of data as event files keep it, rotated and moved."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def crc32c(data: bytes) -> int:
    """Return the checksum of data.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    length = -(-max(len(data), 4) // PIECES)
    laid = np.zeros(PIECES * length, np.uint8)
    laid[len(laid) - len(data) :] = np.frombuffer(data, np.uint8)
    crc = _joined(_sums(np.ascontiguousarray(laid.reshape(PIECES, length).T)), length)
    # The beginning is not 0 but all ones, which the zeros before the data would have lost: it is added here.
    return int(crc ^ _moved(np.array([0xFFFFFFFF], np.uint32), _shift(len(data)))[0]) ^ 0xFFFFFFFF


def _sums(columns: NDArray[np.uint8]) -> Sums:
    """Return the checksums ``(PIECES,)`` of pieces, given their first bytes, their second ones and so on."""
    crc = np.zeros(columns.shape[1], np.uint32)
    for column in columns:
        crc = _table()[(crc ^ column) & 0xFF] ^ (crc >> 8)
    return crc


def _joined(crc: Sums, length: int) -> int:
    """Return the checksum of pieces that follow one another, of so many bytes each."""
    shift = _shift(length)
    while len(crc) > 1:
        crc = _moved(crc[0::2], shift) ^ crc[1::2]
        shift = _moved(shift, shift)
    return int(crc[0])


def _moved(crc: Sums, shift: Sums) -> Sums:
    """Return checksums ``(n,)`` as they are after some zero bytes more."""
    bits = (crc[:, None] >> BITS) & np.uint32(1)
    moved: Sums = np.bitwise_xor.reduce(bits * shift, axis=1)
    return moved


@lru_cache(4096)
def _shift(length: int) -> Sums:
    """Return what so many zero bytes make of each bit of a checksum, ``(32,)``."""
    if length == 0:
        return np.left_shift(np.uint32(1), BITS)
    if length == 1:
        single = np.left_shift(np.uint32(1), BITS)
        moved: Sums = _table()[single & 0xFF] ^ (single >> 8)
        return moved
    half = _shift(length // 2)
    return _moved(_shift(length % 2), _moved(half, half))


@lru_cache
def _table() -> Sums:
    """Return the checksums ``(256,)`` of all bytes."""
    crc = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        crc = np.where(crc & 1, (crc >> 1) ^ np.uint32(POLYNOMIAL), crc >> 1)
    return crc

"""Copying a few bytes at once: a compiler that must allow for overlap copies them one by one."""

from __future__ import annotations

from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

STRIP = 16
"""Bytes copied at once."""


def _copy_strip(_: Any, to: Any, at: Any, origin: Any, start: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        target, source = (_place(context, builder, signature.args[k : k + 2], arguments[k : k + 2]) for k in (0, 2))
        builder.store(builder.load(source, align=1), target, align=1)
        return context.get_dummy_value()

    return types.void(to, at, origin, start), build


copy_strip: Any = intrinsic(_copy_strip)
"""``copy_strip(to, at, origin, start)`` copies `STRIP` bytes from ``origin[start:]`` to ``to[at:]``."""


def _place(context: Any, builder: Any, kinds: Any, arguments: Any) -> Any:
    """Return a pointer to a strip, given an array and an index."""
    array = context.make_array(kinds[0])(context, builder, arguments[0])
    index = context.cast(builder, arguments[1], kinds[1], types.intp)
    cell = cast(Any, cgutils).get_item_pointer(context, builder, kinds[0], array, [index], wraparound=False)
    return builder.bitcast(cell, ir.VectorType(ir.IntType(8), STRIP).as_pointer())

"""Read state dicts that `torch.save` wrote: tensors, numbers and text only.

`torch.load(weights_only=True)` reads them as well, but lets a file ask for memory that it does not fill.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, ClassVar

import torch
from torch import Tensor

from dualbrain.model_file.archive import DamagedError, read_stored

DTYPES = {
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}
BROKEN: tuple[type[Exception], ...] = (
    *(pickle.UnpicklingError, ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError, OverflowError),
    *(RecursionError, MemoryError, RuntimeError, AssertionError, UnicodeError, ImportError, NotImplementedError),
)
"""What may come of a pickle that is none, or asks for more than it may."""
WRITTEN = (
    *(pickle.PROTO, pickle.STOP, pickle.MARK, pickle.GLOBAL, pickle.REDUCE, pickle.BUILD, pickle.BINPERSID),
    *(pickle.EMPTY_DICT, pickle.SETITEM, pickle.SETITEMS, pickle.EMPTY_LIST, pickle.APPEND, pickle.APPENDS),
    *(pickle.EMPTY_TUPLE, pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3, pickle.BINUNICODE),
    *(pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE, pickle.BINFLOAT, pickle.BININT, pickle.BININT1, pickle.BININT2),
    *(pickle.LONG1, pickle.BINPUT, pickle.LONG_BINPUT, pickle.BINGET, pickle.LONG_BINGET),
)
"""The operations that `torch.save` writes for a state dict; a pickle with any other is refused."""


def write_tensors(value: Any) -> bytes:
    """Return a state dict as bytes that ``torch.load(weights_only=True)`` reads."""
    file = BytesIO()
    torch.save(value, file)
    return file.getvalue()


def read_tensors(data: bytes) -> Any:
    """Return a state dict with its tensors on the CPU; raises `DamagedError` for anything else."""
    members = {name.partition("/")[2]: part for name, part in read_stored(BytesIO(data), inner=True).items()}
    if members.get("byteorder", b"little") != b"little" or "data.pkl" not in members:
        raise DamagedError("its weights cannot be read")
    try:
        value = _Reader(members).load()
        _check_tree(value, set())
        return value
    except DamagedError:
        raise
    except BROKEN as error:
        raise DamagedError("its weights cannot be read") from error


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Give all tensors in nested dicts and lists."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (dict, list)):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from tensors_in(entry)


def _check_tree(value: Any, seen: set[int]) -> None:
    """Raise `DamagedError` for a list or dict that stands in two places: such could be endless."""
    if isinstance(value, tuple) and any(isinstance(entry, (dict, list, tuple)) for entry in value):
        raise DamagedError("its weights cannot be read")
    if isinstance(value, (dict, list)):
        if id(value) in seen:
            raise DamagedError("its weights cannot be read")
        seen.add(id(value))
        for entry in value.values() if isinstance(value, dict) else value:
            _check_tree(entry, seen)


def _set_metadata(reader: Any) -> None:
    """Set attributes, as a pickle does, on a state dict alone: `torch` keeps the versions of its modules so."""
    state, made = reader.stack.pop(), reader.stack[-1]
    if not isinstance(made, OrderedDict) or not isinstance(state, dict) or set(state) - {"_metadata"}:
        raise DamagedError("its weights cannot be read")
    vars(made).update(state)


class _Reader(pickle._Unpickler):
    """Python's own unpickler: the one in C makes room for as many entries as a pickle asks for."""

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = {
        **{operation[0]: pickle._Unpickler.dispatch[operation[0]] for operation in WRITTEN},
        pickle.BUILD[0]: _set_metadata,
    }

    def __init__(self, members: dict[str, bytes]):
        super().__init__(BytesIO(members["data.pkl"]))
        self._members = members
        self._storages: dict[str, Tensor] = {}

    def find_class(self, module: str, name: str) -> Any:
        """Return one of the few things that a state dict is made of."""
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        made: dict[tuple[str, str], Callable[..., Any]] = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _tensor,
        }
        if (module, name) not in made:
            raise DamagedError(f"its weights name '{module[:50]}.{name[:50]}', which is no part of a state dict")
        return made[module, name]

    def persistent_load(self, pid: Any) -> Tensor:
        """Return the numbers of a storage, flat."""
        kind, dtype, key, _, count = pid
        if kind != "storage" or not isinstance(dtype, torch.dtype):
            raise DamagedError("its weights cannot be read")
        data = self._members[f"data/{key}"]
        if count * dtype.itemsize != len(data):
            raise DamagedError("a tensor in it is not of the size that it states")
        if key not in self._storages:
            flat = torch.frombuffer(bytearray(data), dtype=dtype) if data else torch.zeros(0, dtype=dtype)
            self._storages[key] = flat
        return self._storages[key]


def _tensor(storage: Tensor, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: Any) -> Tensor:
    """Return a tensor over a storage that holds each of its numbers once."""
    made = storage.as_strided(size, stride, offset)
    if made.numel() > storage.numel():
        raise DamagedError("a tensor in it is not of the size that it states")
    return made

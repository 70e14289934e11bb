"""A model as one file, by member.

``data`` holds attributes as JSON, ``arrays.npz`` their arrays, ``policy.pth`` and its like the state dicts, and
``left_out.json`` what has no plain form. The names are those of Stable-Baselines3 where it has them. A checkpoint also
holds where training is, in ``training.json`` and ``training.npz``: plain values, which no loading of a model reads.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import stable_baselines3
from stable_baselines3.common.utils import get_system_info

from dualbrain import __version__
from dualbrain.files.trust import Source
from dualbrain.model_file.archive import DamagedError, parse_json, read_archive, read_stored, write_archive
from dualbrain.model_file.arrays import read_arrays, write_arrays
from dualbrain.model_file.kinds import VALUES
from dualbrain.model_file.names import Names
from dualbrain.model_file.parts import KINDS
from dualbrain.model_file.tensors import read_tensors, write_tensors
from dualbrain.model_file.values import Reader, Writer

DATA, ARRAYS, LEFT_OUT, VARIABLES = "data", "arrays.npz", "left_out.json", "pytorch_variables.pth"
TRAINING, TRAINING_ARRAYS = "training.json", "training.npz"
WEIGHTS = ".pth"
SB3_VERSION, SYSTEM = "_stable_baselines3_version", "system_info.txt"


@dataclass(frozen=True)
class Model:
    """What a model file holds."""

    data: dict[str, Any]
    """Attributes by name."""
    state_dicts: dict[str, Any]
    """Those of networks and optimisers by name, as in ``policy.optimizer``."""
    variables: dict[str, Any] = field(default_factory=dict)
    """Other tensors by name."""
    left_out: dict[str, str] = field(default_factory=dict)
    """What the file does not hold: its place, and what was done."""
    system: str = ""
    """The software and the machine that wrote it."""
    training: dict[str, Any] = field(default_factory=dict)
    """Where training is, in a checkpoint: see `read_training`."""


def write_model(file: IO[bytes], model: Model, needed: Collection[str] = ()) -> dict[str, str]:
    """Write a model; return what of it has no plain form and is left out, by place.

    ``needed`` are attributes whose entries must be given by who reads the file, where they have no plain form.
    """
    members = members_of(model, needed)
    write_archive(file, members, __version__)
    return {**model.left_out, **parse_json(members[LEFT_OUT])}


def members_of(model: Model, needed: Collection[str] = ()) -> dict[str, bytes]:
    """Return the members of a model's file."""
    writer = Writer(KINDS)
    data = writer.entries({name: value for name, value in model.data.items() if name not in needed})
    data |= {name: writer.inside(name, model.data[name], needed=True) for name in needed}
    weights = {f"{name}{WEIGHTS}": write_tensors(state) for name, state in model.state_dicts.items()}
    return {
        DATA: json.dumps(data, indent=1, allow_nan=False).encode(),
        ARRAYS: write_arrays(writer.arrays),
        VARIABLES: write_tensors(model.variables),
        **weights,
        LEFT_OUT: json.dumps({**model.left_out, **writer.left_out}).encode(),
        SB3_VERSION: stable_baselines3.__version__.encode(),
        SYSTEM: get_system_info(print_info=False)[1].encode(),
        **(_training_members(model.training) if model.training else {}),
    }


def _training_members(training: Mapping[str, Any]) -> dict[str, bytes]:
    writer = Writer(VALUES)
    written = json.dumps(writer.write(dict(training)), allow_nan=False).encode()
    return {TRAINING: written, TRAINING_ARRAYS: write_arrays(writer.arrays)}


def read_model(file: IO[bytes], source: Source, given: Mapping[str, Any]) -> Model:
    """Return what a file holds; ``given`` stands in for attributes, for places in them, and for names of code.

    Raises `PickledError` for a file of Stable-Baselines3's own format, `DamagedError` for any other that is no model,
    and `UserError` for what it names and is not there, not allowed, or not of the kind that is needed.
    """
    members = read_archive(file, source.is_trusted)
    if not {DATA, ARRAYS, LEFT_OUT} <= members.keys():
        raise DamagedError("it lacks a member that it needs")
    reader = Reader(KINDS, read_arrays(members[ARRAYS]), Names(source, given), given)
    written = reader.of(parse_json(members[DATA]), dict)
    try:
        data = reader.entries({name: value for name, value in written.items() if name not in given})
    except RecursionError as error:
        raise DamagedError("a value in it is nested too deep") from error
    left_out = {str(place): str(what) for place, what in reader.of(parse_json(members[LEFT_OUT]), dict).items()}
    system = members.get(SYSTEM, b"").decode(errors="replace")
    return Model({**data, **given_attributes(given)}, *_weights(members), left_out, system)


def read_training(file: IO[bytes], source: Source) -> dict[str, Any]:
    """Return where training was when a checkpoint was written; empty for any other model.

    It is of plain values, and names no code. Raises as `read_model` does.
    """
    members = read_archive(file, source.is_trusted)
    if not {TRAINING, TRAINING_ARRAYS} <= members.keys():
        return {}
    reader = Reader(VALUES, read_arrays(members[TRAINING_ARRAYS]), Names(source))
    try:
        training: dict[str, Any] = reader.of(reader.read(parse_json(members[TRAINING])), dict)
    except RecursionError as error:
        raise DamagedError("a value in it is nested too deep") from error
    return training


def given_attributes(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the given objects that stand in for attributes, not for places in them or names of code."""
    return {name: value for name, value in given.items() if name.isidentifier()}


def read_state_dicts(file: IO[bytes]) -> dict[str, Any]:
    """Return the state dicts alone, of a file of this format or of Stable-Baselines3's; nothing else is read."""
    return _weights(read_stored(file))[0]


def _weights(members: Mapping[str, bytes]) -> tuple[dict[str, Any], dict[str, Any]]:
    read = {name: read_tensors(data) for name, data in members.items() if name.endswith(WEIGHTS)}
    variables = read.pop(VARIABLES, None) or {}
    if not all(isinstance(value, dict) for value in (variables, *read.values())):
        raise DamagedError("its weights cannot be read")
    return {name.removesuffix(WEIGHTS): state for name, state in read.items()}, variables

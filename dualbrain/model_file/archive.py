"""Read and write the zip of a model: members with their digests, none larger than the file.

Members are stored as they are, so that a file cannot unfold into more than its own size.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

FORMAT = 1
"""Number of the format that is written; all from 1 to this one are read."""
LARGEST = 2**28
"""Bytes of a file that is read without the user's word; a model of 20 million parameters has as many."""
CONTENTS = "dualbrain.json"
"""The member that says what the others are."""
NAME = re.compile(r"(?!\.+$)[\w.-]+")


class DamagedError(ValueError):
    """A file that is incomplete or has been changed."""


class PickledError(ValueError):
    """A file of Stable-Baselines3's own format, which holds pickles: reading it can run code."""


def write_archive(file: IO[bytes], members: Mapping[str, bytes], version: str) -> None:
    """Write members and the list of them; ``version`` is this software's."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    contents = {"format": FORMAT, "dualbrain": version, "sha256": digests}
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(CONTENTS, json.dumps(contents, indent=1))
        for name, data in members.items():
            archive.writestr(name, data)


def read_archive(file: IO[bytes], trusted: bool = False) -> dict[str, bytes]:
    """Return the members, each checked against its digest.

    Raises `PickledError` for a file of Stable-Baselines3's, `DamagedError` for any other that is not whole, or that is
    larger than `LARGEST` and not ``trusted``.
    """
    if not trusted and file.seek(0, 2) > LARGEST:
        raise DamagedError(
            f"it is larger than {LARGEST >> 20} MiB: if you trust its maker, say --trust (in Python: trusted=True)"
        )
    members = read_stored(file)
    contents = members.pop(CONTENTS, None)
    if contents is None:
        raise PickledError if "data" in members else DamagedError("it holds no model")
    digests = _digests(contents)
    if digests.keys() != members.keys():
        raise DamagedError("its members are not those that it lists")
    for name, data in members.items():
        if hashlib.sha256(data).hexdigest() != digests[name]:
            raise DamagedError(f"its member {name} has been changed or damaged")
    return members


def read_stored(file: IO[bytes], inner: bool = False) -> dict[str, bytes]:
    """Return the members of a zip whose members are not compressed; folders are allowed in an ``inner`` one."""
    size = file.seek(0, 2)
    try:
        with zipfile.ZipFile(file) as archive:
            listed = archive.infolist()
            _check_list(listed, size, inner)
            return {info.filename: archive.read(info) for info in listed}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, UnicodeError) as error:
        raise DamagedError(f"its zip cannot be read ({' '.join(str(error).split())})") from error


def _check_list(listed: list[zipfile.ZipInfo], size: int, inner: bool) -> None:
    names = [info.filename for info in listed]
    if len(set(names)) < len(names):
        raise DamagedError("it holds two members of one name")
    for info in listed:
        parts = info.filename.split("/") if inner else [info.filename]
        if not all(NAME.fullmatch(part) for part in parts):
            raise DamagedError(f"{info.filename[:100]!a} is no name of a member")
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            raise DamagedError("its members are compressed")
    if sum(info.file_size for info in listed) > size:
        raise DamagedError("its members are larger than the file")


def _digests(contents: bytes) -> dict[str, str]:
    stated = parse_json(contents)
    number = stated.get("format") if isinstance(stated, dict) else None
    if type(number) is not int or not isinstance(stated.get("sha256"), dict):
        raise DamagedError(f"its {CONTENTS} cannot be read")
    if number > FORMAT:
        later = f"it is of format {number}, written by dualbrain {str(stated.get('dualbrain'))[:20]!a}"
        raise DamagedError(f"{later}, and this version reads formats up to {FORMAT}: install a later one")
    if number < 1:
        raise DamagedError(f"there is no format {number}")
    digests: dict[str, str] = stated["sha256"]
    return digests


def parse_json(data: bytes) -> Any:
    """Read JSON; raises `DamagedError` for what is none."""
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise DamagedError("a text in it is not JSON") from error


def _no_constant(name: str) -> None:
    raise ValueError(name)


def stored(members: Mapping[str, bytes]) -> bytes:
    """Return members as a zip that `read_stored` reads."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()

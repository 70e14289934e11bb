"""By what a file is known to be a part: how drives, worlds, agents, adapters and experiments declare themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dualbrain.discovery.files import SourceFile

ADAPTER, BEGINNINGS, EXTRA = "ADAPTER", "BEGINNINGS", "EXTRA"
"""Constants of an adapter's file: the adapter, the beginnings of the ids that it serves, and the extra to install."""


@dataclass(frozen=True)
class Rule:
    """How the files of one group declare what they hold."""

    find: Callable[[SourceFile], Mapping[str, str]]
    """From a file to the parts in it: name to the object within the file; none where it is no part."""
    says: str
    """What a file must have to be found, for those whose file is not."""


def class_of(file: SourceFile, *, ending: str = "") -> dict[str, str]:
    r"""Return the class named like the file, whatever its capitals are, perhaps with an ``ending`` after it.

    >>> from pathlib import Path
    >>> file = SourceFile("drives.joint_attention", Path("none"))
    >>> vars(file)["text"] = "class Gaze: ...\nclass JointAttention(Gaze): ..."
    >>> class_of(file)
    {'joint_attention': 'JointAttention'}
    """
    wanted = {_folded(file.stem), _folded(file.stem + ending)}
    found = re.findall(r"^class (\w+)", file.text, re.MULTILINE)
    return _named(file, [name for name in found if _folded(name) in wanted])


def marked(file: SourceFile, *, constant: str) -> dict[str, str]:
    """Return the class that a constant of the file is, as in ``AGENT = MyPPO``.

    It is for folders in which other files too have a class of their own name.
    """
    return _named(file, re.findall(rf"^{constant}(?:: .+?)? = (\w+)$", file.text, re.MULTILINE))


def experiments_of(file: SourceFile) -> dict[str, str]:
    r"""Return the experiments that the file declares, by their own names.

    >>> from pathlib import Path
    >>> file = SourceFile("mine.tides", Path("none"))
    >>> vars(file)["text"] = 'HIGH = Experiment(name="high-tide")\nLOW_TIDE = Experiment(\n    about="?")'
    >>> experiments_of(file)
    {'high-tide': 'HIGH', 'low-tide': 'LOW_TIDE'}
    """
    declared = r'^([A-Z][A-Z0-9_]*)(?:: Experiment)? = Experiment\((?:\s*name="([^"]+)")?'
    found = re.findall(declared, file.text, re.MULTILINE)
    return {name or constant.lower().replace("_", "-"): constant for constant, name in found}


def world_of(file: SourceFile) -> dict[str, str]:
    r"""Return the function named like the file that declares a world of the engine, by the world's name and version.

    >>> from pathlib import Path
    >>> file = SourceFile("mine.salt_lick", Path("none"))
    >>> vars(file)["text"] = "from envs.engine.world import World\ndef salt_lick(size: int = 8) -> World: ..."
    >>> world_of(file)
    {'SaltLick-v0': 'salt_lick'}
    """
    declares = rf"^def {re.escape(file.stem)}\((?:(?!^def ).)*?\) -> World:"
    if "envs.engine" not in file.text or not re.search(declares, file.text, re.MULTILINE | re.DOTALL):
        return {}
    return {f"{camel_case(file.stem)}-v0": file.stem}


def adapter_of(file: SourceFile) -> dict[str, str]:
    """Return the adapter by the beginnings of ids that the file says it serves, with the extra that brings its package.

    They are literal constants at the top of the file, ``BEGINNINGS = ("MiniGrid-", "BabyAI-")`` and ``EXTRA``, so that
    they are read without importing another package.
    """
    if BEGINNINGS not in file.text:
        return {}
    constants = _constants(file.text)
    extra = f" [{constants[EXTRA]}]" if constants.get(EXTRA) else ""
    return dict.fromkeys(map(str, constants.get(BEGINNINGS, ())), ADAPTER + extra)


def camel_case(name: str) -> str:
    """Return a name in snake_case as one in CamelCase.

    >>> camel_case("salt_lick")
    'SaltLick'
    """
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _named(file: SourceFile, found: list[str]) -> dict[str, str]:
    """Return the first object that was found in a file under the file's own name."""
    return {file.stem: found[0]} if found else {}


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()


def _constants(source: str) -> dict[str, Any]:
    """Return the literal constants that source code assigns; none of source that is no Python."""
    try:
        lines = ast.parse(source).body
    except (SyntaxError, ValueError):
        return {}
    return {
        line.targets[0].id: _literal(line.value)
        for line in lines
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
    }


def _literal(value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value)
    except ValueError:
        return None

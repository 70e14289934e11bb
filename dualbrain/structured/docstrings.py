"""Read what is written below the fields of a dataclass."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import Any


def meanings_of(cls: Any) -> dict[str, str]:
    """Return the docstring below each field of a class, in one line; fields without one are left out."""
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    lines = body.body if isinstance(body, ast.ClassDef) else []
    return {
        ast.unparse(line.target): " ".join(str(ast.literal_eval(below.value)).split())
        for line, below in pairwise(lines)
        if isinstance(line, ast.AnnAssign) and isinstance(below, ast.Expr)
    }

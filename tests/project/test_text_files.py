"""Text files are read and written in UTF-8 wherever: no call leaves the encoding to the locale."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dualbrain.files.text import read_text, write_text

ROOT = Path(__file__).parents[2]
FOLDERS = ("agents", "benchmarks", "docs", "dualbrain", "envs", "experiments", "reward_modules")
NO_FILES = ("os", "Image", "webbrowser", "socket", "zipfile", "archive", "parquet")
"""What has an ``open`` that takes no encoding."""


def careless(source: str) -> Iterator[int]:
    """Yield the lines that read or write text without saying in which encoding."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _handles_text(node) and "encoding" not in {k.arg for k in node.keywords}:
            yield node.lineno


def _handles_text(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    owner = getattr(function.value, "id", "") if isinstance(function, ast.Attribute) else ""
    if name in ("read_text", "write_text", "TextIOWrapper", "NamedTemporaryFile"):
        return isinstance(function, ast.Attribute)
    if any(keyword.arg in ("text", "universal_newlines") for keyword in call.keywords) and owner == "subprocess":
        return True
    modes = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return name == "open" and owner not in NO_FILES and not any("b" in mode and len(mode) < 4 for mode in modes)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_text_depends_on_the_locale(folder: str):
    files = {str(path): path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob("*.py")}
    assert files
    assert [f"{path}:{line}" for path, source in files.items() for line in careless(source)] == []


@pytest.mark.parametrize(
    "source",
    ["path.read_text()", "path.write_text(text)", "open(path)", "path.open('w')", "subprocess.run(c, text=True)"],
)
def test_what_is_careless_is_found(source: str):
    assert [*careless(source)] == [1]
    assert [*careless(source.replace(")", ", encoding='utf-8')").replace("(, ", "("))] == []
    assert [*careless("path.open('rb'), Image.open(file), os.open(path, 'ab'), open(path, 'wb')")] == []


def test_any_editors_files_are_read_and_one_kind_is_written(tmp_path: Path):
    file = tmp_path / "drives.toml"
    file.write_bytes("\ufeff# Schärfe\r\n".encode())
    assert read_text(file) == "# Schärfe\n"
    write_text(file, "# Schärfe π\n")
    assert file.read_bytes() == "# Schärfe π\n".encode()


def test_letters_that_python_could_not_decode_are_written_as_they_were(tmp_path: Path):
    """In a locale without them, words of the command line carry such letters as lone surrogates."""
    word = "läufe".encode().decode("ascii", errors="surrogateescape")
    write_text(tmp_path / "command.txt", word)
    assert read_text(tmp_path / "command.txt") == "läufe"

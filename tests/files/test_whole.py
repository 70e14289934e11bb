"""A file is exchanged whole, where its path leads; folders, devices and pipes stay as they are."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from dualbrain.files.atomic_write import atomic_write


def test_a_link_stays_and_leads_to_the_new_file(tmp_path: Path):
    there, link = tmp_path / "there" / "page.html", tmp_path / "link.html"
    there.parent.mkdir()
    link.symlink_to(there)
    for text in ("first", "second"):
        with atomic_write(link) as path:
            path.write_text(text)
        assert link.is_symlink()
        assert there.read_text() == text
    assert [*there.parent.iterdir()] == [there]


def test_a_link_that_leads_to_itself_is_exchanged(tmp_path: Path):
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with atomic_write(loop) as path:
        path.write_text("text")
    assert loop.read_text() == "text"


@pytest.mark.parametrize("folder", [".", "", "/", "..", "folder"])
def test_a_folder_is_no_place_for_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    with pytest.raises(IsADirectoryError, match=re.escape(str(Path(folder)))), atomic_write(Path(folder)):
        pytest.fail("nothing is to be written")
    assert [*tmp_path.rglob("*")] == [tmp_path / "folder"]


def test_devices_and_pipes_stay_as_they_are(tmp_path: Path):
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link):
        with pytest.raises(FileExistsError, match="no file but a device or a pipe"), atomic_write(path):
            pytest.fail("nothing is to be written")
    assert pipe.is_fifo()
    assert link.is_symlink()

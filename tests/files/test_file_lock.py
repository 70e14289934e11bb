"""One process at a time: locks on folders, what they leave behind, and what they never follow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dualbrain.errors import UserError
from dualbrain.files.file_lock import LOCK, file_lock, holding

HOLD = """
import sys
from pathlib import Path
from dualbrain.files.file_lock import holding
with holding(Path(sys.argv[1]), "taken"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_folder_is_made_and_kept_and_free_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    for _ in range(2):
        work = pytest.raises(UserError, match="another run is at work in")
        with file_lock(folder, "comparison"), work, file_lock(folder, "run"):
            pass


def test_a_run_folder_is_held_and_nothing_left_in_it(tmp_path: Path) -> None:
    for _ in range(2):
        with holding(tmp_path, "taken"), pytest.raises(UserError, match="taken"), holding(tmp_path, "taken"):
            pass
        assert list(tmp_path.iterdir()) == []


def test_another_process_holds_it_until_it_is_killed(tmp_path: Path) -> None:
    command, pipe = [sys.executable, "-c", HOLD, str(tmp_path)], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UserError, match="taken"), holding(tmp_path, "taken"):
            pass
        other.kill()
    with holding(tmp_path, "taken"):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_in_the_locks_place_is_not_followed(tmp_path: Path) -> None:
    kept, folder = tmp_path / "kept", tmp_path / "run"
    kept.write_text("mine")
    folder.mkdir()
    (folder / LOCK).symlink_to(kept)
    with pytest.raises(UserError, match="is a link, not a lock of a run: remove it"), holding(folder, "taken"):
        pass
    with pytest.raises(UserError, match="cannot write in"), file_lock(folder, "comparison"):
        pass
    assert kept.read_text() == "mine"
    (folder / LOCK).unlink()
    (folder / LOCK).symlink_to(tmp_path / "new")
    with pytest.raises(UserError), holding(folder, "taken"):
        pass
    assert not (tmp_path / "new").exists()


def test_what_cannot_be_locked_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with holding(tmp_path, "taken"):
        (tmp_path / "model.zip").touch()
    with pytest.raises(UserError, match=f"cannot write in {tmp_path}: Permission denied"), file_lock(tmp_path, "run"):
        pass

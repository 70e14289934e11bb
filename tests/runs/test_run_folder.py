"""Run folders: numbered, and never half-written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dualbrain.errors import UserError
from dualbrain.files.atomic_write import atomic_write
from dualbrain.runs.models import find_model
from dualbrain.runs.run_folder import RunFolder, newest


def test_folders_count_up_beyond_the_highest(tmp_path: Path):
    (tmp_path / "ppo" / "a-b-v0_7").mkdir(parents=True)
    assert RunFolder.create(tmp_path, "ppo", "a/b-v0").path == tmp_path / "ppo" / "a-b-v0_8"
    assert RunFolder.create(tmp_path, "ppo", "a/b-v0").path == tmp_path / "ppo" / "a-b-v0_9"


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path):
    folder = RunFolder.create(tmp_path, "ppo", "x")

    def half() -> None:
        with folder.writing("model.zip") as path:
            path.write_text("half")
            assert not (folder.path / "model.zip").exists()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert list(folder.path.iterdir()) == []


def test_what_is_discarded_leaves_no_trace(tmp_path: Path):
    kept = tmp_path / "kept.txt"
    kept.touch()
    RunFolder.create(tmp_path / "runs", "ppo", "x").discard()
    assert list(tmp_path.iterdir()) == [kept]


def run_with(root: Path, *files: str) -> Path:
    folder = RunFolder.create(root, "ppo", "x")
    for name in ("config.toml", *files):
        folder.write(name, "")
    return folder.path


def test_the_newest_run_is_the_one_configured_last(tmp_path: Path):
    assert newest(tmp_path) is None
    run_with(tmp_path, "model.zip")
    last = run_with(tmp_path, "model.zip")
    assert newest(tmp_path) == last
    assert find_model(tmp_path) == last / "model.zip"


def test_a_newer_run_without_a_brain_is_passed_over_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    run_with(tmp_path, "model.zip")
    best = run_with(tmp_path, "best_model.zip")
    passed = run_with(tmp_path), run_with(tmp_path, ".partial-77-beef.zip")
    half = run_with(tmp_path / ".partial-fear-seed_0", "model.zip")
    assert find_model(tmp_path) == best / "best_model.zip"
    (said,) = caplog.messages
    assert all(str(run) in said for run in (*passed, best))
    assert str(half) not in said


def test_runs_without_any_brain_are_named(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    run = run_with(tmp_path)
    for target in (tmp_path, run):
        with pytest.raises(UserError, match=f"there is no model file {run}/model.zip"):
            find_model(target)
    assert not caplog.messages


def test_writers_of_one_file_do_not_meet(tmp_path: Path):
    file = tmp_path / "model.zip"
    with atomic_write(file) as one, atomic_write(file) as other:
        one.write_text("one")
        other.write_text("other")
        assert one != other
        assert not file.exists()
    assert file.read_text() == "one"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file, flushed = tmp_path / "model.zip", list[tuple[int, bool]]()
    flush = os.fsync

    def watched(descriptor: int) -> None:
        flushed.append((os.fstat(descriptor).st_ino, file.exists()))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    with atomic_write(file) as temporary:
        temporary.write_text("whole")
    assert flushed == [(file.stat().st_ino, False), (tmp_path.stat().st_ino, True)]


def test_what_cannot_be_flushed_leaves_the_file_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "model.zip"
    file.write_text("before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"), atomic_write(file) as temporary:
        temporary.write_text("after")
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]

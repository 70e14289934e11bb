"""Run folders: numbered, and never half-written."""

from __future__ import annotations

from pathlib import Path

import pytest

from dualbrain.running.run_folder import RunFolder, newest


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


def test_the_newest_run_is_the_one_configured_last(tmp_path: Path):
    assert newest(tmp_path) is None
    for _ in range(2):
        folder = RunFolder.create(tmp_path, "ppo", "x")
        folder.write("config.toml", "")
    assert newest(tmp_path) == folder.path

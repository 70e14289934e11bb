"""A recording that cannot be read is made anew, with a word and without a traceback."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dualbrain.cli import main
from dualbrain.episodes.file import load_recording, made_by
from dualbrain.errors import UserError

Harm = Callable[[Path], Any]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run with Box actions, whose episodes were exported."""
    root = tmp_path_factory.mktemp("damaged")
    quick = ("--eval-freq", "0", "--n-envs", "1", "-params", "n_steps:16", "batch_size:16", "n_epochs:1", "pictures:0")
    assert main(["train", "Pendulum-v1", "-n", "16", "-f", str(root), *quick]) == 0
    assert main(["export", str(root), "--episodes", "1"]) == 0
    return next(root.glob("ppo/*"))


def rewritten(**changes: Any) -> Harm:
    """Return what changes arrays of a recording, or leaves them out where the change is None."""

    def harm(file: Path) -> None:
        with np.load(file) as arrays:
            kept = {**arrays, **{name.replace("__", " "): value for name, value in changes.items()}}
        np.savez(file, allow_pickle=True, **{name: value for name, value in kept.items() if value is not None})

    return harm


def about(**changes: Any) -> Harm:
    """Return what changes the description of a recording."""

    def harm(file: Path) -> None:
        with np.load(file) as arrays:
            told = json.loads(str(arrays["about"]))
        rewritten(about=np.array(json.dumps({**told, **changes})))(file)

    return harm


HARMS: dict[str, Harm] = {
    "empty": lambda file: file.write_bytes(b""),
    "noise": lambda file: file.write_bytes(b"\x00\x01" * 500),
    "text": lambda file: file.write_text("episodes", encoding="utf-8"),
    "truncated": lambda file: file.write_bytes(file.read_bytes()[:-200]),
    "flipped": lambda file: file.write_bytes(file.read_bytes()[:300] + b"????" + file.read_bytes()[304:]),
    "one array": lambda file: file.write_bytes(_one_array()),
    "no description": rewritten(about=None),
    "description no JSON": rewritten(about=np.array("{")),
    "description a list": rewritten(about=np.array("[]")),
    "objects": rewritten(column__score=np.array([{}, None], object)),
    "words": rewritten(column__score=np.array(["a"] * 200)),
    "another length": rewritten(column__score=np.zeros(3)),
    "no score": rewritten(column__score=None),
    "no pictures": rewritten(pictures=None),
    "lost pictures": about(pictures={"0": [100]}),
    "unknown signals": about(signals={"a.b": {"colour": 3}}),
    "other signals": about(signals={"a.b": {"name": "b"}}),
    "earlier": about(layout=1),
}


def _one_array() -> bytes:
    import io

    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_it_is_made_anew(run: Path, harm: Harm, caplog: pytest.LogCaptureFixture):
    kept, table = run / "episodes.npz", run / "export" / "steps.csv"
    before = table.read_bytes()
    harm(kept)
    with pytest.raises(UserError):
        load_recording(kept)
    with caplog.at_level(logging.WARNING, "dualbrain"):
        assert main(["export", str(run), "--episodes", "1"]) == 0
    assert [record.message.count("the episodes are played again") for record in caplog.records] == [1]
    assert "\n" not in caplog.records[0].message
    assert table.read_bytes() == before, "they are the same episodes"
    assert made_by(kept)["episodes"] == 1


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_box_actions_are_exported_number_by_number(run: Path, ending: str):
    assert main(["export", str(run), "--episodes", "1", "--format", ending]) == 0
    recording = load_recording(run / "episodes.npz")
    if ending == "csv":
        file = np.genfromtxt(run / "export" / "steps.csv", delimiter=",", names=True, deletechars="")
        np.testing.assert_array_equal(file["action[0]"].astype(np.float32), recording.table["action"][:, 0])
    else:
        from pyarrow import parquet

        table = parquet.read_table(run / "export" / "steps.parquet")
        np.testing.assert_array_equal(table["executed[0]"], recording.table["executed"][:, 0])
        told = parquet.read_table(run / "export" / "steps_columns.parquet").to_pylist()
        assert [row["name"] for row in told] == table.column_names
        assert told[3]["meaning"] == "the policy's action (element 0)"

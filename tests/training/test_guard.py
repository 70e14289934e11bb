"""What only looks on is switched off where it fails: once, in a line, and without a trace in anything random."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3.common.logger import (
    CSVOutputFormat,
    HumanOutputFormat,
    JSONOutputFormat,
    Logger,
    configure,
)

from dualbrain.errors import UserError
from dualbrain.origin import in_a_line
from dualbrain.tensorboard.outputs import event_logger, keep_writing
from dualbrain.tensorboard.scalar_batching import Together
from dualbrain.training.guard import LOG, Guard, random_streams_kept
from tests.event_files import scalars


def fail(error: BaseException) -> Any:
    raise error


def test_a_guard_warns_once_and_looks_no_more(switched_off):
    guard = Guard("a telescope", "picture of the moon")
    looked: list[int] = []
    assert guard.run(lambda: 3) == 3
    assert guard.run(fail, OSError(28, "No space left on device")) is None
    assert guard.run(looked.append, 1) is None
    assert (guard.working, looked) == (False, [])
    (said,) = switched_off
    assert said.startswith(
        "a telescope switched off, so that there is no picture of the moon from now on: OSError: [Errno"
    )
    assert f"No space left on device ({__file__}, line " in said


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1), GeneratorExit()])
def test_what_ends_the_program_ends_it(error):
    guard = Guard("a telescope", "picture")
    with pytest.raises(type(error)):
        guard.run(fail, error)
    assert guard.working


def test_a_traceback_is_there_for_those_who_ask(switched_off, caplog):
    with caplog.at_level("DEBUG", LOG.name):
        Guard("a telescope", "picture").run(fail, ValueError("fog"))
    assert "in fail" in caplog.text
    assert len(switched_off) == 1


@pytest.mark.parametrize("error", [AssertionError(), UserError(""), KeyError(), ValueError("\n")])
def test_a_reason_is_never_empty(error):
    assert in_a_line(error) == type(error).__name__
    with pytest.raises(type(error)) as caught:
        fail(error)
    assert in_a_line(caught.value).startswith(f"{type(error).__name__} ({__file__}, line ")


def test_a_reason_is_one_line():
    assert in_a_line(ValueError("first\n  second")) == "ValueError: first second"


def drawn() -> list[float]:
    return [random.random(), float(np.random.random()), float(torch.rand(()))]  # noqa: NPY002


def test_random_streams_are_kept_whatever_happens():
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    torch.manual_seed(0)
    with random_streams_kept():
        plain = drawn()
    with pytest.raises(OSError, match="full"), random_streams_kept():
        fail(OSError("full", drawn()))
    assert drawn() == plain
    assert drawn() != plain


def dumped(logger: Logger, step: int) -> None:
    logger.record("a", float(step))
    logger.dump(step)


OUTPUTS = {"json": JSONOutputFormat, "csv": CSVOutputFormat, "stdout": HumanOutputFormat, "tensorboard": Together}


@pytest.mark.parametrize("kind", OUTPUTS)
def test_an_output_that_fails_is_done_without_and_the_others_go_on(kind, tmp_path, monkeypatch, switched_off):
    monkeypatch.setattr(OUTPUTS[kind], "write", lambda *_: fail(OSError("full")))
    logger = configure(str(tmp_path), [*OUTPUTS])
    for _ in range(2):
        keep_writing(logger)
    for step in range(3):
        dumped(logger, step)
    logger.close()
    assert len(switched_off) == 1
    assert ": OSError: full (" in switched_off[0]
    assert len((tmp_path / "progress.json").read_text().splitlines()) == (0 if kind == "json" else 3)
    assert scalars(tmp_path) == ({} if kind == "tensorboard" else {"a": [(step, float(step)) for step in range(3)]})


def test_a_full_disk_under_the_thread_that_writes_events(tmp_path, monkeypatch, switched_off, capfd):
    logger = event_logger(tmp_path)
    dumped(logger, 0)
    (output,) = logger.output_formats
    output.writer.flush()  # type: ignore[attr-defined]
    records = output.writer._get_file_writer().event_writer._async_writer._writer  # type: ignore[attr-defined]
    monkeypatch.setattr(type(records._writer), "flush", lambda _: fail(OSError(28, "No space left on device")))
    for step in range(1, 40):
        dumped(logger, step)
    output.writer.flush()  # type: ignore[attr-defined]
    logger.close()
    assert len(switched_off) == 1
    assert f"no scalar or picture in {tmp_path} from now on: OSError" in switched_off[0]
    assert "Traceback" not in capfd.readouterr().err
    assert scalars(tmp_path)["a"][0] == (0, 0.0)


def test_a_folder_that_cannot_be_written_leaves_a_logger_that_writes_nothing(tmp_path, switched_off):
    (tmp_path / "file").write_text("")
    logger = event_logger(tmp_path / "file" / "tb")
    dumped(logger, 1)
    logger.close()
    assert len(switched_off) == 1

"""Whatever is given to the command line, it answers within seconds: it works, or says in one line what is wrong."""

from __future__ import annotations

import io
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from dualbrain.chamber.notation import DesignError, design
from dualbrain.cli import board, compare, lab, main, train
from tests.cli import inputs

LONGEST = 20
"""Seconds after which an answer counts as none."""
QUICK = ("--n-envs", "2", "-params", "n_steps:16", "batch_size:32", "n_epochs:1")
FEW = [pytest.param(15, id="few"), pytest.param(2_000, id="many", marks=pytest.mark.slow)]
"""Inputs of each sort: 11 sorts, so that many of each are more than 20,000."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with one finished run; nothing more is trained, served or compared in it."""
    folder = tmp_path_factory.mktemp("fuzzing")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert answer("train", "CartPole-v1", "-n", "32", "--eval-freq", "0", *QUICK) == 0
        assert answer("export", "runs", "--episodes", "1") == 0
        patch.setattr(train, "run", lambda args: _prepared(args))
        patch.setattr(compare, "_make", lambda *_: None)
        patch.setattr(compare, "_conclude", lambda *_: None)
        patch.setattr(lab, "_make", lambda *_: [])
        patch.setattr(lab, "_conclude", lambda *_: [])
        patch.setattr(board, "_serve", lambda *_: "served")
        patch.setattr("threading.Event.wait", lambda *_: True)
        yield folder


def _prepared(args: Any) -> int:
    """Put a run together, as far as its training."""
    from dualbrain.runs.train import prepare

    prepare(*train.configuration(args)).agent.env.close()
    return 0


def answer(*argv: str) -> int:
    """Call the command line; return its exit code, with what it may not do asserted."""
    said, told = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(told), warnings.catch_warnings(), within(LONGEST):
        warnings.simplefilter("ignore")
        try:
            code = main(argv)
        except SystemExit as asked_for_help:
            code = int(asked_for_help.code or 0)
    assert code in (0, 2), told.getvalue()
    assert "Traceback" not in told.getvalue()
    if code == 2:
        assert sum(line.startswith("dualbrain: error: ") for line in told.getvalue().splitlines()) == 1
    return code


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Raise where the block takes longer."""

    def late(*_: object) -> None:
        pytest.fail(f"no answer within {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


SLOW = list(HealthCheck)


def fuzz(strategy: st.SearchStrategy[Any], many: int, check: Callable[[Any], object]) -> None:
    """Check many inputs, the same ones every time."""

    @seed(0)
    @settings(
        max_examples=many,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(strategy)
    def each(given: Any) -> None:
        check(given)

    each()


@pytest.mark.parametrize("many", FEW)
def test_steering_files(here: Path, many: int):
    def check(raw: bytes) -> None:
        (here / "s.toml").write_bytes(raw)
        answer("train", "dualbrain/Forage-v0", "--steering", "s.toml", *QUICK)

    fuzz(inputs.documents(inputs.STEERING), many, check)


@pytest.mark.parametrize("many", FEW)
def test_configurations(here: Path, many: int):
    def check(raw: bytes) -> None:
        (here / "c.toml").write_bytes(raw)
        answer("train", "--config", "c.toml")

    fuzz(inputs.documents(inputs.CONFIG), many, check)


@pytest.mark.parametrize("many", FEW)
def test_hyperparameters(here: Path, many: int):
    fuzz(inputs.settings, many, lambda pair: answer("train", "CartPole-v1", "--n-envs", "2", "-params", pair))


@pytest.mark.parametrize("many", FEW)
def test_options_of_worlds(here: Path, many: int):
    worlds = st.sampled_from(["dualbrain/SpiderCave-v0", "CartPole-v1", "MiniGrid-Empty-5x5-v0"])
    fuzz(
        st.tuples(worlds, inputs.options),
        many,
        lambda given: answer("train", given[0], *QUICK, "--env-kwargs", given[1]),
    )


@pytest.mark.parametrize("many", FEW)
def test_drives(here: Path, many: int):
    fuzz(inputs.drives, many, lambda text: answer("train", "dualbrain/Forage-v0", *QUICK, "--modules", text))


@pytest.mark.parametrize("many", FEW)
def test_ids_of_worlds(here: Path, many: int):
    near = st.sampled_from(
        ["CartPole", "CartPole-v9", "dualbrain/Forage", "Ant-v5", "x:CartPole-v1", "ALE/Pong-v5", ""]
    )
    fuzz(near | inputs.TEXT, many, lambda text: answer("train", *QUICK, "--", text))


NUMERIC = {
    "train": [
        *("-n", "--seed", "--time-limit", "--num-threads", "--n-envs", "--eval-freq", "--eval-episodes"),
        *("--n-eval-envs", "--pictures", "--device"),
    ],
    "eval": ["--seed"],
    "compare": ["--seeds", "--seed", "-j", "--episodes", "-n", "--n-envs"],
    "lab": ["--seeds", "-j"],
    "board": ["--port"],
}
"""Flags that take a number and do not make the command run for long; ``--episodes`` of eval is tried by itself."""
REST = {
    "train": ("CartPole-v1", "-params", "n_steps:16", "batch_size:32"),
    "eval": ("runs", "--episodes", "1"),
    "compare": ("CartPole-v1", "--condition", "a=extrinsic", "-params", "n_steps:16", "batch_size:32"),
    "lab": ("run", "acquisition"),
    "board": ("runs",),
}


@pytest.mark.parametrize("many", FEW)
def test_numeric_flags(here: Path, many: int):
    flags = st.sampled_from([(command, flag) for command, all_of in NUMERIC.items() for flag in all_of])
    numbers = st.sampled_from(inputs.NUMBERS) | st.integers().map(str) | st.floats().map(str)

    def check(given: tuple[tuple[str, str], str]) -> None:
        (command, flag), number = given
        answer(command, *REST[command], f"{flag}={number}" if flag.startswith("--") else f"{flag}{number}")

    fuzz(st.tuples(flags, numbers), many, check)


@pytest.mark.parametrize("many", FEW)
def test_design_strings(many: int):
    def check(text: str) -> None:
        try:
            read = design(text)
        except DesignError:
            return
        assert design(str(read)) == read

    fuzz(inputs.designs, many, check)


@pytest.mark.parametrize("many", FEW)
def test_recordings(here: Path, many: int):
    kept = here / "runs/ppo/CartPole-v1_1/episodes.npz"
    whole = kept.read_bytes()

    def check(raw: bytes) -> None:
        kept.write_bytes(raw)
        assert answer("export", "runs", "--episodes", "1") == 0

    fuzz(inputs.spoilt(whole), many, check)


@pytest.mark.parametrize("many", FEW)
def test_model_files(here: Path, many: int):
    model = here / "runs/ppo/CartPole-v1_1/model.zip"
    whole = model.read_bytes()

    def check(raw: bytes) -> None:
        model.write_bytes(raw)
        answer("eval", "runs", "--episodes", "1")

    try:
        fuzz(inputs.spoilt(whole), many, check)
    finally:
        model.write_bytes(whole)


@pytest.mark.parametrize("many", FEW)
def test_configurations_of_runs(here: Path, many: int):
    config = here / "runs/ppo/CartPole-v1_1/config.toml"
    whole = config.read_bytes()

    def check(raw: bytes) -> None:
        config.write_bytes(raw)
        answer("eval", "runs", "--episodes", "1")

    try:
        fuzz(inputs.documents(inputs.CONFIG) | inputs.spoilt(whole), many, check)
    finally:
        config.write_bytes(whole)

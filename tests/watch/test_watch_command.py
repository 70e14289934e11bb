"""`dualbrain watch`: from a run to its page, and mistakes told in a line."""

from __future__ import annotations

import pytest

from dualbrain.cli import main

SHORT = ["--env-kwargs", "max_episode_steps:12", "size:8", "walls:0"]
QUICK = ["-n", "64", "--n-envs", "2", "--eval-freq", "0", "-params", "n_steps:32", "batch_size:64"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    assert (
        main(["train", "dualbrain/SpiderCave-v0", "-f", str(runs), "--modules", "hunger:5,flinch", *QUICK, *SHORT]) == 0
    )
    return runs


def test_a_run_becomes_a_page(runs, capsys):
    assert main(["watch", str(runs), "--episodes", "2", "--no-open"]) == 0
    (page,) = runs.rglob("watch.html")
    assert page.parent == next(runs.rglob("config.toml")).parent
    assert str(page) in capsys.readouterr().out
    text = page.read_text()
    assert "dualbrain/SpiderCave-v0" in text
    assert "hunger \\u00d75, flinch" in text
    assert 'id="pictures-0"' in text
    assert '"actions":["rest","north"' in text


def test_it_goes_where_it_is_told_and_is_the_same_again(runs, tmp_path):
    pages = [tmp_path / name for name in ("one.html", "other.html")]
    for page in pages:
        assert main(["watch", str(runs), "--episodes", "2", "-o", str(page)]) == 0
    assert pages[0].read_bytes() == pages[1].read_bytes()


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--episodes", "0"], "--episodes must be at least 1"),
        (["--episode"], "--episode"),
        (["--seed", "x"], "--seed"),
        (["--imagined"], "imagines nothing: only"),
    ],
)
def test_mistakes_are_told_in_a_line(args, told, runs, capsys):
    assert main(["watch", str(runs), *args]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_a_page_that_cannot_be_written(runs, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["watch", str(runs), "--episodes", "2", "-o", str(tmp_path / "file" / "watch.html")]) == 2
    assert "cannot write" in capsys.readouterr().err


def test_no_run_no_page(tmp_path, capsys):
    assert main(["watch", str(tmp_path)]) == 2
    assert "holds no run" in capsys.readouterr().err

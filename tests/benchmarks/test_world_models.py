"""The tables of foresight and completion: laid out by hand, and no mask that is asked about is met in training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from gymnasium import spaces

from benchmarks import completion, foresight
from benchmarks.random_lives import table_written
from dualbrain.worlds.spaces.parts import Part

PARTS = (Part("view", 0, 12, (3, 2, 2)), Part("word", 12, 14), Part("body", 14, 15))
SPACE = spaces.Box(0, 1, (15,), np.int8)


def made(cortex: type[completion.Masked]) -> completion.Masked:
    return cortex(SPACE, **cortex.world_options(PARTS, spaces.Discrete(2)), hidden=(4,), width=4)


def drawn(cortex: type[completion.Masked]) -> torch.Tensor:
    return made(cortex).draw_hidden(torch.zeros(5, 4096, 4), torch.Generator().manual_seed(0))


def test_a_view_is_hidden_plane_by_plane():
    assert [(part.start, part.stop) for part in made(completion.Masked).parts] == [
        (0, 4),
        (4, 8),
        (8, 12),
        (12, 14),
        (14, 15),
    ]


def test_masks_that_are_asked_about_are_never_met():
    kept_out = completion.masks(5)
    met = {tuple(mask) for mask in drawn(completion.Masked).bool().numpy()}
    assert len(kept_out) > 15
    assert {int(mask.sum()) for mask in kept_out} == {1, 2, 3, 4}
    assert not met & {tuple(mask) for mask in kept_out}
    assert len(met) == 2**5 - len(kept_out), "all others are"


def test_the_rival_is_shown_everything():
    assert not drawn(completion.ShownEverything).any()


def test_rows_are_laid_out():
    one = {(group, n): 0.5 + n / 100 for group in completion.GROUPS for n in completion.PASSES}
    head, _, first, *_, last = completion.table(
        {"a brain": [one, one]}, dict.fromkeys(completion.PASSES, 2.0)
    ).splitlines()
    assert head.startswith("| cortex | hidden | as perceived | completed once | twice |")
    assert first.startswith("| a brain | nothing | 0.500 (0.500 to 0.500) | 0.510 (0.510 to 0.510) |")
    assert last == "| CPU ms for 1,000 rows | | 2.0 | 2.0 | 2.0 | 2.0 | 2.0 |"
    skill = {f"skill_{k}{over}": 0.25 for k in (1, 5, 15) for over in ("", "_mean")}
    row = foresight.table({"dualbrain/Forage-v0": [skill, {**skill, "skill_5": -0.25}]}).splitlines()[-1]
    assert row == "| Forage | 0.25 (0.25) | 0.00 (-0.25) | 0.25 (0.25) | 0.25 (0.25) | 0.25 (0.25) | 0.25 (0.25) |"


def test_a_table_takes_the_place_of_the_last_one(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- rows: python -m benchmarks.rows -->\nold\n<!-- /rows -->\nafter\n")
    for table in ("| new |", "| newer |"):
        table_written(page, "rows", table)
    assert page.read_text() == "before\n<!-- rows: python -m benchmarks.rows -->\n| newer |\n<!-- /rows -->\nafter\n"
    with pytest.raises(ValueError, match="no table"):
        table_written(page, "others", "| new |")


def test_what_was_measured_is_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(foresight, "measure", lambda *_: {"skill_1": 0.5})
    assert foresight.kept("dualbrain/Forage-v0", 0, 1, tmp_path) == {"skill_1": 0.5}
    monkeypatch.delattr(foresight, "measure")
    assert foresight.kept("dualbrain/Forage-v0", 0, 1, tmp_path) == {"skill_1": 0.5}

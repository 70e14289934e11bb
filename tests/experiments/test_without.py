"""What drives do, tried one by one: every drive has a trial that can be made, and verdicts follow from intervals."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dualbrain.episodes.behaviour import measured
from dualbrain.lab.experiment import SeedResults
from dualbrain.registry import modules
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.single_env import senses_of
from experiments.drive_ablation import (
    BEGIN,
    END,
    WITH,
    WITHOUT,
    main,
    outcomes,
    results,
    row,
    seed_store,
    set_up,
    written,
)
from experiments.drive_trials import TRIALS, Trial

PAGE = Path(__file__).parents[2] / "docs" / "drives_at_work.md"
HUNGER = next(trial for trial in TRIALS if trial.drive == "hunger")


def made(trial: Trial, intact: list[float], bereft: list[float]) -> SeedResults:
    return {WITH: {trial.measure: np.array(intact)}, WITHOUT: {trial.measure: np.array(bereft)}}


def test_every_drive_has_one_trial():
    own = [name for name, path in modules().items() if path.startswith("reward_modules.")]
    assert [trial.drive for trial in TRIALS] == sorted(own)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.drive)
def test_a_trial_can_be_made(trial: Trial):
    """World, options, drives and measure are there; without the drive there is something left to live for."""
    senses = senses_of(trial.env, trial.options)
    assert trial.measure in measured(senses)
    assert trial.drive in trial.drives
    assert trial.rest
    for drives in (trial.drives, trial.rest):
        assert set(SteeringSubsystem([*drives], drives).senses) <= set(senses)
    assert trial.why.endswith(".")


def test_seeds_are_compared_in_pairs():
    """Pairs that all differ by about as much tell, however much seeds differ."""
    tells = made(HUNGER, [0.3, 0.5, 0.7, 0.9, 1.1], [0.11, 0.3, 0.5, 0.7, 0.89])
    assert row(HUNGER, tells)[:3] == ["hunger", "Needs", "energy, mean"]
    assert row(HUNGER, tells)[-2:] == ["+0.2 (+0.194 to +0.206)", "differs"]


def test_a_difference_that_may_be_none_is_a_failure():
    assert row(HUNGER, made(HUNGER, [0.3, 0.1, 0.5], [0.1, 0.3, 0.4]))[-1] == "FAIL"
    assert row(HUNGER, made(HUNGER, [0.3], [0.1]))[-1] == "FAIL"


def test_a_trial_that_was_changed_is_made_anew():
    assert replace(HUNGER, options={}).place != HUNGER.place
    assert replace(HUNGER, drives=HUNGER.rest).place != HUNGER.place
    assert replace(HUNGER, why="").place == HUNGER.place


def test_a_trial_is_made_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("experiments.drive_ablation.N_ENVS", 8)
    monkeypatch.setattr("experiments.drive_ablation.EPISODES", 8)
    brief = replace(HUNGER, options={**HUNGER.options, "max_episode_steps": 20}, steps=1)
    (first,) = outcomes([brief], [0], tmp_path)
    assert [*first] == [WITH, WITHOUT]
    assert 0.0 < first[WITH]["energy"][0] < 1.0
    assert first[WITH]["length"] == first[WITHOUT]["length"] == 20.0
    assert any(first[WITH][name] != first[WITHOUT][name] for name in first[WITH])
    assert (tmp_path / brief.place / "1_steps" / "seed_0.json").is_file()
    monkeypatch.delattr("experiments.drive_ablation.evaluate")
    assert outcomes([brief], [0], tmp_path) == [first]


def test_a_pair_that_cannot_be_made_is_told(tmp_path: Path):
    with pytest.raises(RuntimeError, match="hunger, seed 0: unknown environment"):
        outcomes([replace(HUNGER, world="Nowhere")], [0], tmp_path)
    assert not seed_store(HUNGER, tmp_path).seeds


def test_the_page_has_a_row_for_every_drive():
    page = PAGE.read_text()
    assert re.findall(r"^\| ([a-z_]+) \| \w+ \| .* (?:differs|FAIL) \|$", page, re.MULTILINE) == [
        trial.drive for trial in TRIALS
    ]
    assert set_up(TRIALS) in page


def test_tables_are_replaced_between_their_marks():
    page = f"Before.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n"
    new = written(page, results([HUNGER], [made(HUNGER, [0.3, 0.4], [0.1, 0.1])]), "more")
    assert new.startswith(f"Before.\n\n{BEGIN}\n| drive |")
    assert new.endswith(f"\n\nmore\n{END}\n\nAfter.\n")
    assert "old" not in new
    with pytest.raises(ValueError, match="no tables"):
        written("Nothing here.", "table")


@pytest.mark.parametrize("mistake", [["--only", "huner"], ["--only", "hunger", "-o", "page.md"]])
def test_mistakes_end_with_code_2(mistake: list[str]):
    with pytest.raises(SystemExit, match="2"):
        main(mistake)

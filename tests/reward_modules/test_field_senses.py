"""Drives that read the senses which their fields name: the same as those by path; typos name what was meant."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reward_modules
from dualbrain import RewardModule, SteeringSubsystem, UserError, read_steering, write_steering
from dualbrain.steering.load_module import load_module
from dualbrain.testing import check_module
from reward_modules import Component, Curiosity, Homeostasis, Surprise
from tests.reward_modules.lives import live, truths

NAMED = {
    "reward_modules.curiosity:voice": Curiosity(sense="voice"),
    "reward_modules.surprise:voice": Surprise(sense="voice"),
    "reward_modules.homeostasis:energy_and_hydration": Homeostasis(needs=("energy", "hydration")),
    "reward_modules.components:treasure": Component("treasure"),
}


@pytest.mark.parametrize("path", NAMED)
def test_a_field_names_the_sense_as_a_path_does(path: str):
    by_path, by_field = SteeringSubsystem([path]), SteeringSubsystem([NAMED[path]])
    assert by_field.senses == by_path.senses
    assert by_field.signals == by_path.signals
    senses = {name: np.array([0.25, 0.75], np.float32) for name in by_path.senses}
    made = []
    for steering in (by_path, by_field):
        steering.bind(2, senses)
        scorecard = np.full((2, len(steering.signals)), 0.5, np.float32)
        made.append([steering.step(senses, scorecard, np.zeros(2, bool)).truth for _ in range(2)])
    np.testing.assert_array_equal(made[0], made[1])


@pytest.mark.parametrize("drive", NAMED.values(), ids=list(NAMED))
def test_they_keep_their_contract(drive: RewardModule):
    check_module(drive, n=8, steps=60)


def test_a_sense_has_a_drive_of_its_own_beside_the_default_one():
    steering = SteeringSubsystem([Surprise(), Surprise(sense="voice"), Surprise(sense="voice", name="startled")])
    assert [*steering.modules] == ["surprise", "surprise_voice", "startled"]
    assert steering.senses == ("tasted_any", "voice")


def test_the_needs_are_those_given():
    """With setpoint 1, m and n 1, the drive is the sum of lacks: 1.5, then 0.5."""
    drive = Homeostasis((1.0,), m=1.0, n=1.0, needs=("warmth", "fun"))
    made = live(drive, {"warmth": [0.0, 1.0], "fun": [0.5, 0.5]})
    np.testing.assert_allclose(truths(made), [np.nan, 1.0])


def test_a_steering_file_holds_the_sense(tmp_path: Path):
    file = tmp_path / "my.toml"
    file.write_text('[modules]\ncuriosity_voice = { module = "curiosity", sense = "voice" }\n')
    steering = read_steering(file)
    assert steering.senses == ("voice",)
    write_steering(SteeringSubsystem([*steering.modules.values(), Component("gold")]), file)
    assert read_steering(file).senses == ("voice", "gold")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Curiosity(sense="two words"), "'sense' must name a sense, as in 'energy', not 'two words'"),
        (lambda: Homeostasis(needs=("energy", "energy")), "'needs' must name at least one sense, and each once"),
        (lambda: Homeostasis(needs=()), "'needs' must name at least one sense, and each once"),
    ],
)
def test_what_names_no_sense_is_refused(wrong: Any, says: str):
    with pytest.raises(UserError, match=says):
        wrong()


@pytest.mark.parametrize(
    ("module", "name", "meant"),
    [
        ("reward_modules.curiosity", "Curiousity", "Curiosity"),
        ("reward_modules.curiosity", "curiosity_abut", "curiosity_about"),
        ("reward_modules.homeostasis", "homeostasis_off", "homeostasis_of"),
        ("reward_modules.components", "Componnent", "Component"),
        ("reward_modules.surprise", "Suprise", "Surprise"),
        ("reward_modules", "Hungr", "Hunger"),
    ],
)
def test_a_typo_makes_no_drive(module: str, name: str, meant: str):
    with pytest.raises(AttributeError, match=f"has no attribute '{name}': did you mean '{meant}'"):
        getattr(importlib.import_module(module), name)
    with pytest.raises(UserError, match=f"did you mean '{meant}'"):
        load_module(f"{module}:{name}")


def test_what_type_checkers_are_shown_is_there():
    """A drive that is not listed is found too, without its type: a new drive is one new file."""
    text = Path(reward_modules.__file__).read_text()
    listed = re.findall(r" import (\w+) as \1\n", text)
    assert "Hunger" in listed
    assert [name for name in listed if not hasattr(reward_modules, name)] == []

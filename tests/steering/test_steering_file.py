"""Steering subsystems in files: there and back again, and every mistake told in one line."""

from __future__ import annotations

import inspect
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dualbrain import RewardModule, Signal, Stage, SteeringSubsystem, UserError, read_steering, write_steering
from dualbrain.runs.config import RunConfig
from dualbrain.steering.file import OPTIONS, SteeringConfig
from reward_modules import Flinch, Hunger, component

DOCUMENT = Path(__file__).parents[2] / "docs" / "steering_files.md"


@dataclass
class Odd(RewardModule):
    """Has a parameter that is called like a setting, one that may be missing, and lists."""

    weight: float = 1.0
    limit: float | None = None
    levels: tuple[float, ...] = (0.5,)
    emits = (Signal("odd"), Signal("even"))

    def truth(self, felt):
        return {"odd": felt, "even": felt}


@dataclass
class Opaque(RewardModule):
    """Cannot be told in a file."""

    rng: Any = None
    emits = (Signal("opaque"),)

    def truth(self, felt):
        return {"opaque": felt}


def read(folder: Path, text: str) -> SteeringSubsystem:
    (folder / "my.toml").write_text(text)
    return read_steering(folder / "my.toml")


def gist(steering: SteeringSubsystem) -> dict[str, Any]:
    return {
        "drives": {name: (type(module), module.parameters) for name, module in steering.modules.items()},
        "weights": steering.weights,
        "stages": steering.stages,
        "cap": steering.thought_cap,
        "ablations": steering.ablations,
    }


def documented() -> str:
    (block,) = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return str(block)


def test_the_documented_file_is_what_it_says(tmp_path):
    steering = read(tmp_path, documented())
    assert list(steering.modules) == ["hunger", "thirst", "flinch", "fear"]
    assert steering.modules["hunger"].parameters == {"setpoint": 0.7}
    assert isinstance(steering.modules["fear"], Flinch)
    assert steering.modules["fear"].parameters == {"threshold": 0.3}
    assert list(steering.weights.values()) == [5.0, 5.0, 2.0, 1.0]
    infant = Stage(
        "infant", 200_000, ("hunger", "flinch"), {"hunger": 10.0}, {"flinch.flinch": 0.0}, {"flinch.flinch": 3}
    )
    assert steering.stages == (infant, Stage("adult"))


@pytest.mark.parametrize(
    "steering",
    [
        SteeringSubsystem([Hunger()]),
        SteeringSubsystem([Flinch(0.3, name="fear"), Flinch()], {"fear": 2.0}, thought_cap=0.25, cut_wire=True),
        SteeringSubsystem(
            [Odd(weight=3.0, levels=(0.25, 0.75)), Hunger(0.5)],
            {"odd.even": 2.0},
            stages=[
                Stage("young", 10, ("hunger",), {"odd": 1.0}, {"odd.odd": 0.5}),
                Stage("mute", 20, ()),
                Stage("old"),
            ],
            freeze_worth=True,
        ),
        SteeringSubsystem([component("treasure")()]),
    ],
    ids=["one", "two of a kind", "much", "made"],
)
def test_there_and_back_again(tmp_path, steering):
    write_steering(steering, tmp_path / "my.toml")
    again = read_steering(tmp_path / "my.toml")
    wanted, found = gist(steering), gist(again)
    for drives in (wanted["drives"], found["drives"]):
        for cls, parameters in drives.values():
            parameters.update({key: tuple(v) for key, v in parameters.items() if isinstance(v, list)})
            assert issubclass(cls, RewardModule)
    assert found == wanted
    assert str(again) == str(steering)


def test_what_is_written_is_complete_and_short(tmp_path):
    write_steering(SteeringSubsystem([Flinch(name="fear"), Hunger()], {"fear": 2.0}), tmp_path / "my.toml")
    assert tomllib.loads((tmp_path / "my.toml").read_text()) == {
        "thought_cap": 0.5,
        "cut_wire": False,
        "freeze_worth": False,
        "modules": {
            "fear": {"module": "flinch", "weight": 1.0, "threshold": 0.5},
            "hunger": {"module": "hunger", "weight": 1.0, "setpoint": 0.8},
        },
        "weights": {"fear.flinch": 2.0, "hunger.food": 1.0},
        "stages": [],
    }


def test_what_a_file_cannot_say_is_told(tmp_path):
    class Local(RewardModule):
        emits = (Signal("a"),)

        def truth(self, felt):
            return {"a": felt}

    with pytest.raises(
        UserError, match="module 'local' cannot be written to a file: put its class Local into a module"
    ):
        write_steering(SteeringSubsystem([Local()]), tmp_path / "my.toml")
    with pytest.raises(UserError, match="module 'opaque' cannot be written to a file: rng is a Generator"):
        write_steering(SteeringSubsystem([Opaque(np.random.default_rng(0))]), tmp_path / "my.toml")
    assert not (tmp_path / "my.toml").exists()


STAGED = "[modules]\nhunger = {}\nflinch = {}\n[[stages]]\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[modules]\nhunger = = 1", "my.toml is not valid TOML: Invalid value (at line 2, column 10)"),
        ("thought_cap = 0.5", "my.toml names no modules"),
        ("[modules]\nhungre = {}", "unknown module 'hungre': did you mean 'hunger'?"),
        ("[modules]\nfear = { module = 'flinhc' }", "unknown module 'flinhc': did you mean 'flinch'?"),
        ("[modules]\nfear = { module = 'nowhere:Fear' }", "module 'nowhere:Fear' cannot be loaded from nowhere:Fear"),
        ("[modules]\nfear = { module = 'pathlib:Path' }", "pathlib:Path is no reward module"),
        (
            "[modules]\nhunger = 5.0",
            "my.toml [modules]: 'hunger' must be a table, as in hunger = { weight = 2.0 }, not 5.0",
        ),
        ("modules = ['hunger']", "my.toml: 'modules' must be a table, not ['hunger']"),
        (
            "[modules]\nhunger = { setpiont = 1.0 }",
            "unknown key 'setpiont' in my.toml [modules.hunger]: did you mean 'setpoint'?",
        ),
        (
            "[modules]\nhunger = { wieght = 1.0 }",
            "unknown key 'wieght' in my.toml [modules.hunger]: did you mean 'weight'?",
        ),
        ("[modules]\nhunger = { setpoint = 'x' }", "my.toml [modules.hunger]: 'setpoint' must be a number, not 'x'"),
        ("[modules]\nhunger = { weight = 'x' }", "my.toml [modules.hunger]: 'weight' must be a number, not 'x'"),
        ("[modules]\nhunger = { params = 1 }", "my.toml [modules.hunger]: 'params' must be a table, not 1"),
        (
            "[modules]\nhunger = { params = { setpiont = 1.0 } }",
            "unknown key 'setpiont' in my.toml [modules.hunger.params]",
        ),
        (
            "thought_kap = 1.0\n[modules]\nhunger = {}",
            "unknown key 'thought_kap' in my.toml: did you mean 'thought_cap'?",
        ),
        (
            "[modules]\nhunger = {}\n[weights]\n'hunger.fod' = 1",
            "unknown weight 'hunger.fod': did you mean 'hunger.food'?",
        ),
        (STAGED + "until = 5", "my.toml [stages] lacks 'name'"),
        (STAGED + "name = 'a'\nuntill = 5", "unknown key 'untill' in my.toml [stages]: did you mean 'until'?"),
        (STAGED + "name = 'a'\nuntil = 'noon'", "my.toml [stages]: 'until' must be a whole number, not 'noon'"),
        (STAGED + "name = 'a'\nuntil = -5", "stage 'a': until must be a step after 0, not -5"),
        (STAGED + "name = 'a'\nmodules = 'hunger'", "my.toml [stages]: 'modules' must be a list, not 'hunger'"),
        (STAGED + "name = 'a'\nmodules = ['hungre']", "unknown module 'hungre' in stage 'a': did you mean 'hunger'?"),
        (STAGED + "name = 'a'\ndefer = { 'flinch.flich' = 1.0 }", "unknown defer 'flinch.flich' in stage 'a'"),
        (
            STAGED + "name = 'a'\nweights = { hunger = 'x' }",
            "my.toml [stages.weights]: 'hunger' must be a number, not 'x'",
        ),
        (
            STAGED + "name = 'a'\nuntil = 9\n[[stages]]\nname = 'b'\nuntil = 9\n[[stages]]\nname = 'c'",
            "stages out of order: 'b' ends at step 9, not after 'a' (9)",
        ),
        ("stages = 3\n[modules]\nhunger = {}", "my.toml: 'stages' must be a list, not 3"),
        ("stages = [3]\n[modules]\nhunger = {}", "my.toml: 'stages' must be a table, not 3"),
    ],
)
def test_mistakes(tmp_path, monkeypatch, text, says):
    monkeypatch.chdir(tmp_path)
    Path("my.toml").write_text(text)
    with pytest.raises(UserError) as raised:
        read_steering("my.toml")
    assert str(raised.value).startswith(says)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_told():
    with pytest.raises(UserError, match=r"cannot read nowhere\.toml: No such file"):
        read_steering("nowhere.toml")


def test_options_of_steering_are_stated_in_one_class():
    taken = inspect.signature(SteeringSubsystem).parameters
    stated = {each.name: each.default for each in fields(SteeringConfig) if each.name in OPTIONS}
    assert stated == {name: taken[name].default for name in OPTIONS}
    assert {each.name for each in fields(RunConfig)} >= {each.name for each in fields(SteeringConfig)}
    assert not {*vars(RunConfig)["__annotations__"]} & {each.name for each in fields(SteeringConfig)}

"""Parts are found by name, lazily, and a broken one is one clear line that hurts nobody else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dualbrain import SteeringSubsystem, UserError, registry
from dualbrain.steering.load_module import load_module
from reward_modules import Hunger

GOOD = """
from dualbrain import RewardModule, Signal

class Warmth(RewardModule):
    emits = (Signal("warmth"),)
    def truth(self, light):
        return {"warmth": light}
"""


@pytest.fixture
def plug_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the import path, with one good plug-in and several broken ones, all installed."""
    (tmp_path / "good_plugin.py").write_text(GOOD)
    (tmp_path / "typo_plugin.py").write_text("x = 1\nclass Warmth(:\n")
    (tmp_path / "crash_plugin.py").write_text("raise RuntimeError('no\\nway')")
    (tmp_path / "quit_plugin.py").write_text("raise SystemExit(3)")
    installed = tmp_path / "plug_ins-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: plug-ins\nVersion: 1.0\n")
    names = ("good", "typo", "crash", "quit", "absent")
    entries = "".join(f"plug_{name} = {name}_plugin:Warmth\n" for name in names)
    worlds = "crashes = crash_plugin\nquits = quit_plugin\nworks = good_plugin\n"
    (installed / "entry_points.txt").write_text(f"[dualbrain.reward_modules]\n{entries}[dualbrain.worlds]\n{worlds}")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in names:
        monkeypatch.delitem(sys.modules, f"{name}_plugin", raising=False)
    return tmp_path


def test_built_in_drives_are_listed_by_name():
    built_in = {"extrinsic", "fatigue", "flinch", "hunger", "novelty", "pain", "salt", "thirst"}
    assert built_in <= registry.modules().keys()
    assert load_module("hunger") is Hunger


def test_a_dotted_path_needs_no_registration():
    assert load_module("reward_modules.hunger:Hunger") is Hunger
    assert [*SteeringSubsystem(["reward_modules:Hunger"]).signals] == ["hunger.food"]


def test_listing_imports_nothing():
    code = "import sys; from dualbrain import registry; registry.modules(); print('reward_modules' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_unknown_name_names_the_nearest():
    with pytest.raises(UserError) as raised:
        load_module("hungr")
    assert str(raised.value).startswith("unknown module 'hungr': did you mean 'hunger'? Valid: affection, approval, ")


def test_a_broken_plug_in_hurts_nobody_else(plug_ins: Path):
    assert {"plug_typo", "plug_crash", "plug_good", "hunger"} <= registry.modules().keys()
    assert load_module("plug_good").__name__ == "Warmth"
    assert [*SteeringSubsystem(["plug_good", "hunger"]).signals] == ["warmth.warmth", "hunger.food"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("plug_typo", "from typo_plugin:Warmth: syntax error in {folder}/typo_plugin.py, line 2: invalid syntax"),
        ("plug_crash", "from crash_plugin:Warmth: RuntimeError: no way"),
        ("plug_quit", "from quit_plugin:Warmth: SystemExit: 3"),
        ("plug_absent", "from absent_plugin:Warmth: ModuleNotFoundError: No module named 'absent_plugin'"),
        ("good_plugin:Cold", "from good_plugin:Cold: AttributeError: module 'good_plugin' has no attribute 'Cold'"),
        ("good plugin:", "from good plugin:: "),
    ],
)
def test_what_cannot_be_loaded_says_why_in_one_line(plug_ins: Path, name: str, says: str):
    with pytest.raises(UserError) as raised:
        SteeringSubsystem([name])
    assert str(raised.value).startswith(f"module '{name}' cannot be loaded {says.format(folder=plug_ins)}")
    assert "\n" not in str(raised.value)


def test_a_name_that_is_no_reward_module(plug_ins: Path):
    with pytest.raises(UserError, match="a reward module must be a RewardModule, not type"):
        SteeringSubsystem(["good_plugin:Signal"])


def test_broken_worlds_do_not_stop_the_others(plug_ins: Path):
    with pytest.warns(UserWarning, match="worlds of 'quit_plugin' cannot be loaded: SystemExit: 3"):
        registry.register_worlds()
    assert "good_plugin" in sys.modules

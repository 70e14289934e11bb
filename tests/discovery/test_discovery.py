"""Parts are found in the files of the packages that entry points name, and nothing is imported to find them."""

from __future__ import annotations

import sys
from pathlib import Path

import gymnasium
import pytest

import envs
from dualbrain import UserError, registry
from dualbrain.discovery.files import locate, source_files
from dualbrain.steering.load_module import load_module
from dualbrain.worlds.adapter import load_adapter
from envs.load_world import load_declaration

DRIVE = """
from dualbrain import RewardModule, Signal

class {name}(RewardModule):
    emits = (Signal("felt"),)
    def truth(self, light):
        return {{"felt": light}}
"""
FILES = {
    "moods/__init__.py": "raise RuntimeError('nobody asked for me')",
    "moods/deep_joy.py": DRIVE.format(name="DeepJoy"),
    "moods/older/__init__.py": "",
    "moods/older/gloom.py": DRIVE.format(name="Gloom"),
    "moods/elsewhere/lost.py": DRIVE.format(name="Lost"),
    "moods/_private.py": DRIVE.format(name="Private"),
    "moods/helper.py": DRIVE.format(name="Other"),
    "moods/broken.py": "class Broken(:\n",
    "calm.py": DRIVE.format(name="Calm"),
    "doors.py": 'import not_installed_here\nBEGINNINGS = ("Door-", "Gate-")\nEXTRA = "doors"\n',
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path, with a package of drives and modules alone, all named by entry points."""
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    info = tmp_path / "moods-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-moods\nVersion: 1.0\n")
    drives = "moods = moods\ncalmness = calm\ngloom = calm:Calm\nempty = nowhere\n"
    (info / "entry_points.txt").write_text(f"[dualbrain.reward_modules]\n{drives}[dualbrain.adapters]\nmine = doors\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] in ("moods", "calm", "doors")]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path


def test_files_of_a_package_are_parts_by_what_they_declare(installed: Path):
    found = {name: path for name, path in registry.modules().items() if path.startswith(("moods", "calm", "nowhere"))}
    assert found == {
        "deep_joy": "moods.deep_joy:DeepJoy",
        "broken": "moods.broken:Broken",
        "calm": "calm:Calm",
        "gloom": "calm:Calm",  # named itself, it wins over the file of that name
        "empty": "nowhere",
    }
    assert {"moods", "calm"} & {*sys.modules} == set()


def test_files_are_found_by_their_place(installed: Path):
    assert [file.module for file in source_files("moods")] == [
        "moods.broken",
        "moods.deep_joy",
        "moods.helper",
        "moods.older.gloom",
    ]
    assert source_files("calm")[0].path == installed / "calm.py"
    assert source_files("nowhere") == source_files("calm.nothing") == source_files("moods.nothing") == ()
    assert locate("moods.older.gloom") is not None


def test_a_file_without_its_part_says_what_it_lacks(installed: Path):
    with pytest.raises(
        UserError, match=r"unknown module 'helper': moods\.helper must have a class named like the file"
    ):
        load_module("helper")


def test_a_broken_file_says_so_when_it_is_asked_for(installed: Path):
    (installed / "moods" / "__init__.py").write_text("")
    with pytest.raises(UserError, match=r"module 'broken' cannot be loaded from moods.broken:Broken: syntax error in "):
        load_module("broken")
    assert load_module("deep_joy").__name__ == "DeepJoy"


def test_a_package_that_is_not_there_is_listed_with_its_reason(installed: Path):
    with pytest.raises(UserError, match="module 'empty' cannot be loaded from nowhere: ModuleNotFoundError"):
        load_module("empty")


def test_an_adapter_is_known_by_its_literals_and_names_its_extra(installed: Path):
    assert {registry.adapters()[beginning] for beginning in ("Door-", "Gate-")} == {"doors:ADAPTER [doors]"}
    needs = r"'Door-v0' needs the package 'not_installed_here': pip install my-moods\[doors\]$"
    with pytest.raises(UserError, match=needs):
        load_adapter("Door-v0")


@pytest.mark.parametrize("world", envs.OWN)
def test_a_world_has_the_name_of_its_id(world: str):
    assert f"dualbrain/{load_declaration(envs.OWN[world]).name}-v0" == world


def test_every_world_that_is_found_is_registered():
    assert len(envs.OWN) >= 11
    assert {*envs.OWN} <= {*gymnasium.registry}


def test_cortices_are_there_without_an_entry_point():
    assert {"mlp": "dualbrain.cortex.mlp:MLP", "cnn": "dualbrain.cortex.cnn:CNN"}.items() <= registry.cortices().items()

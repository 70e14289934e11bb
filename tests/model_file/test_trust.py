"""Whose code is imported on a file's word."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from agents import Society
from dualbrain.cli import main
from dualbrain.files.trust import Source, UntrustedError, is_known, reading, vouching
from dualbrain.runs.found import read_found

MARK = "open('ran', 'w').close()\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return tmp_path


def put(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a module into a folder from which it can be imported."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(MARK, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))


@pytest.mark.parametrize(
    ("module", "known"),
    [
        *(
            ("dualbrain.steering.subsystem", True),
            ("reward_modules.extrinsic", True),
            ("agents", True),
            ("envs.vector", True),
        ),
        *(("os", False), ("subprocess", False), ("numpy", False), ("pip", False), ("pytest", False), ("sys", False)),
        ("no_such_module_anywhere", True),
    ],
)
def test_registered_packages_are_known_and_libraries_are_not(module, known):
    assert is_known(module) is known


def test_the_current_folder_and_pythonpath_are_known_and_others_are_not(here, tmp_path_factory, monkeypatch):
    put(here, "near_by", monkeypatch)
    far = tmp_path_factory.mktemp("far")
    put(far, "far_away", monkeypatch)
    assert (is_known("near_by"), is_known("far_away")) == (True, False)
    monkeypatch.setenv("PYTHONPATH", str(far))
    assert is_known("far_away")
    assert not (here / "ran").exists()
    assert "near_by" not in sys.modules


def test_a_run_folder_brings_no_code_of_its_own(here, monkeypatch):
    put(here / "run", "smuggled", monkeypatch)
    assert is_known("smuggled")
    assert not is_known("smuggled", here / "run")
    assert not is_known("smuggled", Path("run"))


def test_an_installed_library_below_the_current_folder_is_not_known(here, monkeypatch):
    put(here / "venv" / "site-packages", "installed_below", monkeypatch)
    assert not is_known("installed_below")


def test_what_the_program_has_imported_of_its_own_is_known():
    assert is_known(__name__)
    assert is_known("__main__")


def test_the_user_may_vouch():
    source = Source("a.toml")
    with pytest.raises(UntrustedError, match=r"^a.toml names the code 'os:abort'.*--trust.*trusted=True"):
        source.check("os:abort")
    Source("a.toml", trusted=True).check("os:abort")
    with vouching(True):
        source.check("os:abort")


CONFIG = "env = 'CartPole-v1'\n"


@pytest.mark.parametrize(
    "text",
    [
        "algo = 'os:abort'",
        "gym_packages = ['antigravity']",
        "observers = ['os:abort']",
        "env = 'subprocess:A-v0'",
        "[modules.a]\nmodule = 'os:abort'",
        "[hyperparams.policy_kwargs]\nfeatures_extractor_class = 'os:abort'",
        "[env_kwargs]\na = \"python: load('os:abort')\"",
        "[modules.a.params]\na = \"python: [load('os:abort')]\"",
    ],
)
def test_a_configuration_that_was_found_is_held_to_it(here, text):
    (here / "config.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UntrustedError if "load" not in text else ValueError, match=r"config.toml.* names the code"):
        read_found(here / "config.toml")
    with vouching(True):
        assert read_found(here / "config.toml")


def test_a_configuration_that_names_what_is_known_is_read(here):
    text = "algo = 'agents:DualBrainPPO'\n[hyperparams.policy_kwargs]\nactivation_fn = 'torch.nn:ReLU'\n"
    (here / "config.toml").write_text(f"{text}[env_kwargs]\na = \"python: load('numpy:tanh')\"\n", encoding="utf-8")
    with reading(Source("a.toml")):
        assert read_found(here / "config.toml")["env_kwargs"]


def test_a_flag_is_the_users_own_word_and_still_must_be_of_its_kind(capsys: pytest.CaptureFixture[str]):
    for flags in (["--modules", "os:abort"], ["--algo", "os:abort"]):
        assert main(["train", "CartPole-v1", *flags]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    given = "policy_kwargs:dict(activation_fn='os:abort')"
    assert main(["train", "CartPole-v1", "-params", given]) == 2
    assert "it must be a class derived from Module" in capsys.readouterr().err


@pytest.mark.parametrize("changes", [{"env": "subprocess:A-v0"}, {"env_kwargs": {"a": "python: load('os:abort')"}}])
def test_the_plan_of_a_society_is_held_to_it(here, changes):
    plan = {"env": "dualbrain/Commons-v0", "env_kwargs": {}, "seed": 0, "n_envs": 1, "steps": 0, "agents": {}}
    (here / "society.json").write_text(json.dumps(plan | changes), encoding="utf-8")
    with pytest.raises(UntrustedError, match=r"society.json names the code"):
        Society.load(here)

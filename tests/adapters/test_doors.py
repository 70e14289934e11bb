"""Adapters are found by the beginning of an id, loaded when asked for, and say what to install."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import Any

import pytest

from dualbrain import UserError, registry
from dualbrain.cli import main
from dualbrain.worlds.adapter import WorldAdapter, load_adapter
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.single_env import make, senses_of


def registered(monkeypatch: pytest.MonkeyPatch, **entries: str) -> None:
    points = [EntryPoint(name.replace("_", "-"), value, registry.ADAPTERS) for name, value in entries.items()]
    for point in points:
        vars(point).update(dist=SimpleNamespace(name="somebodys-worlds"))
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == registry.ADAPTERS else [])


def test_a_missing_package_names_its_extra(monkeypatch):
    registered(monkeypatch, Far="no_such_package_here:ADAPTER [far]", Farther="other_missing")
    with pytest.raises(
        UserError, match=r"needs the package 'no_such_package_here': pip install somebodys-worlds\[far\]$"
    ):
        load_adapter("Far-v0")
    with pytest.raises(UserError, match=r"'Farther-v0' needs the package 'other_missing': pip install other_missing$"):
        load_adapter("Farther-v0")


def test_a_broken_adapter_hurts_only_those_who_ask(monkeypatch):
    registered(monkeypatch, Near="dualbrain.worlds.adapter:NoSuchThing", Farther="json")
    with pytest.raises(
        UserError, match=r"adapter for 'Near-v0' cannot be loaded from dualbrain.worlds.adapter:NoSuchThing"
    ):
        load_adapter("Near-v0")
    assert load_adapter("Farther-v0") == WorldAdapter(), "a module alone is only imported"
    assert load_adapter("CartPole-v1") is None


def test_worlds_without_an_adapter_stay_as_they_are():
    assert senses_of("CartPole-v1") == {}
    assert not make("CartPole-v1").has_wrapper_attr("senses")
    assert make_vec_env("CartPole-v1", 2).num_envs == 2


def test_nothing_is_loaded_until_asked_for():
    code = (
        "import sys, dualbrain, agents, envs\n"
        "from dualbrain.worlds.make_env import make_vec_env\n"
        "make_vec_env('CartPole-v1'); make_vec_env('dualbrain/Forage-v0')\n"
        "found = {'minigrid', 'crafter', 'mo_gymnasium', 'pettingzoo', 'envs.adapters'} & set(sys.modules)\n"
        "assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_lists_know_them(capsys: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "200")
    pytest.importorskip("crafter", reason="needs pip install dualbrain[crafter]")
    assert main(["list", "senses", "CrafterReward-v1"]) == 0
    assert {"hydration", "thirst"} <= set(capsys.readouterr().out.split())
    assert main(["list", "envs"]) == 0
    told = capsys.readouterr().out
    for word in ("CrafterReward-v1", "threat_near", "ale_py"):
        assert word in told
    assert main(["list", "envs", "CrafterReward-v1"]) == 0
    assert "view" in capsys.readouterr().out

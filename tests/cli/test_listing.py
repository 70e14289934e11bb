"""What ``dualbrain list`` shows."""

from __future__ import annotations

import importlib.metadata
from importlib.metadata import EntryPoint

import pytest

from dualbrain.cli.flags.listing import KINDS
from dualbrain.cli.listing import LISTS
from dualbrain.registry import MODULES
from tests.command_line import Command


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (("modules",), ["hunger", "skittering, something_near, retreat"]),
        (("agents",), ["ppo", ":DualBrainPPO"]),
        (("envs",), ["dualbrain/SpiderCave-v0", "any Gymnasium id"]),
        (("senses",), ["energy", "share of full", "extrinsic_reward"]),
        (("senses", "CartPole-v1"), ["extrinsic_reward", "visits"]),
        (("experiments",), ["spider-gate", "approval", "elders"]),
    ],
    ids=str,
)
def test_a_list_shows_what_there_is(dualbrain: Command, argv: tuple[str, ...], shown: list[str]):
    code, out, _ = dualbrain("list", *argv)
    assert code == 0
    assert [text for text in shown if text not in out] == []


def test_the_senses_of_one_world_are_its_own(dualbrain: Command):
    assert "energy" not in dualbrain("list", "senses", "CartPole-v1")[1]


def test_a_broken_plug_in_is_listed_with_its_reason(dualbrain: Command, monkeypatch: pytest.MonkeyPatch):
    broken = EntryPoint("broken", "nowhere.to_be_found:Drive", MODULES)
    found = importlib.metadata.entry_points
    monkeypatch.setattr("dualbrain.registry.entry_points", lambda group: [*found(group=group), broken])
    out = dualbrain("list", "modules")[1]
    assert "No module named" in out
    assert "hunger" in out


def test_every_kind_that_can_be_asked_for_has_a_list():
    assert tuple(LISTS) == KINDS

"""Options of worlds: shown, and a wrong one is told in one line, in Python and on the command line."""

from __future__ import annotations

from typing import Any, Literal

import gymnasium
import pytest

import envs
from dualbrain.errors import UserError
from dualbrain.worlds.options import check_options, declaration_of, options_of, variants_of
from tests.command_line import Command

WORLDS = tuple(envs.WORLDS)


def meadow(size: int = 9, rain: float = 0.5, mode: Literal["dry", "wet"] = "dry", cap: int | None = None) -> None:
    """Declare the world: a meadow.

    size: side of the square, in cells
    """


def misspelt(world: str) -> tuple[str, str]:
    name = next(iter(options_of(declaration_of(world))))
    return name, name[:-1] + name[-1] * 2


@pytest.mark.parametrize("world", WORLDS)
def test_a_wrong_option_gets_the_nearest(world: str):
    right, wrong = misspelt(world)
    makers: tuple[Any, ...] = (gymnasium.make, gymnasium.make_vec)
    for make in makers:
        with pytest.raises(UserError, match=f"unknown option '{wrong}' of world .*: did you mean '{right}'") as raised:
            make(world, **{wrong: 1})
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize("world", WORLDS)
def test_a_wrong_option_on_the_command_line(dualbrain: Command, world: str):
    right, wrong = misspelt(world)
    code, _, err = dualbrain("train", world, "--env-kwargs", f"{wrong}:1")
    assert code == 2
    assert f"did you mean '{right}'?" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("world", WORLDS)
def test_a_wrong_value_is_told_in_one_line(dualbrain: Command, world: str):
    name = next(name for name, option in options_of(declaration_of(world)).items() if option.kind in (int, float, bool))
    code, _, err = dualbrain("train", world, "--env-kwargs", f"{name}:lots")
    assert code == 2
    assert f"option '{name}' of world" in err
    assert "not 'lots'" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("world", WORLDS)
def test_options_are_shown_with_their_defaults(dualbrain: Command, world: str):
    code, out, _ = dualbrain("list", "envs", world)
    assert code == 0
    for option in options_of(declaration_of(world)).values():
        assert option.name in out
        assert repr(option.default) in out


def test_every_world_is_shown_with_what_it_is(dualbrain: Command):
    out = dualbrain("list", "envs")[1]
    for shown in ("dualbrain/SpiderCave-v0", "food and water in a cave", "honesty=0.7"):
        assert shown in " ".join(out.split())


def test_foreign_worlds_show_theirs(dualbrain: Command):
    assert "sutton_barto_reward" in dualbrain("list", "envs", "CartPole-v1")[1]
    assert "takes no options" in dualbrain("list", "envs", "Acrobot-v1")[1]


@pytest.mark.parametrize("world", WORLDS)
def test_the_variants_of_a_world_try_all_its_options(world: str):
    tried = {name for options in variants_of(world) for name in options}
    assert tried == set(options_of(declaration_of(world)))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"sise": 4}, "unknown option 'sise' of it: did you mean 'size'?"),
        ({"size": 4.5}, "option 'size' of it must be a whole number, not 4.5"),
        ({"size": True}, "must be a whole number, not True"),
        ({"rain": "much"}, "must be a number, not 'much'"),
        ({"mode": "wett"}, r"must be one of dry, wet \(did you mean 'wet'\?\), not 'wett'"),
        ({"cap": "no"}, "must be a whole number or none, not 'no'"),
    ],
    ids=str,
)
def test_mistakes_are_told(given: dict[str, Any], says: str):
    with pytest.raises(UserError, match=says):
        check_options(given, meadow, "it")


def test_right_options_pass():
    check_options({"size": 4, "rain": 1, "mode": "wet", "cap": None}, meadow, "it")
    assert options_of(meadow)["size"].meaning == "side of the square, in cells"

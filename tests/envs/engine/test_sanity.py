"""Declarations that make no sense are refused in one line."""

from __future__ import annotations

from typing import Any

import pytest

from dualbrain.errors import UserError
from envs.engine.declarations import Act, Creature, Item, Level, Person, Thing, Vocabulary
from tests.envs.engine.tiny import ENERGY, meadow

BERRY = Thing("berry", 1, "bush")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"levels": (Level("energy", (0.5, 1.5)),)}, r"start of energy must lie in 0 to 1, not \(0.5, 1.5\)"),
        ({"levels": (Level("energy", (0.8, 0.2)),)}, "start of energy must be a least and a greatest value"),
        ({"levels": (Level("energy", comfort=(-0.1, 0.5)),)}, "comfort of energy must lie in 0 to 1"),
        ({"levels": (Level("energy", comfort=(0.6, 0.5)),)}, "comfort of energy must be a least and a greatest"),
        ({"things": (Thing("berry", -1, "bush"),)}, "count of berry must lie in 0 to"),
        ({"things": (Thing("berry", 1, "bush", delay=-1),)}, "delay of berry must lie in 0 to 1e[+]09, not -1"),
        ({"things": (Thing("berry", 1, "bush", reach=-1),)}, "reach of berry must lie in 0 to"),
        ({"things": (Thing("berry", 1, "bush", kin=(0.1, 1.1)),)}, "kin of berry must lie in 0 to 1"),
        ({"things": (Thing("berry", 1, "bush", sting=2.0),)}, "sting of berry must lie in 0 to 1, not 2.0"),
        ({"things": (Thing("berry", 1, "bush", regrow=(9, 3)),)}, "regrow of berry must be a least and a greatest"),
        ({"things": (Thing("berry", 1, "bush", regrow=(-9, 3)),)}, "regrow of berry must lie in 0 to"),
        ({"things": (BERRY, BERRY)}, "two things are named 'berry'"),
        (
            {"things": (Thing("berry", 1, "bush", looks=("elf",)),), "people": (Person("elf", 1, "elf"),)},
            "planes.* 'elf'",
        ),
        ({"items": (Item("bean", "bean", pain=-0.5),)}, "pain of bean must lie in 0 to 1"),
        ({"items": (Item("bean", "bean"),) * 2}, "two items are named 'bean'"),
        ({"items": tuple(Item(f"bean {k}", "bean") for k in range(121))}, "more than 120 kinds of things and items"),
        ({"levels": (ENERGY, Level("ate"))}, "two senses are named 'ate'"),
        ({"creatures": (Creature("spider", 1, "spider", speed=1.5),)}, "speed of spider must lie in 0 to 1"),
        ({"people": (Person("elf", 1, "elf", likes={"hello": 2.0}),)}, "likes of elf must lie in -1 to 1"),
        ({"acts": (Act("wave", stuns=-2),)}, "stuns of wave must lie in 0 to"),
        ({"acts": (Act("rest"),)}, "two actions are named 'rest'"),
        ({"vocabulary": Vocabulary(("hush",), chance=1.5)}, "chance of vocabulary must lie in 0 to 1"),
        ({"vocabulary": Vocabulary(("hush", "hush"))}, "two words are named 'hush'"),
        ({"plan": ("     ",) * 4}, "the plan must be 5 rows of 5 signs"),
        ({"plan": ("  x  ",) * 5}, r"signs of the plan are \['#', ' ', '@', '\?'\], not \['x'\]"),
        ({"plan": ("  @  ", *("     ",) * 4), "agents": 2}, "2 agents, but 1 cells of the plan to begin on"),
        ({"plan": ("?   ?", *("     ",) * 4), "things": (BERRY,)}, "2 marked cells of the plan, but 1 things"),
        (
            {"things": (Thing("berry", 1, "bush", cues=("hush",)),), "vocabulary": Vocabulary(("hush",))},
            "berry has 1 cues for 0 marked cells of the plan",
        ),
        ({"walls": -1}, "walls must be at least 0, not -1"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(fields: dict[str, Any], problem: str) -> None:
    things = fields.pop("things", ())
    with pytest.raises(UserError, match=f"^world 'Meadow': .*{problem}") as error:
        meadow(*things, **fields)
    assert "\n" not in str(error.value)

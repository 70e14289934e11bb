"""Design strings: what is written is what is read; what cannot be read is pointed at."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualbrain.chamber.design import Design
from dualbrain.chamber.notation import MOST, DesignError, design, groups
from dualbrain.chamber.trials import Block, Element, Period, Phase, Trial
from dualbrain.errors import UserError

words = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True).filter(lambda word: word != "shuffled")
names = st.one_of(st.sampled_from("ABCUSXYZ"), st.just("US"), words)
strengths = st.one_of(st.just(1.0), st.floats(1e-9, MOST, allow_nan=False))
elements = st.builds(Element, names, strengths)
compounds = st.lists(elements, max_size=4, unique_by=lambda element: element.name).map(tuple)
periods = st.builds(Period, compounds, st.integers(1, MOST))
trials = st.builds(Trial, st.lists(periods, min_size=1, max_size=4).map(tuple), st.booleans())
blocks = st.builds(Block, trials, st.integers(1, MOST))
phases = st.builds(Phase, st.lists(blocks, min_size=1, max_size=3).map(tuple), st.booleans())
designs = st.builds(Design, st.lists(phases, min_size=1, max_size=3).map(tuple))


@given(designs)
def test_what_is_printed_reads_back_the_same(given: Design):
    assert design(str(given)) == given
    assert str(design(str(given))) == str(given)


@given(st.text(max_size=40) | st.text("ABUS shufled_>|/:?*+.0123456789\n", max_size=40))
def test_garbage_is_read_or_pointed_at(text: str):
    with contextlib.suppress(DesignError):
        assert design(str(design(text))) == design(text)
        return
    with pytest.raises(DesignError) as caught:
        design(text)
    assert 0 <= caught.value.position <= len(text)
    assert f"character {caught.value.position + 1}:" in str(caught.value)
    assert str(caught.value).endswith("^")


def test_a_design_is_read():
    first, second = design("20 A:5>US / shock | shuffled 3 AB*0.5+tone:2>_:16>US?").phases
    assert [str(block) for block in first.blocks] == ["20 A:5>US", "shock"]
    assert second.shuffled
    (block,) = second.blocks
    assert block.times == 3
    assert block.trial.probe
    compound, gap, outcome = block.trial.periods
    assert compound == Period((Element("A"), Element("B", 0.5), Element("tone")), 2)
    assert gap == Period((), 16)
    assert outcome == Period((Element("US"),))


def test_us_is_one_outcome_unless_its_letters_are_kept_apart():
    assert design("AUS").phases[0].blocks[0].trial.names == ("A", "US")
    assert design("U+S").phases[0].blocks[0].trial.names == ("U", "S")
    assert str(design("U+S")) == "U+S"


@pytest.mark.parametrize(
    ("text", "position", "told"),
    [
        ("", 0, "expected a stimulus, or _ for a gap, not the end"),
        ("20 A>>US", 5, "not '>'"),
        ("A é", 2, "'é' (latin small letter e with acute) means nothing here: letters are A to Z"),
        ("A:0", 2, "a number of steps"),
        ("0 A", 0, "how often"),
        ("A*0", 2, "a strength above 0"),
        ("AXA", 2, "each stimulus once"),
        ("A | ", 4, "not the end"),
        ("A 5", 2, "one of > / | ? or the end"),
        ("1.5 A", 0, "how often"),
        ("99999999999999999999 A", 0, "how often"),
    ],
)
def test_mistakes_are_pointed_at(text: str, position: int, told: str):
    with pytest.raises(DesignError, match="design, character") as caught:
        design(text)
    assert caught.value.position == position
    assert told in str(caught.value)
    assert isinstance(caught.value, UserError)


def test_groups_are_read_line_by_line():
    table = groups("\n  blocked: 20 A>US | 20 AB>US\n\n  control: 20 C:3>US\n")
    assert {name: str(each) for name, each in table.items()} == {
        "blocked": "20 A>US | 20 AB>US",
        "control": "20 C:3>US",
    }


@pytest.mark.parametrize(
    ("table", "position"), [("a: A\nb: >B", 8), ("A>US", 0), ("a: A\na: B", 5), (": A", 0), ("a: A\nb:\nc: A", 7)]
)
def test_mistakes_in_tables_are_pointed_at_in_their_line(table: str, position: int):
    with pytest.raises(DesignError) as caught:
        groups(table)
    assert caught.value.position == position


def test_shuffled_trials_are_all_there_in_another_order_for_another_animal():
    (phase,) = design("shuffled 20 A / 20 B").phases
    orders = [[str(trial) for trial in phase.trials(np.random.default_rng(seed))] for seed in (0, 1, 0)]
    assert sorted(orders[0]) == ["A"] * 20 + ["B"] * 20
    assert orders[0] != orders[1]
    assert orders[0] == orders[2]
    assert [str(trial) for trial in design("2 A / B").phases[0].trials(np.random.default_rng(0))] == ["A", "A", "B"]

"""What looks like a design and means something else is refused, and how it is written is said."""

from __future__ import annotations

import pytest

from dualbrain.chamber import Chamber
from dualbrain.chamber.names import NOTHING
from dualbrain.chamber.notation import DesignError, design, groups
from dualbrain.errors import UserError

TELLING = """phase 1: 20 trials, in this order
  20 trials of 4 steps: A from step 0 for 3 steps; B from step 2 for 1 step, at intensity 0.5
phase 2: 21 trials, in an order drawn for each animal
  10 trials of 5 steps: A from step 0 for 1 step; shock from step 0 for 1 step; US (outcome) from step 3 for 2 steps
  10 probes of 1 step, of which nothing is learned: B from step 0 for 1 step
  1 trial of 1 step: nothing is shown
stimuli: A, B, shock; outcomes: US"""


@pytest.mark.parametrize(
    ("text", "position", "told"),
    [
        ("20x A", 0, "'20x' is no number: write 20 A"),
        ("1e3 A", 0, "'1e3' is no number"),
        ("1_000 A", 0, "'1_000' is no number"),
        ("20 x A", 5, "are written x+A; how often a trial comes is a number and a space"),
        ("20 \N{MULTIPLICATION SIGN} A", 3, "how often is a number and a space"),
        ("A:5s>US", 2, "'5s' is no number"),
        ("A*1e3", 2, "'1e3' is no number"),
        ("A:0.5", 2, "a number of steps"),
        ("A:-5", 2, "numbers are above 0"),
        ("A:5+B:3", 3, "what overlaps is written in periods: AB:3>A:2"),
        ("CS>US", 0, "the stimuli of these letters are C+S"),
        ("UCS", 0, "'UCS' is no stimulus"),
        ("US1", 0, "'US1' is no stimulus"),
        ("A1>US", 0, "'A1' is no stimulus"),
        ("Tone:5>US", 0, "'Tone' is no stimulus: write a capital, or a word in lower case"),
        ("roomA:5", 0, "'roomA' is no stimulus"),
        ("white noise:5", 6, "are written white+noise"),
        ("A+ / B-", 3, "A+, with an outcome, is written A>US"),
        ("A \N{RIGHTWARDS ARROW} US", 2, "what follows is written >, as in A>US"),
        ("A->US", 1, "what follows is written >"),
        ("A, B", 1, "blocks are separated by /, phases by |"),
        ("5 (A>US / B)", 2, "there are no brackets"),
        ("A\N{NO-BREAK SPACE}>US", 1, "(no-break space) means nothing here"),
        ("A shuffled", 2, "not 'shuffled'"),
        ("20 A:5>", 7, "not the end"),
        ("TONE:5>US", 0, "'TONE' is no stimulus: name it A, or tone; the stimuli of these letters are T+O+N+E"),
        ("A>SHOCK", 2, "name it A, or shock"),
        ("ITI:20", 0, "'ITI' is no stimulus"),
        ("A:5 US", 4, "what follows is written >, as in A:5>US"),
        ("20 A>US\n20 B", 8, "blocks are separated by /, phases by |"),
        ("random 20 A>US", 7, "the word for a drawn order is shuffled"),
        ("10*A>US", 2, "how often is a number and a space"),
        ("\N{GREEK CAPITAL LETTER ALPHA}>US", 0, "(greek capital letter alpha) means nothing here: letters are A to Z"),
    ],
)
def test_what_means_something_else_elsewhere_is_refused(text: str, position: int, told: str):
    with pytest.raises(DesignError) as caught:
        design(text)
    assert caught.value.position == position
    assert told in str(caught.value)


@pytest.mark.parametrize("given", [None, 3, ["20 A:5>US"]])
def test_a_design_is_text(given):
    with pytest.raises(UserError, match=r"a design is text, as in '20 A:5>US', not (NoneType|int|list)"):
        design(given)
    with pytest.raises(UserError, match="a design is text"):
        Chamber(0).run(given)
    with pytest.raises(UserError, match="a table of groups is text"):
        groups(given)


@pytest.mark.parametrize("word", sorted(NOTHING))
def test_a_word_for_nothing_is_not_silently_a_stimulus(word):
    with pytest.warns(UserWarning, match="is read as a stimulus.*a gap is written _"):
        Chamber(0).run(f"A>{word}")


def test_letters_that_spell_a_name_are_kept_apart():
    assert str(design("C+S")) == "C+S"
    assert str(design("T+O+N+E")) == "T+O+N+E"
    assert design("C S").phases[0].blocks[0].trial.names == ("C", "S")


def test_a_design_is_told_in_words():
    assert design("20 A:2>AB*0.5>_ | shuffled 10 A+shock>_:2>US:2 / 10 B? / _").describe() == TELLING


def test_what_is_an_outcome_is_up_to_the_animal():
    told = design("A>shock").describe({"shock"})
    assert "shock (outcome) from step 1" in told
    assert told.endswith("stimuli: A; outcomes: shock")

"""The registry of senses: each name means one thing, and the page that shows it is current."""

from __future__ import annotations

import pytest

from docs.make_senses import PAGE, adapted_senses, page
from dualbrain.errors import UserError
from dualbrain.steering.sense import Sense
from dualbrain.worlds.sense_catalogue import brief, collect, native_senses, native_worlds


def test_every_sense_of_every_world_and_variant_is_described_once():
    for name, entry in native_senses().items():
        assert entry.sense.unit, name
        assert entry.sense.meaning, name
        assert "\n" not in entry.sense.meaning, name
        assert entry.sense.low < entry.sense.high, name


@pytest.mark.parametrize(
    "other", [Sense("salt", 0, 2, "g"), Sense("salt", 0, 1, "kg"), Sense("salt", 0, 1, "g", "sea")]
)
def test_one_name_never_means_two_things(other: Sense):
    with pytest.raises(UserError, match=r"sense 'salt' is .* in There, but .* in Here"):
        collect({"Here": [Sense("salt", 0, 1, "g")], "There": [other]})


def test_worlds_and_drives_are_found():
    entry = native_senses()["energy"]
    assert "hunger" in entry.drives
    assert {*entry.worlds} <= {*native_worlds()}
    assert (
        collect({"a/B-v0": [Sense("x")], "a/C-v12 (by option)": [Sense("x")]})["x"].worlds[1] == "a/C-v12 (by option)"
    )
    assert brief("a/C-v12 (by option)") == "C (by option)"


def test_a_sense_of_other_worlds_has_the_range_that_drives_know():
    native = native_senses()
    for entry in adapted_senses():
        sense = entry.sense
        assert sense.unit, sense
        assert sense.meaning, sense
        if sense.name in native:
            ours = native[sense.name].sense
            assert (sense.low, sense.high) == (ours.low, ours.high), entry


def test_the_page_is_current():
    assert PAGE.read_text() == page(), "write it anew: make docs"

"""The page holds the numbers of the exported table, whatever was recorded."""

from __future__ import annotations

import base64
import csv
import json
import re
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from dualbrain.episodes.export import write_csv
from dualbrain.episodes.record import Recording
from dualbrain.episodes.tables import episodes_of, steps_of
from dualbrain.runs.notable_episodes import telling
from dualbrain.watch.page import SCRIPTS, build_page, write_page
from dualbrain.watch.page_data import Caption
from tests.watch.recordings import made

CAPTION = Caption("dualbrain/SpiderCave-v0", {"drives": 'hunger <&> "fear" </script>'}, ["stay", "north"])


def built(recording: Recording) -> str:
    return build_page(recording, CAPTION, telling(recording))


def embedded(page: str, name: str) -> Any:
    """What a script element of the page holds."""
    (text,) = re.findall(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def values(column: list[Any], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    return np.array([np.nan if value is None else float(value) for value in column]).astype(dtype)


CASES = {
    "several episodes": made(),
    "no event ever": made(rate=0.0),
    "an event at every step": made(rate=1.0, known=1.0),
    "one step": made((1,), drawn=(0,)),
    "truth never known": made(known=0.0),
    "no assessors": made(assessors=False),
    "no pictures": made(drawn=()),
    "imagined": made(imagined=True),
}


@pytest.mark.parametrize("recording", CASES.values(), ids=CASES)
def test_every_number_is_that_of_the_table(recording):
    table = embedded(built(recording), "data")["table"]
    expected = steps_of(recording)
    assert list(table) == list(expected)
    for name, column in expected.items():
        np.testing.assert_array_equal(values(table[name], column.dtype), column, err_msg=name)


def test_numbers_are_written_as_they_are_exported(tmp_path):
    recording = made()
    table = embedded(built(recording), "data")["table"]
    write_csv(steps_of(recording), tmp_path / "steps.csv")
    with (tmp_path / "steps.csv").open(newline="") as file:
        for t, row in enumerate(csv.DictReader(file)):
            for name, exported in row.items():
                on_page = table[name][t]
                assert (exported == "") if on_page is None else (float(exported) == on_page), (name, t)


def test_what_json_cannot_hold_is_still_told():
    recording = made()
    recording.table["sense/energy"][:3] = [np.inf, -np.inf, np.nan]
    table = embedded(built(recording), "data")["table"]
    assert table["sense/energy"][:3] == ["inf", "-inf", None]


@pytest.mark.parametrize("recording", CASES.values(), ids=CASES)
def test_episodes_are_those_of_the_table(recording):
    told = embedded(built(recording), "data")["episodes"]
    table = episodes_of(recording)
    for name in ("episode", "agent", "length", "score", "reward"):
        assert [episode[name] for episode in told] == table[name].tolist()
    for episode in told:
        rows = recording.rows(episode["episode"])
        assert (episode["start"], episode["length"]) == (rows.start, rows.stop - rows.start)
    named = {name: episode["episode"] for episode in told for name in episode["names"]}
    assert named == telling(recording)


def test_pictures_are_those_of_the_recording():
    recording = made()
    page = built(recording)
    for episode, drawn in recording.pictures.items():
        assert [base64.b64decode(picture) for picture in embedded(page, f"pictures-{episode}")] == list(drawn)
    assert [episode["drawn"] for episode in embedded(page, "data")["episodes"]] == [True, False, True]
    assert 'id="pictures-1"' not in page


def test_words_are_no_markup():
    page = built(made())
    assert page.count("</script>") == 2 + len(made().pictures)
    assert embedded(page, "data")["facts"] == CAPTION.facts


def test_it_asks_nothing_of_a_network():
    page = built(made())
    assert "default-src 'none'" in page
    assert re.findall(r"https?://|@import|url\(|<link rel=\"stylesheet|<script src", page) == []


def test_every_part_is_used():
    there = {path.name for path in (files("dualbrain.watch") / "page").iterdir()}
    assert there == {"page.html", "style.css", *(f"{name}.js" for name in SCRIPTS)}


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_colours_can_be_told_from_the_ground_in_both_themes():
    style = (files("dualbrain.watch") / "page" / "style.css").read_text()
    pairs = dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\);", style))
    for theme in (0, 1):
        tones = {name: pair.split(", ")[theme] for name, pair in pairs.items()}
        for ground in ("paper", "card"):
            for text in ("ink", "pale", "accent"):
                assert contrast(tones[text], tones[ground]) >= 4.5, (text, ground, theme)
            for k in range(8):
                assert contrast(tones[f"signal-{k}"], tones[ground]) >= 3.0, (k, ground, theme)


def test_a_page_is_written_whole(tmp_path):
    path = write_page("<p>page</p>", tmp_path / "new" / "watch.html")
    assert path.read_text() == "<p>page</p>"
    assert [child.name for child in path.parent.iterdir()] == ["watch.html"]

"""The page in a real browser: played, scrubbed, stepped, followed and read, by clicks and keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dualbrain.episodes.record import Recording
from dualbrain.runs.notable_episodes import telling
from dualbrain.watch.page import build_page, write_page
from dualbrain.watch.page_data import Caption
from tests.browser import browsing, complaints, keep_screenshot, needs_browser
from tests.watch.recordings import made

pytestmark = needs_browser

RECORDING = made()
CAPTION = Caption("dualbrain/SpiderCave-v0", {"drives": "hunger, flinch"}, ["stay", "north", "east", "south", "west"])
DRAWN = (
    "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))"
)
NUMBERS = "return [...document.querySelectorAll('[data-column]')].filter(e => !e.closest('details:not([open])'))"
TOLD = ".map(e => [e.dataset.column, e.value, e.textContent])"
TICKS = (
    "return [...document.querySelectorAll('#scorecard .track .imagined')].filter(e => !e.hidden).map(e => e.style.left)"
)
CANVAS = "return document.getElementById(arguments[0]).toDataURL()"


class Page:
    """A page in the browser, as somebody who looks at it handles it."""

    def __init__(self, driver: Any, recording: Recording, address: str):
        self.driver, self.recording, self.address = driver, recording, address

    def open(self, moment: str = "") -> Page:
        """Load the page, at a moment such as ``episode=0&step=4``."""
        self.driver.get("about:blank")
        self.driver.get(f"{self.address}#{moment}")
        return self.wait()

    def wait(self) -> Page:
        """Wait until all is drawn."""
        self.driver.execute_async_script(DRAWN)
        return self

    def find(self, css: str) -> Any:
        return self.driver.find_element("css selector", css)

    def click(self, css: str) -> Page:
        self.find(css).click()
        return self.wait()

    def press(self, *keys: str) -> Page:
        from selenium.webdriver import ActionChains, Keys

        actions = ActionChains(self.driver)
        for key in keys:
            held = key.split("+")
            chord = [getattr(Keys, part) if part.isupper() else part for part in held]
            for part in chord[:-1]:
                actions.key_down(part)
            actions.send_keys(chord[-1])
            for part in chord[:-1]:
                actions.key_up(part)
        actions.perform()
        return self.wait()

    def text(self, css: str) -> str:
        return str(self.find(css).text)

    @property
    def step(self) -> int:
        return int(self.find("#scrubber").get_property("value"))

    @property
    def episode(self) -> int:
        return int(self.find("#episode").get_property("value"))

    @property
    def row(self) -> int:
        """Which row of the table is shown."""
        return int(self.recording.rows(self.episode).start) + self.step

    def events(self, signal: str | None = None) -> list[int]:
        """Steps of this episode at which a truth is known and not 0."""
        rows, signals = self.recording.rows(self.episode), [signal] if signal else list(self.recording.signals)
        truth = np.stack([self.recording.table[f"truth/{name}"][rows] for name in signals])
        return np.flatnonzero(((truth != 0.0) & ~np.isnan(truth)).any(axis=0)).tolist()

    def numbers(self) -> list[tuple[str, str, str]]:
        """What stands on the page: column, number, and how it is written."""
        return [tuple(shown) for shown in self.driver.execute_script(NUMBERS + TOLD)]

    def canvas(self, name: str) -> str:
        return str(self.driver.execute_script(CANVAS, name))

    def until(self, holds: Callable[[], bool]) -> None:
        from selenium.webdriver.support.wait import WebDriverWait

        WebDriverWait(self.driver, 30).until(lambda _: holds())


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with browsing(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="module")
def show(driver, tmp_path_factory):
    """Return a function that shows a recording."""

    def show(recording: Recording, name: str) -> Page:
        path = write_page(
            build_page(recording, CAPTION, telling(recording)), tmp_path_factory.mktemp(name) / "watch.html"
        )
        return Page(driver, recording, path.as_uri())

    return show


@pytest.fixture(scope="module")
def main_page(show):
    return show(RECORDING, "page")


@pytest.fixture
def page(main_page):
    yield main_page.open("episode=0&step=5")
    assert complaints(main_page.driver) == []


def assert_numbers(page: Page) -> None:
    """Every number that is shown is that of the table."""
    shown, row = page.numbers(), page.row
    assert len(shown) > 20
    for name, value, text in shown:
        column = page.recording.table.get(name)
        expected = np.float32(np.nan) if column is None else column[row]
        if np.isnan(expected):
            assert value == ""
            assert text in ("unknown", "\u2013")
        else:
            assert np.array(float(value)).astype(expected.dtype) == expected, (name, page.step)
            if name not in ("executed", "reflex"):
                assert float(text.replace("\u2212", "-")) == pytest.approx(float(expected), abs=6e-4), name


def test_numbers_are_those_of_the_table(page):
    for moment in (
        "episode=0&step=0",
        "episode=0&step=41",
        "episode=0&step=89",
        "episode=1&step=7",
        "episode=2&step=59",
    ):
        assert_numbers(page.open(moment))


def test_every_number_of_the_step_can_be_read(page):
    page.click("#numbers summary")
    assert {name for name, *_ in page.numbers()} == set(page.recording.table)
    for _ in range(3):
        assert_numbers(page.press("ARROW_RIGHT"))
    page.click("#numbers summary")


def test_it_plays_and_pauses(page):
    page.click("#speed option[value='2']").click("#play")
    page.until(lambda: page.step >= 7)
    assert page.find("#play").get_attribute("aria-label") == "Pause"
    paused = page.click("#play").step
    assert page.wait().step == paused
    page.press("SPACE")
    page.until(lambda: page.step > paused)
    page.press("SPACE")
    assert page.find("#play").get_attribute("aria-label") == "Play"
    assert_numbers(page)


def test_it_stops_at_the_end(page):
    page.open("episode=0&step=70").click("#speed option[value='60']").press("SPACE")
    page.until(lambda: page.find("#play").get_attribute("aria-label") == "Play")
    assert page.step == 89
    assert "the end" in page.text("#now")


def test_keys_step(page):
    assert page.press("ARROW_RIGHT").step == 6
    assert page.press("ARROW_LEFT", "ARROW_LEFT").step == 4
    assert page.press("SHIFT+ARROW_RIGHT").step == 14
    assert page.press("END").step == 89
    assert page.press("ARROW_RIGHT").step == 89
    assert page.press("HOME").step == 0
    assert page.press("ARROW_LEFT").step == 0


def test_the_scrubber_scrubs(page):
    from selenium.webdriver import ActionChains

    before = page.find("#picture").get_attribute("src")
    page.click("#scrubber")
    assert abs(page.step - 44.5) <= 1
    assert page.find("#picture").get_attribute("src") != before
    scrubber = page.find("#scrubber")
    ActionChains(page.driver).click_and_hold(scrubber).move_by_offset(
        scrubber.size["width"] // 4, 0
    ).release().perform()
    assert page.wait().step == pytest.approx(67, abs=2)
    assert_numbers(page)
    page.click("#lanes")
    assert abs(page.step - 44.5) <= 1


def test_jumps_land_on_events(page):
    events = page.events()
    after = [t for t in events if t > 5]
    assert page.click("#next-event").step == after[0]
    assert page.press("n").step == after[1]
    assert "now " in page.text("#events")
    assert page.press("p").step == after[0]
    assert page.press("HOME").find("#previous-event").get_attribute("disabled")
    page.press("END")
    assert page.click("#previous-event").step == [t for t in events if t < 89][-1]


def test_episodes_are_chosen(page):
    worst = telling(RECORDING)["worst"]
    page.click(f"#named button[value='{worst}']")
    assert (page.episode, page.step) == (worst, 0)
    assert f"of {RECORDING.rows(worst).stop - RECORDING.rows(worst).start}" in page.text("#now")
    for episode in RECORDING.episodes:
        page.click(f"#episode option[value='{episode}']")
        assert page.episode == episode
        assert page.find("#picture").is_displayed() == (episode in RECORDING.pictures)
        assert_numbers(page)


def test_a_signal_is_followed(page):
    before = {name: page.canvas(name) for name in ("foresight", "pay", "dopamine", "lanes")}
    page.click("[data-signal='flinch.flinch']")
    assert page.text("#following") == "following flinch.flinch"
    assert page.find("[data-signal='flinch.flinch']").get_attribute("aria-pressed") == "true"
    assert all(page.canvas(name) != drawn for name, drawn in before.items())
    assert page.press("n").step == next(t for t in page.events("flinch.flinch") if t > 5)
    keep_screenshot(page.driver, "watch-followed")
    page.press("ESCAPE")
    assert page.find("[data-signal='flinch.flinch']").get_attribute("aria-pressed") == "false"


def test_what_is_imagined_is_shown_on_request(show):
    recording = made(imagined=True)
    page = show(recording, "imagined").open("episode=0&step=5&follow=hunger.food")
    assert page.driver.execute_script(TICKS) == []
    plain = page.canvas("foresight")
    shown = page.click("#imagined").driver.execute_script(TICKS)
    expected = [recording.column(f"imagined_{ahead}", "hunger.food")[5] for ahead in (1, 5, 15)]
    assert [float(left.rstrip("%")) / 100 for left in shown[:3]] == pytest.approx(expected, abs=1e-4)
    assert len(shown) == 3 * len(recording.signals)
    assert page.canvas("foresight") != plain
    assert page.find("#imagined").get_attribute("aria-pressed") == "true"
    keep_screenshot(page.driver, "watch-imagined")
    assert page.press("i").driver.execute_script(TICKS) == []
    assert complaints(page.driver) == []


def test_where_nothing_was_imagined_there_is_nothing_to_ask_for(page):
    assert not page.find("#imagined").is_displayed()
    page.press("i")
    assert page.find("#imagined").get_attribute("aria-pressed") == "false"


def test_both_themes(page):
    grounds = set()
    for _ in range(2):
        name = page.find("#theme").get_attribute("aria-label")
        page.click("#theme")
        grounds.add(page.find("body").value_of_css_property("background-color"))
        keep_screenshot(page.driver, f"watch-{name.split()[-1]}")
    assert len(grounds) == 2
    drawn = page.canvas("foresight")
    assert page.press("t").canvas("foresight") != drawn


EMPTY = {
    "no event ever": (made((30,), rate=0.0, drawn=()), "#events", "no event of flinch.flinch in this episode"),
    "one step": (made((1,), drawn=(0,)), "#now", "step 0 of 1"),
    "truth never known": (made((30,), known=0.0, drawn=()), "#foresight-title", "its truth is never known"),
    "no assessors": (made((30,), assessors=False, drawn=()), "#no-assessors", "no assessors"),
    "no pictures": (made((30,), drawn=()), "#no-picture", "no pictures"),
}


@pytest.mark.parametrize("case", EMPTY)
def test_empty_cases_are_told(case, show):
    recording, where, told = EMPTY[case]
    page = show(recording, "empty").open("follow=flinch.flinch")
    assert told in page.text(where)
    assert_numbers(page.press("ARROW_RIGHT", "n", "p", "END"))
    keep_screenshot(page.driver, f"watch-{case.replace(' ', '-')}")
    page.press("ESCAPE")
    assert complaints(page.driver) == []

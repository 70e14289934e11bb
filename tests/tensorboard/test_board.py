"""A real TensorBoard in a real browser: every tab shows what a run promises, and the console stays silent."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from dualbrain.cli.board import FIRST
from tests.browser import browsing, complaints, keep_screenshot, needs_browser
from tests.event_files import train
from tests.tensorboard.test_browser import served

pytestmark = needs_browser

CAVE = {"size": 8, "walls": 4, "max_episode_steps": 100, "chatter": 0.5}
SIGNALS = ("hunger.food", "flinch.flinch")
PROMISED = {
    "projector": (["thoughts", "described"], "canvas"),
    "images": (["world/values", "world/episode", "assessor/reliability", "dopamine/around_events"], "img"),
    "pr_curves": (["assessor/hunger.food.pr"], "path"),
    "text": (["steering", "it has a map"], "pre, code"),
    "scalars": (["assessor/hunger.food.ev", "assessor/flinch.flinch.auroc", "dopamine", "drive", "reward"], "path"),
    "custom_scalars": (["overview", *SIGNALS, "hunger.food: prediction against truth"], "path"),
    "distributions": (["assessor/hunger.food.leads"], "path"),
    "hparams": (["n_steps", "drives", "audit/world_score", "hunger.food:1"], "tf-hparams-table-view"),
}
"""By tab: what must be read there, and the kind of element that must be drawn."""

LOOK = """
const kind = arguments[0], words = [];
let drawn = 0;
const closed = [];
function walk(root) {
  for (const node of root.querySelectorAll('*')) {
    for (const child of node.childNodes) if (child.nodeType === 3 && child.data.trim()) words.push(child.data.trim());
    if (node.matches(kind) && (node.tagName === 'IMG' ? node.naturalWidth > 0 : true)) drawn += 1;
    if (node.matches('button.heading:not([open-button])')) closed.push(node);
    if (node.shadowRoot) walk(node.shadowRoot);
    if (node.tagName === 'IFRAME' && node.contentDocument) walk(node.contentDocument);
  }
}
walk(document);
return [words.join(''), drawn, closed];
"""
"""Returns all that can be read, in shadow trees and frames too, how much is drawn, and headings of what is folded."""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    drives = ["hunger", "flinch"]
    settings: dict[str, Any] = {"n_envs": 8, "env_kwargs": CAVE, "n_steps": 64, "batch_size": 128, "pictures": 4}
    train(runs / "one", "dualbrain/SpiderCave-v0", 8 * 64 * 6, steering=drives, **settings)
    with served(runs) as address:
        yield address.partition("#")[0]


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with browsing(tmp_path_factory.mktemp("profile"), (1500, 1400)) as driver:
        yield driver


def test_first_of_all_predictions_are_shown_against_truth(driver, address):
    from selenium.webdriver.support.ui import WebDriverWait

    driver.get(f"{address}#{FIRST}")
    words = ["prediction against truth", *(f"{name}: mean prediction and target" for name in SIGNALS)]

    def shown(driver):
        text, drawn, _ = driver.execute_script(LOOK, "path")
        told = "".join(text.split())
        return drawn > 0 and all(word.replace(" ", "") in told for word in words)

    WebDriverWait(driver, 60, 1.0).until(shown)


@pytest.mark.parametrize("tab", PROMISED)
def test_every_tab_shows_what_is_promised(driver, address, tab):
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.ui import WebDriverWait

    words, kind = PROMISED[tab]
    driver.get("about:blank")
    driver.get(f"{address}#{tab}")
    missing = list(words)

    def shown(driver):
        text, drawn, folded = driver.execute_script(LOOK, kind)
        for heading in folded:
            with suppress(WebDriverException):  # it may have moved meanwhile
                heading.click()
        missing[:] = [word for word in words if word.replace(" ", "") not in "".join(text.split())]
        return not missing and drawn > 0

    try:
        WebDriverWait(driver, 60, 1.0).until(shown)
    finally:
        keep_screenshot(driver, f"board_{tab}")
        print(f"{tab} lacks {missing}, or anything like {kind}")
    assert [told for told in complaints(driver) if told["level"] == "SEVERE"] == []

"""A real browser, driven by clicks and keys: headless Chromium through Selenium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
PICTURES = Path(__file__).parents[1] / "build" / "screenshots"
"""Screenshots are kept here, to be looked at."""

needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None or DRIVER is None, reason="no chromium or no driver of it here"),
]


@contextmanager
def browsing(profile: Path, size: tuple[int, int] = (1440, 900)) -> Iterator[Chrome]:
    """Lend a browser whose window has a size, in pixels; ``profile`` is an empty folder of its own."""
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    flags = ["headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "hide-scrollbars"]
    for flag in (*flags, f"window-size={size[0]},{size[1]}", f"user-data-dir={profile}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(DRIVER, env={**os.environ, "HOME": str(profile)})
    driver = webdriver.Chrome(options, service)
    try:
        yield driver
    finally:
        driver.quit()


def complaints(driver: Chrome) -> list[dict[str, Any]]:
    """Return what the console told since it was last asked: errors and warnings."""
    told: list[dict[str, Any]] = driver.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry for entry in told if entry["level"] in ("SEVERE", "WARNING")]


def keep_screenshot(driver: Chrome, name: str) -> Path:
    """Keep what the browser shows as ``build/screenshots/<name>.png``."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    driver.save_screenshot(str(path))
    return path

"""What a browser shows of a page, as a picture; it needs selenium, chromium and its driver."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from PIL import Image

SIZE = (1440, 810)


def photograph(address: str, path: Path, settled: float = 2.0, size: tuple[int, int] = SIZE) -> None:
    """Keep as a PNG what a window of a size, in pixels, shows of an address after ``settled`` seconds."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for flag in ("headless=new", "no-sandbox", "disable-gpu", "hide-scrollbars"):
        options.add_argument(f"--{flag}")
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        screen = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        driver.get(address)
        time.sleep(settled)
        driver.save_screenshot(str(path))
    finally:
        driver.quit()
    with Image.open(path) as picture:
        opaque = picture.convert("RGB")
    opaque.save(path, optimize=True)

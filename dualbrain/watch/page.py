"""Build the page: one HTML file with style, scripts, numbers and pictures, which needs no network."""

from __future__ import annotations

import base64
import html
import json
import string
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from dualbrain.episodes.camera import File
from dualbrain.episodes.record import Recording
from dualbrain.errors import UserError
from dualbrain.files.atomic_write import atomic_write
from dualbrain.files.text import write_text
from dualbrain.watch.page_data import Caption, page_data

PARTS = files("dualbrain.watch") / "page"
SCRIPTS = ("episodes", "numbers", "theme", "scorecard", "body", "traces", "timeline", "playing", "main")
"""In the order in which they follow one another."""


def build_page(recording: Recording, caption: Caption, named: Mapping[str, int]) -> str:
    """Return the page of a recording; ``named`` gives some episodes a name, such as *best*, and the first opens."""
    page = string.Template(_part("page.html"))
    return page.substitute(
        title=html.escape(caption.world),
        style=_part("style.css"),
        data=_embedded(page_data(recording, caption, named)),
        pictures="\n".join(_pictures(recording.pictures)),
        script="\n".join(_part(f"{name}.js") for name in SCRIPTS),
    )


def write_page(page: str, path: Path) -> Path:
    """Write a page, whole or not at all; its folder is made if it has to be.

    Raises `UserError` where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as temporary:
            write_text(temporary, page)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from error
    return path


def _part(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")


def _embedded(text: str) -> str:
    """Return JSON that no parser of HTML takes for markup."""
    return text.replace("<", "\\u003c")


def _pictures(pictures: Mapping[int, Sequence[File]]) -> Iterator[str]:
    """Lay out each episode's pictures by itself: a browser reads those that are asked for."""
    for episode, drawn in pictures.items():
        written = json.dumps([base64.b64encode(picture).decode("ascii") for picture in drawn])
        yield f'<script type="application/json" id="pictures-{episode}">{written}</script>'

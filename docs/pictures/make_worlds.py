"""Draw the contact sheet of all native worlds: ``docs/pictures/make_worlds.py`` writes ``worlds.png`` beside itself.

Each world is shown after some steps of its scripted expert, or of a random agent where it has none.
"""

from __future__ import annotations

import itertools
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from dualbrain.worlds.sense_catalogue import brief
from envs import WORLDS
from envs.scripted.animation import play_frames

HERE = Path(__file__).parent
COLUMNS, SIDE, MARGIN, LABEL = 4, 340, 16, 30
STEPS, SEED = 40, 3
INK, PAPER = (52, 52, 62), (255, 255, 255)


def tile(world: str) -> Image.Image:
    """Return a world's picture, scaled to the width of a column, above its name."""
    frame = Image.fromarray(next(itertools.islice(play_frames(world, SEED), STEPS, None)))
    shown = frame.resize((SIDE, round(SIDE * frame.height / frame.width)), Image.Resampling.LANCZOS)
    page = Image.new("RGB", (SIDE, shown.height + LABEL), PAPER)
    page.paste(shown, (0, 0))
    ImageDraw.Draw(page).text((SIDE / 2, shown.height + LABEL / 2), brief(world), INK, ImageFont.load_default(20), "mm")
    return page


def sheet(tiles: list[Image.Image]) -> Image.Image:
    """Lay out the tiles in rows."""
    rows = [tiles[i : i + COLUMNS] for i in range(0, len(tiles), COLUMNS)]
    heights = [max(each.height for each in row) + MARGIN for row in rows]
    width = min(len(tiles), COLUMNS) * (SIDE + MARGIN) + MARGIN
    page = Image.new("RGB", (width, sum(heights) + MARGIN), PAPER)
    top = MARGIN
    for row, height in zip(rows, heights, strict=True):
        for column, each in enumerate(row):
            page.paste(each, (MARGIN + column * (SIDE + MARGIN), top))
        top += height
    return page


def main() -> None:
    """Draw, and keep the picture small."""
    picture = sheet([tile(world) for world in WORLDS])
    picture.quantize(256, dither=Image.Dither.NONE).save(HERE / "worlds.png", optimize=True)


if __name__ == "__main__":
    main()

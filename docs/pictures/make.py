"""Draw a trained brain's world and its predictions: ``docs/pictures/make.py RUN`` writes ``life.png`` beside itself.

RUN is the run folder of a brain trained in a native world. It plays one fresh episode; the picture shows the step of
that episode with the highest prediction of the chosen signal, and the predictions of every signal around it.
"""

from __future__ import annotations

import argparse
import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dualbrain.heads.targets import ShortTargets, short_targets
from dualbrain.runs.build import import_packages
from dualbrain.runs.config import RunConfig
from dualbrain.runs.models import config_beside, find_model, load_model
from dualbrain.structured.tables import from_dict, read_toml
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

HERE = Path(__file__).parent
BEFORE, AFTER = 60, 30
"""Steps shown before and after the moment."""
LEGEND = "line: short assessor; shade: what it should have said, the next event faded by its delay"
FINE = 2
"""The charts are drawn this many times larger, for smooth lines."""
WIDTH, MARGIN = 620, 26
INK, PALE, PAPER = (52, 52, 62), (138, 138, 150), (255, 255, 255)
COLOURS = ((222, 124, 42), (52, 128, 204), (124, 82, 172), (206, 62, 76), (66, 146, 84), (110, 110, 120))

Colour = tuple[int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class Life:
    """One episode of T steps with K signals."""

    names: list[str]
    frame: NDArray[np.uint8]
    """The world as it stands after them."""
    expected: NDArray[np.float32]
    """(T, K) short predictions"""
    came: ShortTargets
    """Their targets, each (T, 1, K)"""


def live(run: str, seed: int, most: int) -> Life:
    """Play the episode of a seed with the brain of a run, at most ``most`` steps of it."""
    model = find_model(run)
    beside = config_beside(model)
    if beside is None:
        raise SystemExit(f"there is no config.toml beside {model}")
    config = from_dict(RunConfig, read_toml(beside), str(beside))
    import_packages(config.gym_packages)
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    agent = load_model(model, config.algo, device="cpu")
    world = make_vec_env(config.env, 1, seed, {**config.env_kwargs, "render_mode": "rgb_array"})
    body = SteeringVecEnv(world, copy.deepcopy(agent.steering), agent.scorecard)
    names, expected, truth, over = list(agent.steering.signals), [], [], False
    obs = body.reset()
    while not over:
        short = agent.assess(obs)["short"]
        expected.append([float(short[name][0]) for name in names])
        if len(expected) == most:
            break
        obs, _, dones, _ = body.step(agent.predict(obs)[0])
        truth.append(body.last.truth.copy())
        over = bool(dones[0])
    frame = world.get_images()[0]
    assert frame is not None
    ends = np.zeros((len(truth), 1), bool)
    horizon = np.array([signal.horizon for signal in agent.steering.signals.values()])
    targets = short_targets(np.array(truth), ends, ends, horizon)
    return Life(names, frame, np.array(expected[: len(truth)], np.float32), targets)


def moment(life: Life, signal: str) -> int:
    """Return the step, with enough life around it, at which ``signal`` was expected most."""
    if signal not in life.names:
        raise SystemExit(f"there is no signal {signal}: {', '.join(life.names)}")
    if len(life.expected) <= BEFORE + AFTER:
        raise SystemExit(f"a life of {len(life.expected)} steps is too short to show: try another --seed")
    column = life.expected[BEFORE:-AFTER, life.names.index(signal)]
    return BEFORE + int(column.argmax())


def compose(life: Life, now: int, world: NDArray[np.uint8]) -> Image.Image:
    """Put the world at a moment beside what is expected of each signal around it."""
    frame = Image.fromarray(world)
    page = Image.new("RGB", (frame.width + 3 * MARGIN + WIDTH, frame.height + 2 * MARGIN), PAPER)
    page.paste(frame, (MARGIN, MARGIN))
    page.paste(charts(life, now, frame.height), (frame.width + 2 * MARGIN, MARGIN))
    return page


def charts(life: Life, now: int, height: int) -> Image.Image:
    """Draw the charts of all signals, one above the other."""
    sheet = Image.new("RGB", (WIDTH * FINE, height * FINE), PAPER)
    pen = ImageDraw.Draw(sheet)
    head, foot = 54, 26
    write(pen, 0, 0, "Predictions and their targets", 17, INK)
    write(pen, 0, 24, LEGEND, 13, PALE)
    tall = (height - head - foot) / len(life.names)
    for k in range(len(life.names)):
        chart(pen, life, now, k, head + k * tall, tall)
    middle = WIDTH * BEFORE / (BEFORE + AFTER)
    pen.line(((middle * FINE, head * FINE), (middle * FINE, (height - foot) * FINE)), INK, FINE)
    write(pen, middle, height - foot + 6, "now", 13, INK, "ma")
    write(pen, 0, height - foot + 6, f"{BEFORE} steps ago", 13, PALE)
    write(pen, WIDTH, height - foot + 6, f"{AFTER} steps on", 13, PALE, "ra")
    return sheet.resize((WIDTH, height), Image.Resampling.LANCZOS)


def chart(pen: ImageDraw.ImageDraw, life: Life, now: int, k: int, top: float, tall: float) -> None:
    """Draw one signal: the target as an area (none without evidence), the prediction as a line."""
    colour, rows = COLOURS[k % len(COLOURS)], slice(now - BEFORE, now + AFTER + 1)
    floor, room = top + tall - 12, tall - 44
    expected, came = life.expected[rows, k], life.came.target[rows, 0, k]
    known = (life.came.evidence & life.came.complete)[rows, 0, k]
    scale = room / max(1.0, float(expected.max()), float(came.max()))
    step = WIDTH / (BEFORE + AFTER)
    write(pen, 0, top + 4, life.names[k], 15, colour)
    for t in np.flatnonzero(known & (came > 0.0)).tolist():
        left, high = (t - 0.5) * step, floor - scale * float(came[t])
        pen.rectangle((left * FINE, high * FINE, (left + step) * FINE, floor * FINE), tint(colour, 0.28))
    for t in np.flatnonzero(~known).tolist():
        pen.line((((t - 0.5) * step * FINE, floor * FINE), ((t + 0.5) * step * FINE, floor * FINE)), PAPER, 4 * FINE)
    points: list[Point] = [(t * step * FINE, (floor - scale * float(y)) * FINE) for t, y in enumerate(expected)]
    pen.line(((0, floor * FINE), (WIDTH * FINE, floor * FINE)), (226, 226, 232), FINE)
    pen.line(points, colour, 2 * FINE, "curve")
    x, y = points[BEFORE]
    pen.ellipse((x - 4 * FINE, y - 4 * FINE, x + 4 * FINE, y + 4 * FINE), PAPER, colour, 2 * FINE)


def tint(colour: Colour, strength: float) -> Colour:
    """Return a colour thinned with paper."""
    red, green, blue = (round(255 - strength * (255 - tone)) for tone in colour)
    return red, green, blue


def write(
    pen: ImageDraw.ImageDraw, x: float, y: float, text: str, size: int, colour: Colour, anchor: str = "la"
) -> None:
    """Write a line of text at a point of the unmagnified sheet."""
    pen.text((x * FINE, y * FINE), text, colour, ImageFont.load_default(size * FINE), anchor)


def main() -> None:
    """Read the run, draw, and keep the picture small."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", help="run folder, folder of runs, or model file")
    parser.add_argument("--signal", default="flinch.flinch", help="signal whose greatest expectation is shown")
    parser.add_argument("--seed", type=int, default=4, help="seed of the episode")
    parser.add_argument("--steps", type=int, default=2000, help="most steps of the episode")
    chosen: Any = parser.parse_args()
    life = live(chosen.run, chosen.seed, chosen.steps)
    now = moment(life, chosen.signal)
    picture = compose(life, now, live(chosen.run, chosen.seed, now + 1).frame)
    picture.quantize(256, dither=Image.Dither.NONE).save(HERE / "life.png", optimize=True)


if __name__ == "__main__":
    main()

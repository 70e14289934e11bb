"""Picture four brains that differ in their logs: ``docs/pictures/make_brains.py`` writes ``brains.png``.

Each is trained in a cave for a while: a healthy one; one that is blind, for it sees no farther than the cell it stands
on, and hears no word of spiders; one that daydreams, for it is paid for the mere thought of food; and one whose
fright outweighs every other drive.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from stable_baselines3.common.logger import configure
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from agents import DualBrainPPO
from dualbrain import RewardModule, Signal, SteeringSubsystem
from dualbrain.drawing.small_multiples import BLUE, FAINT, INK, ORANGE, PALE, Frame, SmallMultiples
from dualbrain.runs.recipes import WIDE
from reward_modules import Flinch, Hunger, Pain, Thirst

HERE = Path(__file__).parent
WORLD = "dualbrain/SpiderCave-v0"
SIGNAL = "flinch.flinch"
"""Whose predictions are shown."""
SMOOTH = 5
"""Writes that a line averages."""
COLOURS = (BLUE, ORANGE, INK, PALE, "#3a9d6e")

Curve = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]
"""Training steps, values."""


class Daydream(RewardModule):
    """Paid for the mere thought of food."""

    emits = (Signal("hope"),)

    def truth(self, thought: Any, stamina: Any) -> dict[str, Any]:
        """Pay what food is expected."""
        return {"hope": np.clip(5.0 * thought["hunger.food"], 0.0, 1.0) + 0.0 * stamina}


@dataclass
class Brain:
    """How one of them is raised."""

    title: str
    weights: dict[str, float]
    world: dict[str, Any] = field(default_factory=dict)
    more: Sequence[RewardModule] = ()
    cap: float = 0.5


FED = {"hunger": 5.0, "thirst": 5.0}
BRAINS = (
    Brain("healthy", FED),
    Brain("blind", FED, {"view": 1, "chatter": 0.0}),
    Brain("daydreaming", FED | {"daydream": 2.0}, more=[Daydream()], cap=1.0),
    Brain("taken over", FED | {"flinch": 50.0}),
)


def raised(brain: Brain, steps: int, folder: Path) -> dict[str, Curve]:
    """Raise it; return what was written, by key."""
    steering = SteeringSubsystem(
        [Hunger(), Thirst(), Flinch(), Pain(), *brain.more], brain.weights, thought_cap=brain.cap
    )
    settings = WIDE["hyperparams"] | {"n_envs": 64, "batch_size": 1024, "env_kwargs": brain.world, "seed": 0}
    agent = DualBrainPPO("BrainPolicy", WORLD, steering=steering, pictures=0, **settings)
    agent.set_logger(configure(str(folder), ["tensorboard"]))
    agent.learn(steps, log_interval=1)
    agent.logger.close()
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    events.Reload()
    return {key: _curve(events.Scalars(key)) for key in events.Tags()["scalars"]}


def _curve(written: Sequence[Any]) -> Curve:
    steps, values = (np.array([getattr(one, name) for one in written], float) for name in ("step", "value"))
    kernel = np.ones(min(SMOOTH, len(values)))
    return steps, np.convolve(values, kernel, "same") / np.convolve(np.ones_like(values), kernel, "same")


def draw(frame: Frame, curves: Sequence[Curve], steps: int, highest: float | None = None) -> None:
    """Draw lines over training, all in one scale from 0 on."""
    top = highest or 1.1 * max(float(values.max()) for _, values in curves) or 1.0
    frame = frame.showing((0.0, float(steps)), (0.0, top))
    frame.edge()
    for (at, values), colour in zip(curves, COLOURS, strict=False):
        frame.line(at, values, colour, 1.3)
    for y in (0.0, top):
        frame.ytick(y, f"{y:.2g}")
    frame.xtick(0.0, "0")
    frame.xtick(0.94 * steps, f"{steps / 1000:.0f}k")


def picture(found: dict[str, dict[str, Curve]], steps: int) -> Any:
    """Draw a column per brain."""
    sheet = SmallMultiples(4 * len(found), "Four brains and their logs", EXPLAINED)
    for column, (title, curves) in enumerate(found.items()):
        shares = {
            key.split("/")[1].split(".")[0]: key
            for key in curves
            if key.startswith("audit/") and key.endswith(".share")
        }
        rows: list[tuple[str, list[str], float | None]] = [
            ("flinch: mean prediction and target", [f"drive/{SIGNAL}.target", f"drive/{SIGNAL}.prediction"], None),
            ("flinch: AUROC", [f"assessor/{SIGNAL}.auroc"], 1.0),
            ("share of reward from predictions", ["audit/thought"], 1.0),
            (", ".join(shares), list(shares.values()), 1.0),
        ]
        for row, (what, keys, highest) in enumerate(rows):
            panel = sheet.panel(4 * row + column)
            panel.heading(title if row == 0 else "", what)
            draw(panel, [curves[key] for key in keys], steps, highest)
            if row == 1:
                panel.line([0.0, 1.0], [0.5, 0.5], FAINT, 1.0)
    return sheet.picture()


EXPLAINED = (
    "from above: mean prediction of a fright (orange) and mean target (blue); how well steps before a fright are "
    "distinguished from others, by chance .5; the share of reward from predictions; and the share of each drive. "
    "Over training steps"
)


def main() -> None:
    """Train all four, and draw."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=150_000, help="training of each (default: 150,000)")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "brains.png")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        found = {brain.title: raised(brain, chosen.steps, Path(folder) / brain.title) for brain in BRAINS}
    picture(found, chosen.steps).save(chosen.output, optimize=True)


if __name__ == "__main__":
    main()

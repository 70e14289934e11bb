"""Native worlds in motion: an episode played by a world's expert, as a GIF.

Run as ``python -m envs.scripted.animation ID``; ``--random`` plays at random.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dualbrain.worlds.options import agents_of
from dualbrain.worlds.sense_catalogue import brief
from envs import WORLDS
from envs.scripted import EXPERTS, Expert, Remembering, load_expert
from envs.vector import VectorWorld

Frame = NDArray[np.uint8]
COMMON, RARE, SAMPLES = 176, 80, 6
"""Colours of a palette: most seen, and far from those, as of small things; frames from which they are taken."""


class Chance:
    """A player that acts at random in N rows of a world."""

    def __init__(self, n_actions: int, n: int, seed: int):
        self._random, self._n_actions, self._n = np.random.default_rng(seed), n_actions, n

    def act(self, obs: NDArray[np.uint8]) -> NDArray[np.integer[Any]]:  # noqa: ARG002
        """Return random actions ``(N,)``."""
        return self._random.integers(self._n_actions, size=self._n)


def play_frames(world: str, seed: int = 0, expert: bool = True, **options: Any) -> Iterator[Frame]:
    """Yield pictures ``(H, W, 3)`` of one world, from its beginning on and without end.

    It is played by its expert, or at random where it has none or ``expert`` is False. ``options`` are the world's.
    """
    agents = agents_of(world, options)
    batch = gymnasium.make_vec(world, num_envs=agents, render_mode="rgb_array", **options)
    assert isinstance(batch, VectorWorld)
    player: Expert = Chance(len(batch.world.action_names), agents, seed)
    if expert and world in EXPERTS:
        player = load_expert(world)(batch.layout, agents, seed)
    obs, _ = batch.reset(seed=seed)
    started = np.ones(agents, np.bool_)
    while True:
        pictures = batch.render()
        assert pictures is not None
        yield pictures[0]
        if isinstance(player, Remembering):
            player.begin(started)
        obs, _, terminated, truncated, _ = batch.step(player.act(obs))
        started = terminated | truncated


def write_gif(frames: Iterable[Frame], path: Path, fps: float = 8.0) -> None:
    """Write frames ``(H, W, 3)`` as an animation that repeats; all share one palette, so that nothing flickers."""
    shown = list(frames)
    palette = _palette(np.concatenate(shown[:: max(1, len(shown) // SAMPLES)]))
    pictures = (Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in shown)
    first, *others = pictures
    first.save(path, save_all=True, append_images=others, duration=round(1000 / fps), loop=0)


def _palette(sample: Frame) -> Image.Image:
    """Return a picture that has the palette of a sample."""
    picture, holder = Image.fromarray(sample), Image.new("P", (1, 1))
    ways = ((COMMON, Image.Quantize.MEDIANCUT), (RARE, Image.Quantize.MAXCOVERAGE))
    parts = [picture.quantize(count, way).getpalette() or [] for count, way in ways]
    holder.putpalette([tone for part, (count, _) in zip(parts, ways, strict=True) for tone in part[: 3 * count]])
    return holder


def main(arguments: list[str] | None = None) -> None:
    """Write one world's GIF."""
    parser = argparse.ArgumentParser(prog="python -m envs.scripted.animation", description=__doc__.partition("\n")[0])
    parser.add_argument("world", choices=WORLDS, metavar="ID", help="id of a native world")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to write it (default: NAME.gif)")
    parser.add_argument("--steps", type=int, default=120, help="length of the animation")
    parser.add_argument("--seed", type=int, default=0, help="seed of the world and its player")
    parser.add_argument("--random", action="store_true", help="play at random")
    chosen = parser.parse_args(arguments)
    frames = play_frames(chosen.world, chosen.seed, not chosen.random)
    path = chosen.output or Path(f"{brief(chosen.world)}.gif")
    write_gif([next(frames) for _ in range(chosen.steps)], path)
    print(path)


if __name__ == "__main__":
    main()

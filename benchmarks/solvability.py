"""Measure that every native world is solvable and not trivial: a random agent, its expert and a trained brain.

The brain is trained by the world's recipe under the drives that the world names; what counts is the world's own score
on fresh episodes. Its share is how much of the way from random to expert it went, with a 95 % bootstrap interval over
seeds and episodes. A finished run is kept and not made again; delete its folder to start over.

Run as ``python -m benchmarks.solvability``: it writes its rows into ``docs/worlds.md``, and leaves the others there.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import gymnasium
import numpy as np
from numpy.typing import NDArray

from dualbrain.cli.parsing import parse_modules
from dualbrain.files.atomic_write import atomic_write
from dualbrain.files.text import read_text, write_text
from dualbrain.registry import expert_of
from dualbrain.worlds.options import agents_of, drives_of
from dualbrain.worlds.sense_catalogue import brief, native_worlds

PAGE = Path(__file__).parents[1] / "docs" / "worlds.md"
BEGIN, END = "<!-- solvable: python -m benchmarks.solvability -->", "<!-- /solvable -->"
HEAD = "| world | drives | steps | random | expert | learned | by seed | share of the way |\n" + "|---" * 8 + "|"
FRESH = 1_000_000
"""Seed of the episodes that count, far from those of training."""
RESAMPLES = 2000
SCORES = "scores.json"

Samples = NDArray[np.float64]


class Player(Protocol):
    """Plays N rows of a world."""

    def act(self, obs: Any) -> NDArray[np.integer[Any]]:
        """Return actions ``(N,)``."""
        ...


class Chance:
    """Plays at random."""

    def __init__(self, space: gymnasium.Space[Any], n: int, seed: int):
        assert isinstance(space, gymnasium.spaces.Discrete)
        self._random, self._n_actions, self._n = np.random.default_rng(seed), int(space.n), n

    def act(self, obs: Any) -> NDArray[np.integer[Any]]:  # noqa: ARG002
        """Return random actions ``(N,)``."""
        return self._random.integers(self._n_actions, size=self._n)


@dataclass(frozen=True)
class Outcome:
    """The scores of one world: its own reward, added up over an episode."""

    world: str
    steps: int
    """Length of each training run."""
    random: Samples
    """``(E,)``"""
    expert: Samples
    """``(E,)``"""
    learned: Samples
    """``(seeds, E)``"""

    @property
    def share(self) -> float:
        """Share of the difference between random and expert that was learned."""
        return float(_share(self.random.mean(), self.expert.mean(), self.learned.mean()))

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % percentile bootstrap interval, resampling seeds and episodes within them."""
        rng = np.random.default_rng(0)
        seeds, episodes = self.learned.shape
        drawn = (
            rng.integers(seeds, size=(RESAMPLES, seeds, 1)),
            rng.integers(episodes, size=(RESAMPLES, seeds, episodes)),
        )
        random, expert = (rng.choice(each, (RESAMPLES, each.size)).mean(1) for each in (self.random, self.expert))
        low, high = np.quantile(_share(random, expert, self.learned[drawn].mean((1, 2))), (0.025, 0.975))
        return float(low), float(high)


def _share(random: Any, expert: Any, learned: Any) -> Any:
    return (learned - random) / (expert - random)


def rows_for(world: str, episodes: int) -> int:
    """Return the least number of rows, at least ``episodes``, in which all worlds are whole."""
    agents = agents_of(world)
    return -(-episodes // agents) * agents


def play(world: str, expert: bool, episodes: int, seed: int = FRESH) -> Samples:
    """Return the scores ``(E,)`` of the first episode of each row, played by the world's expert or at random."""
    n = rows_for(world, episodes)
    batch: Any = gymnasium.make_vec(world, num_envs=n)
    if expert:
        player: Player = expert_of(world)(batch.layout, n, seed)
    else:
        player = Chance(batch.single_action_space, n, seed)
    obs, _ = batch.reset(seed=seed)
    started, open_, scores = np.ones(n, bool), np.ones(n, bool), np.zeros(n)
    while open_.any():
        if hasattr(player, "begin"):
            player.begin(started)
        obs, rewards, terminated, truncated, _ = batch.step(player.act(obs))
        scores += rewards * open_
        started = terminated | truncated
        open_ &= ~started
    return scores


def learn(world: str, seed: int, steps: int, episodes: int, root: Path) -> list[float]:
    """Return the scores of a brain on fresh episodes; train it first, unless that was done below ``root``."""
    from dualbrain.episodes.evaluate import evaluate
    from dualbrain.runs import train as training
    from dualbrain.runs.run_folder import newest

    place = root / f"{steps}_steps" / brief(world) / f"seed_{seed}"
    kept = newest(place)
    if kept is not None and (kept / SCORES).is_file():
        return [float(score) for score in json.loads(read_text(kept / SCORES))]
    print(f"{world}, seed {seed}", file=sys.stderr, flush=True)
    run = training.prepare(configuration(world, seed, steps), __name__)
    trained = training.train(run, place, f"python -m benchmarks.solvability --worlds {world} --steps {steps}")
    scores: list[float] = evaluate(trained.agent, world, rows_for(world, episodes), FRESH).scores.tolist()
    trained.folder.write(SCORES, json.dumps(scores))
    return scores


def configuration(world: str, seed: int, steps: int, drives: str = "") -> Any:
    """Return a run of the world's recipe, under the given drives or those that the world names."""
    from dualbrain.runs.build import recipe
    from dualbrain.runs.config import RunConfig
    from dualbrain.structured.tables import from_dict, merge

    stated = {"env": world, "seed": seed, "total_timesteps": steps, "num_threads": 1, "evaluation": {"freq": 0}}
    modules = {"modules": parse_modules(drives or drives_of(world) or "extrinsic")}
    return from_dict(RunConfig, merge(recipe(world), stated, modules), __name__)


def measure(worlds: Sequence[str], seeds: int, steps: int, episodes: int, jobs: int, root: Path) -> Iterable[Outcome]:
    """Yield the outcome of each world, the brains trained in ``jobs`` processes of one thread each."""
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        runs = {
            world: [pool.submit(learn, world, seed, steps, episodes, root) for seed in range(seeds)] for world in worlds
        }
        for world in worlds:
            random, expert = play(world, False, episodes), play(world, True, episodes)
            yield Outcome(world, steps, random, expert, np.array([run.result() for run in runs[world]]))


def line(outcome: Outcome) -> str:
    """Lay out one row in Markdown."""
    low, high = outcome.interval
    cells = [
        brief(outcome.world),
        f"`{drives_of(outcome.world) or 'extrinsic'}`",
        f"{outcome.steps:,}",
        *(figure(scores.mean()) for scores in (outcome.random, outcome.expert, outcome.learned)),
        ", ".join(map(figure, outcome.learned.mean(1))),
        f"{outcome.share:.0%} ({low:.0%} to {high:.0%})",
    ]
    return f"| {' | '.join(cells)} |"


def figure(score: float) -> str:
    """Write a mean score."""
    return f"{score:,.0f}" if abs(score) >= 100 else f"{score:.3g}"


def written(page: str, lines: Iterable[str]) -> str:
    """Return a page with new rows in its table; those of other worlds stay, in the order of the worlds."""
    before, _, rest = page.partition(BEGIN)
    table, _, after = rest.partition(END)
    if not rest or END not in rest:
        raise ValueError(f"the page has no table between {BEGIN} and {END}")
    rows = {_world(row): row for row in [*re.findall(r"^\| \w+ .*\|$", table, re.MULTILINE)[1:], *lines]}
    order = [brief(world) for world in native_worlds()]
    kept = [rows[name] for name in sorted(rows, key=lambda name: order.index(name) if name in order else len(order))]
    return f"{before}{BEGIN}\n" + "\n".join([HEAD, *kept]) + f"\n{END}{after}"


def _world(row: str) -> str:
    return row.split("|")[1].strip()


def replace(path: Path, text: str) -> None:
    """Write a file as a whole: at no moment is it there by half."""
    with atomic_write(path) as temporary:
        write_text(temporary, text)


def main(arguments: list[str] | None = None) -> int:
    """Make the runs that are missing, and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.solvability", description=__doc__.split("\n")[0])
    parser.add_argument("--worlds", nargs="+", metavar="ID", help="only these (default: all)")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="runs per world")
    parser.add_argument("--steps", type=int, default=3_000_000, help="length of a run")
    parser.add_argument("--episodes", type=int, default=120, help="fresh episodes per player, at least 100")
    parser.add_argument("--jobs", type=int, default=1, help="processes that train")
    parser.add_argument("-f", "--log-folder", type=Path, default=Path("runs/solvable"), metavar="DIR", help="all runs")
    parser.add_argument("-o", "--output", type=Path, default=PAGE, metavar="FILE", help="page that holds the table")
    chosen = parser.parse_args(arguments)
    known = native_worlds()
    settings = (chosen.seeds, chosen.steps, max(chosen.episodes, 100), chosen.jobs, chosen.log_folder)
    for outcome in measure(chosen.worlds or known, *settings):
        print(line(outcome), flush=True)
        replace(chosen.output, written(read_text(chosen.output), [line(outcome)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Compare harvests of the commons: scripted harvesters, and brains that all agents of a world share.

Each plays the first episodes of many worlds: how many apples an agent eats, how many of the agents survive to the end,
and the least number of apples. A finished run of a brain is kept; delete its folder to repeat it.

Run as ``python -m benchmarks.commons``: it prints the table that stands in ``docs/worlds.md``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from benchmarks.solvability import FRESH, Chance, Player, Samples, configuration, rows_for
from dualbrain.registry import expert_of, register_worlds

WORLD = "dualbrain/Commons-v0"
DRIVES = ("hunger:5,pain", "extrinsic,pain")
HEAD = "| harvester | apples eaten | survive to the end | fewest apples left |\n" + "|---" * 4 + "|"


@dataclass(frozen=True)
class Harvest:
    """The harvest of some worlds."""

    eaten: Samples
    """``(N,)``: apples that each agent ate."""
    lived: Samples
    """``(N,)``: 1 for agents that survived to the end, else 0."""
    left: Samples
    """``(W,)``: least share of the apples that there was in each world."""


class Brain:
    """Plays by a trained agent."""

    def __init__(self, agent: Any):
        self._agent = agent

    def act(self, obs: Any) -> Any:
        """Return its actions ``(N,)``, drawn from its policy."""
        return self._agent.predict(obs, deterministic=False)[0]


def orchards(episodes: int) -> Any:
    """Return a batch of worlds with at least so many agents in all."""
    register_worlds()
    return gymnasium.make_vec(WORLD, num_envs=rows_for(WORLD, episodes))


def harvest(player: Player, batch: Any, seed: int = FRESH) -> Harvest:
    """Let a player move all agents of a batch of worlds for one episode each."""
    obs, _ = batch.reset(seed=seed)
    eaten, lived, alive = np.zeros(batch.num_envs), np.zeros(batch.num_envs), np.ones(batch.num_envs, bool)
    left = np.ones(batch.num_envs // batch.n_agents)
    while alive.any():
        obs, rewards, terminated, truncated, _ = batch.step(player.act(obs))
        eaten += rewards * alive
        lived += truncated & alive
        alive &= ~(terminated | truncated)
        going_on = alive.reshape(len(left), -1).any(1)
        left = np.where(going_on, np.minimum(left, batch.there("apple").mean(1)), left)
    return Harvest(eaten, lived, left)


def players(batch: Any) -> Iterator[tuple[str, Player]]:
    """Yield those without a brain."""
    harvester = expert_of(WORLD)
    yield "at random", Chance(batch.single_action_space, batch.num_envs, FRESH)
    yield "scripted, greedy", harvester(batch.layout, batch.num_envs, FRESH, spare=0)
    yield "scripted, sparing", harvester(batch.layout, batch.num_envs, FRESH)


def brain(drives: str, seed: int, steps: int, root: Path) -> Brain:
    """Return a brain raised under some drives, shared by all agents; it is trained first unless kept below ``root``."""
    from benchmarks.cached_runs import finished_run
    from dualbrain.runs.models import find_model, load_model

    place = root / f"{steps}_steps" / drives.replace(":", "-").replace(",", "+") / f"seed_{seed}"
    config = configuration(WORLD, seed, steps, drives)
    kept = finished_run(config, place, "python -m benchmarks.commons", drives)
    return Brain(load_model(find_model(kept), "ppo"))


def line(name: str, harvests: list[Harvest]) -> str:
    """Lay out one row in Markdown; means over all agents and worlds, of each seed where there are several."""
    cells = [
        ", ".join(f"{value.mean():{form}}" for value in values)
        for values, form in (
            ([each.eaten for each in harvests], ".0f"),
            ([each.lived for each in harvests], ".0%"),
            ([each.left for each in harvests], ".0%"),
        )
    ]
    return f"| {' | '.join([name, *cells])} |"


def main(arguments: list[str] | None = None) -> int:
    """Make the runs that are missing, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.commons", description=__doc__.split("\n")[0])
    parser.add_argument("--drives", nargs="*", default=DRIVES, metavar="MODULES", help="of the brains, each in turn")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="brains of each kind")
    parser.add_argument("--steps", type=int, default=3_000_000, help="length of a run")
    parser.add_argument("--episodes", type=int, default=240, help="agents that are watched")
    parser.add_argument("-f", "--log-folder", type=Path, default=Path("runs/commons"), metavar="DIR", help="all runs")
    chosen = parser.parse_args(arguments)
    batch = orchards(chosen.episodes)
    print(HEAD)
    for name, player in players(batch):
        print(line(name, [harvest(player, batch)]), flush=True)
    for drives in chosen.drives:
        brains = (brain(drives, seed, chosen.steps, chosen.log_folder) for seed in range(chosen.seeds))
        print(line(f"one brain, `{drives}`", [harvest(each, batch) for each in brains]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

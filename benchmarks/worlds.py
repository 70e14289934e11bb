"""Speed of the native worlds against MiniGrid in Stable-Baselines3's `DummyVecEnv`, side by side in one run.

Both step with random actions that were drawn beforehand, and observe, reset and report as their users would have it.
The two take turns, so that what else the machine does strikes both; ratios are medians over the turns.

Run as ``python -m benchmarks.engine``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from dualbrain.registry import register_worlds

WORLDS = ("dualbrain/Forage-v0", "dualbrain/SpiderCave-v0")
PEER = "MiniGrid-Empty-8x8-v0"
Actions = NDArray[np.int64]
Turn = Callable[[], float]


@dataclass(frozen=True)
class Row:
    """One contestant."""

    name: str
    n_envs: int
    steps_per_second: float
    """Agent-steps, median over the turns."""
    ratio: float
    """Median over the turns of its speed against the peer's in the same turn."""


def native(world: str, n_envs: int, seconds: float) -> Turn:
    """Return a turn of a native world: it measures agent-steps per second."""
    batch = gymnasium.make_vec(world, num_envs=n_envs)
    batch.reset(seed=0)
    return _turn(batch.step, _drawn(batch.single_action_space, n_envs), seconds)


def minigrid(n_envs: int, seconds: float) -> Turn:
    """Return a turn of the peer."""
    from minigrid.wrappers import ImgObsWrapper
    from stable_baselines3.common.vec_env import DummyVecEnv

    def image() -> gymnasium.Env[Any, Any]:
        environment: gymnasium.Env[Any, Any] = ImgObsWrapper(gymnasium.make(PEER))  # type: ignore[no-untyped-call]
        return environment

    batch = DummyVecEnv([image] * n_envs)
    batch.seed(0)
    batch.reset()
    return _turn(batch.step, _drawn(batch.action_space, n_envs), seconds)


def _drawn(space: gymnasium.Space[Any], n_envs: int) -> Actions:
    assert isinstance(space, gymnasium.spaces.Discrete)
    return np.random.default_rng(0).integers(0, space.n, (256, n_envs))


def _turn(step: Callable[[Actions], object], actions: Actions, seconds: float) -> Turn:
    step(actions[0])

    def measure() -> float:
        begin, steps = time.perf_counter(), 0
        while (spent := time.perf_counter() - begin) < seconds:
            for row in actions[:32]:
                step(row)
            steps += actions[:32].size
        return steps / spent

    return measure


def compare(n_envs: int = 1024, peer_envs: int = 16, turns: int = 7, seconds: float = 0.5) -> list[Row]:
    """Let the peer and each native world take turns; return their rows, the peer first."""
    register_worlds()
    peer = minigrid(peer_envs, seconds)
    worlds = {name: native(name, n_envs, seconds) for name in WORLDS}
    speeds = [(peer(), *(turn() for turn in worlds.values())) for _ in range(turns)]
    names = [f"{PEER} in DummyVecEnv", *worlds]
    sizes = [peer_envs] + [n_envs] * len(worlds)
    medians = [statistics.median(column) for column in zip(*speeds, strict=True)]
    ratios = [
        statistics.median(speed / row[0] for speed, row in zip(column, speeds, strict=True))
        for column in zip(*speeds, strict=True)
    ]
    return [Row(*row) for row in zip(names, sizes, medians, ratios, strict=True)]


def table(rows: list[Row]) -> str:
    """Lay out the rows as text."""
    lines = [f"{'':38s} {'worlds':>7s} {'steps/s':>12s} {'ratio':>7s}"]
    lines += [f"{row.name:38s} {row.n_envs:7d} {row.steps_per_second:12,.0f} {row.ratio:7,.0f}" for row in rows]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print it; 2 if the peer is not installed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__.split("\n")[0])
    parser.add_argument("--n-envs", type=int, default=1024, help="native worlds stepped at once")
    parser.add_argument("--turns", type=int, default=7, help="turns each takes, at least 5")
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a turn")
    parser.add_argument("--json", action="store_true", help="print rows as JSON")
    chosen = parser.parse_args(arguments)
    if importlib.util.find_spec("minigrid") is None:
        print("benchmarks.engine compares with MiniGrid, which is not installed: pip install minigrid", file=sys.stderr)
        return 2
    rows = compare(chosen.n_envs, turns=max(chosen.turns, 5), seconds=chosen.seconds)
    print(json.dumps([asdict(row) for row in rows], indent=2) if chosen.json else table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Measure the speed of every native world against MiniGrid, XLand-MiniGrid and PufferLib's Ocean grid, in one run.

All step with random actions that were drawn beforehand, and observe, reset and report as their users would have it:
ours with senses, through Gymnasium, on one thread. They take turns, so that what else the machine does strikes all;
ratios are medians over the turns. Where several agents live in a world, a step of one of them is one step.

Run as ``python -m benchmarks.worlds``. A peer that is not installed is named with the reason.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import partial

import gymnasium
import numpy as np

from benchmarks.interleaved_timing import MissingError, Peer, Turn, ratio, stepping, take_turns, timed
from dualbrain.registry import register_worlds
from dualbrain.worlds.options import agents_of
from dualbrain.worlds.sense_catalogue import native_worlds

MEDIAN = "the median world"
PUFFERLIB = "pip install pufferlib, in an environment of its own (it wants NumPy below 2), with --pufferlib PYTHON"


@dataclass(frozen=True)
class Contender:
    """A peer, and how to start it."""

    name: str
    install: str
    start: Callable[[int, float], Turn]
    """From the number of environments (where it is not its own) and the length of a turn."""


@dataclass(frozen=True)
class Row:
    """One contestant."""

    name: str
    steps_per_second: float
    """Agent-steps, median over the turns."""
    ratios: dict[str, float] = field(default_factory=dict)
    """Median over the turns of its speed against each peer's in the same turn, by the peer's name."""


@dataclass(frozen=True)
class Report:
    """The results."""

    peers: list[Row]
    worlds: list[Row]
    missing: dict[str, str]
    """Peers that could not be measured, with the reason."""


def contenders(xland_python: str, pufferlib_python: str) -> list[Contender]:
    """Return the peers; two of them may have interpreters of their own."""
    xland, extra = "XLand-MiniGrid Empty-8x8, vmap", "pip install 'dualbrain[peers]'"
    return [
        Contender("MiniGrid-Empty-8x8 in DummyVecEnv(16)", extra, lambda _, seconds: Peer("minigrid", 16, seconds)),
        Contender(f"{xland}, one thread", extra, partial(Peer, "xland", python=xland_python)),
        Contender(f"{xland}, all threads", extra, partial(Peer, "xland", threads=None, python=xland_python)),
        Contender("PufferLib Ocean grid", PUFFERLIB, partial(Peer, "ocean", python=pufferlib_python)),
    ]


def native(world: str, n_envs: int, seconds: float) -> Turn:
    """Return a turn of a native world of about ``n_envs`` agents: so many that all its worlds are whole."""
    batch = gymnasium.make_vec(world, num_envs=n_envs - n_envs % agents_of(world))
    batch.reset(seed=0)
    space = batch.single_action_space
    assert isinstance(space, gymnasium.spaces.Discrete)
    roll = stepping(batch.step, np.random.default_rng(0).integers(0, space.n, (32, batch.num_envs)))
    timed(roll, seconds)
    return lambda: timed(roll, seconds)


def compare(peers: Sequence[Contender], worlds: Sequence[str], n_envs: int, turns: int, seconds: float) -> Report:
    """Time the installed peers and the native worlds by turns."""
    register_worlds()
    missing: dict[str, str] = {}
    started: dict[str, Turn] = {}
    with ExitStack() as stack:
        for peer in peers:
            try:
                started[peer.name] = turn = peer.start(n_envs, seconds)
            except MissingError as error:
                missing[peer.name] = f"{error} ({peer.install})"
            else:
                stack.callback(getattr(turn, "close", lambda: None))
        speeds = take_turns({**started, **{world: native(world, n_envs, seconds) for world in worlds}}, turns)
    rows = [row(name, speeds, list(started)) for name in speeds]
    ours = rows[len(started) :]
    return Report(rows[: len(started)], [*ours, median(ours)], missing)


def row(name: str, speeds: dict[str, list[float]], peers: Sequence[str]) -> Row:
    """Sum up one contestant's turns."""
    return Row(name, statistics.median(speeds[name]), {peer: ratio(speeds[name], speeds[peer]) for peer in peers})


def median(worlds: Sequence[Row]) -> Row:
    """Return the row of the median world: its speed, and the median of each ratio."""
    ratios = {peer: statistics.median(world.ratios[peer] for world in worlds) for peer in worlds[0].ratios}
    return Row(MEDIAN, statistics.median(world.steps_per_second for world in worlds), ratios)


def table(report: Report) -> str:
    """Lay out a report as text: speed, then the ratio to each peer."""
    numbers = range(1, len(report.peers) + 1)
    lines = [f"{'':46s} {'steps/s':>12s}" + "".join(f" {f'to {i}':>8s}" for i in numbers)]
    lines += [
        f"{f'{i} {peer.name}':46s} {peer.steps_per_second:12,.0f}"
        for i, peer in zip(numbers, report.peers, strict=True)
    ]
    lines += [
        f"{world.name:46s} {world.steps_per_second:12,.0f}"
        + "".join(f" {ratio:8,.3g}" if ratio < 100 else f" {ratio:8,.0f}" for ratio in world.ratios.values())
        for world in report.worlds
    ]
    return "\n".join([*lines, *(f"not measured: {name}: {reason}" for name, reason in report.missing.items())])


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worlds", description=__doc__.split("\n")[0])
    parser.add_argument("--n-envs", type=int, default=1024, help="agents stepped at once")
    parser.add_argument("--turns", type=int, default=7, help="turns each takes, at least 5")
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a turn")
    parser.add_argument("--worlds", nargs="+", metavar="ID", help="only these (default: all)")
    parser.add_argument("--xland", default=sys.executable, metavar="PYTHON", help="interpreter with XLand-MiniGrid")
    parser.add_argument("--pufferlib", default=sys.executable, metavar="PYTHON", help="interpreter with PufferLib")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    chosen = parser.parse_args(arguments)
    worlds = chosen.worlds or native_worlds()
    peers = contenders(chosen.xland, chosen.pufferlib)
    report = compare(peers, worlds, chosen.n_envs, max(chosen.turns, 5), chosen.seconds)
    print(json.dumps(asdict(report), indent=2) if chosen.json else table(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())

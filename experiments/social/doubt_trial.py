"""Raise a porter among known odd things, and show him others that he never met: the trial of `doubt`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dualbrain.lab.budget import scaled
from dualbrain.lab.experiment import Outcome, share
from dualbrain.scalars.metrics import auroc
from dualbrain.steering.load_module import load_module
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.probes import probes_of
from dualbrain.worlds.steering_vec_env import SteeringVecEnv
from experiments.social.doubt_conditions import BITS, ENSEMBLE, RANDOM, SILENT, STUBBORN
from experiments.social.doubt_measures import UPDATES, bit_surprise, disagreement, ensemble, foreseen
from experiments.social.doubt_raising import (
    ERRING,
    KNOWN,
    RAISING,
    UNLEARN,
    Doubted,
    Raised,
    doubting,
    flat,
    near,
    raise_brain,
    walk,
)

NEVER_SEEN: dict[str, tuple[str, ...]] = {"strange": ("strange",), "mixed": ("box", "barrel")}
"""Sorts that it meets later, with the planes in which they are seen at once."""
SPARSE: dict[str, Any] = {"size": 56, "shelves": 384, "goods": 16, "safe": 1, "dangerous": 1}
"""A wide store of few things, in which known kinds of cells are rare."""
LIVES, LIFE = 32, 500
"""Worlds in which it lives then, and steps of each."""
SHOWN, SHOWING = 64, 200
"""Worlds, and steps of each, in which it is only asked what it doubts."""
NOMINAL = (0.01, 0.02, 0.05, 0.1)
"""Shares of views that may be doubted while the world stays as it is; the drive's own comes first."""
FOREVER = 10**9
"""Calls about one kind in a row, of a drive that never gives up."""
TAUGHT = 0.75
"""Share of the rows of raising from which assessors learn; the others tell how well they foresee."""


APART = 1000
"""World i of n is seeded with their first seed plus i: so far apart, no two seeds share a world."""


class Life(NamedTuple):
    """What became of the porters of some worlds."""

    score: float
    """World's own reward, per life."""
    asked: float
    """Share of the steps in which the drive called for help."""
    alarmed: float
    """Share of the views that were doubted as much as makes it call; NaN without the drive."""


class Shown(NamedTuple):
    """What porters were shown of a sort that they never saw."""

    cells: NDArray[np.uint8]
    """(R, F)"""
    doubt: NDArray[np.float32]
    """(R,) the sense, always after what was met in raising alone"""
    there: NDArray[np.bool_]
    """(R,) whether one of the sort is near"""


def show(seed: int, sort: str, doubted: Doubted, steps: int) -> Shown:
    """Return what is seen and doubted in worlds with things of a sort that was never seen."""
    venv, seen = doubting(SHOWN, seed, sort, doubted), []
    layout = probes_of(venv).layout
    planes = [layout.planes.index(name) for name in NEVER_SEEN[sort]]
    for moment in walk(venv, steps, seed, chance=ERRING):
        cells = near(moment.after, layout)
        seen.append((flat(cells), venv.reset_senses()["doubt"].copy(), np.any(cells[:, planes].all(1), axis=(1, 2))))
        venv.load_state_dict(doubted)
    return Shown(*(np.concatenate(each) for each in zip(*seen, strict=True)))


def live(venv: Any, drive: Any, steps: int, seed: int, **habits: Any) -> Life:
    """Let porters live in worlds, under a drive or none."""
    steered = SteeringVecEnv(venv, SteeringSubsystem([drive or "extrinsic"]))
    score, asked, alarmed = 0.0, 0.0, 0.0
    for _ in walk(steered, steps, seed, **habits):
        score += float(steered.world_reward.mean())
        asked += float(steered.preempted.mean()) / steps
        alarmed += float((steered.last.truth[:, 0] >= drive.threshold).mean()) / steps if drive else np.nan
    return Life(score, asked, alarmed)


def scores(seed: int, sort: str, doubted: Doubted, steps: int) -> dict[str, dict[str, float]]:
    """Return the scores of porters among odd things of a sort that only the oracle knows."""
    drive = load_module("doubt")()

    def venv() -> Any:
        return doubting(LIVES, seed, sort, doubted)

    asking = live(venv(), drive, steps, seed)
    lives = {
        "intact": asking,
        SILENT: live(venv(), None, steps, seed),
        RANDOM: live(venv(), None, steps, seed, chance=asking.asked, acts=[drive.act]),
        "oracle": live(venv(), None, steps, seed, knows=(KNOWN, *NEVER_SEEN)),
    }
    found = {name: {f"score, {sort}": life.score} for name, life in lives.items()}
    found["intact"][f"calls, {sort}"] = asking.asked
    return found


def alarms(seed: int, doubted: Doubted, steps: int, nominal: float, **options: Any) -> dict[str, float]:
    """Return the share of views that are doubted in worlds like those of raising, by a drive that acts on it."""
    drives = {
        name: load_module("doubt")(threshold=1 - nominal, **habits)
        for name, habits in (("intact", {}), (STUBBORN, {"tries": FOREVER}))
    }
    return {
        name: live(doubting(LIVES, seed, KNOWN, doubted, **options), drive, steps, seed).alarmed
        for name, drive in drives.items()
    }


def false_alarms(seed: int, doubted: Doubted, steps: int, life: int) -> dict[str, dict[str, float]]:
    """Return how often what is known is doubted: where nothing is rare, and where kinds of cells are."""
    usual = alarms(seed, doubted, life, NOMINAL[0])
    rare = raise_brain(seed + 100, steps, **SPARSE).doubted
    by_level = {nominal: alarms(seed, rare, life, nominal, **SPARSE) for nominal in NOMINAL}
    return {
        name: {
            "false alarms": usual[name],
            "false alarms, rare things": by_level[NOMINAL[0]][name],
            "false alarms, worst of four": max(share(found[name], nominal) for nominal, found in by_level.items()),
        }
        for name in usual
    }


def recognition(seed: int, life: Raised, updates: int, steps: int) -> dict[str, dict[str, float]]:
    """Return how well each measure tells where a thing is near that was never seen."""
    rows = np.random.default_rng(seed).permutation(len(life.near))
    taught, other = np.split(rows, [int(TAUGHT * len(rows))])
    members = ensemble(seed, life.taken(taught), updates)
    found: dict[str, dict[str, float]] = {"intact": {}, ENSEMBLE: {}, BITS: {}}
    for sort in NEVER_SEEN:
        shown = show(seed, sort, life.doubted, steps)
        told = (shown.doubt, disagreement(members, shown.cells, life), bit_surprise(shown.cells, life))
        for name, each in zip(found, told, strict=True):
            found[name][f"auroc, {sort}"] = auroc(each, shown.there)
    asked = life.taken(other[life.weight[other, 0] > UNLEARN])
    foresight = foreseen(members, asked.near).mean(0)[:, 0]
    found[ENSEMBLE]["foresight"] = auroc(foresight, asked.target[:, 0] > 0)
    return found


def trial(seed: int, steps: int, of: int) -> Outcome:
    """Return what is doubted, what asking is worth, and how often it is asked in vain."""
    days, life, first = max(1, steps // RAISING), scaled(LIFE, steps, of=of), APART * seed
    raised = raise_brain(first, days)
    found = recognition(first + 300, raised, scaled(UPDATES, steps, of=of), scaled(SHOWING, steps, of=of, least=4))
    parts = [scores(first + 400, sort, raised.doubted, life) for sort in NEVER_SEEN]
    for part in [*parts, false_alarms(first + 500, raised.doubted, days, life)]:
        for name, measures in part.items():
            found.setdefault(name, {}).update(measures)
    return found

"""TMaze: a cue is heard at the start of a corridor, and at its end one of two arms has to be chosen by it."""

from __future__ import annotations

from dataclasses import replace

from dualbrain.errors import UserError
from dualbrain.steering.sense import Sense
from envs.engine.declarations import Thing, Vocabulary
from envs.engine.world import FLOOR, MARKED, START, WALLED, World
from envs.shared_levels import ATE, ENERGY

VARIANTS = (
    {"shortest": 2, "longest": 5, "max_episode_steps": 40},
    {"shortest": 6, "longest": 6, "arm": 3, "view": 7, "lingering": 2},
)
"""Options that the tests try."""


def t_maze(
    shortest: int = 10,
    longest: int = 30,
    arm: int = 2,
    view: int = 5,
    lingering: int = 1,
    max_episode_steps: int = 300,
) -> World:
    """Declare the world: food behind one of two doors, at the ends of the arms of a T; a word says at which one.

    The word, ``west`` or ``east``, is heard only as an episode begins. The agent begins on a cell of the stem that is
    drawn, ``shortest`` to ``longest`` steps from where the arms branch off; all cells of the stem look the same from
    within, and both doors do, too. The first door that is opened ends the episode, and scores 1 if there is food. The
    body's level never changes. So nothing but memory links the word to the choice: without it half of the choices are
    right.

    shortest: least number of steps from the beginning to the choice
    longest: greatest number of steps from the beginning to the choice
    arm: length of each arm, in cells
    view: side of the window seen, odd
    lingering: number of observations in which the word is heard, from the first on
    max_episode_steps: length at which an episode ends without a choice

    Drives: hunger
    """
    _check(shortest, longest, arm, lingering)
    door = Thing("", 1, "door", tastes={"chose": 1.0}, looks=("door",), ends=True)
    return World(
        name="TMaze",
        theme="lab",
        size=max(longest + 1 + view // 2, 2 * arm + 1),
        plan=_plan(shortest, longest, arm, view),
        view=view,
        score=0.0,
        max_episode_steps=max_episode_steps,
        levels=(replace(ENERGY, start=(0.25, 0.25)),),
        things=(
            replace(door, name="food", score=1.0, tastes={"chose": 1.0, "ate": 1.0}, cues=("west", "east")),
            replace(door, name="nothing"),
        ),
        vocabulary=Vocabulary(("west", "east"), chance=0.0, lingers=lingering),
        events=(ATE, Sense("chose", 0.0, 1.0, "event", "1 if the agent opened a door at the end of an arm")),
    )


def _plan(shortest: int, longest: int, arm: int, view: int) -> tuple[str, ...]:
    """Return the rows of a T whose stem goes on below where agents begin, so that none of them sees its end."""
    size = max(longest + 1 + view // 2, 2 * arm + 1)
    row = MARKED + FLOOR * (2 * arm - 1) + MARKED
    stem = (START if shortest <= steps <= longest else FLOOR for steps in range(1, longest + 1 + view // 2))
    rows = [row, *(sign.center(2 * arm + 1, WALLED) for sign in stem)]
    return tuple(row.center(size, WALLED) for row in [*rows, *[""] * (size - len(rows))])


def _check(shortest: int, longest: int, arm: int, lingering: int) -> None:
    if not 1 <= lingering <= shortest <= longest:
        raise UserError(
            "options 'lingering', 'shortest' and 'longest' of world TMaze must be at least 1 and not fall in this "
            f"order, not {lingering}, {shortest}, {longest}"
        )
    if arm < 1:
        raise UserError(f"option 'arm' of world TMaze must be at least 1, not {arm}")

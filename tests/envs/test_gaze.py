"""Gaze: boxes look alike, and only where the partner looks tells which one is full."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.errors import UserError
from envs.engine.actions import CONSUME
from envs.gaze import gaze
from tests.envs.engine.tiny import born, lay, meet, seen, stand
from tests.envs.lives import expert, live, make

NAME = "dualbrain/Gaze-v0"
FULL, EMPTY = 0, 1


@pytest.mark.parametrize(("box", "score", "found"), [(FULL, 1.0, 1.0), (EMPTY, -0.25, 0.0)])
def test_a_full_box_pays_and_an_empty_one_costs(box: int, score: float, found: float) -> None:
    env = born(gaze())
    stand(env, 2, 2)
    lay(env, box, 2, 2)
    _, reward, _, _, info = env.step(np.int64(CONSUME))
    assert (reward, info["senses"]["found"], info["senses"]["opened"]) == (score, found, 1.0)


def test_boxes_cannot_be_told_apart_by_their_looks() -> None:
    env = born(gaze(boxes=2))
    stand(env, 3, 3)
    lay(env, FULL, 0, 0)
    lay(env, EMPTY, 5, 5)
    one = env.batch.step(np.array([0]))[0][0]
    lay(env, FULL, 5, 5)
    lay(env, EMPTY, 0, 0)
    env.batch.state.grid[0, env.batch.state.place[0, FULL]] = env.batch.tables.thing_kind[FULL]
    other = env.batch.step(np.array([0]))[0][0]
    boxes = [seen(env, obs, "box") for obs in (one, other)]
    assert boxes[0] == boxes[1] == [(-3, -3), (2, 2)]


def test_the_partner_looks_at_the_full_box() -> None:
    env = born(gaze(boxes=2))
    stand(env, 2, 2)
    meet(env, 0, 3, 3)
    lay(env, EMPTY, 0, 3)
    for place in ((3, 5), (5, 1), (5, 3)):
        lay(env, FULL, *place)
        assert seen(env, env.step(np.int64(0))[0], "gaze") == [(place[0] - 2, place[1] - 2)]


def test_following_a_liar_does_not_pay() -> None:
    """The control: the same expert, a partner who never looks at the full box."""
    honest, liar = make(NAME, 60), make(NAME, 60, honesty=0.0)
    assert live(liar, expert(NAME, liar)).score.mean() < 0.0 < live(honest, expert(NAME, honest)).score.mean()


def test_one_box_is_refused_in_a_line() -> None:
    with pytest.raises(UserError, match="option 'boxes' of world Gaze must be at least 2, not 1"):
        gaze(boxes=1)

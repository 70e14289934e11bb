"""Podcast: words please one badge and displease the other; the one who matters most shows nothing."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.errors import UserError
from envs.engine.actions import ACTION_NAMES
from envs.podcast import podcast
from tests.envs.engine.tiny import born, meet, person, seen, stand

FIRE, RIVER, DUST = (len(ACTION_NAMES) + act for act in range(3))
RED, BLUE, OBSERVER = range(3)


def hall(**options: object):
    """Return the world with the agent in the middle and everybody else in the corners, out of earshot."""
    env = born(podcast(listeners=1, **options))  # type: ignore[arg-type]
    stand(env, 4, 4)
    for j, place in enumerate(((0, 0), (0, 7), (7, 0))[: len(env.batch.state.society.person[0])]):
        meet(env, j, *place)
    return env


@pytest.mark.parametrize(
    ("j", "word", "score"),
    [
        (RED, FIRE, 0.1),
        (RED, RIVER, -0.1),
        (RED, DUST, -0.05),
        (BLUE, FIRE, -0.1),
        (BLUE, RIVER, 0.1),
        (OBSERVER, FIRE, 1.0),
        (OBSERVER, RIVER, -1.0),
    ],
)
def test_a_word_scores_by_who_hears_it(j: int, word: int, score: float) -> None:
    env = hall()
    meet(env, j, 4, 6)
    assert env.step(np.int64(word))[1] == pytest.approx(score - 0.02)


def test_out_of_earshot_nobody_cares() -> None:
    assert hall().step(np.int64(FIRE))[1] == pytest.approx(-0.02)


@pytest.mark.parametrize(("j", "shows"), [(RED, True), (OBSERVER, False)])
def test_familiar_people_show_what_they_think_and_the_observer_does_not(j: int, shows: bool) -> None:
    env = hall()
    meet(env, j, 4, 5)
    obs, _, _, _, info = env.step(np.int64(RIVER))
    assert person(env, j)["mood"] < 0.0
    assert bool(seen(env, obs, "frown")) == shows
    assert (info["senses"]["other_mood"] < 0.0) == shows
    assert (info["senses"]["gaze_on_me"] > 0.0) == shows


@pytest.mark.parametrize("badge", ["red", "blue"])
def test_the_observer_wears_a_badge_like_others(badge: str) -> None:
    env = hall(observer=badge)
    meet(env, OBSERVER, 4, 5)
    obs = env.step(np.int64(0))[0]
    assert len(seen(env, obs, "observer")) == 1
    assert seen(env, obs, "observer")[0] in seen(env, obs, f"{badge} badge")


def test_slow_faces_follow_a_word_a_step_later() -> None:
    env = hall(slow=True)
    meet(env, RED, 4, 5)
    moods = [env.step(np.int64(action))[4]["senses"]["other_mood"] for action in (RIVER, FIRE, 0)]
    assert moods == pytest.approx([0.0, -1.0, -0.95 + 1.0])


def test_an_observer_who_is_away_leaves_his_place_in_the_view() -> None:
    away, there = hall(absent=True), hall()
    assert away.layout == there.layout
    assert len(away.batch.state.society.person[0]) == 2


def test_there_may_be_no_observer() -> None:
    assert "observer" not in hall(observer="none").layout.planes


def test_an_unknown_badge_is_refused_in_a_line() -> None:
    with pytest.raises(UserError, match="unknown observer 'bleu' of world Podcast: did you mean 'blue'"):
        podcast(observer="bleu")

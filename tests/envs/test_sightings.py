"""Sightings: what was seen, and reached later, within an episode."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.errors import UserError
from envs.sightings import Sighted, Sightings
from tests.envs.lives import chance, expert, make

NAME = "dualbrain/SaltLick-v0"


def view(*cells: int) -> np.ndarray:
    """Return an observation of SaltLick in which the salt lever is on some cells of the view, numbered row by row."""
    layout = make(NAME, 1).layout
    obs = np.zeros((1, layout.body.stop), np.uint8)
    first = layout.planes.index("salt lever") * layout.view_shape[1] ** 2
    obs[0, [first + cell for cell in cells]] = 1
    return obs


def flags(found: Sighted) -> tuple[bool, bool]:
    return bool(found.seen[0]), bool(found.reached[0])


def test_what_is_seen_is_kept_and_what_is_reached_was_seen_before() -> None:
    sightings, middle, no = Sightings(make(NAME, 1).layout, "salt lever"), 24, np.array([False])
    assert flags(sightings.begin(view())) == (False, False)
    assert flags(sightings.step(view(3), no, view())) == (True, False)
    assert flags(sightings.step(view(), no, view())) == (True, False)
    assert flags(sightings.step(view(middle), no, view())) == (True, True)
    assert flags(sightings.step(view(), no, view())) == (True, True)


def test_what_is_met_at_once_is_reached_only_at_the_next_step() -> None:
    sightings = Sightings(make(NAME, 1).layout, "salt lever")
    assert flags(sightings.begin(view(24))) == (True, False)
    assert flags(sightings.step(view(24), np.array([False]), view())) == (True, True)


def test_an_episode_that_ends_counts_its_last_observation_and_the_next_begins_anew() -> None:
    sightings, yes = Sightings(make(NAME, 1).layout, "salt lever"), np.array([True])
    sightings.begin(view(1))
    assert flags(sightings.step(view(), yes, view(24))) == (True, True)
    assert flags(sightings.now) == (False, False)
    assert flags(sightings.step(view(5), yes, view())) == (False, False)
    assert flags(sightings.now) == (True, False)


def test_the_expert_reaches_the_sugar_lever_wherever_it_saw_it_and_chance_does_not() -> None:
    shares = []
    for policy in (expert, lambda _, world: chance(world)):
        world = make(NAME, 40)
        sightings = Sightings(world.layout, "sugar lever")
        act, found = policy(NAME, world), np.zeros((2, 40), np.bool_)
        obs = world.reset(seed=0)[0]
        sightings.begin(obs)
        for _ in range(60):
            obs, _, terminated, truncated, _ = world.step(act(obs))
            found |= sightings.step(obs, terminated | truncated, world.final_observations)
        shares.append(found.mean(1))
    (expert_saw, expert_reached), (saw, reached) = shares
    assert expert_saw == expert_reached > 0.9
    assert saw - reached > 0.2


def test_unknown_planes_are_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match="unknown plane of the view 'salt levr': did you mean 'salt lever'"):
        Sightings(make(NAME, 1).layout, "salt levr")

"""What a cortex remembers: how it is kept in so many bytes, what is forgotten, and which windows are drawn."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from gymnasium import spaces

from dualbrain import Signal, UserError
from dualbrain.heads.targets import ShortTargets
from dualbrain.training.replay.memory import CortexMemory
from dualbrain.training.replay.packing import Packing
from dualbrain.training.rollout import Rollout, flatten

STEPS, AGENTS, LENGTH = 6, 3, 2
PLAIN = Signal("event")
SIGNALS = {"a.event": PLAIN, "b.event": PLAIN}
NUMBERS = spaces.Box(-np.inf, np.inf, (2,), np.float32)
FOUR = spaces.Discrete(4)
BITS = [
    spaces.Box(0, 1, (11,), np.uint8),
    spaces.MultiBinary((3, 3)),
    spaces.Box(np.zeros(9, np.int8), np.ones(9, np.int8), dtype=np.int8),
]
OTHERS = [
    (spaces.Box(0, 255, (3, 4, 2), np.uint8), 24),
    (spaces.Box(0.0, 1.0, (5,), np.float32), 20),
    (spaces.Box(-3, 3, (5,), np.int16), 10),
    (spaces.Discrete(200), 1),
    (spaces.Discrete(1000), 2),
    (spaces.MultiDiscrete([3, 300]), 4),
]


def rollout(number: int = 0, steps: int = STEPS, agents: int = AGENTS, signals: Mapping[str, Signal] = SIGNALS) -> Any:
    """Row ``(t, n)`` has the action ``number % 4``, and everyone is there."""
    made = Rollout(steps, agents, signals)
    made.present[:] = True
    made.executed = np.full((steps, agents), number % 4)
    return made


def observations(number: int, steps: int = STEPS, agents: int = AGENTS) -> Any:
    """Row ``(t, n)`` is ``(number, 100 n + t)``."""
    place = 100.0 * np.arange(agents) + np.arange(steps)[:, None]
    return flatten(np.stack([np.full_like(place, number), place], -1).astype(np.float32))


def short(of: Any, targets: float = 0.0) -> ShortTargets:
    target = np.full((of.n_steps, of.n_envs, len(of.signals)), targets, np.float32)
    return ShortTargets(target, np.ones(target.shape, bool), np.ones(target.shape, bool))


def memory(size: int = 10**6, space: spaces.Space[Any] = NUMBERS, length: int = LENGTH, **kwargs: Any) -> CortexMemory:
    return CortexMemory(space, FOUR, SIGNALS, AGENTS, STEPS, length, size, **kwargs)


def filled(rollouts: int, size: int = 10**6, **kwargs: Any) -> CortexMemory:
    made = memory(size, **kwargs)
    for number in range(rollouts):
        given = rollout(number)
        made.add(given, short(given, number), observations(number))
    return made


@pytest.mark.parametrize("space", BITS)
def test_rows_of_0_and_1_are_kept_as_bits(space):
    rows = np.stack([[space.sample() for _ in range(5)] for _ in range(2)])
    packing = Packing.of(space)
    kept = packing.packed(rows)
    assert kept.shape == (2, 5, 2)
    assert kept.dtype == np.uint8
    back = packing.unpacked(kept)
    np.testing.assert_array_equal(back, rows)
    assert back.dtype == space.dtype


@pytest.mark.parametrize(("space", "width"), OTHERS)
def test_other_rows_are_kept_without_loss(space, width):
    space.seed(0)
    rows = np.stack([[space.sample() for _ in range(5)] for _ in range(2)])
    packing = Packing.of(space)
    kept = packing.packed(rows)
    assert kept.nbytes == 2 * 5 * width
    np.testing.assert_array_equal(packing.unpacked(kept), rows)


@pytest.mark.parametrize(("space", "rows"), [(BITS[0], np.full((1, 1, 11), 2, np.uint8)), (FOUR, np.full((1, 1), -1))])
def test_numbers_that_are_not_of_their_space_are_refused(space, rows):
    with pytest.raises(UserError, match="not of their space"):
        Packing.of(space).packed(rows)


def test_windows_are_successive_steps_of_one_agent_as_they_were():
    drawn = filled(3).draw(500, np.random.default_rng(0))
    seen = drawn.observations.reshape(LENGTH, 500, 2)
    assert (seen[1, :, 1] == seen[0, :, 1] + 1).all()
    assert (seen[0, :, 0] == seen[1, :, 0]).all()
    assert (seen[..., 0] == drawn.actions).all()
    assert (drawn.target == seen[..., :1]).all()
    assert drawn.weight(0.5).min() == 1.0


def test_each_window_is_equally_likely():
    drawn = filled(3).draw(9000, np.random.default_rng(0))
    places, counts = np.unique(drawn.observations[:9000], axis=0, return_counts=True)
    assert len(places) == 3 * AGENTS * (STEPS - LENGTH + 1)
    assert 140 < counts.min() < counts.max() < 260, "200 are expected of each, with a deviation of 14"


def test_the_oldest_goes_first_and_no_more_bytes_are_used_than_allowed():
    one = sum(column.nbytes for column in memory().ring.columns.values())
    made = filled(7, 3 * one + one // 2)
    assert made.ring.nbytes == 3 * one
    drawn = made.draw(200, np.random.default_rng(0))
    assert set(drawn.observations[:, 0]) == {4.0, 5.0, 6.0}


@pytest.mark.parametrize(("share", "agents", "steps"), [(0.7, 2, STEPS), (0.2, 1, 2)])
def test_a_rollout_that_is_too_large_is_cut_which_is_said_once(share, agents, steps, caplog):
    size = int(share * sum(column.nbytes for column in memory().ring.columns.values()))
    with caplog.at_level(logging.WARNING, "dualbrain"):
        made = filled(3, size)
    assert made.ring.nbytes <= size
    assert len(caplog.messages) == 1
    assert f"it keeps {agents} of {AGENTS} agents, {steps} of {STEPS} steps" in caplog.text
    drawn = made.draw(200, np.random.default_rng(0))
    assert set(drawn.observations[:, 0]) == {2.0}
    assert set(drawn.observations[:, 1]) == {100.0 * n + t for n in range(agents) for t in range(steps)}


def test_a_memory_without_room_for_a_window_is_refused():
    with pytest.raises(UserError, match="choose a larger 'memory'"):
        memory(30)


def test_a_memory_larger_than_the_machine_is_refused():
    with pytest.raises(UserError, match="choose a smaller 'memory'"):
        memory(2**60)


def test_no_window_begins_with_an_absent_agent_and_absent_rows_teach_nothing():
    made, given = memory(), rollout()
    assert not made.drawable
    given.present[:, :2] = False
    given.present[4:, 2] = False
    made.add(given, short(given), observations(0))
    drawn = made.draw(300, np.random.default_rng(0))
    assert set(drawn.observations[:300, 1]) == {200.0, 201.0, 202.0, 203.0}
    assert (drawn.weight(1.0)[..., 0] == drawn.present).all()
    assert not drawn.present.all()


def test_where_states_are_kept_windows_start_at_them():
    made = memory(state=[np.zeros((1, 2), np.float32)])
    given = rollout()
    begins = np.arange(STEPS // LENGTH)[:, None] * LENGTH + 100.0 * np.arange(AGENTS)
    made.add(given, short(given), observations(0), [np.stack([begins, -begins], -1).astype(np.float32)])
    drawn = made.draw(200, np.random.default_rng(0))
    places = drawn.observations[:200, 1]
    assert set(places % 100) == {0.0, 2.0, 4.0}
    np.testing.assert_array_equal(drawn.state[0], np.stack([places, -places], -1))


def test_dicts_are_kept_by_entry():
    space = spaces.Dict({"bits": spaces.MultiBinary(3), "level": spaces.Box(0.0, 9.0, (1,), np.float32)})
    made, given = memory(space=space), rollout()
    place = observations(0)[:, 1:]
    made.add(given, short(given), {"bits": (place % 2 == [0, 0, 1]).astype(np.int8), "level": place})
    drawn = made.draw(50, np.random.default_rng(0))
    assert set(drawn.observations) == {"bits", "level"}
    np.testing.assert_array_equal(drawn.observations["bits"][:, 2:], drawn.observations["level"] % 2)


def test_of_exchanged_drives_those_that_stay_are_still_taught():
    made = filled(2)
    made.fit({"c.event": PLAIN, "b.event": PLAIN, "a.event": Signal("event", horizon=3)})
    weight = made.draw(20, np.random.default_rng(0)).weight(0.0)
    assert (weight == [0.0, 1.0, 0.0]).all()
    given = rollout(2, signals={"c.event": PLAIN, "b.event": PLAIN, "a.event": PLAIN})
    made.add(given, short(given), observations(2))
    assert set(made.draw(200, np.random.default_rng(0)).observations[:, 0]) == {0.0, 1.0, 2.0}


def test_with_more_drives_it_holds_less():
    one = sum(column.nbytes for column in memory().ring.columns.values())
    made = filled(5, 3 * one)
    made.fit({f"{letter}.event": PLAIN for letter in "bcdefg"})
    assert made.ring.nbytes <= 3 * one
    assert set(made.draw(200, np.random.default_rng(0)).observations[:, 0]) == {4.0}
    given = rollout(5, signals={f"{letter}.event": PLAIN for letter in "bcdefg"})
    made.add(given, short(given), observations(5))
    assert set(made.draw(200, np.random.default_rng(0)).observations[:, 0]) == {5.0}


@pytest.mark.parametrize("rollouts", [0, 2, 3, 5])
def test_its_state_is_all_there_is(rollouts):
    size = 3 * sum(column.nbytes for column in memory().ring.columns.values())
    first, other = filled(rollouts, size), filled(1, size)
    other.load_state_dict(first.state_dict())
    for number in (7, 8):
        for each in (first, other):
            given = rollout(number)
            each.add(given, short(given), observations(number))
    drawn = [each.draw(30, np.random.default_rng(0)).observations for each in (first, other)]
    np.testing.assert_array_equal(*drawn)


HARMS: dict[str, Any] = {
    "not finite": lambda blocks: blocks["target"].__setitem__(0, np.nan),
    "an observation that is not finite": lambda blocks: blocks["observation/"].__setitem__(0, np.inf),
    "no such action": lambda blocks: blocks["action"].__setitem__(0, 4),
    "no such lesson": lambda blocks: blocks["lesson"].__setitem__(0, 3),
    "no flag": lambda blocks: blocks["present"].view(np.uint8).__setitem__(0, 7),
    "another width": lambda blocks: blocks.update({"observation/": blocks["observation/"][..., :1]}),
    "other numbers": lambda blocks: blocks.update({"target": blocks["target"].astype(np.float64)}),
    "a column less": lambda blocks: blocks.pop("start"),
    "too many blocks": lambda blocks: blocks.update({name: np.repeat(rows, 9, 0) for name, rows in blocks.items()}),
    "blocks of different number": lambda blocks: blocks.update({"target": blocks["target"][:1]}),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_state_that_is_none_is_refused(harm):
    size = 3 * sum(column.nbytes for column in memory().ring.columns.values())
    made = filled(2, size)
    state = made.state_dict()
    HARMS[harm](state["blocks"])
    with pytest.raises((ValueError, KeyError, UserError)):
        filled(0, size).load_state_dict(state)


@pytest.mark.parametrize("following", [-1, 1, 3, 2.0, "2"])
def test_a_state_that_ends_nowhere_is_refused(following):
    size = 3 * sum(column.nbytes for column in memory().ring.columns.values())
    with pytest.raises(ValueError, match="ends nowhere"):
        memory(size).load_state_dict({**filled(2, size).state_dict(), "next": following})

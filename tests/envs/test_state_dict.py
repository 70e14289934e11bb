"""Native worlds hand out their whole state and take it back: what follows is the same, bit for bit, and safe."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

import envs
from dualbrain.errors import UserError
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from envs.bounds import UNBOUNDED, Bound, bounds_of
from envs.engine.society import PERSON_STATE, Society
from envs.engine.state import State
from envs.engine.world import World
from envs.load_world import load_declaration
from envs.saved import SCRATCH
from envs.vector import VectorWorld
from tests.envs.cases import CASES
from tests.envs.engine import test_everything, test_several_agents
from tests.envs.engine.tiny import meadow
from tests.sample_worlds.counting import CountingBatch

WORLDS, HORIZON, BEFORE, AFTER = 3, 25, 30, 45
CROWDED = [test_everything.everything(3), test_several_agents.everything(3)]
"""Worlds in which every mechanism is at work."""
ALL = [*(load_declaration(declaration) for declaration in envs.WORLDS.values()), *CROWDED]
EVERY_WORLD = pytest.mark.parametrize("world", ALL, ids=[f"{k}:{world.name}" for k, world in enumerate(ALL)])


def begun(world: World, worlds: int = WORLDS, seed: int = 0, steps: int = 0, render: bool = False) -> VectorWorld:
    """Return a batch that was played at random for some steps."""
    env = VectorWorld(world, worlds * world.agents, "rgb_array" if render else None)
    env.reset(seed=seed)
    for actions in drawn(env, steps, seed):
        env.step(actions)
    return env


def drawn(env: VectorWorld, steps: int, seed: int = 1) -> NDArray[np.int64]:
    """Draw actions, every third of which consumes."""
    random = np.random.default_rng(seed)
    chosen = random.integers(0, len(env.world.action_names), (steps, env.num_envs))
    return np.where(random.random(chosen.shape) < 1 / 3, 5, chosen)


def short(world: str) -> BatchedVecEnv:
    """Return a registered world with episodes short enough to end."""
    agents = load_declaration(envs.WORLDS[world]).agents
    return BatchedVecEnv(gymnasium.make_vec(world, num_envs=WORLDS * agents, max_episode_steps=HORIZON))


def told(venv: BatchedVecEnv) -> list[Any]:
    """Return what may be asked between two steps."""
    return [*venv.transition_senses().values(), *venv.reset_senses().values(), venv.present(), venv.alive()]


def diary(venv: BatchedVecEnv, plan: NDArray[np.int64]) -> list[list[Any]]:
    """Play a plan of actions; return all that is told at each step."""
    pages = []
    for actions in plan:
        obs, rewards, dones, infos = venv.step(actions)
        infos = [{**info, "episode": {**info["episode"], "t": 0}} if info else info for info in infos]
        pages.append([obs, rewards, dones, infos, *told(venv), venv.world.final_observations[dones]])
    return pages


def assert_same(ours: Any, theirs: Any) -> None:
    np.testing.assert_equal(ours, theirs)


@pytest.mark.parametrize("world", envs.WORLDS)
def test_a_batch_goes_on_from_a_state_as_it_would_have(world: str) -> None:
    one, other = short(world), short(world)
    plan = drawn(one.world, BEFORE + AFTER)
    one.seed(5)
    one.reset()
    diary(one, plan[:BEFORE])
    state, there = one.state_dict(), told(one)
    expected = diary(one, plan[BEFORE:])
    other.seed(77)
    other.reset()
    diary(other, drawn(other.world, 7, seed=2))
    other.seed(99)
    assert state is not None
    other.load_state_dict(state)
    assert_same(
        [*other.transition_senses().values(), *other.reset_senses().values(), other.present(), other.alive()], there
    )
    assert_same(diary(other, plan[BEFORE:]), expected)
    assert sum(page[2].sum() for page in expected) > 0, "the test means nothing unless episodes end"
    # Resets go on with each world's own stream, whatever was set for one before the state was loaded.
    assert_same(other.reset(), one.reset())
    assert_same(other.state_dict(), one.state_dict())


@EVERY_WORLD
def test_a_state_is_all_that_there_is(world: World) -> None:
    """It is the same again once it was loaded, also into a batch that has never begun, and right after an end."""
    one, other = begun(world, seed=3), VectorWorld(world, WORLDS * world.agents)
    for actions in drawn(one, 80):
        _, _, terminated, truncated, _ = one.step(actions)
        if (terminated | truncated).any():
            break
    state = one.state_dict()
    other.load_state_dict(state)
    assert_same(other.state_dict(), state)
    assert_same(other.final_observations[state["ended"]], one.final_observations[state["ended"]])


@pytest.mark.parametrize("steps", [0, 1, 9])
@pytest.mark.parametrize("world", ["envs.commons:commons", "envs.friends:friends"])
def test_pictures_go_on_too(world: str, steps: int) -> None:
    one, other = (begun(load_declaration(world), 1, seed=k, steps=k * steps + 1 - k, render=True) for k in (1, 0))
    other.load_state_dict(one.state_dict())
    assert_same(other.render(), one.render())


def test_a_state_is_a_copy_either_way() -> None:
    one, other = begun(ALL[0], steps=3), begun(ALL[0], seed=1)
    state = one.state_dict()
    kept = {name: part.copy() for name, part in state.items()}
    other.load_state_dict(state)
    one.step(np.ones(one.num_envs, np.int64))
    other.step(np.ones(one.num_envs, np.int64))
    assert_same(state, kept)
    for part in state.values():
        part[...] = 0
    assert_same(other.state_dict(), one.state_dict())


def test_a_state_does_not_depend_on_what_lay_in_memory() -> None:
    """Last observations are written where an episode ended only."""
    one = begun(meadow(), 2, steps=2)
    one.final_observations[:] = 7
    assert not one.state_dict()["final_observations"].any()
    by_hand = VectorWorld(meadow(max_episode_steps=1), 2, autoreset_mode=AutoresetMode.DISABLED)
    by_hand.reset(seed=0)
    assert by_hand.step(np.zeros(2, np.int64))[3].all()
    by_hand.final_observations[:] = 7
    assert not by_hand.state_dict()["final_observations"].any()


def test_worlds_that_reset_by_hand_go_on_too() -> None:
    dead = meadow(agents=2, max_episode_steps=3)
    one, other = (VectorWorld(dead, 4, autoreset_mode=AutoresetMode.DISABLED) for _ in range(2))
    one.reset(seed=1)
    for _ in range(4):
        one.step(np.zeros(4, np.int64))
    assert not one.state.alive.any()
    other.load_state_dict(one.state_dict())
    assert_same(other.step(np.ones(4, np.int64))[:4], one.step(np.ones(4, np.int64))[:4])
    assert_same(other.reset()[0], one.reset()[0])


def test_every_number_of_the_state_has_its_bound() -> None:
    one, other = (replace(world, vocabulary=replace(world.vocabulary, yoked=True)) for world in CROWDED[:2])
    env = begun(one, 1)
    people = [f"society.person.{name}" for name in PERSON_STATE.names or ()]
    names = [*State._fields, *(f"society.{name}" for name in Society._fields), *people]
    wanted = {*names} - {"society", "society.person", *SCRATCH, *UNBOUNDED}
    state = begun(other, 1).state_dict()
    flags = {name for name in wanted if state[name].dtype == np.bool_}
    assert bounds_of(env.tables, state).keys() == wanted - flags
    assert flags == {"alive", "society.person.hasty", "society.person.ate"}


@pytest.mark.parametrize(("world", "options"), CASES)
def test_worlds_keep_within_the_bounds(world: str, options: dict[str, Any]) -> None:
    _assert_bounded(load_declaration(envs.WORLDS[world], **options))


@pytest.mark.parametrize("world", CROWDED)
def test_crowded_worlds_keep_within_the_bounds(world: World) -> None:
    _assert_bounded(world)


def _assert_bounded(world: World) -> None:
    for seed in (0, 1):
        env = begun(world, 6, seed)
        env.load_state_dict(env.state_dict())
        for k, actions in enumerate(drawn(env, 120, seed)):
            env.step(actions)
            if k % 12 == 0:
                env.load_state_dict(env.state_dict())


@EVERY_WORLD
def test_a_number_out_of_its_bound_is_refused(world: World) -> None:
    env, random = begun(world, steps=20), np.random.default_rng(0)
    state = env.state_dict()
    tried = 0
    for name, bound in bounds_of(env.tables, state).items():
        for wrong in _outside(state[name], bound, random):
            with pytest.raises(UserError, match=rf"^'{name}' in the state of {world.name} holds \S+, which does not"):
                env.load_state_dict({**state, name: wrong})
            tried += 1
    assert tried > 20
    assert_same(env.state_dict(), state)


def _outside(part: NDArray[Any], bound: Bound, random: np.random.Generator) -> list[NDArray[Any]]:
    """Return the part with one number of it one too low or too high, or NaN, or a cell of the wall."""
    if part.size == 0:
        return []
    at = tuple(random.integers(part.shape))
    low, high = (np.broadcast_to(limit, part.shape)[at] for limit in (bound.low, bound.high))
    if part.dtype.kind == "f":
        wrong = [np.nextafter(np.float32(low), -np.inf), np.nextafter(np.float32(high), np.inf), np.nan, np.inf]
    else:
        kept = np.iinfo(part.dtype)
        wrong = [number for number in (int(low) - 1, int(high) + 1) if kept.min <= number <= kept.max]
        wrong += [] if bound.inside is None else [int(np.flatnonzero(~bound.inside[low:high])[0] + low)]
    changed = [part.copy() for _ in wrong]
    for copy, number in zip(changed, wrong, strict=True):
        copy[at] = number
    return changed


@pytest.mark.parametrize(
    ("name", "row", "wrong", "said"),
    [
        ("agent", 0, -1, "'agent' in the state of Everything holds -1, which does not lie in"),
        ("alive", 0, False, "'agent' in the state of Everything holds"),
        ("due", (0, 0), 9, "'grid' in the state of Everything shows other things"),
        ("actions", 0, 77, "'actions' in the state of Everything holds 77, which does not lie in 0 to"),
        ("reset_senses", (0, 0), np.nan, "'reset_senses' in the state of Everything holds nan"),
        ("final_observations", (0, 0), 2, "'final_observations' in the state of Everything holds 2"),
    ],
)
def test_what_cannot_go_together_is_refused(name: str, row: Any, wrong: Any, said: str) -> None:
    env = begun(CROWDED[0])
    state = env.state_dict()
    state[name][row] = wrong
    with pytest.raises(UserError, match=said):
        env.load_state_dict(state)


def test_a_square_without_a_free_cell_is_refused() -> None:
    env = begun(meadow())
    state = env.state_dict()
    state["grid"][state["grid"] == 0] = 1
    with pytest.raises(UserError, match="'grid' in the state of Meadow shows other things than 'place' and 'due' tell"):
        env.load_state_dict(state)


def test_mistakes_are_told_in_a_line() -> None:
    env = VectorWorld(meadow(), 2)
    with pytest.raises(UserError, match="worlds of Meadow that have not begun have no state: call reset first"):
        env.state_dict()
    env.reset(seed=0)
    state = env.state_dict()
    mistakes: tuple[tuple[str, Any, str], ...] = (
        ("clok", state["clock"], r"unknown entry 'clok' \(in the state of Meadow\): did you mean 'clock'\?"),
        ("clock", state["clock"][:1], r"'clock' in the state of Meadow must be int32 of shape \(2,\), not .* \(1,\)"),
        ("clock", state["clock"].astype(np.int64), "must be int32 of shape .* not int64"),
        ("clock", state["clock"].astype(">i4"), "must be int32 of shape .* not >i4"),
        ("clock", state["clock"].astype(object), "not object"),
        ("clock", [0, 0], "must be an array, int32 of shape .* not list"),
        ("alive", np.array([1, 2], np.uint8).view(np.bool_), "must hold True and False only"),
    )
    for name, value, said in mistakes:
        with pytest.raises(UserError, match=said) as caught:
            env.load_state_dict({**state, name: value})
        assert "\n" not in str(caught.value)
    del state["due"]
    with pytest.raises(UserError, match="the state of Meadow lacks 'due'"):
        env.load_state_dict(state)


def test_a_batch_refuses_what_is_not_its_own_and_stays_as_it_is() -> None:
    venv = short("dualbrain/Commons-v0")
    venv.reset()
    state = venv.state_dict()
    assert state is not None
    venv.step(np.ones(venv.num_envs, np.int64))
    before = venv.state_dict()
    endless = np.full(venv.num_envs, np.inf)
    for name, value, said in (
        ("batch.returns", endless, "'batch.returns' in the state of this batch must be finite"),
        ("batch.lengths", endless, "'batch.lengths' in the state of this batch must be int64"),
        ("agent", state["agent"] * 0, "'agent' in the state of Commons holds 0"),
    ):
        with pytest.raises(UserError, match=said):
            venv.load_state_dict({**state, name: value})
    del state["batch.alive"]
    with pytest.raises(UserError, match=r"the state of this batch lacks 'batch\.alive'"):
        venv.load_state_dict(state)
    assert_same(venv.state_dict(), before)


def test_a_world_may_keep_its_state_to_itself() -> None:
    venv = BatchedVecEnv(CountingBatch())
    assert venv.state_dict() is None
    with pytest.raises(UserError, match="has no state_dict"):
        venv.load_state_dict({})

"""Several agents in one world: what they do to each other, turns, death, absence, rebirth; everything at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from dualbrain.steering.sense import Sense
from envs.engine.actions import CONSUME, NORTH, REST
from envs.engine.declarations import Act, Creature, Person, Thing, Vocabulary
from envs.engine.world import World
from envs.vector import VectorWorld
from tests.envs.engine.tiny import ATE, ENERGY, meadow

ACT = 6
FED = Sense("fed", 0.0, 1.0, "event", "1 if another agent gave food")
NOW = replace(ENERGY, drain=0.25, start=(0.5, 0.5))
"""A level that lasts for two steps."""


def commune(*acts: Act, agents: int = 2, worlds: int = 1, **fields: Any) -> VectorWorld:
    world = meadow(**{"size": 9, "view": 5, "agents": agents, "acts": acts, "events": (ATE, FED), **fields})
    env = VectorWorld(world, worlds * agents)
    env.reset(seed=0)
    return env


def put(env: VectorWorld, *places: tuple[int, int]) -> None:
    tables = env.tables
    for r, (row, column) in enumerate(places):
        env.state.agent[r] = (tables.pad + row) * (tables.size + 2 * tables.pad) + tables.pad + column


def take(env: VectorWorld, *actions: int) -> dict[str, Any]:
    env.step(np.array(actions))
    return {name: values.tolist() for name, values in env.transition_senses.items()}


def test_others_are_seen_and_near() -> None:
    env = commune()
    put(env, (4, 4), (4, 6))
    obs = env.step(np.array([REST, REST]))[0]
    view = obs[:, env.layout.view].reshape(2, *env.layout.view_shape)
    other = env.layout.planes.index("other")
    assert [np.argwhere(row[other]).tolist() for row in view] == [[[2, 4]], [[2, 0]]]
    assert env.transition_senses["face_near"].tolist() == [0.5, 0.5]
    assert env.transition_senses["other_near"].tolist() == [1.0, 1.0]
    assert env.transition_senses["person_in_view"].tolist() == [0.0, 0.0]
    put(env, (4, 4), (4, 8))
    assert take(env, REST, REST)["face_near"] == [0.0, 0.0]


def test_an_act_reaches_the_nearest_other_agent() -> None:
    share = Act("share", gain={"energy": -0.1}, gives={"energy": 0.2}, felt={"fed": 1.0}, touches=True, score=1.0)
    env = commune(share, agents=3, score=0.0)
    put(env, (4, 4), (0, 0), (5, 5))
    senses = take(env, ACT, REST, REST)
    np.testing.assert_allclose(senses["energy"], [0.39, 0.49, 0.69], atol=1e-6)
    assert senses["fed"] == [0.0, 0.0, 1.0]
    assert senses["touch"] == [1.0, 0.0, 1.0]
    assert senses["extrinsic_reward"] == [1.0, 0.0, 0.0]


def test_people_come_before_agents_at_equal_distance() -> None:
    env = commune(Act("zap", hurts=True), people=(Person("friend", 1, "friend", "stay"),))
    put(env, (4, 4), (4, 5))
    env.state.society.person[0, 0]["cell"] = env.state.agent[1]
    assert take(env, ACT, REST)["damage"] == [0.0, 0.0]
    assert env.state.society.person[0, 0]["ache"] > 0
    env.state.society.person[0, 0]["cell"] = env.state.agent[0] + 2
    assert take(env, ACT, REST)["damage"] == [0.0, 1.0]


def test_pain_and_meals_of_others_are_seen() -> None:
    env = commune(Act("zap", hurts=True), things=(Thing("berry", 1, "bush", tastes={"ate": 1.0}),), agents=3)
    put(env, (4, 4), (4, 5), (8, 8))
    env.state.grid[0, env.state.place[0, 0]] = 0
    env.state.place[0, 0] = env.state.agent[0]
    env.state.grid[0, env.state.agent[0]] = 2
    assert take(env, CONSUME, REST, REST)["other_ate"] == [0.0, 1.0, 0.0]
    assert take(env, ACT, REST, REST)["other_pain"] == [1.0, 0.0, 0.0]


def test_who_is_stunned_can_only_rest_for_so_many_turns() -> None:
    env = commune(Act("stun", stuns=2))
    for _ in range(2):
        put(env, (4, 4), (4, 5))
        # Whoever comes first at this step, all of the turns are lost after the act, none before it.
        moved = [take(env, ACT, NORTH)["exertion"][1]]
        env.state.agent[0] = env.state.agent[1] + 20
        moved += [take(env, REST, NORTH)["exertion"][1] for _ in range(4)]
        first = not moved[0]
        assert moved == ([0.0, 0.0, 1.0, 1.0, 1.0] if first else [1.0, 0.0, 0.0, 1.0, 1.0])


def test_a_word_is_heard_by_the_others_in_earshot_at_once() -> None:
    words = Vocabulary(("here", "dark"), chance=0.0, earshot=3)
    env = commune(Act("signal", says="here"), agents=3, vocabulary=words)
    put(env, (4, 4), (4, 7), (8, 8))
    senses = take(env, ACT, REST, REST)
    assert senses["voice"] == [0.0, 1.0, 0.0]
    assert env.state.heard.tolist() == [-1, 0, -1]
    senses = take(env, REST, REST, REST)
    assert senses["voice"] == [0.0, 0.0, 0.0]
    assert env.state.heard.tolist() == [-1, -1, -1]


def test_what_is_said_is_heard_above_idle_talk() -> None:
    words = Vocabulary(("here", "dark"), chance=1.0, honesty=0.0, earshot=9)
    env = commune(Act("signal", says="here"), vocabulary=words, worlds=50)
    env.step(np.tile([ACT, REST], 50))
    assert (env.state.heard[1::2] == 0).all()
    assert 0.3 < env.state.heard[::2].mean() < 0.7


def test_the_turn_goes_around() -> None:
    """Agents that want the same berry get it in turn: at each step another one comes first."""
    env = commune(things=(Thing("berry", 1, "bush", tastes={"ate": 1.0}, regrow=(0, 0)),), agents=3)
    put(env, (4, 4), (4, 4), (4, 4))
    env.state.grid[0, env.state.place[0, 0]] = 0
    env.state.place[0, 0] = env.state.agent[0]
    env.state.grid[0, env.state.agent[0]] = 2
    eaters = [take(env, CONSUME, CONSUME, CONSUME)["ate"].index(1.0) for _ in range(6)]
    assert sorted(eaters[:3]) == [0, 1, 2]
    assert eaters[:3] == eaters[3:]


def levels(env: VectorWorld, *values: float) -> None:
    env.state.levels[:, 0] = values


def test_the_dead_are_absent_until_their_world_begins_anew() -> None:
    env = commune(agents=2, worlds=2, max_episode_steps=6, levels=(replace(ENERGY, drain=0.01),), view=9)
    levels(env, 0.015, 0.9, 0.9, 0.9)
    rest = np.zeros(4, np.int64)
    obs, *_ = env.step(rest)
    assert env.present.all()
    # Agent 0 dies: its row ends, the others go on.
    obs, reward, terminated, truncated, info = env.step(rest)
    assert terminated.tolist() == [True, False, False, False]
    assert not truncated.any()
    assert env.present.all()
    assert info["_final_obs"].tolist() == terminated.tolist()
    assert env.final_observations[0].any()
    assert env.transition_senses["visits"][0] == 3.0
    assert reward.tolist() == [0.0, 1.0, 1.0, 1.0]
    assert not obs[0].any()
    assert all(values[0] == 0.0 for values in env.reset_senses.values())
    other = env.layout.planes.index("other")
    for step in range(3, 6):
        obs, reward, terminated, truncated, info = env.step(rest)
        assert env.present.tolist() == [False, True, True, True]
        assert not obs[0].any()
        assert reward[0] == 0.0
        assert not (terminated | truncated).any()
        assert all(values[0] == 0.0 for values in env.transition_senses.values())
        assert not obs[1, env.layout.view].reshape(env.layout.view_shape)[other].any()
        assert env.state.clock.tolist() == [step, step]
    # Time is up: the living are truncated, the absent row reports nothing but is born anew in the same step.
    obs, reward, terminated, truncated, info = env.step(rest)
    assert env.present.tolist() == [False, True, True, True]
    assert truncated.tolist() == info["_final_obs"].tolist() == [False, True, True, True]
    assert (reward[0], terminated[0], info["final_obs"][0]) == (0.0, False, None)
    assert obs.any(1).all()
    assert all(values[0] == 0.0 for values in env.transition_senses.values())
    assert env.reset_senses["energy"][0] == 0.5
    env.step(rest)
    assert env.present.all()
    assert env.transition_senses["visits"][0] == 2.0


def test_when_all_are_dead_all_are_born_anew() -> None:
    env = commune(agents=3, levels=(NOW,))
    levels(env, 0.5, 0.5, 1.0)
    rest = np.zeros(3, np.int64)
    ends = [env.step(rest)[2].tolist() for _ in range(4)]
    assert ends == [[False] * 3, [True, True, False], [False] * 3, [False, False, True]]
    assert env.state.alive.all()
    assert env.state.clock[0] == 0
    assert env.step(rest)[0].any(1).all()
    assert env.present.all()


def test_the_dead_are_in_nobodys_way_and_no_target() -> None:
    env = commune(Act("zap", hurts=True, score=1.0), agents=2, levels=(replace(ENERGY, drain=0.01),), score=0.0)
    put(env, (4, 4), (4, 5))
    levels(env, 0.9, 0.005)
    assert take(env, ACT, REST)["extrinsic_reward"] == [1.0, 0.0]
    senses = take(env, ACT, REST)
    assert senses["extrinsic_reward"] == [0.0, 0.0]
    assert (senses["face_near"], senses["other_near"]) == ([0.0, 0.0], [0.0, 0.0])


def test_a_reset_of_some_worlds_leaves_the_dead_of_others_absent() -> None:
    env = VectorWorld(meadow(agents=2, levels=(NOW,)), 4, autoreset_mode=AutoresetMode.DISABLED)
    env.reset(seed=0)
    levels(env, 0.2, 1.0, 1.0, 1.0)
    env.step(np.zeros(4, np.int64))
    obs, info = env.reset(options={"reset_mask": np.array([False, False, True, True])})
    assert env.present.tolist() == [False, True, True, True]
    assert not obs[0].any()
    assert info["senses"]["energy"].tolist() == [0.0, 0.75, 0.5, 0.5]


def everything(agents: int) -> World:
    """Declare a small square with people of all manners, all acts, creatures and talk."""
    friend = Person("friend", 1, "friend", "seek", watches="agent", relation=1.0, mishap=0.05, meal=0.05, welfare=0.1)
    return World(
        name="Everybody",
        agents=agents,
        size=11,
        view=7,
        walls=6,
        max_episode_steps=70,
        levels=(replace(ENERGY, start=(0.3, 0.9)),),
        things=(
            Thing("prize", 1, "box", {"energy": 0.2}, {"ate": 1.0}, regrow=(2, 5), wanders=True, looks=("box",)),
            Thing("dud", 3, "box", pain=0.2, regrow=(2, 5), wanders=True, looks=("box",)),
            Thing("mill", 2, "mill"),
            Thing("oven", 2, "oven"),
        ),
        creatures=(Creature("spider", 1, "spider", bite={"energy": -0.05}),),
        people=(
            friend,
            Person("guide", 1, "guide", watches="prize", honesty=0.6, looks=("guide", "hat")),
            Person("miller", 2, "miller", "work", speed=0.9, recipe=("mill", "oven"), likes={"blue": -0.5}),
            Person("fan", 2, "fan", "watch", watches="miller", likes={"red": 0.4}, standing=0.5),
            Person("stranger", 1, "stranger", "stay", familiar=False, watches="agent", looks=("hat",)),
        ),
        acts=(
            Act("help", cost={"energy": -0.01}, heals=True, mood=0.5, score=0.5, by_relation=True, touches=True),
            Act("zap", reach=3, hurts=True, mood=-1.0, stuns=3, price=0.1),
            Act("share", on=("agent",), gives={"energy": 0.1}, gain={"energy": -0.1}, felt={"fed": 1.0}),
            Act("open", reach=2, reveals={"dud": "prize"}),
            Act("say red", says="red"),
            Act("say blue", says="blue", events={"ate": 0.5}),
        ),
        vocabulary=Vocabulary(("red", "blue", "spider", "mill"), chance=0.1, earshot=4),
        events=(ATE, FED),
    )


def history(env: VectorWorld, steps: int, rows: slice) -> list[NDArray[Any]]:
    draw = np.random.default_rng(4).integers(0, len(env.world.action_names), (steps, 12 * env.n_agents))
    seen: list[NDArray[Any]] = [env.reset_senses[name][: env.num_envs] for name in env.senses]
    for actions in draw:
        seen += [array.copy() for array in env.step(actions[rows])[:4]]
        seen += [env.present, *env.transition_senses.values(), *env.reset_senses.values()]
    return seen


@pytest.mark.parametrize("agents", [1, 3])
def test_a_batch_is_its_worlds_alone(agents: int) -> None:
    world, worlds, steps = everything(agents), 12, 300
    many = VectorWorld(world, worlds * agents)
    many.reset(seed=8)
    together = history(many, steps, slice(None))
    for i in (0, 5, worlds - 1):
        rows, one = slice(i * agents, (i + 1) * agents), VectorWorld(world, agents)
        one.reset(seed=8 + i)
        for ours, theirs in zip(together, history(one, steps, rows), strict=True):
            np.testing.assert_array_equal(ours[rows], theirs)
    # The test means nothing for what never happens.
    names, width = [*many.senses], 5 + 2 * len(many.senses)
    for s, name in enumerate(names):
        if name != "fed" or agents > 1:
            assert any(step.any() for step in together[len(names) + 5 + s :: width]), name
    assert any(step.any() for step in together[len(names) + 2 :: width])
    assert agents == 1 or not all(step.all() for step in together[len(names) + 4 :: width])


def test_one_seed_gives_one_history() -> None:
    twice = []
    for _ in range(2):
        env = VectorWorld(everything(3), 36)
        env.reset(seed=21)
        twice.append(history(env, 150, slice(None)))
    for ours, theirs in zip(*twice, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_nobody_is_ever_on_a_wall_nor_steps_onto_an_agent() -> None:
    env = VectorWorld(everything(2), 60)
    env.reset(seed=0)
    rng = np.random.default_rng(0)
    for _ in range(300):
        before, clock = env.state.society.person["cell"].copy(), env.state.clock.copy()
        env.step(rng.integers(0, 12, 60))
        cells = env.state.society.person["cell"]
        assert (np.take_along_axis(env.state.grid, cells, 1) != 1).all()
        steps = env.tables.row[cells] - env.tables.row[before], env.tables.column[cells] - env.tables.column[before]
        went_on = env.state.clock > clock
        assert (abs(steps[0]) + abs(steps[1]))[went_on].max() == 1
        moved = (cells != before) & went_on[:, None]
        onto = (cells[:, :, None] == env.state.agent.reshape(-1, 1, 2)).any(2)
        assert not (moved & onto).any()

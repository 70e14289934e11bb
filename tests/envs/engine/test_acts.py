"""Acts, by hand: whom they find, what they do, what they cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dualbrain.errors import UserError
from dualbrain.steering.sense import Sense
from envs.engine.actions import CONSUME, REST
from envs.engine.declarations import Act, Creature, Level, Person, Thing, Vocabulary
from envs.engine.world import World
from envs.single import SingleWorld
from tests.envs.engine.tiny import ATE, ENERGY, born, do, lay, meadow, meet, person, stand

ACT = 6
PLAYED = Sense("played", 0.0, 1.0, "event", "1 if somebody was caught")
FRIEND = Person("friend", 1, "friend", "stay", relation=0.5, calm=0.0)
ENEMY = Person("enemy", 1, "enemy", "stay", relation=-1.0, calm=0.0, ache=4)


def stage(*acts: Act, people: tuple[Person, ...] = (FRIEND, ENEMY), **fields: Any) -> SingleWorld:
    """Begin a world of 9 cells in which the agent stands in the middle, the friend beside it, the enemy far away."""
    world = meadow(**{"size": 9, "view": 9, "people": people, "acts": acts, "events": (ATE, PLAYED), **fields})
    env = born(world)
    stand(env, 4, 4)
    for j, place in zip(range(len(people)), ((3, 5), (0, 0)), strict=False):
        meet(env, j, *place)
    return env


def reward_of(env: SingleWorld, action: int) -> float:
    return env.step(np.int64(action))[1]


def test_acts_are_the_actions_after_consume() -> None:
    env = stage(Act("greet"), Act("push"))
    assert env.batch.world.action_names[CONSUME:] == ("consume", "greet", "push")
    assert env.action_space.n == 8  # type: ignore[attr-defined]


def test_what_an_act_costs_is_paid_without_a_target_and_what_it_gains_is_not_had() -> None:
    act = Act("play", cost={"energy": -0.1}, price=0.25, gain={"energy": 0.2}, events={"played": 1.0}, score=2.0)
    env = stage(act, score=0.0)
    senses = do(env, ACT)
    np.testing.assert_allclose(senses["energy"], 0.5 - 0.01 - 0.1 + 0.2, atol=1e-6)
    assert (senses["played"], senses["extrinsic_reward"], senses["exertion"]) == (1.0, 1.75, 0.0)
    meet(env, 0, 4, 6)
    senses = do(env, ACT)
    np.testing.assert_allclose(senses["energy"], 0.59 - 0.01 - 0.1, atol=1e-6)
    assert (senses["played"], senses["extrinsic_reward"]) == (0.0, -0.25)


def test_an_act_is_as_tiring_as_consuming() -> None:
    legs = Level("stamina", (0.5, 0.5), moving=-0.1, resting=0.2)
    env = stage(Act("wave"), levels=(ENERGY, legs))
    assert do(env, ACT)["stamina"] == do(env, CONSUME)["stamina"] == 0.5


def test_what_was_swallowed_nourishes_while_acting() -> None:
    env = stage(Act("wave"), things=(Thing("berry", 1, "bush", {"energy": 0.25}),))
    lay(env, 0, 4, 4)
    do(env, CONSUME)
    np.testing.assert_allclose(do(env, ACT)["energy"], 0.5 - 0.02 + 0.25, atol=1e-6)


def test_reach_counts_diagonals_as_one() -> None:
    env = stage(Act("throw", reach=3, score=1.0), score=0.0)
    meet(env, 1, 8, 8)
    for place, hit in (((1, 7), 1.0), ((4, 4), 1.0), ((0, 4), 0.0)):
        meet(env, 0, *place)
        assert reward_of(env, ACT) == hit


def test_score_goes_by_relation() -> None:
    env = stage(Act("help", score=2.0, by_relation=True), score=0.0)
    assert reward_of(env, ACT) == 1.0
    meet(env, 1, 4, 4)
    assert reward_of(env, ACT) == -2.0


def test_moods_and_pains_of_the_target_change_and_of_nobody_else() -> None:
    env = stage(Act("hit", hurts=True, mood=-0.75), Act("heal", heals=True, mood=0.5))
    meet(env, 0, 8, 8)
    meet(env, 1, 4, 5)
    do(env, ACT)
    assert (person(env, 1)["mood"], person(env, 1)["ache"]) == (-0.75, 4)
    do(env, ACT)
    assert (person(env, 1)["mood"], person(env, 1)["ache"]) == (-1.0, 4)
    do(env, ACT + 1)
    assert (person(env, 1)["mood"], person(env, 1)["ache"]) == (-0.5, 0)
    assert (person(env, 0)["mood"], person(env, 0)["ache"]) == (0.0, 0)


def test_a_pain_is_seen_for_as_long_as_it_is_said_to_last() -> None:
    env = stage(Act("hit", hurts=True), people=(ENEMY,))
    meet(env, 0, 4, 5)
    pains = [do(env, ACT)["other_pain"], *(do(env, REST)["other_pain"] for _ in range(5))]
    assert pains == [1.0] * 4 + [0.0] * 2


def test_touch_is_felt() -> None:
    env = stage(Act("hug", touches=True))
    assert (do(env, ACT)["touch"], do(env, REST)["touch"]) == (1.0, 0.0)
    meet(env, 0, 8, 8)
    assert do(env, ACT)["touch"] == 0.0


def test_a_person_comes_before_a_creature_at_equal_distance_and_the_nearer_before_both() -> None:
    spider = Creature("spider", 1, "spider", speed=0.0, wander=0.0)
    env = stage(Act("help", reach=3, score=1.0, by_relation=True), creatures=(spider,), score=0.0)
    state, here = env.batch.state, env.batch.state.agent[0]
    state.creature[0, 0] = here + 1
    assert reward_of(env, ACT) == 0.5
    meet(env, 0, 4, 6)
    assert reward_of(env, ACT) == 0.0
    state.creature[0, 0] = here + 2
    assert reward_of(env, ACT) == 0.5


def test_an_act_can_be_for_some_only() -> None:
    env = stage(Act("touch", on=("enemy",), score=1.0), Act("pet", on=("friend",), score=4.0), score=0.0)
    assert (reward_of(env, ACT), reward_of(env, ACT + 1)) == (0.0, 4.0)
    meet(env, 1, 5, 5)
    assert (reward_of(env, ACT), reward_of(env, ACT + 1)) == (1.0, 4.0)


def test_a_word_pleases_and_displeases_those_in_earshot() -> None:
    fan = Person("fan", 2, "fan", "stay", likes={"red": 0.5, "blue": -0.25}, standing=2.0, calm=0.0)
    critic = Person("critic", 1, "critic", "stay", likes={"red": -1.0}, standing=0.25, calm=0.0)
    says = (Act("say red", says="red", price=0.125), Act("say blue", says="blue"))
    env = stage(*says, people=(fan, critic), vocabulary=Vocabulary(("red", "blue"), chance=0.0, earshot=2), score=0.0)
    for j, place in enumerate([(4, 5), (2, 2), (6, 4)]):
        meet(env, j, *place)
    assert reward_of(env, ACT) == 2 * 0.5 * 2.0 - 0.25 - 0.125
    assert [float(person(env, j)["mood"]) for j in range(3)] == [0.5, 0.5, -1.0]
    meet(env, 1, 1, 2)
    assert reward_of(env, ACT + 1) == -0.25 * 2.0
    assert [float(person(env, j)["mood"]) for j in range(3)] == [0.25, 0.5, -1.0]


def test_the_speaker_does_not_hear_itself() -> None:
    env = stage(Act("say", says="red"), vocabulary=Vocabulary(("red",), chance=0.0))
    obs, *_, info = env.step(np.int64(ACT))
    assert not obs[env.layout.word].any()
    assert info["senses"]["voice"] == 0.0


def boxes() -> World:
    things = (
        Thing("box", 2, "box", tastes={"ate": 0.5}, regrow=(2, 2)),
        Thing("gift", 0, "box", tastes={"ate": 1.0}, regrow=(3, 3)),
    )
    return meadow(*things, size=9, view=9, acts=(Act("open", reach=2, score=1.0, reveals={"box": "gift"}),), score=0.0)


def test_an_act_reveals_the_nearest_thing_in_place_until_it_is_taken() -> None:
    env = born(boxes())
    stand(env, 4, 4)
    lay(env, 0, 4, 6)
    lay(env, 1, 4, 5)
    assert reward_of(env, ACT) == 1.0
    grid, place = env.batch.state.grid[0], env.batch.state.place[0]
    assert (grid[place[0]], grid[place[1]]) == (2, 3)
    # The gift is no box any more: the next one is the other.
    assert reward_of(env, ACT) == 1.0
    assert (grid[place[0]], grid[place[1]]) == (3, 3)
    assert reward_of(env, ACT) == 0.0
    stand(env, 4, 5)
    assert do(env, CONSUME)["ate"] == 1.0
    for kinds in (0, 0, 2):
        do(env, REST)
        assert grid[place[1]] == kinds


def test_a_world_of_acts_without_anybody_has_no_social_senses() -> None:
    env = born(boxes())
    assert "voice" not in env.senses
    assert env.layout.planes == ("wall", "box", "gift")


def test_mistakes_in_declarations_are_told() -> None:
    with pytest.raises(UserError, match="did you mean 'friend'"):
        stage(Act("pet", on=("frend",)))
    with pytest.raises(UserError, match="did you mean 'red'"):
        stage(Act("say", says="rad"), vocabulary=Vocabulary(("red",)))
    with pytest.raises(UserError, match="'energi'"):
        stage(Act("pet", gain={"energi": 1.0}))
    with pytest.raises(UserError, match="'playd'"):
        stage(Act("pet", felt={"playd": 1.0}))
    with pytest.raises(UserError, match="'bux'"):
        meadow(Thing("box", 1, "box"), acts=(Act("open", reveals={"box": "bux"}),))

"""Elder: food that makes sick unless prepared step by step, which nobody finds by chance."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

from dualbrain.errors import UserError
from envs.elder import RECIPES, SOURCES, STATIONS, elder
from envs.engine.actions import CONSUME, REST
from envs.single import SingleWorld
from tests.envs.engine.tiny import born, do, lay, person, stand
from tests.envs.lives import chance, live, make

NAME = "dualbrain/Elder-v0"
PLANTS = 2


def use(env: SingleWorld, thing: int) -> dict[str, float]:
    """Put thing ``m`` under the agent and consume it."""
    stand(env, 5, 5)
    lay(env, thing, 5, 5)
    senses = do(env, CONSUME)
    lay(env, thing, 0, thing)
    return senses


def prepare(env: SingleWorld, recipe: tuple[str, ...], first: int = 0) -> dict[str, float]:
    """Take food from the first plant through the stations, and eat it."""
    use(env, first)
    for station in recipe:
        use(env, env.batch.tables.thing_kind.size - len(STATIONS) + STATIONS.index(station))
    return do(env, CONSUME)


def holds(env: SingleWorld) -> str:
    hand = int(env.batch.state.hand[0])
    return env.batch.world.items[hand - 1].name if hand else ""


@pytest.mark.parametrize("domain", RECIPES)
def test_the_recipe_makes_a_feast(domain: str) -> None:
    env = born(elder(domains=("bean", "nut")))
    senses = prepare(env, RECIPES[domain], first=PLANTS * list(SOURCES).index(domain))
    assert (senses["feasted"], senses["ate"], senses["poisoned"], senses["damage"]) == (1.0, 1.0, 0.0, 0.0)
    assert senses["extrinsic_reward"] == 1.0


@pytest.mark.parametrize("done", range(5))
def test_anything_less_poisons(done: int) -> None:
    env = born(elder())
    senses = prepare(env, RECIPES["bean"][:done])
    assert (senses["feasted"], senses["poisoned"], senses["extrinsic_reward"]) == (0.0, 1.0, 0.0)
    assert senses["damage"] == pytest.approx(0.8)


def test_a_wrong_station_spoils_for_good() -> None:
    env = born(elder())
    prepare_wrong = (RECIPES["bean"][0], RECIPES["bean"][2], *RECIPES["bean"][1:])
    assert prepare(env, prepare_wrong)["poisoned"] == 1.0
    assert holds(env) == ""


def test_one_recipe_does_not_do_for_the_other() -> None:
    env = born(elder(domains=("bean", "nut")))
    assert prepare(env, RECIPES["nut"])["poisoned"] == 1.0


def test_a_shorter_recipe_ends_sooner() -> None:
    env = born(elder(stations=2))
    things = {thing.name for thing in env.batch.world.things}
    assert things == {SOURCES["bean"], *STATIONS[:2]}
    use(env, 0)
    for at in range(2):
        use(env, PLANTS + at)
    assert do(env, CONSUME)["feasted"] == 1.0


@pytest.mark.parametrize("stations", [0, 6])
def test_recipes_have_one_to_five_stations(stations: int) -> None:
    with pytest.raises(UserError, match=f"'stations' of world Elder must lie in 1 to 5, not {stations}"):
        elder(stations=stations)


@pytest.mark.parametrize("right", [True, False])
def test_the_elder_shows_the_recipe_or_its_reverse(right: bool) -> None:
    env = born(elder(right=right))
    stand(env, 0, 0)
    shown: list[str] = []
    for _ in range(400):
        do(env, REST)
        kind = int(env.batch.state.grid[0, person(env)["cell"]])
        name = env.batch.world.things[kind - 2].name if kind > 1 else ""
        if name and person(env)["used"] > 0 and shown[-1:] != [name]:
            shown.append(name)
    steps = (SOURCES["bean"], *(RECIPES["bean"] if right else RECIPES["bean"][::-1]))
    assert tuple(shown[: len(steps)]) == steps


def test_bystanders_watch_the_elder() -> None:
    world = make(NAME, 20, bystanders=3)
    life = live(world, chance(world))
    assert life.sensed["prestige_near"].sum() > 0
    alone = make(NAME, 20)
    assert live(alone, chance(alone)).sensed["prestige_near"].sum() == 0


def test_unknown_domains_are_refused_in_a_line() -> None:
    with pytest.raises(UserError, match="unknown domain 'been' of world Elder: did you mean 'bean'"):
        gymnasium.make(NAME, domains=("been",))


@pytest.mark.slow
def test_nobody_finds_it_by_chance() -> None:
    """0 successes in 300,000 random episodes: an upper 95 % bound of 1 in 100,000."""
    n, episodes, steps = 1000, 300, 300
    world = make(NAME, n)
    rng = np.random.default_rng(0)
    world.reset(seed=0)
    actions = rng.integers(0, len(world.world.action_names), (4096, n))
    feasts = poisoned = 0.0
    for step in range(episodes * steps):
        world.step(actions[rng.integers(4096)])
        feasts += world.transition_senses["feasted"].sum()
        poisoned += world.transition_senses["poisoned"].sum() if step < 1000 else 0.0
    assert feasts == 0
    assert poisoned > 1000

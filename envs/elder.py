"""Elder: beans that poison unless prepared, and an elder that shows how to prepare them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dualbrain.errors import UserError, unknown
from dualbrain.steering.sense import Sense
from envs.engine.declarations import Item, Person, Thing
from envs.engine.world import World
from envs.shared_levels import ATE, ENERGY

VARIANTS = (
    {"right": False, "elders": 2, "bystanders": 3},
    {"domains": ("bean", "nut"), "bystanders": 2, "size": 13, "plants": 3, "max_episode_steps": 60},
    {"domains": ("bean", "nut"), "stations": 2},
)
"""Options that the tests try."""

Recipe = tuple[str, ...]

SOURCES = {"bean": "bean plant", "nut": "nut bush"}
"""Where each domain's food grows."""
RECIPES = {
    "bean": ("mortar", "well", "sieve", "oven", "drying rack"),
    "nut": ("oven", "mortar", "drying rack", "well", "sieve"),
}
"""At which stations it is prepared, in order."""
STATIONS = RECIPES["bean"]
SPOILT = Item("spoilt food", "spoilt bean", {"energy": -0.2}, {"poisoned": 1.0}, pain=0.8)


def elder(
    size: int = 11,
    domains: Sequence[str] = ("bean",),
    elders: int = 1,
    bystanders: int = 0,
    right: bool = True,
    stations: int = 5,
    plants: int = 2,
    max_episode_steps: int = 300,
) -> World:
    """Declare the world: food that must go through every station in the right order, or it makes sick.

    Consuming a plant puts its food into the hand, consuming at a station works on what is in the hand, and consuming
    anywhere else eats it. At a wrong station it spoils. Raw, half-made or spoilt it hurts and weakens; prepared it
    feeds and scores 1. An elder goes through the motions over and over, in view; it touches nothing.

    size: side of the square, in cells
    domains: what grows here, of bean and nut, each with a recipe of its own
    elders: number of elders of each domain
    bystanders: number of people who watch the elder of the first domain
    right: whether the elders follow the recipe, or the same stations in the reverse order
    stations: how many of its five stations a recipe has, from the first on; there are no others
    plants: number of plants of each domain
    max_episode_steps: length of an episode

    Drives: extrinsic, pain
    """
    if not domains:
        raise UserError("option 'domains' of world Elder must name one of bean, nut at least")
    for domain in domains:
        if domain not in RECIPES:
            raise unknown("domain", domain, RECIPES, " of world Elder")
    if not 1 <= stations <= len(STATIONS):
        raise UserError(f"option 'stations' of world Elder must lie in 1 to {len(STATIONS)}, not {stations}")
    recipes = {domain: RECIPES[domain][:stations] for domain in domains}
    return World(
        name="Elder",
        theme="village",
        size=size,
        view=9,
        score=0.0,
        max_episode_steps=max_episode_steps,
        levels=(replace(ENERGY, start=(0.8, 1.0), drain=0.001),),
        things=(
            *(Thing(SOURCES[domain], plants, SOURCES[domain], gives=f"raw {domain}", lasts=True) for domain in domains),
            *(_station(name, recipes) for name in STATIONS if any(name in recipe for recipe in recipes.values())),
        ),
        items=(*(item for domain, recipe in recipes.items() for item in _stages(domain, recipe)), SPOILT),
        people=(*_elders(recipes, elders, right), *_bystanders(domains, bystanders)),
        events=(
            ATE,
            Sense("feasted", 0.0, 1.0, "event", "1 if the agent ate food that was prepared in the right way"),
            Sense("poisoned", 0.0, 1.0, "event", "1 if the agent ate food that was not"),
        ),
    )


def _stages(domain: str, recipe: Recipe) -> list[Item]:
    """Return what the food is before and after each station of its recipe."""
    halves = [f"{domain} from the {station}" for station in recipe[:-1]]
    return [
        replace(SPOILT, name=f"raw {domain}", sprite=f"raw {domain}"),
        *(replace(SPOILT, name=half, sprite=f"half-made {domain}") for half in halves),
        Item(f"prepared {domain}", f"prepared {domain}", {"energy": 0.5}, {"ate": 1.0, "feasted": 1.0}, score=1.0),
    ]


def _station(name: str, recipes: Mapping[str, Recipe]) -> Thing:
    """Return a station: it takes each domain's food a stage further if it is its turn, and spoils it otherwise."""
    turns = {}
    for domain, recipe in recipes.items():
        if name in recipe:
            stages, at = _stages(domain, recipe), recipe.index(name)
            turns[stages[at].name] = stages[at + 1].name
    return Thing(name, 1, name, turns=turns, spoils=SPOILT.name, lasts=True)


def _elders(recipes: Mapping[str, Recipe], count: int, right: bool) -> list[Person]:
    shown = {domain: recipe if right else recipe[::-1] for domain, recipe in recipes.items()}
    return [
        Person(f"{domain} elder", count, "elder", "work", 0.8, recipe=(SOURCES[domain], *recipe), relation=0.5)
        for domain, recipe in shown.items()
    ]


def _bystanders(domains: Sequence[str], count: int) -> list[Person]:
    return [Person("bystander", count, "bystander", "watch", watches=f"{domains[0]} elder")] if count else []

"""Friends: people whom the agent may help or harm, and whose moods change in and out of view."""

from __future__ import annotations

from dataclasses import replace

from envs.engine.declarations import Act, Creature, Person, Thing, Vocabulary
from envs.engine.world import World
from envs.shared_levels import ATE, ENERGY

VARIANTS = (
    {"size": 8, "friends": 1, "strangers": 0, "enemies": 0},
    {"strangers": 2, "enemies": 2, "spite": 1.0, "berries": 3, "mishap": 0.2, "max_episode_steps": 40},
    {
        "spiders": 2,
        "cries": True,
        "mishap": 0.2,
        "honesty": 1.0,
        "idle": False,
        "lingering": 3,
        "max_episode_steps": 60,
    },
    {"view": 3, "cooldown": 0, "cries": True, "chatter": 0.0, "max_episode_steps": 60},
)
"""Options that the tests try."""
WORDS = ("spider", "friend", "stranger", "enemy", "weather")


def friends(
    size: int = 10,
    view: int = 7,
    friends: int = 2,
    strangers: int = 1,
    enemies: int = 1,
    berries: int = 6,
    mishap: float = 0.02,
    spite: float = 0.0,
    spiders: int = 0,
    cooldown: int = 20,
    cries: bool = False,
    chatter: float = 0.25,
    honesty: float = 0.7,
    idle: bool = True,
    lingering: int = 1,
    max_episode_steps: int = 500,
) -> World:
    """Declare the world: friends, a stranger and an enemy, each with a face, who eat, come to grief and get over it.

    The score of a step is the mean mood of the friends, in sight or not. Helping heals and cheers the person beside the
    agent, harming hurts; both cost energy, which berries restore and without which the agent dies.

    size: side of the square, in cells
    view: side of the window seen, in cells, odd
    friends: number of friends
    strangers: number of people to whom the agent has no relation; their faces tell nothing
    enemies: number of enemies
    berries: number of bushes with berries
    mishap: chance per step that a person comes to grief
    spite: score for an enemy's bad mood, as a share of that for a friend's good one
    spiders: number of spiders that bite the agent
    cooldown: steps for which a spider keeps away once it has bitten or given up
    cries: whether people in pain cry "spider" and who they are, further than the eye reaches; and words are heard that
        now and then tell of a spider near the agent. The view then has a place for spiders even where there are none
    chatter: chance per step that such a word is heard
    honesty: chance that it names a spider, if one is near; otherwise it is any word, if there is idle talk
    idle: whether there is idle talk
    lingering: steps for which it is heard
    max_episode_steps: length of an episode

    Drives: extrinsic, hunger:2
    """
    fate = Person("", 0, "", speed=0.3, watches="agent", mishap=mishap, meal=0.005, cry="spider" if cries else "")
    return World(
        name="Friends",
        theme="village",
        size=size,
        view=view,
        score=0.0,
        max_episode_steps=max_episode_steps,
        levels=(replace(ENERGY, start=(0.7, 1.0), drain=0.004, lethal=True),),
        things=(Thing("berry", berries, "bush", {"energy": 0.4}, {"ate": 1.0}, regrow=(30, 60), wanders=True),),
        people=(
            replace(fate, name="friend", count=friends, sprite="friend", relation=1.0, welfare=1.0 / max(friends, 1)),
            replace(fate, name="stranger", count=strangers, sprite="stranger", familiar=False),
            replace(fate, name="enemy", count=enemies, sprite="enemy", relation=-1.0, welfare=-spite / max(enemies, 1)),
        ),
        acts=(
            Act("help", cost={"energy": -0.02}, heals=True, mood=1.0, touches=True),
            Act("harm", cost={"energy": -0.02}, hurts=True, mood=-2.0, touches=True),
        ),
        creatures=(Creature("spider", spiders, "spider", speed=0.6, pain=0.5, cooldown=cooldown),)
        if spiders or cries
        else (),
        vocabulary=Vocabulary(
            WORDS if cries else (), chance=chatter, honesty=honesty, idle=idle, earshot=4, lingers=lingering
        ),
        events=(ATE,),
    )

"""Podcast: words that please some listeners and displease others, and an observer whose face shows nothing."""

from __future__ import annotations

from dualbrain.errors import unknown
from envs.engine.declarations import Act, Person, Vocabulary
from envs.engine.world import World

VARIANTS = (
    {"observer": "blue", "listeners": 1},
    {"observer": "red", "absent": True, "aloud": True, "slow": True},
    {"observer": "none", "size": 7, "earshot": 3, "esteem": 2.0, "price": 0.0, "aloud": True, "max_episode_steps": 40},
)
"""Options that the tests try."""

LIKES = {
    "red": {"fire": 1.0, "river": -1.0, "dust": -0.5},
    "blue": {"fire": -1.0, "river": 1.0, "dust": -0.5},
}
"""What each badge thinks of each word."""
WORDS = ("fire", "river", "dust")
OBSERVERS = ("red", "blue", "none")


def podcast(
    size: int = 8,
    listeners: int = 2,
    observer: str = "red",
    absent: bool = False,
    esteem: float = 1.0,
    earshot: int = 2,
    price: float = 0.02,
    aloud: bool = False,
    slow: bool = False,
    max_episode_steps: int = 200,
) -> World:
    """Declare the world: a hall in which the agent talks to people with red or blue badges.

    Each badge has its likes: fire pleases red and displeases blue, river the other way round, dust displeases both.
    Familiar listeners smile or frown and look at the agent. The observer, whom the agent has never met, wears a badge
    too and shows nothing, but counts most: the score of a word is the liking of all in earshot times their standing
    (a tenth for a listener), less a price.

    size: side of the square, in cells
    listeners: number of listeners with each badge
    observer: badge of the observer, red or blue, or none for no observer
    absent: whether he is away; unlike where there is none, the view has a place for him
    esteem: standing of the observer
    earshot: distance within which people listen, in cells
    price: score lost by saying anything
    aloud: whether the agent hears itself speak
    slow: whether faces follow a word only at the step after it was said
    max_episode_steps: length of an episode

    Drives: extrinsic
    """
    if observer not in OBSERVERS:
        raise unknown("observer", observer, OBSERVERS, " of world Podcast")
    people = [
        Person(
            f"{badge} listener",
            listeners,
            f"{badge} listener",
            watches="agent",
            likes=likes,
            slow=slow,
            standing=0.1,
            looks=("listener", f"{badge} badge"),
        )
        for badge, likes in LIKES.items()
    ]
    if observer != "none":
        looks = ("observer", f"{observer} badge")
        people.append(
            Person(
                "observer",
                0 if absent else 1,
                f"{observer} observer",
                familiar=False,
                likes=LIKES[observer],
                standing=esteem,
                looks=looks,
            )
        )
    return World(
        name="Podcast",
        theme="hall",
        size=size,
        view=7,
        score=0.0,
        max_episode_steps=max_episode_steps,
        levels=(),
        people=tuple(people),
        acts=tuple(Act(f"say {word}", price=price, says=word, aloud=aloud) for word in WORDS),
        vocabulary=Vocabulary(WORDS, chance=0.0, earshot=earshot),
    )

"""Warehouse: known goods among shelves, rare odd things, and an act that calls for help."""

from __future__ import annotations

from typing import Literal

from dualbrain.steering.sense import Sense
from envs.engine.declarations import Act, Thing
from envs.engine.world import World

VARIANTS = (
    {"odd": "strange", "size": 10, "goods": 2, "safe": 2, "dangerous": 2, "shelves": 8},
    {"odd": "mixed", "dangerous": 0, "price": 0.5, "loss": 1.0, "max_episode_steps": 40},
)
"""Options that the tests try."""

GOODS = ("box", "crate", "barrel", "parcel")
ODD = {"odd": ("odd",), "strange": ("strange",), "mixed": ("box", "barrel")}
"""Planes in which each sort of odd things is seen."""


def warehouse(
    size: int = 14,
    shelves: int = 24,
    goods: int = 4,
    safe: int = 4,
    dangerous: int = 4,
    odd: Literal["odd", "strange", "mixed"] = "odd",
    price: float = 0.25,
    loss: float = 10.0,
    max_episode_steps: int = 500,
) -> World:
    """Declare the world: goods are worth 1 each; odd things are worth 5 if they are safe, and else they hurt and cost.

    The safe and the dangerous look the same until an agent calls within two cells of them. Odd and strange things are
    seen in a plane that nothing else is seen in, mixed ones in those of boxes and barrels at once. Observations have
    the same bits with each sort, so that a brain can meet one that it was not raised with.

    goods: how many of each known kind
    odd: sort of the odd things
    price: what a call costs
    loss: what handling something dangerous costs

    Drives: extrinsic, pain
    """
    return World(
        name="Warehouse",
        theme="warehouse",
        size=size,
        walls=shelves,
        max_episode_steps=max_episode_steps,
        score=0.0,
        levels=(),
        things=(
            *(Thing(name, goods, name, tastes={"handled": 1.0}, score=1.0, wanders=True) for name in GOODS),
            *(_safe(f"safe {sort}", planes, safe if sort == odd else 0) for sort, planes in ODD.items()),
            *(_danger(f"bad {sort}", planes, dangerous if sort == odd else 0, loss) for sort, planes in ODD.items()),
            _safe("safe"),
            _danger("danger", loss=loss),
        ),
        acts=(
            Act(
                "call",
                reach=2,
                price=price,
                reveals={f"safe {odd}": "safe", f"bad {odd}": "danger"},
            ),
        ),
        events=(Sense("handled", 0.0, 1.0, "event", "1 if a known good was handled"),),
    )


def _safe(name: str, looks: tuple[str, ...] = (), count: int = 0) -> Thing:
    """Return an odd thing that is worth handling; without ``looks`` it shows that."""
    sprite = "odd object" if looks else "odd object safe"
    return Thing(name, count, sprite, score=5.0, looks=looks, regrow=(150, 300), wanders=True)


def _danger(name: str, looks: tuple[str, ...] = (), count: int = 0, loss: float = 0.0) -> Thing:
    """Return an odd thing that is better left alone; without ``looks`` it shows that."""
    sprite = "odd object" if looks else "odd object danger"
    return Thing(name, count, sprite, score=-loss, sting=0.8, looks=looks, regrow=(150, 300), wanders=True)

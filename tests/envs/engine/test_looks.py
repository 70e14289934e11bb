"""What things look like, by hand."""

from __future__ import annotations

import numpy as np

from envs.engine.actions import REST
from envs.engine.declarations import Thing, Vocabulary
from envs.engine.world import World
from tests.envs.engine.tiny import born, lay, meadow, stand

SWEET = Thing("sweet", 1, "bush", {"energy": 0.2}, looks=("box",))
BITTER = Thing("bitter", 1, "bush", {"energy": -0.2}, looks=("box", "mark"))
STONE = Thing("stone", 1, "bush")


def planes(world: World) -> dict[str, list[list[int]]]:
    """Return what is seen with thing 0 in the north, 1 here and 2 in the south."""
    env = born(world)
    stand(env, 2, 2)
    for m in range(3):
        lay(env, m, 1 + m, 2)
    view = env.step(np.int64(REST))[0][env.layout.view].reshape(env.layout.view_shape)
    return dict(zip(env.layout.planes, view.tolist(), strict=True))


def test_kinds_that_look_alike_are_not_told_apart() -> None:
    seen = planes(meadow(SWEET, BITTER, STONE))
    assert list(seen) == ["wall", "box", "mark", "stone"]
    assert seen["wall"] == [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert seen["box"] == [[0, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert seen["mark"] == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert seen["stone"] == [[0, 0, 0], [0, 0, 0], [0, 1, 0]]


def test_a_thing_may_look_like_a_wall() -> None:
    seen = planes(meadow(Thing("hedge", 1, "bush", looks=("wall",)), STONE, BITTER))
    assert list(seen) == ["wall", "stone", "box", "mark"]
    assert seen["wall"] == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
    assert seen["box"] == seen["mark"] == [[0, 0, 0], [0, 0, 0], [0, 1, 0]]


def test_planes_in_another_order_than_kinds() -> None:
    one, other = Thing("one", 1, "bush", looks=("two", "one")), Thing("two", 1, "bush")
    seen = planes(meadow(one, other, STONE))
    assert seen["two"] == [[0, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert seen["one"] == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_words_name_things_whatever_they_look_like() -> None:
    world = meadow(SWEET, BITTER, vocabulary=Vocabulary(("bitter", "sweet", "box"), 1.0, 1.0, earshot=0))
    env = born(world)
    stand(env, 2, 2)
    for m, word in ((0, "sweet"), (1, "bitter")):
        lay(env, m, 2, 2)
        bits = env.step(np.int64(REST))[0][env.layout.word]
        assert world.vocabulary.words[bits.argmax()] == word
        lay(env, m, 0, m)


def test_there_may_be_many_planes() -> None:
    none = (Thing(f"kind {k}", 0, "bush") for k in range(40))
    seen = planes(meadow(*none, STONE, SWEET, BITTER))
    assert seen["stone"] == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
    assert seen["box"] == [[0, 0, 0], [0, 1, 0], [0, 1, 0]]
    assert not any(any(row) for k in range(40) for row in seen[f"kind {k}"])

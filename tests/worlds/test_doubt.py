"""The senses of doubt: calibrated while the world stays as it is, of the strangest thing near, and kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gymnasium import spaces

from dualbrain import SteeringSubsystem, SteeringVecEnv, UserError
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.spaces.parts import Part, bit_view
from dualbrain.worlds.vec_env.doubting import DoubtVecWrapper
from dualbrain.worlds.vec_env.familiarity import KINDS, Familiarity
from dualbrain.worlds.vec_env.sensed import as_sensed

WORLD = "dualbrain/Warehouse-v0"
SENSES = ("doubt", "doubted")


def views(*kinds: list[int], planes: int = 4) -> Any:
    """Views ``(N, planes, C)`` of cells of these kinds."""
    return np.array([[[kind >> plane & 1 for kind in row] for plane in range(planes)] for row in kinds], np.uint8)


def familiar(times: dict[int, int]) -> Familiarity:
    """Familiarity with views of one cell, by kind."""
    known = Familiarity(4)
    kinds = known.kinds(views(*([kind] for kind, n in times.items() for _ in range(n))))
    known.meet(kinds, kinds[:, 0])
    return known


def test_kinds_are_the_bits_of_a_cell():
    assert Familiarity(4).kinds(views([0, 3, 15], [8, 3, 0])).tolist() == [[0, 3, 15], [8, 3, 0]]


def test_doubt_is_the_share_of_views_that_were_more_familiar_each_but_for_itself():
    known = familiar({1: 90, 2: 8, 5: 1})
    doubt, doubted = known.judge(known.kinds(views([1, 1], [1, 2], [2, 5], [7, 1], [7, 5])))
    assert doubted.tolist() == [1, 2, 5, 7, 7]
    np.testing.assert_allclose(doubt, [0.0, 0.9, 0.98, 0.98, 0.98], atol=1e-6)


def test_what_knows_nothing_doubts_nothing():
    known = Familiarity(4)
    assert known.judge(known.kinds(views([3], [0])))[0].tolist() == [0.0, 0.0]


def test_doubts_of_99_percent_are_met_once_in_a_hundred_views():
    rng, known = np.random.default_rng(0), Familiarity(9)
    chances = 1.0 / np.arange(1, 401) ** 1.5
    made = rng.choice(400, (30_000, 1), p=chances / chances.sum())
    doubts = []
    for some in np.split(made, 300):
        doubt, doubted = known.judge(some)
        known.meet(some, doubted)
        doubts.append(doubt)
    assert 0.003 < np.mean(np.array(doubts[100:]) >= 0.99) <= 0.01


def test_many_planes_share_places_by_hash():
    known, rng = Familiarity(40), np.random.default_rng(1)
    cells = rng.integers(0, 2, (50, 40, 25), np.uint8)
    kinds = known.kinds(cells)
    assert 0 <= kinds.min() <= kinds.max() < KINDS
    assert len(np.unique(kinds)) > 0.95 * 50 * 25
    np.testing.assert_array_equal(kinds, Familiarity(40).kinds(cells))


def test_counts_are_put_back_and_what_does_not_fit_changes_nothing():
    known, again = familiar({1: 3, 9: 1}), Familiarity(4)
    state = known.state_dict()
    assert {name: values.tolist() for name, values in state.items()} == {
        "kinds": [1, 9],
        "met": [3, 1],
        "least": [3, 1],
    }
    again.load_state_dict(state)
    asked = again.kinds(views([1], [9], [2]))
    np.testing.assert_array_equal(known.judge(asked)[0], again.judge(asked)[0])
    for wrong in ({"kinds": np.array([KINDS, 1])}, {"met": np.array([1])}, {"least": np.array([0.5, 1.0])}):
        with pytest.raises(UserError, match="counts of kinds of cells do not fit"):
            again.load_state_dict({**state, **wrong})
    assert again.state_dict()["kinds"].tolist() == [1, 9]


def lived(n: int = 6, steps: int = 30, state: Any = None, **options: Any) -> tuple[Any, list[Any]]:
    """A random life, and the senses of doubt after every step and under which the next action is taken."""
    venv = as_sensed(make_vec_env(WORLD, n, seed=3, env_kwargs={"size": 9, "shelves": 4, **options}), SENSES)
    if state is not None:
        venv.load_state_dict(state)
    rng, felt = np.random.default_rng(0), []
    venv.reset()
    for _ in range(steps):
        venv.step(rng.integers(0, 7, n))
        felt.append(
            [(senses["doubt"], senses["doubted"]) for senses in (venv.transition_senses(), venv.reset_senses())]
        )
    return venv, felt


def test_a_world_with_a_view_of_bits_offers_them_if_they_are_wanted():
    venv = make_vec_env(WORLD, 2)
    assert as_sensed(venv, ["handled"]) is venv
    doubting = as_sensed(venv, SENSES)
    assert isinstance(doubting, DoubtVecWrapper)
    assert {*doubting.senses} == {*venv.senses, *SENSES}
    with pytest.raises(UserError, match=r"doubt, doubted count the kinds of cells in a view of bits.*none in .*Box"):
        as_sensed(make_vec_env("CartPole-v1", 1), ["doubt"])


@pytest.mark.parametrize(
    ("space", "shape"),
    [
        (spaces.Box(0.0, 1.0, (27,), np.float32), (3, 3, 3)),
        (spaces.Box(0, 255, (27,), np.uint8), (3, 3, 3)),
        (spaces.Box(0, 1, (27,), np.uint8), (27,)),
        (spaces.Discrete(27), (3, 3, 3)),
    ],
)
def test_other_observations_have_no_view_of_bits(space: spaces.Space[Any], shape: tuple[int, ...]):
    assert bit_view(spaces.Box(0, 1, (27,), np.uint8), (Part("view", 0, 27, (3, 3, 3)),))
    assert bit_view(space, (Part("view", 0, 27, shape),)) is None


def test_it_is_of_the_final_view_where_an_episode_ended_and_of_the_first_of_the_next():
    _, felt = lived(steps=20, max_episode_steps=10)
    (now, doubted), (then, _) = felt[9]
    assert any((a != b).any() for a, b in zip(felt[9][0], felt[9][1], strict=True))
    assert (now >= 0).all()
    assert (then < 1).all()
    assert (doubted == doubted.round()).all()
    same, other = felt[8]
    np.testing.assert_array_equal(same, other)


def test_a_life_is_the_same_again_and_goes_on_with_its_counts():
    (first, felt), (_, again) = lived(), lived()
    np.testing.assert_array_equal(felt, again)
    kept = first.state_dict()
    other = lived(state=kept, steps=5, odd="strange")[1]
    np.testing.assert_array_equal(other, lived(state=kept, steps=5, odd="strange")[1])
    assert first.state_dict()["gathered"] is None
    with pytest.raises(UserError, match="must be a dict of doubt and gathered"):
        first.load_state_dict({"doubt": kept["doubt"]})


def test_what_was_never_met_is_doubted_and_asked_about():
    raised, _ = lived(n=16, steps=100)
    venv = SteeringVecEnv(make_vec_env(WORLD, 16, seed=5, env_kwargs={"odd": "mixed"}), SteeringSubsystem(["doubt"]))
    venv._sensing.load_state_dict(raised.state_dict())
    venv.reset()
    layout = venv.get_attr("layout")[0]
    mixed = sum(2 ** layout.planes.index(name) for name in ("box", "barrel"))
    called = np.zeros(16, bool)
    for _ in range(20):
        venv.step(np.zeros(16, np.int64))
        called |= venv.preempted
        senses = venv._sensing.transition_senses()
        assert ((senses["doubted"] == mixed) <= (senses["doubt"] >= 0.99)).all()
    assert called.any()
    kept = venv.state_dict()["sensing"]
    assert kept is not None
    assert mixed in kept["doubt"]["kinds"]

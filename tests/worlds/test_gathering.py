"""Senses out of infos are a number for each at every reset and step, or one line names sense, environment and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from stable_baselines3.common.vec_env import DummyVecEnv

from dualbrain import Sense, UserError
from dualbrain.worlds.single_env import senses_of
from dualbrain.worlds.vec_env.gathered import SenseVecWrapper

Sensed = Callable[[int], Any]


class Ring(gymnasium.Env[Any, Any]):
    """Hands out what it is given to sense at each time, in episodes of four steps."""

    observation_space = spaces.Box(-1.0, 1.0, (2,))
    action_space = spaces.Discrete(2)
    senses: Any = {"hit": Sense("hit"), "heat": Sense("heat")}

    def __init__(self, sensed: Sensed = lambda t: {"senses": {"hit": float(t), "heat": 0.0}}, senses: Any = None):
        self.sensed = sensed
        if senses is not None:
            self.senses = senses

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.t = 0
        return np.zeros(2, np.float32), self.sensed(0)

    def step(self, action: Any) -> Any:
        self.t += 1
        return np.zeros(2, np.float32), 1.0, self.t == 4, False, self.sensed(self.t)


def gathered(*sensed: Sensed) -> list[float]:
    """Return what the last environment's ``hit`` is at reset and in six steps."""
    venv = SenseVecWrapper(DummyVecEnv([lambda one=one: Ring(one) for one in sensed]), ["hit"])  # type: ignore[misc]
    venv.reset()
    hits = [float(venv.reset_senses()["hit"][-1])]
    for _ in range(6):
        venv.step(np.zeros(len(sensed), np.int64))
        hits.append(float(venv.transition_senses()["hit"][-1]))
    return hits


@pytest.mark.parametrize(
    "number", [float, int, np.float64, np.int8, np.array, lambda t: np.array([[t]]), lambda t: [t]]
)
def test_every_kind_of_number_is_a_sense(number: Callable[[int], Any]):
    assert gathered(lambda t: {"senses": {"hit": number(t)}}) == [0.0, 1.0, 2.0, 3.0, 4.0, 1.0, 2.0]


def fine(t: int) -> Any:
    return {"senses": {"hit": 1.0}}


@pytest.mark.parametrize(
    ("sensed", "says"),
    [
        (lambda t: {}, "sense 'hit' of environment 1 at reset is missing: info['senses'] must be a dict"),
        (lambda t: {"senses": None}, "sense 'hit' of environment 1 at reset is missing"),
        (lambda t: fine(t) if t == 0 else {}, "sense 'hit' of environment 1 at step is missing"),
        (lambda t: {} if t == 0 else fine(t), "sense 'hit' of environment 1 at reset is missing"),
        (
            lambda t: fine(t) if t < 3 else {"senses": {"heat": 1.0}},
            "sense 'hit' of environment 1 at step is missing in info['senses'], which has heat",
        ),
        (lambda t: {"senses": {"hit": None}}, "sense 'hit' of environment 1 at reset must be a number, not None"),
        (lambda t: {"senses": {"hit": "1.0"}}, "must be a number, not '1.0'"),
        (lambda t: {"senses": {"hit": np.zeros(2)}}, r"must be a number, not array([0., 0.])"),
        (lambda t: {"senses": {"hit": np.array(["a"])}}, "must be a number"),
    ],
)
def test_a_sense_that_is_no_number_is_named_with_place_and_time(sensed: Sensed, says: str):
    with pytest.raises(UserError) as raised:
        gathered(fine, sensed)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_is_not_wanted_may_be_missing():
    venv = SenseVecWrapper(DummyVecEnv([lambda: Ring(lambda t: {})]), [])
    venv.reset()
    venv.step(np.array([0]))
    assert venv.transition_senses()["extrinsic_reward"] == 1.0


@pytest.mark.parametrize("senses", [["hit"], "hit", {"hit": 1.0}, 3, {"hit": Sense("heat")}, [("hit", 0, 1)]])
def test_a_declaration_that_cannot_be_read(senses: Any):
    worlds = DummyVecEnv([lambda: Ring(senses=senses)])
    with pytest.raises(UserError, match="the senses of environment 0"):
        SenseVecWrapper(worlds, ["hit"])
    with pytest.warns(UserWarning, match="the senses of environment 0 .* it is left out"):
        assert SenseVecWrapper(worlds, ["extrinsic_reward"]).senses.keys() == {"extrinsic_reward", "visits"}


def test_a_list_of_senses_is_a_declaration():
    assert "hit" in SenseVecWrapper(DummyVecEnv([lambda: Ring(senses=[Sense("hit")])]), ["hit"]).senses


@pytest.mark.parametrize("order", [1, -1])
def test_worlds_of_different_senses(order: int):
    offers = [{"hit": Sense("hit"), "heat": Sense("heat")}, {"heat": Sense("heat")}][::order]
    venv = DummyVecEnv([lambda offer=offer: Ring(senses=offer) for offer in offers])  # type: ignore[misc]
    with pytest.raises(UserError, match=r"sense 'hit' is offered by environment \d, but not by environment \d"):
        SenseVecWrapper(venv, ["hit"])
    assert SenseVecWrapper(venv, ["heat"]).senses.keys() == {"heat", "extrinsic_reward", "visits"}


def test_a_registered_world_with_a_list_of_names():
    gymnasium.register("Misdeclared-v0", f"{__name__}:Ring", kwargs={"senses": ["hit"]})
    with pytest.raises(UserError, match=r"the senses of Misdeclared-v0 must be a dict such as .* not \['hit'\]"):
        senses_of("Misdeclared-v0")
    del gymnasium.registry["Misdeclared-v0"]


def visited(venv: SenseVecWrapper, times: int) -> list[float]:
    venv.reset()
    counts = [float(venv.reset_senses()["visits"][0])]
    for _ in range(times):
        venv.step(np.zeros(1, np.int64))
        counts.append(float(venv.transition_senses()["visits"][0]))
    return counts


def test_visits_go_on_after_a_round_trip_through_the_state():
    first, second = (SenseVecWrapper(DummyVecEnv([Ring]), ["visits"]) for _ in range(2))
    assert visited(first, 2) == [1.0, 2.0, 3.0], "all that is seen there is the same"
    second.load_state_dict(first.state_dict())
    assert visited(second, 2) == [4.0, 5.0, 6.0]


def test_nothing_is_kept_where_nobody_reads_visits_and_what_does_not_fit_is_refused():
    reads, ignores = (SenseVecWrapper(DummyVecEnv([Ring]), [name]) for name in ("visits", "heat"))
    assert ignores.state_dict() == {}
    ignores.load_state_dict({})
    with pytest.raises(UserError, match=r"^the state of gathered senses must be a dict of \[\], not \['visits'\]$"):
        ignores.load_state_dict(reads.state_dict())
    with pytest.raises(UserError, match=r"^the state of gathered senses must be a dict of \['visits'\], not \[\]$"):
        reads.load_state_dict({})
    with pytest.raises(UserError, match=r"^the state of gathered senses must be a dict of \['visits'\], not 'list'$"):
        reads.load_state_dict([])  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"^counted visits must be a dict of keys, counts, lengths, warned, not 'int'$"):
        reads.load_state_dict({"visits": 3})

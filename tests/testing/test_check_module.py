"""`check_module` passes modules that keep their contract, and catches each way of breaking it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from dualbrain import NO_REFLEX, RewardModule, Sense, Signal, SteeringSubsystem
from dualbrain.testing import ContractError, check_module


@dataclass
class Good(RewardModule):
    """Sums the light of an episode, with a state that is its own."""

    most: float = 1000.0
    emits = (Signal("sun", high=1000.0),)

    def bind(self, n: int) -> None:
        self.total = np.zeros(n, np.float32)

    def truth(self, light):
        self.total += light
        return {"sun": np.minimum(self.total, np.float32(self.most))}

    def worth(self, energy):
        return {"sun": 1.0 - energy}

    def reset(self, done):
        self.total[done] = 0.0

    def reflex(self, light):
        return np.where(self.total > 3, 1, NO_REFLEX)


class Thinks(Good):
    """Reads its own prediction."""

    def worth(self, thought):
        return {"sun": thought["good.sun"]}


class Unnamed(Good):
    def truth(self, light):
        return {"moon": light}


class Listed(Good):
    def truth(self, light):
        return [light]


class OutOfRange(Good):
    def truth(self, light):
        return {"sun": -1e-3 - light}


class OutOfRangeAtTheVeryEnd(Good):
    def truth(self, light):
        return {"sun": np.where(light >= 1.0, 1001.0, 0.0)}


class OutOfRangeOnceInTenThousand(Good):
    def truth(self, light):
        return {"sun": np.where((light > 0.6) & (light < 0.6002), -1.0, light)}


class Infinite(Good):
    emits = (Signal("sun", low=-np.inf, high=np.inf),)

    def truth(self, light):
        return {"sun": np.where(light > 0, light, np.inf)}


class Worthless(Good):
    def worth(self, energy):
        return {"sun": np.where(energy == 0, np.nan, energy)}


class WrongShape(Good):
    def truth(self, light):
        return {"sun": light[:, None]}


class SummedOverAgents(Good):
    def truth(self, light):
        return {"sun": light.sum(keepdims=True)}


class Integers(Good):
    def truth(self, light):
        return {"sun": light.astype(int)}


class WritesToInput(Good):
    def truth(self, light):
        light *= 2
        return {"sun": light}


class WritesToThought(RewardModule):
    emits = (Signal("sun"),)

    def truth(self, light, thought):
        thought["writes_to_thought.sun"][:] = 0
        return {"sun": light}


class HandsOutState(Good):
    def truth(self, light):
        self.total += light
        return {"sun": self.total}


class HandsOutBuffer(Good):
    def reset(self, done):
        self.total = np.where(done, 0, self.total)

    def bind(self, n: int) -> None:
        super().bind(n)
        self.buffer = np.zeros(n, np.float32)

    def truth(self, light):
        self.buffer[:] = light
        return {"sun": self.buffer}


class KeepsInput(Good):
    def truth(self, light):
        shown = self.total.copy()
        self.total = light
        return {"sun": shown}

    def reset(self, done):
        self.total = np.where(done, 0, self.total)

    def reflex(self, light):
        return np.full(len(light), NO_REFLEX)


class Leaks(Good):
    def truth(self, light):
        return {"sun": light - light.mean() + 1.0}


class ForgetsEverybody(Good):
    def reset(self, done):
        self.total[:] = 0


class ForgetsNobody(Good):
    def reset(self, done):
        pass


class ForgetsTheFirstOnly(Good):
    def reset(self, done):
        self.total[np.flatnonzero(done)[0]] = 0


class Random(Good):
    def truth(self, light):
        return {"sun": light * np.random.default_rng().random()}


class StateOfTheClass(Good):
    everything: list[float] = []

    def truth(self, light):
        self.everything.append(0.0)
        return {"sun": np.full(len(light), float(len(self.everything) % 1000))}


class DoesNotStartAnew(Good):
    def bind(self, n: int) -> None:
        if not hasattr(self, "total"):
            super().bind(n)


class Unpicklable(Good):
    def bind(self, n: int) -> None:
        super().bind(n)
        self.rule = lambda light: light

    def __deepcopy__(self, memo):
        return Unpicklable()


class PicklesHalf(Good):
    def __getstate__(self):
        return {**vars(self), "total": np.zeros_like(self.total) if hasattr(self, "total") else None}

    def __deepcopy__(self, memo):
        return PicklesHalf()


class RestoresNothing(Good):
    def load_state_dict(self, state):
        pass


class SharesItsState(Good):
    def state_dict(self):
        return {"total": self.total}

    def load_state_dict(self, state):
        self.total = state["total"]


class FloatReflex(Good):
    def reflex(self, light):
        return light


class NegativeReflex(Good):
    def reflex(self, light):
        return np.full(len(light), -2)


class WrongShapeReflex(Good):
    def reflex(self, light):
        return np.int64(1)


class ReflexOutlivesTheEpisode(Good):
    def bind(self, n: int) -> None:
        super().bind(n)
        self.alarmed = np.zeros(n, bool)

    def truth(self, light):
        self.alarmed |= light > 0.9
        return {"sun": light}

    def reflex(self, light):
        return np.where(self.alarmed, 1, NO_REFLEX)


class Reckless(Good):
    def truth(self, light):
        return {"sun": light / self.total[99]}


class Contradictory(RewardModule):
    def truth(self, light):
        return {}


CAUGHT = [
    (Unnamed, r"unnamed.truth emitted \['moon'\], but it declares \['sun'\]"),
    (Listed, "listed.truth returned list, not a mapping"),
    (OutOfRange, r"step 0: truth.sun is -0.001\d*, not in \[0, 1000\] or NaN"),
    (OutOfRangeAtTheVeryEnd, r"step 1: truth.sun is 1001.0, not in \[0, 1000\] or NaN"),
    (OutOfRangeOnceInTenThousand, r"truth.sun is -1.0, not in \[0, 1000\] or NaN"),
    (Infinite, r"step 0: truth.sun is inf, not in \[-inf, inf\] or NaN"),
    (Worthless, "worth.sun is nan, not finite"),
    (WrongShape, r"truth.sun has shape \(64, 1\), not \(64,\)"),
    (SummedOverAgents, r"truth.sun has shape \(1,\), not \(64,\)"),
    (Integers, "truth.sun is int64, not float"),
    (WritesToInput, "step 1: changed its input 'light'"),
    (WritesToThought, "changed its input 'writes_to_thought.sun'"),
    (HandsOutState, "truth.sun changed after it was returned: return a copy of the state"),
    (HandsOutBuffer, "truth.sun changed after it was returned: return a copy of the state"),
    (KeepsInput, "keeps an input array as state: keep a copy"),
    (Leaks, "agent 0 of 64 is not as it is alone"),
    (ForgetsEverybody, r"agent \d+ of 64 is not as it is alone"),
    (ForgetsTheFirstOnly, r"agent \d+ of 64 is not as it is alone"),
    (ForgetsNobody, "reset does not forget the episode"),
    (Random, "the same senses twice, but the second life differs"),
    (StateOfTheClass, "the same senses twice, but the second life differs"),
    (DoesNotStartAnew, "bind does not begin anew"),
    (Unpicklable, "module 'unpicklable' does not pickle"),
    (PicklesHalf, "is not the same after pickling"),
    (RestoresNothing, "state_dict does not restore it"),
    (SharesItsState, "state_dict does not restore it"),
    (FloatReflex, "reflex is float32, not int"),
    (NegativeReflex, "reflex is -2, neither an action nor NO_REFLEX"),
    (WrongShapeReflex, r"reflex has shape \(\), not \(64,\)"),
    (ReflexOutlivesTheEpisode, "reset does not forget the episode"),
    (Reckless, "module 'reckless', step 0: IndexError: index 99 is out of bounds"),
    (Contradictory, "module 'contradictory' emits no signal"),
]


@pytest.mark.parametrize(("module", "says"), CAUGHT, ids=[module.__name__ for module, _ in CAUGHT])
def test_a_bad_module_is_caught_in_one_line(module: type[RewardModule], says: str):
    with pytest.raises(ContractError, match=says) as raised:
        check_module(module, steps=60)
    assert "\n" not in str(raised.value)


def test_a_module_that_is_skipped_at_weight_0_is_caught(monkeypatch: pytest.MonkeyPatch):
    """Modules do not know their weight, so it is a subsystem that fails here."""

    class Skips(SteeringSubsystem):
        def step(self, *args, **kwargs):
            made = super().step(*args, **kwargs)
            return replace(made, truth=np.where([*self.weights.values()], made.truth, np.float32(0.0)))

    monkeypatch.setattr("dualbrain.testing.module.SteeringSubsystem", Skips)
    with pytest.raises(ContractError, match="module 'good': does not run the same at weight 0"):
        check_module(Good, n=4, steps=40)


def test_good_modules_pass():
    check_module(Good)
    check_module(Good(most=2.0, name="bright"), n=3, steps=40, seed=7)
    check_module(Thinks(name="good"), n=5, steps=40)


def test_thoughts_of_other_modules_are_on_offer_when_asked_for():
    with pytest.raises(ContractError, match=r"KeyError: 'good\.sun'"):
        check_module(Thinks, n=5, steps=40)
    check_module(Thinks, n=5, steps=40, thoughts={"good.sun": Signal("sun", high=1000.0)})


def test_the_senses_of_a_world_are_taken_at_their_word():
    """A range that the world declares is a range that the module must bear."""
    energy = Sense("energy", 0.0, 1.0)
    check_module(Good, [Sense("light", 0.0, 1.0), energy], n=4, steps=40)
    with pytest.raises(ContractError, match=r"truth.sun is -1.0, not in \[0, 1000\] or NaN"):
        check_module(Good, {"light": Sense("light", -1.0, 1.0), "energy": energy}, n=4, steps=40)
    with pytest.raises(ContractError, match=r"unknown sense 'light' \(read by good\.truth\): did you mean 'lights'\?"):
        check_module(Good, [Sense("lights"), energy])


def test_names_are_looked_up():
    with pytest.raises(ContractError, match=r"unknown module 'hungre': did you mean 'hunger'\?"):
        check_module("hungre")

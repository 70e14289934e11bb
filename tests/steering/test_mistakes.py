"""Every mistake is met with one line that says what is wrong, what is valid, and what is nearest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from dualbrain import RewardModule, Signal, SignalError, SteeringSubsystem, UserError
from dualbrain.steering.subsystem import SteeringStep


class Glow(RewardModule):
    """A good module."""

    emits = (Signal("warmth"),)

    def truth(self, light):
        return {"warmth": light}


class Wordless(RewardModule):
    def truth(self, light):
        return {}


class Twofold(RewardModule):
    emits = (Signal("a"), Signal("a"))

    def truth(self, light):
        return {"a": light}


class Truthless(RewardModule):
    emits = (Signal("a"),)


class Dreamer(Glow):
    def worth(self, thought):
        return {"warmth": thought["glow.warmth"]}


class Boundless(Dreamer):
    emits = (Signal("warmth", high=math.inf),)


class ThoughtfulReflex(Glow):
    def reflex(self, thought):
        return thought["glow.warmth"]


@dataclass
class Demanding(Glow):
    must: float


def one_line(error: Exception) -> str:
    assert "\n" not in str(error)
    return str(error)


@pytest.mark.parametrize(
    ("modules", "weights", "says"),
    [
        ([Glow(), Glow()], {}, "two modules are named 'glow': rename one, as in Hunger(name='appetite')"),
        ([Glow()], {"glwo": 1.0}, "unknown weight 'glwo': did you mean 'glow'? Valid: glow, glow.warmth"),
        ([Glow()], {"glow.warmt": 1.0}, "unknown weight 'glow.warmt': did you mean 'glow.warmth'?"),
        ([Glow()], {"glow": math.nan}, "the weight of 'glow' must be finite, not nan"),
        ([Glow(name="my glow")], {}, "module name 'my glow' must be a plain identifier"),
        ([Wordless()], {}, "module 'wordless' emits no signal: set 'emits' to a tuple of Signal"),
        ([Twofold()], {}, "module 'twofold' emits two signals of one name"),
        ([Truthless()], {}, "module 'truthless' has no method 'truth'"),
        ([Boundless()], {}, "a signal of infinite range whose module reads 'thought' needs an explicit cap"),
        ([ThoughtfulReflex()], {}, "thoughtful_reflex.reflex reads 'thought': reflexes read senses only"),
        ([Demanding], {}, "module Demanding needs arguments, pass an instance: "),
        ([42], {}, "a reward module must be a RewardModule, not int"),
        ([dict], {}, "a reward module must be a RewardModule, not type"),
    ],
)
def test_composition(modules, weights, says):
    with pytest.raises(UserError) as raised:
        SteeringSubsystem(modules, weights)
    assert one_line(raised.value).startswith(says)


def test_two_of_a_kind_live_together_under_two_names():
    assert [*SteeringSubsystem([Glow(), Glow(name="ember")]).signals] == ["glow.warmth", "ember.warmth"]


def test_a_sense_that_the_world_does_not_offer():
    with pytest.raises(UserError) as raised:
        SteeringSubsystem([Glow()]).bind(1, ["lihgt", "sound"])
    assert one_line(raised.value) == (
        "unknown sense 'light' (read by glow.truth): did you mean 'lihgt'? Valid: lihgt, sound"
    )


def test_a_failed_start_starts_nobody():
    class Late(Glow):
        def truth(self, sound):
            return {"warmth": sound}

        def bind(self, n):
            raise AssertionError

    with pytest.raises(UserError, match="unknown sense 'light'"):
        SteeringSubsystem([Late(), Glow()]).bind(1, ["sound"])


def test_reading_thoughts_where_nobody_thinks():
    with pytest.raises(UserError, match="module 'dreamer' reads 'thought', but no assessor predicts anything here"):
        SteeringSubsystem([Dreamer()]).bind(1, ["light"], thoughts=False)


@pytest.mark.parametrize(
    ("declaration", "says"),
    [
        ({"name": "two words"}, "its name must be a plain identifier"),
        ({"low": 1.0}, "low must be less than high, not 1.0 and 1.0"),
        ({"low": math.nan}, "low must be less than high, not nan and 1.0"),
        ({"horizon": 0}, "horizon must be at least 1 step, not 0"),
        ({"defer": 1.5}, r"defer must lie in \[0, 1\], not 1.5"),
        ({"gamma": -0.1}, r"gamma must lie in \[0, 1\], not -0.1"),
        ({"gae_lambda": 1.1}, r"gae_lambda must lie in \[0, 1\], not 1.1"),
        ({"cap": math.inf}, "cap must be finite and > 0, not inf"),
        ({"cap": 0.0}, "cap must be finite and > 0, not 0.0"),
        ({"high": math.inf, "defer": 0.5}, "an infinite range needs an explicit cap if defer > 0"),
    ],
)
def test_a_signal_that_contradicts_itself(declaration, says):
    with pytest.raises(UserError, match=f"signal '{declaration.get('name', 'a')}': {says}"):
        Signal(**{"name": "a", **declaration})


def test_an_infinite_range_is_fine_where_no_thought_is_paid():
    signal = Signal("score", low=-math.inf, high=math.inf)
    assert not signal.bounded
    assert not signal.is_probability
    assert Signal("score", high=math.inf, defer=0.5, cap=2.0).reach == 2.0
    assert Signal("score", low=-3.0, high=2.0).reach == 3.0
    assert Signal("event").is_probability


class Told(RewardModule):
    """Emits what its senses say, good or bad."""

    emits = (Signal("calm"), Signal("event", low=-1.0, high=2.0), Signal("score", low=-math.inf, high=math.inf))

    def truth(self, event, score):
        return {"calm": 0.0, "event": event, "score": score}

    def worth(self, price):
        return {"calm": 1.0, "event": price, "score": 1.0}


def tell(**senses: list[float]) -> None:
    steering = SteeringSubsystem([Glow(), Told()])
    told = {"light": [0.0, 0.0], "event": [0.0, 0.0], "score": [0.0, 0.0], "price": [1.0, 1.0], **senses}
    steering.bind(2, told)
    steering.step({name: np.array(values) for name, values in told.items()}, None, np.zeros(2, bool))


@pytest.mark.parametrize(
    ("senses", "says"),
    [
        (
            {"light": [0.0, 1.5]},
            "module 'glow', signal 'warmth', environment 1: truth is 1.5, not NaN or finite in [0, 1]",
        ),
        (
            {"event": [-1.25, 0]},
            "module 'told', signal 'event', environment 0: truth is -1.25, not NaN or finite in [-1, 2]",
        ),
        (
            {"event": [0, math.inf]},
            "module 'told', signal 'event', environment 1: truth is inf, not NaN or finite in [-1, 2]",
        ),
        (
            {"score": [0, -math.inf]},
            "module 'told', signal 'score', environment 1: truth is -inf, not NaN or finite in",
        ),
        ({"price": [math.nan, 0]}, "module 'told', signal 'event', environment 0: worth is nan, not a finite number"),
        ({"price": [0, math.inf]}, "module 'told', signal 'event', environment 1: worth is inf, not a finite number"),
    ],
)
def test_bad_values_name_module_signal_environment_and_value(senses, says):
    with pytest.raises(SignalError) as raised:
        tell(**senses)
    assert one_line(raised.value).startswith(says)


def test_missing_truth_and_the_ends_of_the_range_are_fine():
    tell(event=[-1.0, 2.0], light=[math.nan, 1.0], score=[1e30, -1e30], price=[-1e6, 0.0])


class Rogue(Glow):
    """Returns what it is told to."""

    def __init__(self, truth: object, reflex: list[float] | None = None):
        super().__init__()
        self.returns, self.does = truth, reflex

    def truth(self, light):
        return self.returns

    def reflex(self, light):
        return np.full(2, -1) if self.does is None else np.array(self.does)


@pytest.mark.parametrize(
    ("rogue", "says"),
    [
        (Rogue(None), "rogue.truth returned NoneType, not a mapping from signal to array"),
        (Rogue({"warmht": np.zeros(2)}), "rogue.truth emitted ['warmht'], not ['warmth']"),
        (Rogue({"warmth": np.zeros(3)}), "rogue.truth: 'warmth' has shape (3,), not (2,)"),
        (Rogue({"warmth": np.zeros(1)}), "rogue.truth: 'warmth' has shape (1,), not (2,)"),
        (Rogue({"warmth": np.zeros((2, 1))}), "rogue.truth: 'warmth' has shape (2, 1), not (2,)"),
        (Rogue({"warmth": 0.0, None: 1.0}), "rogue.truth emitted ['None', 'warmth'], not ['warmth']"),
        (Rogue({"warmth": 0.0}, [0.5, 1.0]), "rogue.reflex must return (2,) integers, each an action or NO_REFLEX"),
        (Rogue({"warmth": 0.0}, [0, -2]), "rogue.reflex must return (2,) integers, each an action or NO_REFLEX"),
        (Rogue({"warmth": 0.0}, [0]), "rogue.reflex must return (2,) integers, each an action or NO_REFLEX"),
    ],
)
def test_bad_shapes_and_kinds(rogue, says):
    steering = SteeringSubsystem([rogue])
    steering.bind(2, ["light"])
    with pytest.raises(SignalError) as raised:
        steering.step({"light": np.zeros(2)}, None, np.zeros(2, bool))
    assert one_line(raised.value) == says


@pytest.mark.parametrize(
    "what",
    [None, [None, 0.5], ["warm", "cold"], {"a": 1}, np.array([1j, 0.5]), np.array(["2020-01-01"] * 2, "M8[D]")],
    ids=["None", "Nones", "words", "a dict", "complex", "dates"],
)
def test_what_is_no_real_number_is_never_taken_for_one(what):
    with pytest.raises(SignalError, match=r"rogue\.truth: 'warmth' must be real numbers, NaN where there is nothing"):
        judged(Rogue({"warmth": what}))


def test_uneven_lists():
    with pytest.raises(SignalError, match=r"rogue\.truth: 'warmth' cannot be read as an array: "):
        judged(Rogue({"warmth": [[1.0], [1.0, 0.5]]}))


@pytest.mark.parametrize("what", [[0.5, 1], (True, 0.5), np.array([0.5, 1.0]), torch.tensor([0.5, 1.0])])
def test_numbers_of_every_kind_are_read(what):
    assert judged(Rogue({"warmth": what})).truth[0, 0] == float(what[0])


def test_masked_numbers_are_missing():
    assert np.isnan(judged(Rogue({"warmth": np.ma.masked_array([0.5, 1.0], [True, False])})).truth[0, 0])


def judged(rogue: RewardModule) -> SteeringStep:
    steering = SteeringSubsystem(rogue)
    steering.bind(2, ["light"])
    return steering.step({"light": np.zeros(2)}, None, np.zeros(2, bool))


@pytest.mark.parametrize("number", ["2", None, [1, 2], np.ones(2), 1j, True, {"a": 1}])
def test_a_weight_that_is_no_number(number):
    steering = SteeringSubsystem([Glow])
    with pytest.raises(UserError, match="the weight of 'glow' must be a number, not ") as raised:
        steering.set_weights({"glow": number})
    assert one_line(raised.value)
    assert dict(steering.weights) == {"glow.warmth": 1.0}


def test_a_weight_beyond_single_precision():
    with pytest.raises(UserError, match=r"the weight of 'glow' must be at most 3.4e\+38 in size, not 1e\+39"):
        SteeringSubsystem([Glow], {"glow": 1e39})


@pytest.mark.parametrize("weights", [2.0, [2.0], [("glow", 2.0)], "glow:2"])
def test_weights_without_names(weights):
    with pytest.raises(UserError, match="every weight needs a name, as in "):
        SteeringSubsystem([Glow], weights)


@pytest.mark.parametrize("number", [2, np.float32(2.0), np.int64(2), np.array(2.0)])
def test_numpy_numbers_are_weights(number):
    assert SteeringSubsystem([Glow], {"glow": number}).weights["glow.warmth"] == 2.0


@pytest.mark.parametrize("alone", [Glow(), Glow, "extrinsic"])
def test_one_module_may_be_given_alone(alone):
    assert len(SteeringSubsystem(alone).modules) == 1


def test_a_dict_of_weights_is_no_list_of_modules():
    with pytest.raises(UserError, match="weights are given beside the modules"):
        SteeringSubsystem({"extrinsic": 0.5})


@dataclass(slots=True)
class Slotted(Glow):
    bright: float = 0.5


def test_a_drive_with_slots_has_the_name_of_its_class():
    assert SteeringSubsystem(Slotted()).signals.keys() == {"slotted.warmth"}


@pytest.mark.parametrize("emits", [Signal("warmth"), ("warmth",), "warmth", None, {"warmth": Signal("warmth")}])
def test_what_is_emitted_is_declared_by_signals(emits):
    kind = type("Glow", (Glow,), {"emits": emits})
    with pytest.raises(UserError, match="module 'glow': 'emits' must be a tuple of Signal, not ") as raised:
        SteeringSubsystem(kind)
    assert one_line(raised.value)


@pytest.mark.parametrize(
    ("truth", "says"),
    [
        (lambda self, **senses: {}, "a plain parameter, not '**senses'"),
        (lambda self, *senses: {}, "a plain parameter, not '*senses'"),
        (lambda self, *, light: {}, "a plain parameter, not 'light'"),
        (5, "glow.truth must be a method, not 5"),
    ],
)
def test_what_is_read_is_named_by_plain_parameters(truth, says):
    with pytest.raises(UserError) as raised:
        SteeringSubsystem(type("Glow", (Glow,), {"truth": truth}))
    assert one_line(raised.value).endswith(says)

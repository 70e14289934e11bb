"""Each drive against numbers worked out by hand, and all of them against the contract."""

from __future__ import annotations

import math

import gymnasium
import numpy as np
import pytest

import envs
import reward_modules
from dualbrain import NO_REFLEX, RewardModule, SteeringSubsystem, registry
from dualbrain.steering.reward_module import module_name
from dualbrain.testing import check_module
from dualbrain.worlds.sense_catalogue import native_senses
from dualbrain.worlds.single_env import senses_of
from reward_modules import (
    Affection,
    Approval,
    Boredom,
    Curiosity,
    Doubt,
    Elders,
    Extrinsic,
    Fatigue,
    Flinch,
    Hunger,
    JointAttention,
    Novelty,
    Pain,
    Play,
    Prestige,
    Salt,
    Shame,
    Status,
    Surprise,
    Thirst,
    Touch,
    Withdraw,
)

NAN = math.nan
OFFERED = {name: entry.sense for name, entry in native_senses().items()}


def senses(**values: list[float]) -> dict[str, np.ndarray]:
    return {name: np.array(levels, np.float32) for name, levels in values.items()}


CASES = [
    (Extrinsic(), {"extrinsic_reward": [-7.5, 0.0, 1e6]}, [-7.5, 0.0, 1e6], [1.0, 1.0, 1.0]),
    (
        Hunger(),
        {"ate": [1.0, 0.5, 0.0, 1.0], "energy": [0.0, 0.4, 0.8, 1.0]},
        [1.0, 0.5, 0.0, 1.0],
        [1.0, 0.5, 0.0, -0.25],
    ),
    (Hunger(setpoint=0.5), {"ate": [1.0, 1.0], "energy": [0.25, 1.0]}, [1.0, 1.0], [0.5, -1.0]),
    (Thirst(), {"drank": [0.0, 1.0], "hydration": [0.2, 1.0]}, [0.0, 1.0], [0.75, -0.25]),
    (
        Salt(),
        {"tasted_any": [0.0, 1.0, 1.0, 1.0], "tasted_salt": [1.0, 0.0, 1.0, 0.5], "sodium": [0.1, 0.1, 0.5, 0.49]},
        [NAN, 0.0, 1.0, 0.5],
        [1.0, 1.0, -1.0, 1.0],
    ),
    (Pain(), {"damage": [0.0, 0.3, 1.0]}, [0.0, 0.3, 1.0], [-1.0, -1.0, -1.0]),
    (
        Flinch(),
        {"skittering": [0.0, 0.9, 0.3], "something_near": [0.0, 1.0, 1.0], "retreat": [-1.0, 2.0, 3.0]},
        [NAN, 0.9, 0.3],
        [-1.0, -1.0, -1.0],
    ),
    (Fatigue(), {"exertion": [1.0, 1.0, 0.0], "stamina": [1.0, 0.0, 0.5]}, [1.0, 1.0, 0.0], [0.0, -0.1, -0.05]),
    (Novelty(), {"visits": [1.0, 4.0, 16.0, 100.0]}, [1.0, 0.5, 0.25, 0.1], [0.01, 0.01, 0.01, 0.01]),
    (
        Affection(scale=0.5),
        {"face_near": [1.0, 0.5, 1.0, 0.0], "other_relation": [1.0, 1.0, -0.5, 1.0]},
        [1.0, 0.5, -0.5, 0.0],
        [0.5, 0.5, 0.5, 0.5],
    ),
    (
        Approval(),
        {"gaze_on_me": [0.0, 1.0, 1.0, 1.0], "other_mood": [1.0, 0.7, 0.0, -0.7]},
        [NAN, 0.7, 0.0, 0.0],
        [0.1, 0.1, 0.1, 0.1],
    ),
    (
        Shame(scale=2.0),
        {"gaze_on_me": [0.0, 1.0, 1.0, 1.0], "other_mood": [-1.0, 0.7, 0.0, -0.7]},
        [NAN, 0.0, 0.0, 0.7],
        [-2.0, -2.0, -2.0, -2.0],
    ),
    (
        Elders(),
        {
            "face_near": [1.0, 0.5, 1.0, 1.0, 0.0],
            "other_relation": [0.5, 1.0, 0.0, 0.5, 0.5],
            "gaze_on_me": [0.0, 0.0, 0.0, 1.0, 0.0],
        },
        [1.0, 0.5, 0.0, 0.0, 0.0],
        [0.1, 0.1, 0.1, 0.1, 0.1],
    ),
    (
        JointAttention(),
        {"gaze_shared": [0.0, 0.0, 1.0], "person_in_view": [0.0, 1.0, 1.0]},
        [NAN, 0.0, 1.0],
        [0.1, 0.1, 0.1],
    ),
    (
        Prestige(),
        {"prestige_near": [0.0, 0.0, 0.75], "person_in_view": [0.0, 1.0, 1.0]},
        [NAN, 0.0, 0.75],
        [0.1, 0.1, 0.1],
    ),
    (Status(), {"being_watched": [0.0, 0.4, 1.0]}, [0.0, 0.4, 1.0], [0.1, 0.1, 0.1]),
    (
        Play(),
        {"played": [0.0, 1.0, 1.0, 1.0], "fun": [0.0, 0.0, 0.6, 1.0]},
        [0.0, 1.0, 1.0, 1.0],
        [1.0, 1.0, 0.25, -0.25],
    ),
    (
        Touch(),
        {"touch": [1.0, 1.0, 1.0, 0.0], "other_relation": [1.0, 0.0, -1.0, 1.0]},
        [1.0, 1.0, 1.0, 0.0],
        [1.0, 0.0, -1.0, 1.0],
    ),
    (Doubt(), {"doubt": [0.0, 0.5, 1.0], "doubted": [0.0, 3.0, 65535.0]}, [0.0, 0.5, 1.0], [0.0, 0.0, 0.0]),
    (Withdraw(), {"damage": [0.0, 0.5], "retreat": [2.0, 2.0]}, [0.0, 0.5], [0.0, 0.0]),
]


@pytest.mark.parametrize(("drive", "sensed", "truth", "worth"), CASES, ids=lambda case: type(case).__name__)
def test_truth_and_worth(drive: RewardModule, sensed, truth, worth):
    steering = SteeringSubsystem([drive])
    steering.bind(len(truth), sensed)
    made = steering.step(senses(**sensed), None, np.zeros(len(truth), bool))
    np.testing.assert_allclose(made.truth[:, 0], truth, rtol=1e-6)
    np.testing.assert_allclose(made.worth[:, 0], worth, rtol=1e-6, atol=1e-7)


def test_signals_have_the_names_that_weights_and_panels_go_by():
    everything = SteeringSubsystem([cls() for cls in _classes().values()])
    assert [*everything.signals] == [
        "affection.closeness",
        "approval.approval",
        "boredom.boredom",
        "compassion.person",
        "compassion.friend",
        "compassion.distress",
        "compassion.empathy",
        "curiosity.felt",
        "curiosity.right",
        "curiosity.progress",
        "doubt.doubt",
        "elders.beside",
        "extrinsic.reward",
        "fatigue.exertion",
        "flinch.flinch",
        "homeostasis.relief",
        "hunger.food",
        "joint_attention.shared",
        "novelty.novelty",
        "orient.attention",
        "pain.pain",
        "play.play",
        "prestige.company",
        "safety_margin.breach",
        "salt.salt",
        "shame.shame",
        "startle.startle",
        "status.watched",
        "surprise.felt",
        "surprise.surprise",
        "thirst.water",
        "touch.touch",
        "warmth.warming",
        "withdraw.hurt",
    ]


def test_the_body_jumps_back_from_what_skitters_enough():
    sensed = senses(skittering=[0.4, 0.5, 1.0, 1.0], retreat=[2.0, 2.0, 3.0, -1.0])
    assert Flinch().reflex(**sensed).tolist() == [NO_REFLEX, 2, 3, NO_REFLEX]
    assert Flinch(threshold=0.3).reflex(**sensed).tolist() == [2, 2, 3, NO_REFLEX]


def test_a_predicted_flinch_is_bad_already():
    """With nothing near, a prediction of 0.8 is settled as 0.4 and costs 0.4; evidence of nothing costs nothing."""
    steering = SteeringSubsystem([Flinch()])
    sensed = senses(skittering=[0.0, 0.0], something_near=[0.0, 1.0], retreat=[-1.0, -1.0])
    steering.bind(2, sensed)
    made = steering.step(sensed, np.full((2, 1), 0.8, np.float32), np.zeros(2, bool))
    np.testing.assert_allclose(made.reward, [-0.4, 0.0])
    np.testing.assert_allclose(made.from_thought[:, 0], [-0.4, 0.0])


@pytest.mark.parametrize(("drive", "pays"), [(Shame(), -0.04), (Approval(), 0.04)])
def test_what_others_think_reaches_beyond_their_eyes(drive: RewardModule, pays: float):
    """Under nobody's eyes a prediction of 0.8 is settled as 0.4; a face that is turned to one says it itself."""
    steering = SteeringSubsystem([drive])
    sensed = senses(gaze_on_me=[0.0, 1.0], other_mood=[0.0, 0.0])
    steering.bind(2, sensed)
    made = steering.step(sensed, np.full((2, 1), 0.8, np.float32), np.zeros(2, bool))
    np.testing.assert_allclose(made.reward, [pays, 0.0], rtol=1e-6)


@pytest.mark.parametrize("drive", [Hunger(), Thirst()])
def test_a_homeostat_pays_the_fall_of_its_drive(drive: Hunger | Thirst):
    """Worth is -dD/dlevel of D = (setpoint - level)**2 / (2 * setpoint): finite differences agree."""
    level, small = np.linspace(0.0, 1.0, 21), 1e-6

    def lack(at: np.ndarray) -> np.ndarray:
        return (drive.setpoint - at) ** 2 / (2 * drive.setpoint)

    (worth,) = drive.worth(level).values()
    np.testing.assert_allclose(worth, (lack(level - small) - lack(level + small)) / (2 * small), atol=1e-6)


def test_a_cumulant_is_what_happened_however_good_it_was():
    """The same mouthful gives the same truth to every body."""
    eaten = senses(ate=[1.0], drank=[1.0], tasted_any=[1.0], tasted_salt=[1.0])
    modules = [Hunger(), Thirst(), Salt()]
    truths = []
    for level in (0.0, 1.0):
        body = senses(energy=[level], hydration=[level], sodium=[level])
        steering = SteeringSubsystem(modules)
        steering.bind(1, {**eaten, **body})
        truths.append(steering.step({**eaten, **body}, None, np.zeros(1, bool)).truth.tolist())
    assert truths[0] == truths[1] == [[1.0, 1.0, 1.0]]


@pytest.mark.parametrize("name", sorted(registry.modules()))
def test_every_registered_drive_keeps_its_contract(name: str):
    check_module(name, n=16, steps=120)


@pytest.mark.parametrize("name", sorted(registry.modules()))
def test_drives_bear_the_whole_range_of_what_native_worlds_offer(name: str):
    """A sense has one range in all of them, so that once is enough."""
    check_module(name, OFFERED, n=8, steps=60)


@pytest.mark.parametrize("world", envs.WORLDS)
def test_some_drives_fit_everywhere(world: str):
    offered = gymnasium.make(world).unwrapped.senses  # type: ignore[attr-defined]
    for cls in (Boredom, Curiosity, Extrinsic, Novelty, Pain, Surprise):
        assert {*SteeringSubsystem([cls]).senses} <= offered.keys()


def test_every_drive_fits_some_native_world():
    offers = [senses_of(world).keys() for world in envs.WORLDS]
    for drive in _classes().values():
        assert any({*SteeringSubsystem([drive]).senses} <= offered for offered in offers)


def test_every_drive_is_registered_by_its_own_name():
    paths = {name: f"{cls.__module__}:{cls.__name__}" for name, cls in _classes().items()}
    assert paths.items() <= registry.modules().items()


def _classes() -> dict[str, type[RewardModule]]:
    offered = [getattr(reward_modules, name) for name in reward_modules.__all__]
    return {module_name(cls()): cls for cls in offered if isinstance(cls, type)}

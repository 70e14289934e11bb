"""A model file holds no pickle of ours, and everything that learned or remembers comes back from it."""

from __future__ import annotations

import enum
import io
import json
import subprocess
import sys
import zipfile
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3 import A2C, DQN, PPO, SAC
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.save_util import load_from_zip_file
from stable_baselines3.common.utils import FloatSchedule, LinearSchedule
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

from agents import DualBrainPPO
from dualbrain import RewardModule, Signal, Stage, SteeringSubsystem, UserError
from dualbrain.files.trust import Source
from dualbrain.model_file.algorithm import PlainFiles
from dualbrain.model_file.arrays import read_arrays, write_arrays
from dualbrain.model_file.names import Names
from dualbrain.model_file.parts import KINDS
from dualbrain.model_file.values import Reader, UnwritableError, Writer
from dualbrain.runs.models import load_model
from dualbrain.structured.equality import equal
from reward_modules import Extrinsic


class Mood(enum.Enum):
    GOOD = 1


class Pair(NamedTuple):
    one: int
    other: Any


@dataclass(frozen=True)
class Setting:
    size: int
    at: tuple[int, ...] = ()


class Counter:
    """A plain object, as a drive may keep one."""

    def __init__(self) -> None:
        self.seen = {(1, 2): np.arange(3)}


@dataclass
class Kept(RewardModule):
    """Has parameters and state of many kinds."""

    limits: tuple[float, ...] = (0.5, np.inf)
    setting: Setting = field(default_factory=lambda: Setting(3, (1, 2)))
    when: Callable[..., Any] | None = None

    emits = (Signal("kept", low=-10.0, high=10.0, horizon=4),)

    def bind(self, n):
        self.rng = np.random.default_rng(3)
        self.table = self.same = np.zeros((n, 2), np.float32)
        self.counter, self.mood = Counter(), Mood.GOOD
        self.queue = deque([1, 2], maxlen=5)

    def truth(self, extrinsic_reward):
        self.table[:, 0] += self.rng.random(len(self.table))
        return {"kept": extrinsic_reward}


def round_trip(value: Any, **given: Any) -> Any:
    writer = Writer(KINDS)
    written = json.loads(json.dumps(writer.write(value), allow_nan=False))
    arrays = read_arrays(write_arrays(writer.arrays))
    return Reader(KINDS, arrays, Names(Source("the file"), given), given).read(written)


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 3, -0.0, np.nan, -np.inf, 2**130, "text", "\ud800", b"\x00\xff", [1, [2.5]], (1, (2,)), {"a": 1}),
        *(
            {":tuple": 1},
            {1: "a", (2, 3): None},
            {1, 2},
            frozenset({"a"}),
            OrderedDict(b=1, a=2),
            Path("a/b"),
            Mood.GOOD,
        ),
        *(np.float32(0.1), np.bool_(True), np.str_("a"), np.datetime64("2020-01-01"), np.dtype("<f4"), np.float32, int),
        *(
            np.arange(6).reshape(2, 3),
            np.asfortranarray(np.ones((2, 3))),
            np.array(2.0),
            np.zeros((0, 3)),
            np.array(["a"]),
        ),
        *(np.zeros(2, [("a", "<i4"), ("b", "<f8")]), np.array([np.nan, 1.0], ">f4"), np.maximum),
        *(
            Pair(1, (2,)),
            Setting(1),
            Signal("a", cap=2.0),
            Stage("b", until=3, weights={"a": 1.0}),
            torch.nn.ReLU,
            Kept,
        ),
        *(
            spaces.Box(-1.0, np.inf, (2, 3), np.float64),
            spaces.Box(0, 255, (4, 4, 3), np.uint8),
            spaces.Discrete(3, start=-1),
        ),
        *(spaces.MultiDiscrete([2, 3]), spaces.MultiBinary([2, 3]), spaces.MultiBinary(4), spaces.Text(5)),
        spaces.Dict(OrderedDict(b=spaces.Discrete(2), a=spaces.Box(0.0, 1.0, (1,)))),
        spaces.Tuple((spaces.Discrete(2), spaces.Discrete(3))),
    ],
    ids=repr,
)
def test_a_value_comes_back_as_it_is(value):
    read = round_trip(value)
    assert equal(read, value), read
    if isinstance(value, spaces.Dict):
        assert list(read.spaces) == list(value.spaces)
    if isinstance(value, np.ndarray):
        assert read.dtype == value.dtype
        assert read.flags.writeable
        assert read.flags.f_contiguous == value.flags.f_contiguous


def test_generators_go_on_where_they_were():
    for one in (np.random.default_rng(3), np.random.RandomState(3), np.random.Generator(np.random.Philox(1))):
        one.normal(size=5)
        other = round_trip(one)
        assert np.array_equal(one.normal(size=5), other.normal(size=5))


def test_one_array_in_two_places_stays_one():
    array = np.zeros(3)
    read = round_trip({"a": array, "b": [array]})
    assert read["a"] is read["b"][0]


def test_what_has_no_plain_form_is_refused_by_name():
    endless: list[Any] = []
    endless.append(endless)
    for value, said in (
        (lambda: 0, "a function"),
        (open, "builtin"),
        (np.array([None]), "objects"),
        (iter([]), "list_iter"),
    ):
        with pytest.raises(UnwritableError, match=said):
            round_trip(value)
    writer = Writer(KINDS)
    assert writer.entries({"a": 1, "b": endless, "c": defaultdict(int)}) == {"a": 1}
    assert writer.left_out == {"b": "a value within itself", "c": "a defaultdict"}


def worlds(n: int = 2) -> VecNormalize:
    return VecNormalize(DummyVecEnv([partial(gymnasium.make, "CartPole-v1")] * n))


def trained(**changes: Any) -> DualBrainPPO:
    stages = [Stage("first", until=20, weights={"extrinsic": 2.0}), Stage("then")]
    steering = SteeringSubsystem([Extrinsic(), Kept()], {"kept": 0.5}, stages=stages, freeze_worth=True)
    settings = {"n_steps": 16, "batch_size": 16, "n_epochs": 1, "seed": 3, "device": "cpu", **changes}
    return DualBrainPPO("BrainPolicy", worlds(), steering=steering, **settings).learn(64)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[DualBrainPPO, Path]:
    agent, path = trained(), tmp_path_factory.mktemp("saved") / "brain.zip"
    agent.set_weights({"kept": 0.25})
    agent.save(path)
    return agent, path


def test_the_file_holds_no_pickle_but_torchs(saved):
    with zipfile.ZipFile(saved[1]) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, content in members.items():
        if name.endswith(".pth"):
            torch.load(io.BytesIO(content), weights_only=True)
        elif name.endswith(".npz"):
            assert np.load(io.BytesIO(content), allow_pickle=False).files
        else:
            assert content.decode("ascii")  # no pickle of today's protocols is text
    assert {"policy.pth", "policy.optimizer.pth", "policy.assessor_optimizer.pth", "data"} <= members.keys()


def test_tools_of_stable_baselines3_read_the_weights(saved):
    agent, path = saved
    _, parameters, _ = load_from_zip_file(path, load_data=False)
    assert parameters.keys() == agent.get_parameters().keys()
    other = trained(seed=4)
    other.set_parameters(path)
    assert all(torch.equal(a, b) for a, b in zip(agent.policy.parameters(), other.policy.parameters(), strict=True))
    other.set_parameters(agent.get_parameters())


def test_all_comes_back(saved):
    agent, path = saved
    loaded = DualBrainPPO.load(path)
    drive, before = loaded.steering.modules["kept"], agent.steering.modules["kept"]
    assert isinstance(drive, Kept)
    assert equal(drive.parameters, before.parameters)
    assert equal(drive.table, before.table)
    assert drive.table is drive.same
    assert drive.rng.random() == before.rng.random()
    assert drive.queue == before.queue
    assert equal(drive.counter.seen, before.counter.seen)
    assert dict(loaded.steering.weights) == dict(agent.steering.weights)
    assert (loaded.steering.stages, loaded.steering.stage) == (agent.steering.stages, 1)
    assert equal(loaded.steering.frozen, agent.steering.frozen)
    assert loaded.options == agent.options
    assert equal(loaded.report(), agent.report())
    assert list(loaded.ep_info_buffer or ()) == list(agent.ep_info_buffer or ())
    assert equal(statistics(loaded), statistics(agent))


def statistics(agent: DualBrainPPO) -> Any:
    normaliser: Any = agent.get_vec_normalize_env()
    return vars(normaliser.obs_rms), vars(normaliser.ret_rms)


def going_on(path: Path) -> DualBrainPPO:
    with pytest.warns(UserWarning, match="VecNormalize"):
        loaded = DualBrainPPO.load(path, DummyVecEnv([partial(gymnasium.make, "CartPole-v1")] * 2), device="cpu")
    loaded.set_random_seed(5)
    return loaded.learn(64, reset_num_timesteps=False)


def test_it_learns_on_as_from_a_pickle(saved, tmp_path):
    """Bit for bit, as from a file of Stable-Baselines3's own format."""
    BaseAlgorithm.save(saved[0], tmp_path / "pickled.zip")
    with pytest.raises(UserError, match=r"is not a saved model .*pickles.*--trust.*trusted=True"):
        DualBrainPPO.load(tmp_path / "pickled.zip")
    with pytest.raises(UserError, match="--trust"):
        load_model(tmp_path / "pickled.zip", "ppo")
    pickled = DualBrainPPO.load(tmp_path / "pickled.zip", trusted=True)
    pickled.save(tmp_path / "again.zip")
    one, other = going_on(saved[1]), going_on(tmp_path / "again.zip")
    assert all(torch.equal(a, b) for a, b in zip(one.policy.parameters(), other.policy.parameters(), strict=True))
    assert equal(statistics(one), statistics(other))


def test_a_file_in_memory_and_another_processor(saved):
    file = io.BytesIO()
    saved[0].save(file)
    file.seek(0)
    loaded = DualBrainPPO.load(file, device="cpu", print_system_info=False)
    assert loaded.device.type == "cpu"


def test_plain_schedules_stay_and_others_are_replaced_and_said(tmp_path):
    path = tmp_path / "brain"
    agent: Any = trained(learning_rate=LinearSchedule(1e-3, 0.0, 1.0), clip_range=lambda left: 0.1 + 0.1 * left)
    with pytest.warns(UserWarning, match="cannot hold clip_range, a function: in the file it is constant at 0.1"):
        agent.save(path)
    loaded: Any = DualBrainPPO.load(path)
    assert repr(loaded.learning_rate) == repr(agent.learning_rate)
    assert loaded.lr_schedule(0.25) == agent.lr_schedule(0.25)
    assert loaded.clip_range(0.5) == agent.clip_range(agent._current_progress_remaining)
    given: Any = DualBrainPPO.load(path, custom_objects={"clip_range": FloatSchedule(lambda left: left)})
    assert given.clip_range(0.5) == 0.5


def test_a_parameter_without_a_plain_form_must_be_given(tmp_path):
    steering = [Kept(when=lambda: True)]
    agent = DualBrainPPO("BrainPolicy", "CartPole-v1", steering=steering, n_steps=16, batch_size=16, device="cpu")
    with pytest.warns(UserWarning, match=r"cannot hold steering\.kept\.when, a function"):
        agent.save(tmp_path / "brain")
    with pytest.raises(UserError, match=r"steering\.kept\.when was a function, .*give custom_objects="):
        DualBrainPPO.load(tmp_path / "brain")
    loaded = DualBrainPPO.load(tmp_path / "brain", custom_objects={"steering.kept.when": len})
    assert loaded.steering.modules["kept"].parameters["when"] is len


def test_an_argument_of_the_policy_without_a_plain_form_must_be_given(tmp_path):
    arguments = {"net_arch": [8], "activation_fn": lambda: torch.nn.LeakyReLU(0.2)}
    agent = DualBrainPPO(
        "BrainPolicy", "CartPole-v1", steering=["extrinsic"], n_steps=16, batch_size=16, policy_kwargs=arguments
    )
    with pytest.warns(UserWarning, match=r"cannot hold policy_kwargs\.activation_fn"):
        agent.save(tmp_path / "brain")
    with pytest.raises(UserError, match=r"policy_kwargs\.activation_fn was a function"):
        DualBrainPPO.load(tmp_path / "brain")
    given = {"policy_kwargs.activation_fn": arguments["activation_fn"]}
    obs = np.ones((3, 4), np.float32)
    loaded = DualBrainPPO.load(tmp_path / "brain", custom_objects=given)
    assert np.array_equal(loaded.assess(obs)["valence"], agent.assess(obs)["valence"])


NOTEBOOK = """
from dataclasses import dataclass
import numpy as np
from agents import DualBrainPPO
from dualbrain import RewardModule, Signal
@dataclass
class Mine(RewardModule):
    scale: float = 0.5
    emits = (Signal("mine", low=-10.0, high=10.0, horizon=4),)
    def bind(self, n): self.seen = np.zeros(n)
    def truth(self, extrinsic_reward): self.seen += 1; return {"mine": self.scale * extrinsic_reward}
DualBrainPPO("BrainPolicy", "CartPole-v1", steering=[Mine(scale=0.25)], n_steps=16, batch_size=16, device="cpu").learn(
    16
).save("brain.zip")
"""


def test_a_drive_of_a_script_elsewhere_must_be_given(tmp_path):
    (tmp_path / "notebook.py").write_text(NOTEBOOK)
    run = [sys.executable, "-W", "ignore", "notebook.py"]
    path = [str(Path(__file__).parents[2])]
    subprocess.run(
        run, cwd=tmp_path, check=True, env={"PYTHONPATH": path[0], "OMP_NUM_THREADS": "1", "HOME": str(tmp_path)}
    )
    with pytest.raises(
        UserError, match=r"the drive 'mine', Mine of the script notebook.py, .*'notebook.py:Mine': Mine"
    ):
        DualBrainPPO.load(tmp_path / "brain.zip")

    @dataclass
    class Mine(RewardModule):
        scale: float = 0.5
        emits = (Signal("mine", low=-10.0, high=10.0, horizon=4),)

        def truth(self, extrinsic_reward):
            return {"mine": self.scale * extrinsic_reward}

    drive = DualBrainPPO.load(tmp_path / "brain.zip", custom_objects={"notebook.py:Mine": Mine}).steering.modules[
        "mine"
    ]
    assert isinstance(drive, Mine)
    assert (drive.scale, vars(drive)["seen"].tolist()) == (0.25, [16.0])
    with pytest.raises(UserError, match="which is not the drive 'mine'"):
        DualBrainPPO.load(tmp_path / "brain.zip", custom_objects={"notebook.py:Mine": print})


def test_a_drive_of_a_script_here_is_found_without_running_it(tmp_path, monkeypatch):
    (tmp_path / "notebook.py").write_text(NOTEBOOK)
    run = [sys.executable, "-W", "ignore", "notebook.py"]
    subprocess.run(
        run,
        cwd=tmp_path,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1", "HOME": str(tmp_path)},
    )
    monkeypatch.chdir(tmp_path)
    saved = (tmp_path / "brain.zip").read_bytes()
    loaded = DualBrainPPO.load("brain.zip", env="CartPole-v1")
    monkeypatch.delitem(sys.modules, "notebook.py")
    assert (tmp_path / "brain.zip").read_bytes() == saved
    drive = loaded.steering.modules["mine"]
    assert drive.parameters == {"scale": 0.25}
    assert vars(drive)["seen"].tolist() == [16.0]
    loaded.learn(16, reset_num_timesteps=False)
    assert vars(drive)["seen"].tolist() == [32.0]


class PlainA2C(PlainFiles, A2C): ...


class PlainDQN(PlainFiles, DQN): ...


class PlainSAC(PlainFiles, SAC): ...


@pytest.mark.parametrize(
    ("cls", "world", "settings"),
    [
        (PlainA2C, "CartPole-v1", {"n_steps": 8}),
        (PlainA2C, "Pendulum-v1", {"n_steps": 8, "use_sde": True}),
        (PlainDQN, "CartPole-v1", {"buffer_size": 64, "learning_starts": 8}),
        (PlainSAC, "Pendulum-v1", {"buffer_size": 64, "learning_starts": 8, "use_sde": True}),
    ],
)
def test_other_algorithms_may_write_plain_files(tmp_path, cls, world, settings):
    agent = cls("MlpPolicy", world, seed=0, device="cpu", **settings).learn(32)
    agent.save(tmp_path / "brain")
    loaded = cls.load(tmp_path / "brain")
    assert all(torch.equal(a, b) for a, b in zip(agent.policy.parameters(), loaded.policy.parameters(), strict=True))
    assert (
        cls.load(tmp_path / "brain", env=gymnasium.make(world)).learn(16, reset_num_timesteps=False).num_timesteps == 48
    )


def test_a_file_of_pickles_is_refused_by_all(tmp_path):
    PPO("MlpPolicy", "CartPole-v1", n_steps=16, batch_size=16).save(tmp_path / "ppo")
    with pytest.raises(UserError, match="pickles"):
        PlainA2C.load(tmp_path / "ppo")


def test_a_later_format_is_refused_by_number(saved, tmp_path):
    with zipfile.ZipFile(saved[1]) as archive, zipfile.ZipFile(tmp_path / "later.zip", "w") as later:
        for name in archive.namelist():
            later.writestr(name, archive.read(name).replace(b'"format": 1', b'"format": 2'))
    with pytest.raises(UserError, match=r"is of format 2, written by .* reads formats up to 1: install a later one"):
        DualBrainPPO.load(tmp_path / "later.zip")

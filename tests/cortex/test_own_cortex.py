"""A cortex of the user's own is one file: it trains, is logged, saved, loaded and gone on with."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3.common.logger import configure

from agents import DualBrainPPO
from agents.sb3.a2c import SteeredA2C
from dualbrain import RewardModule, Signal, UserError
from dualbrain.cli import main
from dualbrain.files.trust import UntrustedError
from dualbrain.heads.options import AssessorOptions
from dualbrain.registry import load_agent
from dualbrain.runs.callbacks.interruption import Interruption
from dualbrain.runs.found import read_found
from dualbrain.structured.tables import read_toml
from reward_modules import Extrinsic, Novelty
from tests.agents.test_parity import same_actor_and_critic, same_optimizer
from tests.agents.test_save_load import same
from tests.event_files import scalars, train
from tests.model_file.strangers import replaced

MINE = '''
import torch
from torch import nn
from dualbrain.cortex.interface import Cortex


class Echo(Cortex):
    """A thought from which the observation can be read off again."""

    def __init__(self, space, width=8, scale=1.0):
        super().__init__()
        self.width, self.scale = width, scale
        self.see = nn.Sequential(nn.Linear(space.shape[0], width), nn.Tanh())
        self.tell = nn.Linear(width, space.shape[0])

    def forward(self, obs, state=(), hidden=None):
        return self.see(obs), state

    def losses(self, lesson):
        noise = 0.01 * torch.randn(lesson.thoughts.shape, generator=lesson.rng)
        return {"echo": self.scale * (self.tell(lesson.thoughts + noise) - lesson.windows.obs).square().mean()}


class Leaky(Echo):
    """What it sees, and a part of what it thought before."""

    window = 4

    def initial_state(self, n):
        return (torch.zeros(n, self.width),)

    def forward(self, obs, state=(), hidden=None):
        thought = 0.5 * state[0] + self.see(obs)
        return thought, (thought,)


class Mute(Echo):
    def forward(self, obs, state=(), hidden=None):
        return obs, state


class Picky(Echo):
    def __init__(self, space):
        raise ValueError("it reads images only")
'''


DREAD = """
[modules]
hunger = {}
flinch = {}

[[stages]]
name = "dread"
defer = { "flinch.flinch" = 0.8 }
"""


@dataclass
class Dreaming(RewardModule):
    """Half of what is foreseen comes true."""

    emits = (Signal("dream"),)

    def truth(self, thought):
        return {"dream": 0.5 * thought["dreaming.dream"]}


SETTINGS: dict[str, Any] = {"seed": 3, "n_steps": 64, "batch_size": 32, "n_epochs": 3, "pictures": 0}


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the cortex in one file, which is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "my_cortex.py").write_text(MINE)
    yield tmp_path
    sys.modules.pop("my_cortex", None)


def brain(cortex: Any = "my_cortex:Echo", **kwargs: Any) -> DualBrainPPO:
    kwargs = {"steering": [Extrinsic(), Novelty()], **SETTINGS, **kwargs}
    return DualBrainPPO("BrainPolicy", "CartPole-v1", cortex=cortex, **kwargs)


def everything(agent: DualBrainPPO) -> dict[str, Any]:
    assert agent.policy.assessor_optimizer is not None
    optimizers = (agent.policy.optimizer.state_dict(), agent.policy.assessor_optimizer.state_dict())
    return {"networks": dict(agent.policy.state_dict()), "optimizers": [*optimizers]}


@pytest.mark.parametrize("by_class", [False, True])
def test_it_learns_what_it_aims_at_and_the_heads_read_it(by_class):
    cls = importlib.import_module("my_cortex").Echo
    agent = brain(cls if by_class else "my_cortex:Echo")
    assert type(agent.policy.cortex) is cls
    before = {name: value.clone() for name, value in agent.policy.cortex.state_dict().items()}
    agent.learn(10 * 64)
    after = agent.policy.cortex.state_dict()
    assert not any(torch.equal(value, after[name]) for name, value in before.items())
    obs = np.zeros((3, 4), np.float32)
    thought = agent.policy.think(torch.as_tensor(obs))
    assert thought.shape == (3, 8)
    short, _ = agent.policy.predictions(thought)
    np.testing.assert_array_equal(short[:, 0], agent.assess(obs)["short"]["extrinsic.reward"])


def test_its_loss_is_logged_by_name_and_falls():
    options = AssessorOptions(learning_rate=1e-2)
    settings = {**SETTINGS, "steering": [Extrinsic], "assessors": options, "cortex": "my_cortex:Echo"}
    train(Path("log"), "CartPole-v1", 11 * 64, **settings)
    losses = [value for _, value in scalars(Path("log"))["cortex/echo"]]
    assert len(losses) == 10
    assert losses[-1] < losses[0] / 2


def test_an_aim_of_weight_0_is_the_control():
    options = AssessorOptions(learning_rate=1e-2)
    agent = brain(policy_kwargs={"cortex_kwargs": {"scale": 0.0}}, assessors=options)
    tell = agent.policy.cortex.tell.weight.clone()  # type: ignore[union-attr, operator]
    agent.learn(2 * 64)
    assert torch.equal(tell, agent.policy.cortex.tell.weight)  # type: ignore[arg-type, union-attr]


def test_actor_and_critic_are_those_of_ppo_bit_for_bit_whatever_it_does():
    """Though the heads' gradient shapes the cortex: it has layers of its own."""
    plain = brain("mlp", assessors=False).learn(5 * 64)
    watched = brain().learn(5 * 64)
    assert same_actor_and_critic(plain, watched)
    assert same_optimizer(plain, watched)


def test_detached_heads_leave_it_to_its_own_aim():
    options = AssessorOptions(max_grad_norm=1e6)
    for detach in (True, False):
        first, second = (
            dict(
                brain(steering=[drive], assessors=options, detach_assessors=detach).learn(64).policy.cortex.state_dict()
            )
            for drive in (Extrinsic(), Novelty())
        )
        assert same(first, second) is detach


def test_it_is_saved_loaded_and_gone_on_with():
    agent = brain(policy_kwargs={"cortex_kwargs": {"width": 5}}).learn(2 * 64)
    agent.save("model.zip")
    loaded = DualBrainPPO.load("model.zip", "CartPole-v1")
    assert (loaded.cortex, loaded.policy.cortex.width) == ("my_cortex:Echo", 5)
    assert same(everything(agent), everything(loaded))
    obs = np.array([[0.1, 0.2, 0.3, 0.4]], np.float32)
    assert same(agent.assess(obs), loaded.assess(obs))
    one, other = (DualBrainPPO.load("model.zip", "CartPole-v1").learn(128, reset_num_timesteps=False) for _ in "ab")
    assert same(everything(one), everything(other))
    assert not same(everything(one), everything(loaded))


@pytest.mark.parametrize("detach", [False, True])
def test_beside_another_algorithm_it_learns_what_it_aims_at(detach: bool):
    options = AssessorOptions(learning_rate=1e-2, detach=detach)
    settings: dict[str, Any] = {"steering": [Extrinsic()], "cortex": "my_cortex:Echo", "window": 32, "seed": 0}
    agent = SteeredA2C("auto", "CartPole-v1", assessors=options, pictures=0, **settings)
    agent.set_logger(configure("log", ["tensorboard"]))
    agent.learn(32 * 20, log_interval=1)
    agent.logger.close()
    losses = [value for _, value in scalars(Path("log"))["cortex/echo"]]
    assert losses[-1] < losses[0] / 2
    agent.save("model.zip")
    loaded = SteeredA2C.load("model.zip")
    obs = np.array([[0.1, 0.2, 0.3, 0.4]], np.float32)
    assert same(agent.assess(obs), loaded.assess(obs))


def test_the_slow_copy_follows_it():
    agent = brain(steering=[Extrinsic(), Dreaming()])
    assert agent.policy.slow is not None
    slow = agent.policy.slow.cortex
    at_first = {name: value.clone() for name, value in slow.state_dict().items()}
    agent.learn(64)
    now, live = slow.state_dict(), agent.policy.cortex.state_dict()
    for name, value in at_first.items():
        torch.testing.assert_close(now[name], value.lerp(live[name], 0.1))
    agent.save("model.zip")
    assert same(everything(DualBrainPPO.load("model.zip")), everything(agent))
    obs = torch.zeros(2, 4)
    expected = agent.policy.assessors.predict_short(agent.policy.slow.heads, slow(obs)[0])  # type: ignore[union-attr]
    assert agent.scorecard is not None
    assert agent.scorecard(obs.numpy()).tolist() == expected.tolist()


def test_the_command_line_trains_it_goes_on_with_it_and_evaluates_it(capsys: pytest.CaptureFixture[str]):
    flags = [
        "--eval-freq",
        "0",
        "-n",
        "256",
        "--n-envs",
        "1",
        "--modules",
        "extrinsic",
        "-params",
        "n_steps:64",
        "batch_size:32",
    ]
    assert main(["train", "CartPole-v1", *flags, "cortex:my_cortex:Echo"]) == 0
    run = Path("runs/ppo/CartPole-v1_1")
    assert read_toml(run / "config.toml")["hyperparams"]["cortex"] == "my_cortex:Echo"
    assert "cortex/echo" in scalars(next(run.rglob("events.*")).parent)
    assert main(["train", "--config", str(run / "config.toml")]) == 0
    first, second = (DualBrainPPO.load(f"runs/ppo/CartPole-v1_{i}/model.zip") for i in (1, 2))
    assert same(everything(first), everything(second))
    assert main(["train", "CartPole-v1", "-i", str(run), "-n", "256", "--eval-freq", "0"]) == 0
    assert main(["eval", str(run), "--episodes", "1"]) == 0
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(("cortex", "reads"), [("Echo", "percept"), ("Leaky", "thought")])
def test_a_run_that_was_broken_off_is_resumed_bit_for_bit(cortex: str, reads: str, monkeypatch: pytest.MonkeyPatch):
    settings = ["n_steps:32", "batch_size:64", "n_epochs:1", f"cortex:my_cortex:{cortex}", f"reads:{reads}"]
    flags = ["--eval-freq", "0", "-n", "1024", "--n-envs", "8", "--save-every", "1e-9", "--pictures", "0"]
    command = ["train", "dualbrain/SpiderCave-v0", "--steering", "dread.toml", *flags, "-params", *settings]
    Path("dread.toml").write_text(DREAD)
    assert main(command) == 0
    with monkeypatch.context() as patched:
        patched.setattr(Interruption, "_on_step", lambda self: 1 / (600 - self.num_timesteps) ** 2 > 0)
        assert main(command) == 1
    whole, broken = sorted(Path("runs/ppo").rglob("model.zip"))
    assert not same(*(everything(DualBrainPPO.load(path)) for path in (whole, broken)))
    assert main(["train", "--resume", str(broken.parent)]) == 0
    assert same(*(everything(DualBrainPPO.load(path)) for path in (whole, broken)))


@pytest.mark.parametrize(
    ("cortex", "says"),
    [
        ("cn", "unknown cortex 'cn': did you mean 'cnn'? Valid: cells, cnn, mlp"),
        ("os:abort", "os:abort is no cortex: it must be a class derived from dualbrain.cortex.interface:Cortex"),
        ("my_cortex:Ecko", "cortex 'my_cortex:Ecko' cannot be loaded from my_cortex:Ecko: AttributeError: "),
        (
            "my_cortex:Mute",
            "the cortex Mute must return thoughts (2, 8) and a tuple, its state, for 2 observations, not ",
        ),
        ("my_cortex:Picky", "the cortex Picky cannot read Box("),
    ],
)
def test_what_cannot_be_its_cortex_is_one_line(cortex, says, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(UserError) as raised:
        brain(cortex)
    assert str(raised.value).startswith(says)
    assert main(["train", "CartPole-v1", "-params", f"cortex:{cortex}"]) == 2
    assert says in capsys.readouterr().err


def test_options_that_it_does_not_have_are_told_with_the_nearest(capsys: pytest.CaptureFixture[str]):
    says = "unknown option 'widht' of the cortex Echo: did you mean 'width'? Valid: scale, width"
    for settings in ({"cortex_kwargs": {"widht": 2}}, {"policy_kwargs": {"cortex_kwargs": {"widht": 2}}}):
        with pytest.raises(UserError, match=re.escape(says)):
            brain(**settings)
    given = ["cortex:my_cortex:Echo", "cortex_kwargs:dict(widht=2)"]
    assert main(["train", "CartPole-v1", "-params", *given]) == 2
    assert says in capsys.readouterr().err
    with pytest.raises(UserError, match="cortex_kwargs: depth: this cortex is the critic's tower, which net_arch"):
        brain("mlp", policy_kwargs={"cortex_kwargs": {"depth": 2}})
    with pytest.raises(UserError, match=r"'cortex_kwargs' must be a table, as in .*, not 5"):
        brain(cortex_kwargs=5)
    with pytest.raises(UserError, match="differ from those in policy_kwargs"):
        brain(cortex_kwargs={"width": 5}, policy_kwargs={"cortex_kwargs": {"width": 6}})


@pytest.mark.parametrize("algo", ["ppo", "a2c"])
def test_its_options_are_given_on_the_command_line_kept_and_loaded(algo: str):
    sizes = ["n_steps:32", "cortex:my_cortex:Echo", "cortex_kwargs:{'width': 5, 'scale': 0.5}"]
    flags = ["--algo", algo, "--eval-freq", "0", "-n", "64", "--n-envs", "1", "--modules", "extrinsic", "-params"]
    assert main(["train", "CartPole-v1", *flags, *sizes]) == 0
    run = Path(f"runs/{algo}/CartPole-v1_1")
    assert read_toml(run / "config.toml")["hyperparams"]["cortex_kwargs"] == {"width": 5, "scale": 0.5}
    agent = load_agent(algo).load(run / "model.zip")
    assert agent.cortex_kwargs == {"width": 5, "scale": 0.5}
    cortex = agent.policy.cortex if algo == "ppo" else agent.auxiliary.cortex
    assert (cortex.width, cortex.scale) == (5, 0.5)
    assert main(["train", "CartPole-v1", "--algo", algo, "-i", str(run), "-n", "64", "--eval-freq", "0"]) == 0


def test_a_file_whose_options_do_not_fit_its_parameters_is_refused():
    agent = SteeredA2C("auto", "CartPole-v1", steering=[Extrinsic()], cortex_kwargs={"net_arch": [8]})
    agent.cortex_kwargs = {"net_arch": [2**40]}
    agent.save("model.zip")
    with pytest.raises(UserError, match="its parameters are not those of its cortex"):
        SteeredA2C.load("model.zip")


def test_a_class_that_is_no_cortex_is_told():
    with pytest.raises(UserError, match="is no cortex"):
        brain(torch.nn.Linear)


def test_files_name_only_cortices_that_are_known(mine: Path):
    (mine / "config.toml").write_text("env = 'CartPole-v1'\n[hyperparams]\ncortex = 'os:abort'\n")
    with pytest.raises(UntrustedError, match=r"config.toml names the code 'os:abort'"):
        read_found(mine / "config.toml")
    brain("mlp").save("model.zip")
    replaced(cortex="os:abort")(mine)
    with pytest.raises(UntrustedError, match=r"model.zip names the code 'os:abort'"):
        DualBrainPPO.load("model.zip")

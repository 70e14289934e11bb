"""A cortex with a schedule learns from a memory of its own, with the short heads; PPO does not notice."""

from __future__ import annotations

import shutil
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
from dualbrain.errors import NonFiniteError
from dualbrain.heads.options import AssessorOptions
from dualbrain.runs.callbacks.interruption import Interruption
from reward_modules import Extrinsic, Novelty
from tests.agents.test_parity import same_actor_and_critic, same_optimizer
from tests.agents.test_save_load import same
from tests.event_files import scalars
from tests.model_file.test_strange_checkpoints import changed, put

MINE = '''
import torch
from torch import nn
from dualbrain.cortex.interface import Cortex, CortexSchedule


class Recalling(Cortex):
    """A thought from which the next observation can be read off, and what the short heads are to say."""

    window = 3

    def __init__(self, space, width=6, updates=2, aim=1.0, heads=1.0, rate=1e-2, memory=30_000):
        super().__init__()
        self.width, self.aim, self.heads = width, aim, heads
        self.schedule = CortexSchedule(updates, 16, memory, rate, weight_decay=0.0)
        self.see = nn.Sequential(nn.Flatten(), nn.Linear(space.shape[0], width), nn.Tanh())
        self.tell = nn.Linear(width, space.shape[0])

    def forward(self, obs, state=(), hidden=None):
        return self.see(obs), state

    def losses(self, lesson):
        thoughts = lesson.thoughts + 0.01 * torch.randn(lesson.thoughts.shape, generator=lesson.rng)
        miss = (self.tell(thoughts[:-1]) - lesson.windows.obs[1:]).square().mean(-1)
        follows = lesson.windows.follows()
        rows = [each.flatten(0, 1) for each in (lesson.thoughts, lesson.short_target, lesson.short_weight)]
        return {
            "next": self.aim * (miss * follows).sum() / follows.sum().clamp_min(1),
            "short": self.heads * lesson.heads.short_loss(*rows),
        }


class Deaf(Recalling):
    def losses(self, lesson):
        return {"next": super().losses(lesson)["next"]}
'''


@dataclass
class Dreaming(RewardModule):
    """Half of what is foreseen comes true."""

    emits = (Signal("dream"),)

    def truth(self, thought):
        return {"dream": 0.5 * thought["dreaming.dream"]}


HARMS = (("memory",), ("memory", "next"), ("random",))
SETTINGS: dict[str, Any] = {"seed": 3, "n_steps": 64, "batch_size": 32, "n_epochs": 1, "pictures": 0}
OBS = torch.tensor([[0.1, 0.2, 0.3, 0.4]])


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the cortex in one file, which is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "my_memory.py").write_text(MINE)
    yield tmp_path
    sys.modules.pop("my_memory", None)


def brain(cortex: Any = "my_memory:Recalling", **kwargs: Any) -> DualBrainPPO:
    kwargs = {"steering": [Extrinsic(), Novelty()], **SETTINGS, **kwargs}
    return DualBrainPPO("BrainPolicy", "CartPole-v1", cortex=cortex, **kwargs)


def parameters(module: Any) -> dict[str, Any]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def everything(agent: DualBrainPPO) -> dict[str, Any]:
    optimizers = {name: state for name, state in agent.get_parameters().items() if name != "policy"}
    return {"networks": dict(agent.policy.state_dict()), **optimizers}


def test_actor_and_critic_are_those_of_ppo_bit_for_bit_whatever_it_learns():
    plain, watched = brain("mlp", assessors=False).learn(3 * 64), brain().learn(3 * 64)
    assert same_actor_and_critic(plain, watched)
    assert same_optimizer(plain, watched)


@pytest.mark.slow
@pytest.mark.parametrize("world", ["MiniGrid-Empty-5x5-v0", "dualbrain/Forage-v0", "dualbrain/SpiderCave-v0"])
def test_actor_and_critic_are_those_of_ppo_beside_a_predictive_cortex(world: str):
    settings: dict[str, Any] = {**SETTINGS, "n_envs": 4, "steering": [Extrinsic()]}
    plain, watched = (
        DualBrainPPO("BrainPolicy", world, **settings, **cortex).learn(3 * 4 * 64)
        for cortex in ({"assessors": False}, {"cortex": "predictive", "cortex_kwargs": {"schedule": {"updates": 3}}})
    )
    assert same_actor_and_critic(plain, watched)
    assert same_optimizer(plain, watched)


def test_each_learns_by_its_own_optimizer_and_all_of_it_is_logged():
    agent = brain()
    heads, cortex = agent.policy.assessors, agent.policy.cortex
    before = [parameters(part) for part in (cortex, heads.short, heads.long)]  # type: ignore[union-attr]
    long = {id(each) for each in heads.long.parameters()}  # type: ignore[union-attr]
    assert {id(p) for p in agent.policy.assessor_optimizer.param_groups[0]["params"]} == long  # type: ignore[union-attr]
    agent.set_logger(configure("log", ["tensorboard"]))
    agent.learn(12 * 64, log_interval=1)
    agent.logger.close()
    after = [parameters(part) for part in (cortex, heads.short, heads.long)]  # type: ignore[union-attr]
    for one, other in zip(before, after, strict=True):
        assert not torch.equal(one[next(iter(one))], other[next(iter(one))])
    logged = scalars(Path("log"))
    losses = [value for _, value in logged["cortex/next"]]
    assert losses[-1] < losses[0] / 2
    for name in agent.steering.signals:
        assert len(logged[f"assessor/{name}.long_loss"]) == len(logged[f"assessor/{name}.short_loss"]) == 11
    together = [value for _, value in logged["cortex/short"]]
    np.testing.assert_allclose(np.add(losses, together), [v for _, v in logged["train/cortex_loss"]], rtol=1e-5)


def test_heads_that_rest_do_not_move():
    """Though momentum and weight decay would carry them on."""
    options = AssessorOptions(ablated_heads=("novelty.novelty",))
    agent = brain(assessors=options).learn(64)
    k = list(agent.steering.signals).index("novelty.novelty")
    agent.set_assessors(AssessorOptions())
    agent.learn(2 * 64)
    agent.set_assessors(options)
    before = {name: value[k] for name, value in parameters(agent.policy.assessors.short).items()}  # type: ignore[union-attr]
    agent.learn(2 * 64)
    after = parameters(agent.policy.assessors.short)  # type: ignore[union-attr]
    assert all(torch.equal(value, after[name][k]) for name, value in before.items())


@pytest.mark.parametrize("detach", [False, True])
def test_detached_heads_do_not_move_the_cortex(detach: bool):
    agent = brain(cortex_kwargs={"aim": 0.0}, detach_assessors=detach)
    heads = agent.policy.assessors
    assert heads is not None
    before, short = parameters(agent.policy.cortex), heads.short.weight.clone()
    agent.learn(64)
    assert same(before, parameters(agent.policy.cortex)) is detach
    assert not torch.equal(short, heads.short.weight)


def test_a_cortex_whose_losses_leave_the_heads_out_is_refused():
    with pytest.raises(
        UserError, match=r"the cortex Deaf, which has a schedule, must contain lesson\.heads\.short_loss"
    ):
        brain("my_memory:Deaf").learn(64)


def test_the_slow_copy_takes_one_step_in_each_phase():
    agent = brain(steering=[Extrinsic(), Dreaming()])
    assert agent.policy.slow is not None
    slow = agent.policy.slow.cortex
    before = parameters(slow)
    agent.learn(64)
    live, now = parameters(agent.policy.cortex), parameters(slow)
    for name, value in before.items():
        torch.testing.assert_close(now[name], value.lerp(live[name], 0.1))


def test_an_update_that_is_not_finite_is_undone_as_a_whole():
    agent = brain().learn(64)
    before = everything(agent)
    before = {name: [v.clone() for v in part.values()] for name, part in before.items() if name == "networks"}
    agent.policy.cortex.aim = float("nan")  # type: ignore[assignment]
    with pytest.raises(NonFiniteError, match="the cortex"):
        agent.learn(64, reset_num_timesteps=False)
    assert same(before["networks"], [*agent.policy.state_dict().values()])
    moments = agent.policy.cortex_optimizer.state.values()  # type: ignore[union-attr]
    assert all(torch.isfinite(moment["exp_avg"]).all() and moment["step"] == 2 for moment in moments)


def test_it_is_saved_loaded_and_gone_on_with_from_an_empty_memory():
    agent = brain(cortex_kwargs={"width": 5}).learn(2 * 64)
    agent.save("model.zip")
    loaded = DualBrainPPO.load("model.zip", "CartPole-v1")
    assert same(everything(agent), everything(loaded))
    assert "policy.cortex_optimizer" in loaded.get_parameters()
    assert (agent.cortex_learning.memory.ring.filled, loaded.cortex_learning.memory.ring.filled) == (2, 0)  # type: ignore[union-attr]
    one, other = (DualBrainPPO.load("model.zip", "CartPole-v1").learn(64, reset_num_timesteps=False) for _ in "ab")
    assert same(everything(one), everything(other))
    assert not same(everything(one), everything(loaded))


def test_drives_are_exchanged_and_the_heads_that_stay_go_on():
    agent = brain().learn(2 * 64)
    heads = agent.policy.assessors
    assert heads is not None
    weight, moment = heads.short.weight[1].clone(), _moment(agent)[1].clone()
    agent.set_steering([Novelty(), Dreaming()])
    assert agent.policy.assessors is not heads
    assert torch.equal(agent.policy.assessors.short.weight[0], weight)  # type: ignore[union-attr]
    assert torch.equal(_moment(agent)[0], moment)
    agent.learn(64, reset_num_timesteps=False)
    assert agent.cortex_learning.memory.ring.filled == 3  # type: ignore[union-attr]


def _moment(agent: DualBrainPPO) -> torch.Tensor:
    optimizer, heads = agent.policy.cortex_optimizer, agent.policy.assessors
    return optimizer.state[heads.short.weight]["exp_avg"]  # type: ignore[union-attr, no-any-return]


def test_beside_another_algorithm_it_learns_as_well():
    settings: dict[str, Any] = {"steering": [Extrinsic()], "cortex": "my_memory:Recalling", "window": 32, "seed": 0}
    agent = SteeredA2C("auto", "CartPole-v1", pictures=0, **settings)
    agent.set_logger(configure("log", ["tensorboard"]))
    agent.learn(32 * 12, log_interval=1)
    agent.logger.close()
    losses = [value for _, value in scalars(Path("log"))["cortex/next"]]
    assert losses[-1] < losses[0] / 2
    agent.save("model.zip")
    loaded = SteeredA2C.load("model.zip")
    assert same(agent.assess(OBS.numpy()), loaded.assess(OBS.numpy()))
    assert same(
        agent.get_parameters()["auxiliary.cortex_optimizer"], loaded.get_parameters()["auxiliary.cortex_optimizer"]
    )


@pytest.mark.parametrize("algo", ["ppo", "a2c"])
def test_a_run_that_was_broken_off_is_resumed_bit_for_bit(
    algo: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """In a native world; with a memory that had begun to forget."""
    steps = {"ppo": ["n_steps:16", "batch_size:64", "n_epochs:1"], "a2c": ["n_steps:16", "window:16"]}[algo]
    flags = [
        "dualbrain/Forage-v0",
        "--algo",
        algo,
        "--modules",
        "hunger",
        "-n",
        "512",
        "--n-envs",
        "8",
        "--eval-freq",
        "0",
    ]
    flags += ["--save-every", "1e-9", "--pictures", "0", "-params", *steps, "cortex:my_memory:Recalling"]
    assert main(["train", *flags, "-f", "whole"]) == 0
    with monkeypatch.context() as patched:
        patched.setattr(Interruption, "_on_step", lambda self: 1 / (self.num_timesteps - 416) != 0)
        assert main(["train", *flags, "-f", "halved"]) == 1
    run = next(Path("halved").glob("*/*"))
    for harm in HARMS:
        damaged = Path(shutil.copytree(run, Path("damaged") / algo / run.name, dirs_exist_ok=True))
        changed(damaged, put("callbacks", "BrainCallback", "KeptMemory", *harm, value=5))
        assert main(["train", "--resume", str(damaged)]) == 2
        assert "is no checkpoint from which training can resume" in capsys.readouterr().err
    assert main(["train", "--resume", "halved"]) == 0
    first, second = (next(Path(name).rglob("model.zip")) for name in ("whole", "halved"))
    cls: Any = {"ppo": DualBrainPPO, "a2c": SteeredA2C}[algo]
    one, other = (cls.load(path).get_parameters() for path in (first, second))
    assert any(name.endswith("cortex_optimizer") for name in one)
    assert same(one, other)


def test_pretraining_moves_cortex_and_short_heads_alone_and_is_not_counted():
    agent = brain()
    agent.set_logger(configure("log", ["tensorboard"]))
    before, cortex = parameters(agent.policy), parameters(agent.policy.cortex)
    streams = torch.get_rng_state(), np.random.get_state()[1].tolist()  # type: ignore[index]  # noqa: NPY002
    agent.pretrain(129)
    assert torch.equal(streams[0], torch.get_rng_state())
    assert streams[1] == np.random.get_state()[1].tolist()  # type: ignore[index]  # noqa: NPY002
    moved = {name for name, value in parameters(agent.policy).items() if not torch.equal(value, before[name])}
    assert {name.partition(".")[0] for name in moved} == {"cortex", "assessors"}
    assert not any(name.startswith("assessors.long") for name in moved)
    assert not same(cortex, parameters(agent.policy.cortex))
    assert (agent.num_timesteps, agent._n_updates, len(agent.ep_info_buffer or ())) == (0, 0, 0)
    assert agent.learn(64).num_timesteps == 64
    agent.logger.close()
    assert [step for step, _ in scalars(Path("log"))["pretrain/cortex/next"]] == [64, 128, 192]
    assert agent.cortex_learning.memory.ring.filled == 4  # type: ignore[union-attr]


def test_pretraining_is_reproducible_and_beside_other_algorithms_too():
    settings: dict[str, Any] = {"steering": [Extrinsic()], "cortex": "my_memory:Recalling", "window": 32, "seed": 0}
    one, other = (SteeredA2C("auto", "CartPole-v1", pictures=0, **settings).pretrain(64) for _ in "ab")
    assert same(one.get_parameters(), other.get_parameters())
    plain = SteeredA2C("auto", "CartPole-v1", pictures=0, **settings)
    assert same(one.get_parameters()["policy"], plain.get_parameters()["policy"])
    assert not same(one.get_parameters()["auxiliary"], plain.get_parameters()["auxiliary"])


def test_what_the_drives_remember_is_afterwards_what_it_was():
    agent = brain()
    before = agent.steering.state_dict()
    agent.pretrain(64)
    assert same(before, agent.steering.state_dict())


def test_a_cortex_without_a_memory_is_not_pretrained(capsys: pytest.CaptureFixture[str]):
    for agent in (brain("mlp"), brain(assessors=False)):
        with pytest.raises(UserError, match="nothing to pretrain"):
            agent.pretrain(64)
    assert main(["train", "CartPole-v1", "--pretrain", "100", "-n", "64"]) == 2
    assert "pretrain: nothing of this agent would learn from random actions" in capsys.readouterr().err
    assert not Path("runs").exists()


def test_a_run_begins_pretraining_anew_unless_it_has_a_checkpoint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    flags = ["CartPole-v1", "--pretrain", "40", "-n", "192", "--n-envs", "2", "--eval-freq", "0", "--pictures", "0"]
    flags += ["-params", "n_steps:16", "batch_size:32", "n_epochs:1", "cortex:my_memory:Recalling"]
    pretrain, steps = DualBrainPPO.pretrain, list[int]()

    def noted(agent: DualBrainPPO, n: int) -> DualBrainPPO:
        steps.append(n)
        return pretrain(agent, n)

    monkeypatch.setattr(DualBrainPPO, "pretrain", noted)
    for save_every, begun in (("1e-9", 1), ("0", 2)):
        steps.clear()
        with monkeypatch.context() as also:
            also.setattr(Interruption, "_on_step", lambda self: 1 / (self.num_timesteps - 128) != 0)
            assert main(["train", *flags, "--save-every", save_every, "-f", save_every]) == 1
        assert "first, 40 random steps, not counted" in capsys.readouterr().out
        assert main(["train", "--resume", save_every]) == 0
        assert steps == [40] * begun
        assert "pretrain/cortex/next" in scalars(next(Path(save_every).rglob("events.*")).parent)
        assert next(DualBrainPPO.load(path) for path in Path(save_every).rglob("model.zip")).num_timesteps == 192

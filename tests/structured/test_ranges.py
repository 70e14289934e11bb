"""Every number has a range: on the command line, in files and in constructors, in the same words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agents import DualBrainPPO
from dualbrain import Signal, Stage, SteeringSubsystem
from dualbrain.cli import parser
from dualbrain.cli.train import configuration
from dualbrain.errors import UserError
from dualbrain.heads.options import AssessorOptions
from dualbrain.runs.config import EvaluationConfig, RunConfig
from dualbrain.steering.file import ModuleConfig, SteeringConfig
from dualbrain.structured.ranges import Range
from reward_modules import Extrinsic, Flinch, Homeostasis
from tests.command_line import Command

NAN, INF = float("nan"), float("inf")
TRAIN = ("train", "CartPole-v1")
COMPARE = ("compare", "CartPole-v1", "--condition", "a=extrinsic")


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ((*TRAIN, "-n", "-5"), "-n/--n-timesteps must be at least 1, not -5"),
        ((*TRAIN, "-n", "0"), "-n/--n-timesteps must be at least 1, not 0"),
        ((*TRAIN, "-n", "64.5"), "-n/--n-timesteps must be a whole number from 1"),
        ((*TRAIN, "-n", "1e99"), "-n/--n-timesteps must be at most"),
        ((*TRAIN, "-n", "nan"), "-n/--n-timesteps must be a whole number"),
        ((*TRAIN, "-n", "True"), "-n/--n-timesteps must be a whole number"),
        ((*TRAIN, "-n", "9" * 5000), "-n/--n-timesteps must be a whole number"),
        ((*TRAIN, "--seed", "-1"), "--seed must be at least 0, not -1"),
        ((*TRAIN, "--seed", "4294967296"), "--seed must be at most 4,294,967,295"),
        ((*TRAIN, "--time-limit", "nan"), "--time-limit must be a number above 0, not nan"),
        ((*TRAIN, "--time-limit", "inf"), "--time-limit must be a number above 0, not inf"),
        ((*TRAIN, "--time-limit", "0"), "--time-limit must be above 0, not 0"),
        ((*TRAIN, "--num-threads", "999999"), "--num-threads must be at most 1,024, not 999999"),
        ((*TRAIN, "--num-threads", "0"), "--num-threads must be at least 1, not 0"),
        ((*TRAIN, "--n-envs", "1" + "0" * 18), "must be at most 1,000,000 (each of them takes memory)"),
        ((*TRAIN, "--n-envs", "0"), "--n-envs must be at least 1"),
        ((*TRAIN, "--n-envs", "1000000"), "'n_envs' must be at most 10,000 (each of these worlds is an object"),
        ((*TRAIN, "--eval-freq", "-1"), "--eval-freq must be at least 0, not -1"),
        ((*TRAIN, "--eval-episodes", "-1"), "--eval-episodes must be at least 1, not -1"),
        ((*TRAIN, "--n-eval-envs", "0"), "--n-eval-envs must be at least 1, not 0"),
        ((*TRAIN, "--pictures", "-1"), "--pictures must be at least 0, not -1"),
        ((*TRAIN, "--device", "cuda:99"), "there is no device 'cuda:99' on this machine: choose from auto, cpu"),
        ((*TRAIN, "--device", "gpu"), "there is no device 'gpu' on this machine: choose from auto, cpu"),
        ((*TRAIN, "--modules", "extrinsic:nan"), "'weight' must be a finite number, not nan"),
        ((*TRAIN, "--modules", "extrinsic:inf"), "'weight' must be a finite number, not inf"),
        ((*TRAIN, "-params", "gamma:2"), "'gamma' must be at most 1, not 2"),
        ((*TRAIN, "-params", "gamma:x"), "'gamma' must be a number from 0 to 1, not 'x'"),
        ((*TRAIN, "-params", "gamma:True"), "'gamma' must be a number from 0 to 1, not True"),
        ((*TRAIN, "-params", "gae_lambda:-0.1"), "'gae_lambda' must be at least 0"),
        ((*TRAIN, "-params", "clip_range:nan"), "'clip_range' must be a number above 0, not nan"),
        ((*TRAIN, "-params", "clip_range:lin_-1"), "'clip_range' must be above 0, not -1.0"),
        ((*TRAIN, "-params", "learning_rate:lin_nan"), "'learning_rate' must be a number from 0, not nan"),
        ((*TRAIN, "-params", "learning_rate:-1"), "'learning_rate' must be at least 0"),
        ((*TRAIN, "-params", "n_steps:64.5"), "'n_steps' must be a whole number from 1"),
        ((*TRAIN, "-params", "n_steps:0"), "'n_steps' must be at least 1"),
        ((*TRAIN, "-params", "n_steps:2000000000"), "rows of experience need"),
        ((*TRAIN, "-params", "n_steps:1", "--n-envs", "1"), "'n_steps' times parallel worlds must be at least 2"),
        ((*TRAIN, "-params", "batch_size:1"), "'batch_size' must be at least 2 while 'normalize_advantage' is on"),
        ((*TRAIN, "-params", "n_epochs:0"), "'n_epochs' must be at least 1"),
        ((*TRAIN, "-params", "target_kl:0"), "'target_kl' must be above 0"),
        ((*TRAIN, "-params", "max_grad_norm:-1"), "'max_grad_norm' must be above 0"),
        ((*TRAIN, "-params", "normalize_advantage:maybe"), "'normalize_advantage' must be true or false, not 'maybe'"),
        ((*TRAIN, "-params", "cortex:5"), "'cortex' must be a string, not 5"),
        ((*TRAIN, "-params", "policy_kwargs:5"), "'policy_kwargs' must be a table"),
        ((*TRAIN, "-params", "policy_kwargs:dict(net_arch=[64"), "'dict(net_arch=[64' is no value"),
        ((*TRAIN, "-params", "policy_kwargs:dict(net_arc=[64])"), "did you mean 'net_arch'?"),
        ((*TRAIN, "-params", "policy_kwargs:dict(net_arch=[0])"), "a size in 'net_arch' must be at least 1, not 0"),
        ((*TRAIN, "-params", "policy_kwargs:dict(net_arch=dict(pj=[8]))"), "Valid: pi, qf, vf"),
        ((*TRAIN, "-params", "policy_kwargs:dict(activation_fn=nn.RELV)"), "did you mean 'ReLU'?"),
        ((*TRAIN, "-params", "policy_kwargs:dict(optimizer_class='Adm')"), "did you mean 'Adam'?"),
        ((*TRAIN, "-params", "policy_kwargs:dict(ortho_init=2)"), "'ortho_init' must be true or false"),
        ((*TRAIN, "--env-kwargs", ":5"), "':5' is no setting: write key:value"),
        ((*TRAIN, "--env-kwargs", "size:{1,2}"), "'size' is a set, which config.toml cannot hold"),
        ((*COMPARE, "--seeds", "-1"), "--seeds must be at least 1"),
        ((*COMPARE, "--seeds", "1000000000000"), "--seeds must be at most 10,000"),
        ((*COMPARE, "--seeds=--"), "--seeds: expected one argument"),
        ((*COMPARE, "--jobs", "0"), "must be at least 1, not 0"),
        ((*COMPARE, "--episodes", "0"), "--episodes must be at least 1"),
        ((*COMPARE, "--seed", "4294967295"), "the last of the seeds must be at most 4,294,967,295"),
        (("lab", "run", "--all", "--seeds", "0"), "--seeds must be at least 1"),
        (("lab", "run", "--all", "-j", "0"), "must be at least 1"),
        (("board", ".", "--port", "99999"), "--port must be at most 65,535, not 99999"),
        (("board", ".", "--port", "-1"), "--port must be at least 1"),
        (("eval", "x", "--episodes", "0"), "--episodes must be at least 1"),
        (("eval", "x", "--seed", "-1"), "--seed must be at least 0"),
        (("watch", "x", "--episodes", "nan"), "--episodes must be a whole number"),
        (("export", "x", "--seed", "1.5"), "--seed must be a whole number"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else "",
)
def test_the_command_line(dualbrain: Command, argv: tuple[str, ...], says: str):
    code, _, err = dualbrain(*argv)
    assert code == 2
    assert says in err
    assert err.count("\n") == 1
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("total_timesteps = 0", "run.toml: 'total_timesteps' must be at least 1, not 0"),
        ("total_timesteps = 1.5", "run.toml: 'total_timesteps' must be a whole number, not 1.5"),
        ("thought_cap = -inf", "'thought_cap' must be a number from 0, not -inf"),
        ("thought_cap = nan", "'thought_cap' must be a number from 0, not nan"),
        ("[assessors]\ntau = 5", "run.toml [assessors]: 'tau' must be at most 1, not 5.0"),
        ("[assessors]\nunlearn = -5", "run.toml [assessors]: 'unlearn' must be at least 0, not -5.0"),
        ("[evaluation]\nn_envs = 0", "run.toml [evaluation]: 'n_envs' must be at least 1, not 0"),
        ("[weights]\n'extrinsic' = nan", "[weights]: 'extrinsic' must be a finite number, not nan"),
        ("[hyperparams]\ngamma = nan", "run.toml [hyperparams]: 'gamma' must be a number from 0 to 1, not nan"),
        ("[[stages]]\nname = 'a'\nuntil = 0", "stage 'a': until must be a step after 0, not 0"),
        ("[modules.flinch]\nmodule = 'flinch'\nparams = { threshold = nan }", "'threshold' must be a number, not nan"),
    ],
)
def test_files(dualbrain: Command, toml: str, says: str):
    Path("run.toml").write_text(toml)
    code, _, err = dualbrain(*TRAIN, "--config", "run.toml")
    assert code == 2
    assert says in err


CONSTRUCTORS: list[tuple[Any, str]] = [
    (lambda: RunConfig("x", total_timesteps=0), "'total_timesteps' must be at least 1, not 0"),
    (lambda: RunConfig("x", weights={"a": NAN}), "'weights': 'a' must be a finite number, not nan"),
    (lambda: RunConfig("x", num_threads=True), "'num_threads' must be a whole number"),
    (lambda: EvaluationConfig(freq=-1), "'freq' must be at least 0, not -1"),
    (lambda: AssessorOptions(tau=5.0), "'tau' must be at most 1, not 5.0"),
    (lambda: AssessorOptions(epochs=0), "'epochs' must be at least 1"),
    (lambda: AssessorOptions(max_grad_norm=NAN), "'max_grad_norm' must be a number above 0, not nan"),
    (lambda: ModuleConfig("x", INF), "'weight' must be a finite number, not inf"),
    (lambda: SteeringConfig(thought_cap=-1.0), "'thought_cap' must be at least 0"),
    (lambda: Stage("a", until=2.5), "stage 'a': until must be a step after 0, not 2.5"),  # type: ignore[arg-type]
    (lambda: Stage("a", until=NAN), "stage 'a': until must be a step after 0, not nan"),  # type: ignore[arg-type]
    (lambda: Signal("a", horizon=2.5), "horizon must be at least 1 step"),  # type: ignore[arg-type]
    (lambda: Signal("a", horizon=NAN), "horizon must be at least 1 step"),  # type: ignore[arg-type]
    (lambda: Signal("a", gamma=NAN), "gamma must lie in"),
    (lambda: Signal("a", cap=NAN), "cap must be finite"),
    (lambda: Signal("a", high=NAN), "low must be less than high"),
    (lambda: SteeringSubsystem([Extrinsic()], thought_cap=NAN), "'thought_cap' must be a number from 0, not nan"),
    (lambda: SteeringSubsystem([Flinch(NAN)]), "module 'flinch': parameter 'threshold' must be a number, not nan"),
    (lambda: SteeringSubsystem([Homeostasis(m=NAN)]), "'m' must be a number, not nan"),
    (lambda: agent(gamma=2), "'gamma' must be at most 1, not 2"),
    (lambda: agent(clip_range=NAN), "'clip_range' must be a number above 0, not nan"),
    (lambda: agent(n_steps=0), "'n_steps' must be at least 1, not 0"),
    (lambda: agent(n_steps=1), "'n_steps' times parallel worlds must be at least 2"),
    (lambda: agent(batch_size=1), "'batch_size' must be at least 2"),
    (lambda: agent(pictures=-1), "'pictures' must be at least 0"),
    (lambda: agent(device="cuda:99"), "there is no device 'cuda:99'"),
]


def agent(**settings: Any) -> DualBrainPPO:
    return DualBrainPPO("BrainPolicy", "CartPole-v1", steering=[Extrinsic], assessors=False, **settings)


@pytest.mark.parametrize(("make", "says"), CONSTRUCTORS, ids=[says for _, says in CONSTRUCTORS])
def test_constructors(make: Any, says: str):
    with pytest.raises(UserError) as raised:
        make()
    assert says in str(raised.value)


def test_what_is_in_range_is_taken():
    grown = agent(n_steps=64.0, batch_size=1, normalize_advantage=False, learning_rate=lambda left: left * 1e-3)
    assert repr(grown.n_steps) == "64"
    assert agent(ent_coef=-0.1, max_grad_norm=INF, target_kl=None, n_steps=2).max_grad_norm == INF


@pytest.mark.parametrize("text", ["100_000", "1e5", "100000", "1E+5"])
def test_whole_numbers_on_the_command_line(text: str):
    config, _ = configuration(parser().parse_args([*TRAIN, "-n", text, "-params", "n_steps:64.0"]))
    assert repr(config.total_timesteps) == "100000"


def test_whole_numbers_in_files(dualbrain: Command):
    Path("run.toml").write_text(
        "total_timesteps = 1e5\nseed = 3.0\n[evaluation]\nfreq = 1_000\n[hyperparams]\nn_steps = 64.0"
    )
    config, _ = configuration(parser().parse_args([*TRAIN, "--config", "run.toml"]))
    assert (repr(config.total_timesteps), repr(config.seed), config.evaluation.freq) == ("100000", "3", 1000)


@pytest.mark.parametrize("command", ["train", "eval", "watch", "export", "compare", "board"])
def test_the_help_states_the_ranges(dualbrain: Command, command: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        dualbrain(command, "--help")
    said = " ".join(capsys.readouterr().out.split())
    assert "a whole number from" in said
    if command == "train":
        assert "a whole number from 0 to 4,294,967,295" in said
        assert "(each of them takes memory)" in said


@pytest.mark.parametrize(
    ("range_", "said"),
    [
        (Range(), "a finite number"),
        (Range(finite=False), "a number"),
        (Range(whole=True), "a whole number"),
        (Range(0, 1), "a number from 0 to 1"),
        (Range(0, 1, above=True), "a number above 0, at most 1"),
        (Range(high=0.5), "a number up to 0.5"),
        (Range(1, 9, whole=True, why="so"), "a whole number from 1 to 9 (so)"),
    ],
    ids=str,
)
def test_a_range_in_words(range_: Range, said: str):
    assert str(range_) == said

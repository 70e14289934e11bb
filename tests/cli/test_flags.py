"""The flags of `train` are the fields of a run's configuration: named, bounded and explained in one place."""

from __future__ import annotations

from dataclasses import fields

import pytest

from dualbrain.cli.flags.compare import OF_TRAIN
from dualbrain.cli.flags.parser import parser
from dualbrain.cli.flags.settings import BY_OTHER_FLAGS, SPELLINGS, settings, stated
from dualbrain.runs.config import EvaluationConfig, RunConfig
from dualbrain.steering.file import SteeringConfig

FLAGS = {".".join(setting.path): setting for setting in settings()}
GIVEN = {
    "-n": ("1e4", {"total_timesteps": 10_000}),
    "--n-envs": ("8", {"n_envs": 8}),
    "--save-every": ("0.5", {"save_every": 0.5}),
    "--pretrain": ("1000", {"pretrain": 1000}),
    "--stop-on-alarm": ("", {"stop_on_alarm": True}),
    "--no-stop-on-alarm": ("", {"stop_on_alarm": False}),
    "-i": ("model.zip", {"trained_agent": "model.zip"}),
    "--gym-packages": ("a b", {"gym_packages": ["a", "b"]}),
    "--env-kwargs": ("size:12 walls:true", {"env_kwargs": {"size": 12, "walls": True}}),
    "-params": ("gamma:0.9", {"hyperparams": {"gamma": 0.9}}),
    "--eval-freq": ("0", {"evaluation": {"freq": 0}}),
    "--n-eval-envs": ("2", {"evaluation": {"n_envs": 2}}),
    "--eval-max-steps": ("99", {"evaluation": {"max_steps": 99}}),
    "--no-eval-deterministic": ("", {"evaluation": {"deterministic": False}}),
}


@pytest.mark.parametrize("flag", GIVEN)
def test_a_flag_states_its_field(flag: str):
    text, wanted = GIVEN[flag]
    assert stated(parser().parse_args(["train", "CartPole-v1", flag, *text.split()])) == wanted


def test_nothing_is_stated_that_was_not_given():
    assert stated(parser().parse_args(["train", "CartPole-v1"])) == {}


def test_flags_of_two_evaluation_settings_are_one_table():
    args = parser().parse_args(["train", "CartPole-v1", "--eval-freq", "10", "--eval-episodes", "3"])
    assert stated(args) == {"evaluation": {"freq": 10, "episodes": 3}}


def test_every_plain_field_is_a_flag_or_stated_otherwise():
    own = {name for name in FLAGS if "." not in name}
    by_file = {"assessors", "evaluation", *(each.name for each in fields(SteeringConfig))}
    assert own | {*BY_OTHER_FLAGS} | by_file == {each.name for each in fields(RunConfig)}
    assert not own & {*BY_OTHER_FLAGS, *by_file}
    assert {name for name in FLAGS if "." in name} == {f"evaluation.{each.name}" for each in fields(EvaluationConfig)}


def test_help_says_meaning_range_and_default():
    assert FLAGS["evaluation.freq"].help == (
        "steps between evaluations on fresh episodes, a whole number from 0 to 1,000,000,000,000,000; 0 for never "
        "(default: the world's recipe)"
    )
    assert FLAGS["evaluation.max_steps"].help.endswith("(default: 10,000, or what the world declares, if it is more)")
    assert FLAGS["save_every"].help.endswith("(default: 60)")
    assert FLAGS["time_limit"].help.endswith(", a number above 0")
    assert FLAGS["algo"].help.endswith("(default: ppo)")


def test_what_differs_and_what_compare_takes_are_fields():
    assert FLAGS.keys() >= SPELLINGS.keys()
    assert {setting.dest for setting in FLAGS.values()} >= {*OF_TRAIN}

"""What is logged of thoughts and of what a world model imagines, and the alarm where a cortex collapses."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from agents import DualBrainPPO
from agents.sb3.dqn import SteeredDQN
from dualbrain import Signal
from dualbrain.cortex.experience import Windows
from dualbrain.cortex.world_models import WorldModel
from dualbrain.drawing.imagination import Foretold
from dualbrain.observers import imagination_pictures
from dualbrain.observers.imagination_pictures import ImaginedScorecards
from dualbrain.observers.thought_sample import ThoughtSample, sample_thoughts
from dualbrain.observers.thoughts import ThoughtsObserver
from dualbrain.scalars.audit import Audit
from dualbrain.scalars.collapse import CollapseDetector
from dualbrain.scalars.foresight import skill_against
from dualbrain.training.observer import Observer
from dualbrain.training.rollout import Rollout
from tests.event_files import read, scalars, train

SMALL: dict[str, Any] = {"window": 2, "schedule": {"updates": 24, "windows": 16, "learning_rate": 0.006}}
MINE = ("cortex/skill", "cortex/rank", "cortex/deviation")
SKILLS = {f"cortex/skill_{ahead}{rival}" for ahead in (1, 5, 15) for rival in ("", "_mean")}
SPREAD = {"cortex/rank", "cortex/deviation_least", "cortex/deviation_median"}


class Counting(WorldModel):
    """Thinks of a number, and imagines that an action is added to it."""

    width = 1

    def imagine(self, thought: torch.Tensor, action: torch.Tensor | None = None) -> torch.Tensor:
        assert action is not None
        return thought + action[:, None]


def sample(starts: list[int], present: list[bool], actions: list[float]) -> ThoughtSample:
    """Return a sample of one agent that counts its actions up from 0."""
    column = {name: torch.tensor(values)[:, None] for name, values in (("s", starts), ("p", present), ("a", actions))}
    count = torch.cat([torch.zeros(1, 1), column["a"][:-1].cumsum(0)])
    windows = Windows(count, column["a"], column["s"].bool(), column["p"])
    return ThoughtSample(windows, count[..., None])


def test_steps_ahead_end_with_the_episode_with_absence_and_with_the_sample():
    episodes = sample([1, 0, 0, 1, 0, 0, 0], [True] * 5 + [False, True], [1.0] * 7)
    assert episodes.known_ahead().flatten().tolist() == [2, 1, 0, 1, 0, 0, 0]


def test_thoughts_are_imagined_by_the_actions_that_were_taken():
    counted = sample([1, 0, 0, 0, 0], [True] * 5, [2.0, 3.0, 5.0, 7.0, 0.0])
    steps, agents = torch.tensor([0, 1]), torch.tensor([0, 0])
    imagined = [each.flatten().tolist() for each in counted.imagine(Counting(), steps, agents, 3)]
    assert imagined == [[2.0, 5.0], [5.0, 10.0], [10.0, 17.0]]


def test_the_figure_sets_what_was_imagined_of_a_step_against_it(monkeypatch):
    shown: dict[str, Foretold] = {}
    counted = sample([1, 0, 1, 0, 0, 0, 0, 0, 1, 0], [True] * 8 + [False] * 2, [float(k) for k in range(10)])
    monkeypatch.setattr(imagination_pictures, "sample_thoughts", lambda *_: counted)
    monkeypatch.setattr(imagination_pictures, "foretold_figure", shown.update)
    monkeypatch.setattr(imagination_pictures, "write_picture", lambda *_: None)
    rollout = Rollout(10, 1, {"a.b": Signal("b", low=0.0, high=99.0)})
    rollout.truth[5] = 1.0
    network: Any = SimpleNamespace(assessors=SimpleNamespace(scorecard=lambda thoughts: thoughts))
    ImaginedScorecards(network, Counting())(rollout, [], 0)
    real = [1.0, 3.0, 6.0, 10.0, 15.0, 21.0]  # of the episode from step 2 on, in which something happened
    assert shown["a.b"].real.tolist() == real
    assert shown["a.b"].events.tolist() == [False] * 3 + [True] + [False] * 2
    for ahead, unknown in ((1, 1), (5, 5), (15, 6)):
        forecast = shown["a.b"].forecasts[ahead]
        assert np.isnan(forecast[:unknown]).all()
        assert forecast[unknown:].tolist() == real[unknown:]


def test_skill_is_1_without_error_0_at_the_rival_and_nothing_where_the_rival_is_perfect():
    came, rival = np.arange(6.0).reshape(3, 2), np.zeros((3, 2))
    assert skill_against(rival, came, came) == 1.0
    assert skill_against(rival, rival, came) == 0.0
    assert np.isnan(skill_against(came, rival, came))


def trained(folder: Path, cortex: str, rollouts: int, pictures: int = 0, **cortex_kwargs: Any) -> DualBrainPPO:
    settings: dict[str, Any] = {"n_envs": 4, "n_steps": 32, "batch_size": 128, "steering": ["flinch"]}
    settings |= {"pictures": pictures, "cortex": cortex, "cortex_kwargs": cortex_kwargs or None}
    return train(folder, "dualbrain/SpiderCave-v0", rollouts * 4 * 32, **settings)


def test_a_cortex_that_is_free_to_collapse_raises_the_alarm_within_three_rollouts(tmp_path, caplog):
    agent = trained(tmp_path, "predictive", 3, **SMALL, regulariser="none", joint=False)
    assert [alarm.kind for alarm in agent.audit.alarms] == ["collapse"]
    assert "the cortex has collapsed: its thoughts vary in" in caplog.text


@pytest.fixture(scope="module")
def healthy(tmp_path_factory) -> tuple[Path, DualBrainPPO]:
    folder: Path = tmp_path_factory.mktemp("healthy")
    return folder, trained(folder, "predictive", 3, pictures=1, **SMALL)


def test_a_healthy_one_raises_none_and_has_skill(healthy):
    folder, agent = healthy
    assert not agent.audit.alarms
    written = scalars(folder)
    assert {key for key in written if key.startswith(MINE)} == SKILLS | SPREAD
    assert all(value <= 1.0 for key in SKILLS for _, value in written[key])


def test_what_it_imagines_is_pictured_and_each_word_has_a_row(healthy):
    events = read(healthy[0])
    assert {"cortex/imagined", "cortex/words"} <= {*events.Tags()["images"]}
    head, _, *rows = events.Tensors("words/text_summary")[0].tensor_proto.string_val[0].decode().splitlines()
    assert head == "| | flinch.flinch |"
    assert [row.split(" | ")[0] for row in rows][:2] == ["| (silence)", "| hears spider"]
    layout = events.Tensors("custom_scalars__config__")[0].tensor_proto.string_val[0].decode(errors="ignore")
    assert "skill of imagined thoughts" in layout


def test_the_first_three_rollouts_and_then_every_fourth_are_looked_at(monkeypatch):
    looked: list[int] = []

    def look(_: Any, rollout: int) -> Any:
        looked.append(rollout)
        raise ZeroDivisionError

    monkeypatch.setattr("dualbrain.observers.thoughts.sample_thoughts", look)
    observer: Any = ThoughtsObserver(SimpleNamespace(), Audit())
    for rollout in range(1, 13):
        with suppress(ZeroDivisionError):
            observer.on_rollout(rollout, 0)
    assert looked == [1, 2, 3, 4, 8, 12]


def test_imagined_thoughts_are_apart_in_the_projector(healthy):
    head, *points = (healthy[0] / "00000" / "thoughts" / "metadata.tsv").read_text().splitlines()
    assert head.startswith("imagined\treward")
    assert [point.partition("\t")[0] for point in points] == ["0"] * 128 + ["5"] * 128


def test_a_cortex_that_imagines_nothing_has_no_skill_and_no_alarm(tmp_path):
    agent = trained(tmp_path, "mlp", 1)
    assert {key for key in scalars(tmp_path) if key.startswith("cortex/")} == SPREAD
    assert not agent.audit.alarms
    assert not [tag for tag in read(tmp_path).Tags()["images"] if tag.startswith("cortex/")]


def test_what_a_collapse_is_judged_by_goes_on_where_it_was():
    detector = CollapseDetector()
    assert not detector.add(20.0, 0.4)
    assert not detector.add(20.0, 0.01)
    other = CollapseDetector()
    other.load_state_dict(detector.state_dict())
    assert other.add(20.0, 0.01)


@pytest.mark.parametrize(
    ("rollouts", "collapsed"),
    [
        ([(15.0, 0.013), (3.0, 0.6), (4.0, 0.6)], False),
        ([(15.0, 0.013), (15.0, 0.012), (15.0, 0.012)], False),  # it has hardly learned
        ([(15.0, 0.5), (15.0, 0.01), (15.0, 0.5), (15.0, 0.01)], False),
        ([(15.0, 0.5), (15.0, 0.01), (15.0, 0.01)], True),
        ([(1.0, 0.5)] * 9, False),  # the world has one thing to be known
        ([(9.0, 0.5)] + [(1.02, 0.5)] * 7, False),
        ([(9.0, 0.5)] + [(1.02, 0.5)] * 8, True),
    ],
)
def test_thoughts_collapse_where_they_shrink_or_fall_onto_a_line(rollouts, collapsed):
    detector = CollapseDetector()
    assert [detector.add(*rollout) for rollout in rollouts][-1] is collapsed


class Remembered(Observer):
    """Compares the thoughts of a sample with those that the heads read at every step."""

    agent: Any
    seen = 0

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:
        network = self.agent.assessing
        found = network.assessors.scorecard(sample_thoughts(network, rollout).thoughts)
        np.testing.assert_allclose(found.detach().numpy(), rollout.short, rtol=1e-4, atol=1e-6)
        self.seen += not rollout.episode_starts[0].all()
        return {}


@pytest.mark.parametrize("algorithm", [DualBrainPPO, SteeredDQN])
def test_thoughts_of_a_sample_are_those_of_the_episode_so_far(algorithm):
    few = {"schedule": {"updates": 1, "windows": 4}, "width": 8, "hidden": (16,)}
    own: dict[str, Any] = {"n_steps": 16, "batch_size": 32} if algorithm is DualBrainPPO else {"window": 16}
    settings = {"n_envs": 2, "seed": 0, "steering": ["extrinsic"], "pictures": 0, "cortex": "recurrent", **own}
    policy = "BrainPolicy" if algorithm is DualBrainPPO else "auto"
    looking = Remembered()
    looking.agent = algorithm(policy, "CartPole-v1", cortex_kwargs=few, **settings)
    looking.agent.learn(96, callback=[looking])
    assert looking.seen

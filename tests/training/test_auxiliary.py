"""What trains heads and cortex: which rows it takes, and what it says that each loss was."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dualbrain import Signal
from dualbrain.cortex.experience import Lesson, Observations, State, Windows
from dualbrain.cortex.interface import Cortex
from dualbrain.heads.options import AssessorOptions
from dualbrain.heads.short_long import ThoughtAssessors
from dualbrain.heads.targets import ShortTargets, Targets
from dualbrain.training.auxiliary import TrainingPhase, train_auxiliary
from dualbrain.training.windows import first_rows, minibatches

STEPS, AGENTS = 5, 3
SIGNALS = {"a.event": Signal("event"), "a.level": Signal("level", low=-2.0, high=2.0), "a.silent": Signal("silent")}


class Watching(Cortex):
    """Thinks of nothing, and keeps the windows that it is given."""

    width = 2

    def __init__(self, window: int = 1) -> None:
        super().__init__()
        self.window = window
        self.seen: list[Windows] = []
        self.drawn: list[float] = []
        self.bias = nn.Parameter(torch.zeros(2))

    def forward(self, obs: Observations, state: State = (), hidden: Tensor | None = None) -> tuple[Tensor, State]:
        assert isinstance(obs, Tensor)
        return obs[:, :1] * 0.0 + self.bias, state

    def losses(self, lesson: Lesson) -> dict[str, Tensor]:
        shape = lesson.windows.starts.shape
        assert lesson.thoughts.shape == (*shape, 2)
        assert lesson.short_target.shape == lesson.short_weight.shape == (*shape, len(SIGNALS))
        self.seen.append(lesson.windows)
        self.drawn.append(float(torch.rand((), generator=lesson.rng)))
        return {"bias": (self.bias - 3.0).square().sum()}


class Network(nn.Module):
    """A cortex and its heads."""

    device = torch.device("cpu")

    def __init__(self, window: int = 1):
        super().__init__()
        self.cortex, self.assessors = Watching(window), ThoughtAssessors(SIGNALS, 2, 0.9, 0.9)
        self.assessor_optimizer = torch.optim.SGD(self.parameters(), 0.0)
        self.cortex_optimizer: torch.optim.Optimizer | None = None

    def percept(self, obs: Any) -> Any:
        return obs

    def set_training_mode(self, mode: bool) -> None:
        self.train(mode)

    def update_ema(self) -> None:
        pass


def rollout(present: Any = True) -> Any:
    """Row ``(t, n)`` is about ``10 n + t``; the third signal has no evidence, and long targets are 2, -2, 2, -2, 2."""
    number = 10.0 * np.arange(AGENTS) + np.arange(STEPS)[:, None]
    evidence = np.ones((STEPS, AGENTS, 3), bool)
    evidence[..., 2] = False
    target = np.zeros((STEPS, AGENTS, 3), np.float32)
    target[..., 1] = 1.0
    starts = np.zeros((STEPS, AGENTS), bool)
    starts[2, 1] = True
    long = np.zeros_like(target)
    long[:] = 2.0 * (-1.0) ** np.arange(STEPS)[:, None, None]
    return SimpleNamespace(
        n_steps=STEPS,
        states=(),
        present=np.broadcast_to(present, (STEPS, AGENTS)).copy(),
        executed=number,
        episode_starts=starts,
        targets=Targets(ShortTargets(target, evidence, np.ones_like(evidence)), long),
    )


def observations() -> Any:
    return (10.0 * np.arange(AGENTS)[:, None] + np.arange(STEPS)).reshape(-1, 1).astype(np.float32)


def learned(network: Network, given: Any, active: tuple[bool, ...] = (True, True, True), **options: Any) -> Any:
    shuffle = np.random.default_rng(0)
    phase = TrainingPhase(network, observations(), given, AssessorOptions(**options), 6, shuffle, np.array(active))
    return train_auxiliary(phase), shuffle


def test_the_loss_of_each_head_is_what_it_should_be():
    """Without a step size nothing moves: cross-entropy at a logit of -3, half the squares of 1 in a range of 4, and of
    2 where the deviation is that of 2, -2, 2, -2, 2.
    """
    losses, _ = learned(Network(), rollout())
    event, level = math.log1p(math.exp(-3.0)), 0.5 * (1.0 / 4.0) ** 2
    long = 0.5 * 4.0 / (4.0 - 0.4**2)
    expected = {"assessor/a.event.short_loss": event, "assessor/a.level.short_loss": level, "cortex/bias": 18.0}
    expected |= {f"assessor/{name}.long_loss": long for name in SIGNALS}
    assert losses.scalars([*SIGNALS]) == pytest.approx(expected, rel=1e-5)
    assert losses.total == pytest.approx(event + level + 18.0 + 3 * long, rel=1e-5)


def test_heads_that_do_not_learn_have_no_loss():
    losses, _ = learned(Network(), rollout(), (True, False, True))
    names = {key.removeprefix("assessor/") for key in losses.scalars([*SIGNALS])} - {"cortex/bias"}
    assert names == {"a.event.short_loss", "a.event.long_loss", "a.silent.long_loss"}


def test_windows_hold_what_follows_one_another_of_one_agent():
    network = Network(window=2)
    learned(network, rollout())
    assert {tuple(seen.starts.shape) for seen in network.cortex.seen} == {(2, 3)}
    for seen in network.cortex.seen:
        assert isinstance(seen.obs, Tensor)
        assert torch.equal(seen.obs[1], seen.obs[0] + 1.0)
        assert torch.equal(seen.obs[..., 0].double(), seen.actions)
        assert torch.equal(seen.starts, seen.actions == 12.0)
    rows = {float(row) for seen in network.cortex.seen for row in seen.actions.flatten()}
    assert rows == {10.0 * n + t for n in range(AGENTS) for t in range(STEPS)}


def test_rows_of_absent_agents_teach_no_head_and_windows_say_which_they_are():
    present = np.ones((STEPS, AGENTS), bool)
    present[3:, 1] = present[:, 2] = False
    given = rollout(present)
    given.targets.long[~present] = 1e6
    network = Network(window=2)
    losses, _ = learned(network, given)
    assert float(losses.long.max()) < 10.0
    rows = [(w.actions.flatten().tolist(), w.present.flatten().tolist()) for w in network.cortex.seen]
    seen = {action: here for pair in rows for action, here in zip(*pair, strict=True)}
    assert seen == {**{float(t): True for t in range(5)}, 10.0: True, 11.0: True, 12.0: True, 13.0: False}


def test_random_numbers_of_a_cortex_are_drawn_from_none_of_the_shuffling():
    one, other = Network(), Network()
    _, shuffle = learned(one, rollout())
    learned(other, rollout())
    alone = np.random.default_rng(0)
    alone.permutation(STEPS * AGENTS)
    assert shuffle.bit_generator.state == alone.bit_generator.state
    assert one.cortex.drawn == other.cortex.drawn
    assert len({*one.cortex.drawn}) == len(one.cortex.drawn) > 1


def test_windows_cover_every_row_once_where_they_fit():
    first = first_rows(np.ones((6, 4), bool), 3)
    batches = [*minibatches(first, 3, 9, 2, np.random.default_rng(1))]
    assert [rows.shape for rows in batches] == [(3, 3), (3, 3), (3, 2)] * 2
    assert sorted(np.concatenate([rows.ravel() for rows in batches[:3]])) == [*range(24)]


def test_windows_of_one_step_are_the_rows_of_present_agents():
    present = np.array([[True, False], [True, True]])
    assert first_rows(present, 1).tolist() == [0, 1, 3]

"""PopArt: scales follow the targets, and what is predicted stays as it was."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from dualbrain.heads.short_long import PopArtLinear, ThoughtAssessors
from dualbrain.steering.signal import Signal

BOTH = torch.tensor([True, True])


def moved(head: PopArtLinear, *targets: Tensor) -> PopArtLinear:
    for rows in targets:
        head.update_scale(rows.mean(0), rows.var(0, correction=0), BOTH[: rows.shape[1]])
    return head


def random_head() -> PopArtLinear:
    head = PopArtLinear(3, 2)
    torch.nn.init.normal_(head.weight, generator=torch.Generator().manual_seed(0))
    return head


def test_the_first_batch_sets_the_scale():
    # mean 3, variance (4 + 4) / 2 = 4; and a constant, held at the floor
    head = moved(PopArtLinear(3, 2), torch.tensor([[1.0, 10.0], [5.0, 10.0]]))
    assert head.mean.tolist() == pytest.approx([3.0, 10.0])
    assert head.scale.tolist() == pytest.approx([2.0, 1e-3])


def test_later_batches_count_less():
    # decay .95, bias corrected: the second batch weighs .05 / (1 - .95**2) = 20 / 39
    head = moved(PopArtLinear(3, 1), torch.tensor([[0.0], [2.0]]), torch.tensor([[39.0], [41.0]]))
    assert head.mean.tolist() == [pytest.approx(21.0)]
    # the variance of the mixture: 1 within each, and 19/39 * 20**2 + 20/39 * 19**2 = 380 between them
    assert head.variance.tolist() == [pytest.approx(381.0)]
    assert head.scale.tolist() == [pytest.approx(math.sqrt(381.0))]


def test_a_small_spread_around_a_large_mean_is_seen():
    head = moved(PopArtLinear(3, 1), torch.tensor([[1000.0], [1000.5]]))
    assert head.scale.tolist() == pytest.approx([0.25])


def test_predictions_stay_while_scales_move():
    head, thought = random_head(), torch.linspace(-1.0, 1.0, 12).reshape(4, 3)
    before = head(thought).detach()
    moved(head, torch.randn(50, 2) * 30.0 + 7.0, torch.randn(50, 2) * 0.1)
    torch.testing.assert_close(head(thought).detach(), before, atol=1e-4, rtol=1e-4)


def test_columns_not_chosen_do_not_move():
    head = random_head()
    before = head.weight.detach().clone()
    head.update_scale(torch.ones(2), torch.full((2,), 5.0), torch.tensor([True, False]))
    assert head.mean.tolist() == pytest.approx([1.0, 0.0])
    assert torch.equal(head.weight[1], before[1])
    assert not torch.equal(head.weight[0], before[0])


def test_targets_come_out_standardised():
    rows = torch.randn(1000, 2) * torch.tensor([5.0, 0.01]) + torch.tensor([100.0, -2.0])
    head = moved(PopArtLinear(3, 2), rows)
    scaled = head.normalise(rows)
    torch.testing.assert_close(scaled.mean(0), torch.zeros(2), atol=1e-2, rtol=0)
    torch.testing.assert_close(scaled.std(0), torch.ones(2), atol=1e-2, rtol=0)


def test_an_unbounded_short_head_keeps_its_scale_until_there_is_evidence():
    signal = Signal("score", low=-np.inf, high=np.inf)
    assessors = ThoughtAssessors({"game.score": signal}, width=3, gamma=0.9, gae_lambda=0.9)
    target, silent = torch.full((4, 1), 6.0), torch.zeros(4, 1)
    assessors.update_short_scales(target, silent)
    assert assessors.short.scale.item() == 1.0
    assessors.update_short_scales(target, silent + 1.0)
    assert assessors.short.scale.item() == pytest.approx(6.0)


def test_what_was_never_felt_is_not_foreseen():
    assessors = ThoughtAssessors({"flinch.flinch": Signal("flinch")}, width=3, gamma=0.9, gae_lambda=0.9)
    assert assessors.scorecard(torch.randn(5, 3)).max().item() < 0.05
    assert assessors.long_values(torch.randn(5, 3)).abs().max().item() == 0.0

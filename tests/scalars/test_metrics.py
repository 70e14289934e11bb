"""Metrics against arithmetic done by hand and against independent computations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from dualbrain.scalars.metrics import (
    auroc,
    calibration_error,
    column_means,
    explained_variance,
    shuffled_auroc,
    thin,
)


def test_auroc_counts_pairs():
    score = np.array([0.9, 0.1, 0.4, 0.8], np.float32)
    label = np.array([True, False, True, False])
    assert auroc(score, label) == 3 / 4  # of the pairs (.9, .1) (.9, .8) (.4, .1) (.4, .8), all but the last are right


def test_auroc_of_ties_is_a_half():
    assert auroc(np.zeros(6, np.float32), np.arange(6) < 2) == 0.5


@pytest.mark.parametrize("seed", range(5))
def test_auroc_is_mann_whitneys(seed):
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 20, 500).astype(np.float32)
    label = rng.random(500) < 0.1
    u = mannwhitneyu(score[label], score[~label]).statistic
    assert auroc(score, label) == pytest.approx(u / (label.sum() * (~label).sum()))


@pytest.mark.parametrize("label", [np.zeros(3, bool), np.ones(3, bool), np.zeros(0, bool)])
def test_auroc_needs_both_classes(label):
    assert math.isnan(auroc(np.zeros(len(label), np.float32), label))


def test_shuffling_labels_leaves_nothing_to_foresee():
    label = np.arange(20_000) % 10 == 0
    score = label.astype(np.float32)
    assert auroc(score, label) == 1.0
    assert shuffled_auroc(score, label, np.random.default_rng(0)) == pytest.approx(0.5, abs=0.02)


def test_thinning_keeps_the_rare_class_whole():
    label = np.zeros(10_000, bool)
    label[[17, 4_711]] = True
    rows = thin(label, 100)
    assert len(rows) == 102
    assert label[rows].sum() == 2
    assert len(set(rows.tolist())) == 102


def test_thinning_hardly_moves_auroc():
    rng = np.random.default_rng(0)
    label = rng.random(60_000) < 0.3
    score = (rng.normal(size=60_000) + label).astype(np.float32)
    rows = thin(label, 4096)
    assert auroc(score[rows], label[rows]) == pytest.approx(auroc(score, label), abs=0.01)


def test_calibration_error_by_hand():
    probability = np.array([0.1, 0.15, 0.9, 1.0], np.float32)
    target = np.array([0.0, 0.0, 1.0, 0.5], np.float32)
    # bin 1: mean .125 against 0, two rows of four; bin 9: mean .95 against .75, two rows of four
    assert calibration_error(probability, target) == pytest.approx(0.5 * 0.125 + 0.5 * 0.2)


def test_calibration_error_without_rows_is_nan():
    assert math.isnan(calibration_error(np.zeros(0, np.float32), np.zeros(0, np.float32)))


def test_explained_variance_per_column():
    target = np.array([[[0.0, 0.0, 1.0, 0.0]], [[2.0, 2.0, 1.0, 2.0]]], np.float32)
    prediction = np.array([[[0.0, 5.0, 0.0, 2.0]], [[2.0, 5.0, 1.0, 0.0]]], np.float32)
    # perfect; constant; a target that does not vary; reversed: var(target - prediction) = 4, var(target) = 1
    np.testing.assert_allclose(explained_variance(prediction, target), [1.0, 0.0, np.nan, -3.0])


def test_a_constant_target_is_no_rounding_error():
    target = np.full((64, 100, 1), 0.1, np.float32)
    prediction = np.random.default_rng(0).random((64, 100, 1)).astype(np.float32)
    assert np.isnan(explained_variance(prediction, target)).all()


def test_column_means_are_numpys():
    values = np.random.default_rng(0).random((7, 5, 3)).astype(np.float32)
    np.testing.assert_allclose(column_means(values), values.mean(axis=(0, 1)), rtol=1e-6)

"""Stimulus codes, against features worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.chamber.stimulus_codes import Microstimuli, Presence, SerialCompound

TWICE = np.array([0.0, 2.0, 2.0, 0.0, 0.0, 1.0])
"""Seen from step 1 for two steps, strongly, and again at step 5."""


def test_presence_is_there_or_not():
    assert Presence()(TWICE).tolist() == [[0], [2], [2], [0], [0], [1]]


def test_the_serial_compound_counts_from_the_last_onset_and_forgets_after_its_length():
    assert SerialCompound(3)(TWICE).tolist() == [
        [0, 0, 0],
        [2, 0, 0],
        [0, 2, 0],
        [0, 0, 2],
        [0, 0, 0],
        [1, 0, 0],
    ]


def test_microstimuli_are_bumps_on_a_decaying_trace():
    code = Microstimuli(width=2, decay=0.5, sigma=0.1)
    features = code(TWICE)
    assert not features[0].any()
    for step, (height, strength) in enumerate([(1.0, 2.0), (0.5, 2.0), (0.25, 2.0), (0.125, 2.0), (1.0, 1.0)], 1):
        bumps = np.exp(-((height - np.array([0.5, 1.0])) ** 2) / 0.02) / np.sqrt(2 * np.pi)
        assert features[step] == pytest.approx(strength * height * bumps)


@pytest.mark.parametrize("code", [Presence(), SerialCompound(5), Microstimuli(7)])
def test_widths_are_as_said_and_nothing_is_made_of_nothing(code):
    features = code(np.zeros(9))
    assert features.shape == (9, code.width)
    assert not features.any()

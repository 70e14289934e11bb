"""Ready-made drawings: what is drawn of what was found, and by what names."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dualbrain.lab.figures import Bars, Curves, band

FOUND = {
    "intact": {"kept": np.array([1.0, 3.0]), "lost": np.array([0.5, 0.5]), "error": np.array([[1.0, 3.0], [3.0, 3.0]])},
    "cut": {"kept": np.array([0.0, 0.0]), "error": np.zeros((2, 2))},
}


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def ticks(axes: Axes) -> list[str]:
    return [label.get_text().replace("\n", " ") for label in axes.get_xticklabels()]


def test_a_curve_is_the_mean_over_seeds_with_a_band(axes: Axes):
    Curves("error", x="step", start=-1, step=2, events={"US": 1})(axes, FOUND)
    intact, cut, event = axes.get_lines()
    assert np.array(intact.get_xydata()).tolist() == [[-1.0, 2.0], [1.0, 3.0]]
    assert np.array(cut.get_ydata()).tolist() == [0.0, 0.0]
    assert [line.get_label() for line in (intact, cut)] == ["intact", "cut"]
    assert np.array(event.get_xdata()).tolist() == [1.0, 1.0]
    assert [text.get_text().strip() for text in axes.texts] == ["US"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "error")


def test_a_band_has_the_width_of_the_spread():
    low, high = band(np.array([[1.0, 3.0], [3.0, 3.0]]))
    assert (low.tolist(), high.tolist()) == ([1.0, 3.0], [3.0, 3.0])
    assert band(np.ones((1, 2)))[0].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("bars", "names"),
    [
        (Bars("kept"), ["intact", "cut"]),
        (Bars("kept", ["cut"]), ["cut"]),
        (Bars(["kept", "lost"], "intact"), ["kept", "lost"]),
        (Bars(["kept", "lost"]), ["kept, intact", "lost, intact", "kept, cut"]),
    ],
)
def test_bars_have_the_shortest_names_that_tell_them_apart(axes: Axes, bars: Bars, names: list[str]):
    bars(axes, FOUND)
    assert ticks(axes) == names


def test_a_bar_stands_beside_what_was_published(axes: Axes):
    Bars("kept", published={"intact": (2.0, 4.0), "cut": 1.0})(axes, FOUND)
    heights = [(patch.get_y(), patch.get_height()) for patch in axes.patches]  # type: ignore[attr-defined]
    assert heights == [(0.0, 2.0), (2.0, 2.0), (0.0, 0.0), (1.0, 0.0)]
    assert axes.get_legend_handles_labels()[1] == ["published"]
    dots = axes.get_lines()[1]
    assert np.array(dots.get_ydata()).tolist() == [1.0, 3.0]

"""What holds for every registered drive, whatever hypothesis lets it sense; and that drives stay short."""

from __future__ import annotations

import pickle
import statistics
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import reward_modules
from dualbrain import RewardModule, Sense, Signal, SteeringSubsystem, registry
from dualbrain.cli.parsing import parse_modules
from dualbrain.steering.load_module import load_module
from dualbrain.structured.tables import from_dict
from dualbrain.worlds.sense_catalogue import native_senses, offered_by_all
from reward_modules import component, curiosity_about, homeostasis_of, surprise_at

N, STEPS, FAR = 3, 4, 1e6
OFFERED = {name: entry.sense for name, entry in native_senses().items()} | offered_by_all()
DRIVES = {name: load_module(name) for name in registry.modules()}
OVER_SENSES = [component("iron"), surprise_at("voice"), curiosity_about("voice"), homeostasis_of("energy", "sodium")]


def anything(within: Sense | Signal) -> st.SearchStrategy[np.ndarray]:
    """Values of all agents at all steps, within the range, with its very ends more often than by chance."""
    low, high = (float(np.float32(end)) for end in (max(within.low, -FAR), min(within.high, FAR)))
    elements = st.floats(low, high, width=32) | st.sampled_from([low, high, float(np.float32(low + high) / 2)])
    return arrays(np.float32, (STEPS, N), elements=elements)


@pytest.mark.parametrize("cls", [*DRIVES.values(), *OVER_SENSES], ids=lambda cls: cls.__qualname__)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_declared_ranges_hold_at_the_extremes(cls: type[RewardModule], data: st.DataObject):
    """Worth and reward are finite, and truths are unknown or in range, to the last bit."""
    steering = SteeringSubsystem([cls])
    sensed = {name: data.draw(anything(OFFERED[name]), name) for name in steering.senses}
    thought, ahead = (
        np.stack([data.draw(anything(signal), name) for name, signal in steering.signals.items()], -1) for _ in "ab"
    )
    done = data.draw(arrays(bool, (STEPS, N)), "done")
    steering.bind(N, sensed)
    for t in range(STEPS):
        senses = {name: values[t] for name, values in sensed.items()}
        made = steering.step(senses, thought[t], done[t], imagined=ahead[t])
        assert np.isfinite(made.worth).all()
        assert np.isfinite(made.reward).all()
        for k, signal in enumerate(steering.signals.values()):
            told = made.truth[~np.isnan(made.truth[:, k]), k]
            assert ((told >= np.float32(signal.low)) & (told <= np.float32(signal.high))).all()


@pytest.mark.parametrize("cls", [*DRIVES.values(), *OVER_SENSES], ids=lambda cls: cls.__qualname__)
def test_a_drive_is_itself_after_pickling(cls: type[RewardModule]):
    again = pickle.loads(pickle.dumps(cls()))
    assert type(again) is cls
    assert again == cls()


@pytest.mark.parametrize(
    ("path", "name", "senses"),
    [
        ("reward_modules.homeostasis:energy_and_hydration", "homeostasis", ("energy", "hydration")),
        ("reward_modules.surprise:voice", "surprise_voice", ("voice",)),
        ("reward_modules.curiosity:voice", "curiosity_voice", ("voice",)),
        ("reward_modules.components:voice", "voice", ("voice",)),
    ],
)
def test_drives_over_other_senses_are_named_on_the_command_line(path: str, name: str, senses: tuple[str, ...]):
    (table,) = parse_modules(f"{path}:2").values()
    assert table == {"module": path, "weight": 2.0}
    steering = SteeringSubsystem([path])
    assert [*steering.modules] == [name]
    assert steering.senses == senses


def test_setpoints_and_exponents_can_be_written_in_a_file():
    cls = load_module("reward_modules.homeostasis:energy_and_sodium")
    module = from_dict(cls, {"setpoints": [0.9, 0.5], "m": 2}, "steering.toml")
    assert module.parameters == {"setpoints": (0.9, 0.5), "m": 2.0, "n": 4.0}


def test_the_median_drive_is_shorter_than_forty_lines():
    files = [path for path in Path(reward_modules.__path__[0]).glob("*.py") if path.name != "__init__.py"]
    assert len(files) >= len(DRIVES)
    assert statistics.median(len(path.read_text().splitlines()) for path in files) < 40

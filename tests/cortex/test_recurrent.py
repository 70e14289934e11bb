"""The recurrent cortex keeps the contract, and what it remembers is what it has seen in the episode."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from gymnasium import spaces

from dualbrain import UserError
from dualbrain.cortex.experience import Windows
from dualbrain.cortex.predictive.recurrent import Recurrent
from dualbrain.testing import check_cortex

SMALL: dict[str, Any] = {"width": 6, "hidden": (12,), "memory": 7, "window": 5}
SPACE, ACTIONS = spaces.Box(0, 1, (4,)), spaces.Discrete(2)


@pytest.mark.parametrize("state_of", ["gru", "none"])
def test_it_keeps_the_contract(state_of: str):
    check_cortex("recurrent", state_of=state_of, **SMALL)


@pytest.mark.parametrize(("state_of", "remembered"), [("gru", True), ("none", False)])
def test_what_was_seen_before_matters_until_an_episode_starts(state_of: str, remembered: bool):
    cortex = Recurrent(SPACE, action_space=ACTIONS, state_of=state_of, **SMALL).eval()
    assert cortex.remembers == remembered
    obs = torch.rand(5, 3, 4, generator=torch.Generator().manual_seed(0))
    other = obs.clone()
    other[0] = 1.0 - obs[0]
    starts = torch.zeros(5, 3, dtype=torch.bool)
    starts[3, 1] = True
    one, two = (
        cortex.unroll(Windows(each, torch.zeros(5, 3), starts, torch.ones_like(starts))) for each in (obs, other)
    )
    differs = (one != two).any(-1)
    assert differs[0].all()
    assert bool(differs[1:3].all()) == bool(differs[3:, [0, 2]].all()) == remembered
    assert not differs[3:, 1].any()


def test_a_window_goes_on_from_the_state_before_it():
    cortex = Recurrent(SPACE, action_space=ACTIONS, **SMALL).eval()
    obs, flags = torch.rand(6, 2, 4), torch.zeros(6, 2, dtype=torch.bool)
    whole = cortex.unroll(Windows(obs, torch.zeros(6, 2), flags, ~flags))
    state = cortex.initial_state(2)
    for t in range(3):
        _, state = cortex(obs[t], state)
    rest = cortex.unroll(Windows(obs[3:], torch.zeros(3, 2), flags[3:], ~flags[3:], state))
    torch.testing.assert_close(rest, whole[3:])


def test_options_out_of_range_are_refused():
    cases: list[tuple[dict[str, Any], str]] = [
        ({"state_of": "grue"}, "unknown state 'grue' of the cortex 'recurrent': did you mean 'gru'"),
        ({"regulariser": "ema"}, "the regulariser 'ema' has goals without memory"),
        ({"memory": 0}, "'memory' must be"),
    ]
    for options, says in cases:
        with pytest.raises(UserError, match=says):
            Recurrent(SPACE, action_space=ACTIONS, **options)

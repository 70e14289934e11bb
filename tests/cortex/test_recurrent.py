"""The recurrent cortex keeps the contract, and what it remembers is what it has seen in the episode."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from gymnasium import spaces

from dualbrain import Signal, UserError
from dualbrain.cortex.experience import Lesson, Windows
from dualbrain.cortex.predictive.recurrent import Recurrent
from dualbrain.heads.short_long import ThoughtAssessors
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


def delayed(rng: torch.Generator) -> tuple[Windows, torch.Tensor]:
    """Return episodes of 20 steps that look alike but for one of two cues at first and a sign at last; and the cues."""
    obs = torch.zeros(20, 32, 4)
    cue = torch.randint(2, (32,), generator=rng)
    obs[0, torch.arange(32), cue] = 1.0
    obs[-1, :, 2] = 1.0
    starts = torch.zeros(20, 32, dtype=torch.bool)
    starts[0] = True
    return Windows(obs, torch.zeros(20, 32), starts, torch.ones_like(starts)), cue.float()


def recalled(cortex: Recurrent, updates: int) -> float:
    """Return how often a head tells the cue at the end, after so many updates on it."""
    heads, rng = ThoughtAssessors({"a.cue": Signal("cue")}, cortex.width, 0.9, 0.9), torch.Generator().manual_seed(0)
    optimizer = torch.optim.AdamW([*cortex.parameters(), *heads.short.parameters()], lr=1e-2)
    last = torch.zeros(20, 32, 1)
    last[-1] = 1.0
    for _ in range(updates):
        windows, cue = delayed(rng)
        lesson = Lesson(windows, cortex.unroll(windows), heads, cue.expand(20, 32)[..., None], last, rng)
        optimizer.zero_grad()
        torch.stack([*cortex.losses(lesson).values()]).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(cortex.parameters(), 1.0)
        optimizer.step()
    windows, cue = delayed(rng)
    said = heads.predict_logits(cortex.unroll(windows)[-1])[:, 0] > 0.0
    return float((said == (cue > 0.0)).float().mean())


@pytest.mark.parametrize(("state_of", "remembers"), [("gru", True), ("none", False)])
def test_it_learns_to_keep_a_cue_from_one_end_of_a_window_to_the_other(state_of: str, remembers: bool):
    options: dict[str, Any] = {"width": 16, "hidden": (16,), "memory": 16, "window": 20, "predict": False}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        share = recalled(Recurrent(SPACE, action_space=ACTIONS, state_of=state_of, **options), 80)
    assert share == 1.0 if remembers else share < 0.8


def test_the_regulariser_shapes_the_encoder_and_never_what_is_remembered():
    cortex = Recurrent(SPACE, action_space=ACTIONS, **SMALL)
    heads = ThoughtAssessors({"a.cue": Signal("cue")}, cortex.width, 0.9, 0.9)
    rng = torch.Generator().manual_seed(0)
    windows, cue = delayed(rng)
    lesson = Lesson(windows, cortex.unroll(windows), heads, cue.expand(20, 32)[..., None], torch.ones(20, 32, 1), rng)
    cortex.losses(lesson)["regulariser"].backward()  # type: ignore[no-untyped-call]
    shaped = [any(p.grad is not None for p in each.parameters()) for each in (cortex.encoder, cortex.cell, cortex.out)]
    assert shaped == [True, False, False]


def test_options_out_of_range_are_refused():
    cases: list[tuple[dict[str, Any], str]] = [
        ({"state_of": "grue"}, "unknown state 'grue' of the cortex 'recurrent': did you mean 'gru'"),
        ({"regulariser": "ema"}, "the regulariser 'ema' has goals without memory"),
        ({"memory": 0}, "'memory' must be"),
    ]
    for options, says in cases:
        with pytest.raises(UserError, match=says):
            Recurrent(SPACE, action_space=ACTIONS, **options)

"""The predictive cortex learns from what follows, and its gradients reach what they should."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch import Tensor

from dualbrain import Signal, UserError
from dualbrain.cortex.building import cortex_options
from dualbrain.cortex.ema import EMACopy
from dualbrain.cortex.experience import Lesson, Observations, Windows
from dualbrain.cortex.predictive.flat_percept import Percept
from dualbrain.cortex.predictive.predictive import Predictive, _cut
from dualbrain.cortex.predictive.regularisers import REGULARISERS, SIGReg, VICReg
from dualbrain.heads.short_long import ThoughtAssessors
from dualbrain.testing import check_cortex
from dualbrain.worlds.spaces.parts import Part

STATES = 6
SMALL: dict[str, Any] = {"width": 16, "hidden": (64,)}
PARTS = (Part("place", 0, STATES), Part("colour", STATES, STATES + 2))
SPACE, ACTIONS = spaces.Box(0, 1, (STATES + 2,), np.uint8), spaces.Discrete(3)
LOSSES = {"regulariser", "heads", "completion", "prediction", "aware", "imagined_heads"}


def made(seed: int = 0, **options: Any) -> Predictive:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Predictive(SPACE, action_space=ACTIONS, parts=PARTS, **{**SMALL, **options})


def heads_of(cortex: Predictive, deviation: float = 1.0) -> ThoughtAssessors:
    signals = {"a.here": Signal("here"), "a.level": Signal("level", low=-1.0)}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        heads = ThoughtAssessors(signals, cortex.width, 0.9, 0.9)
        torch.nn.init.normal_(heads.short.weight, std=deviation)
    return heads


def ring(rng: np.random.Generator, n: int = 32, length: int = 5) -> Windows:
    """Return windows of walks around a ring of six places of two colours: actions lead back, nowhere or on."""
    actions = rng.integers(3, size=(length, n))
    places = np.cumsum(np.concatenate([rng.integers(STATES, size=(1, n)), actions[:-1] - 1]), axis=0) % STATES
    obs = np.concatenate([np.eye(STATES)[places], np.eye(2)[places % 2]], axis=2)
    flags = torch.zeros(length, n, dtype=torch.bool)
    return Windows(torch.as_tensor(obs).float(), torch.as_tensor(actions), flags, ~flags)


def lesson(cortex: Predictive, windows: Windows, heads: ThoughtAssessors | None = None) -> Lesson:
    """Return a lesson in which one signal is at one place, and another is never known."""
    assert isinstance(windows.obs, Tensor)
    target = torch.stack([windows.obs[..., 0], torch.zeros(windows.starts.shape)], dim=2)
    weight = torch.ones_like(target) * torch.tensor([1.0, 0.0])
    rng = torch.Generator().manual_seed(5)
    return Lesson(windows, cortex.unroll(windows), heads or heads_of(cortex), target, weight, rng)


def grown(loss: Tensor, *modules: torch.nn.Module) -> list[bool]:
    """Return whether the gradient of a loss reaches some parameter of each module."""
    for module in modules:
        module.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    return [any(p.grad is not None and bool(p.grad.any()) for p in module.parameters()) for module in modules]


@pytest.mark.parametrize(
    ("name", "encoder", "predictor", "codes", "heads"),
    [
        ("regulariser", True, False, False, False),
        ("completion", True, True, True, False),
        ("prediction", True, True, True, False),
        ("aware", True, True, True, False),
        ("heads", True, False, False, True),
        ("imagined_heads", True, True, True, True),
    ],
)
def test_the_gradient_of_each_loss_reaches_what_it_is_to_shape_and_nothing_else(name, encoder, predictor, codes, heads):
    cortex = made()
    taught = heads_of(cortex)
    given = lesson(cortex, ring(np.random.default_rng(0)), taught)
    losses = cortex.losses(given)
    assert set(losses) == LOSSES
    modules = (cortex.encoder, cortex.predictor, cortex.codes, taught.short)
    assert grown(losses[name], *modules) == [encoder, predictor, codes, heads]


def test_heads_that_are_not_joint_learn_without_shaping_the_cortex():
    cortex = made(joint=False)
    taught = heads_of(cortex)
    losses = cortex.losses(lesson(cortex, ring(np.random.default_rng(0)), taught))
    assert grown(losses["heads"] + losses["imagined_heads"], cortex, taught.short) == [False, True]


def test_a_long_window_is_predicted_in_stretches_that_lie_side_by_side():
    rows = torch.arange(14).reshape(7, 2)
    assert _cut(rows, 3).tolist() == [[0, 1, 6, 7], [2, 3, 8, 9], [4, 5, 10, 11]]
    assert _cut(rows, 7).tolist() == rows.tolist()


def test_every_stretch_of_a_long_window_is_predicted():
    cortex = made(ahead=4)
    windows = ring(np.random.default_rng(0), length=10)
    given = lesson(cortex, windows)
    given.thoughts.retain_grad()
    cortex.losses(given)["prediction"].backward()  # type: ignore[no-untyped-call]
    assert given.thoughts.grad is not None
    assert given.thoughts.grad.abs().sum((1, 2)).gt(0.0).all()


def test_losses_of_what_is_left_out_are_not_there():
    def names(**options: Any) -> set[str]:
        cortex = made(**options)
        return set(cortex.losses(lesson(cortex, ring(np.random.default_rng(0)))))

    assert names(predict=False) == {"regulariser", "heads"}
    assert names(aware=0.0) == LOSSES - {"aware"}
    assert names(imagined_heads=False) == LOSSES - {"imagined_heads"}


def test_what_the_ema_target_thinks_has_no_gradient_and_follows_the_encoder():
    cortex = made(regulariser="ema")
    first = next(cortex.regulariser.parameters())
    before = first.clone()
    with torch.no_grad():
        next(cortex.encoder.parameters()).add_(1.0)
    losses = cortex.losses(lesson(cortex, ring(np.random.default_rng(0))))
    assert grown(losses["prediction"], cortex.encoder, cortex.regulariser) == [True, False]
    torch.testing.assert_close(first, before + 0.01)


def test_sigreg_is_about_one_for_normal_thoughts_and_large_for_others():
    rng = torch.Generator().manual_seed(0)
    normal = torch.randn(4000, 8, generator=rng)

    def penalty(thoughts: Tensor) -> float:
        return float(SIGReg(made().encoder).penalty(thoughts, rng))

    # The expectation for normal numbers is the integral of (1 - exp(-t^2)) exp(-t^2 / 2), 1.06.
    assert penalty(normal) == pytest.approx(1.06, abs=0.3)
    assert penalty(normal + 0.3) > 20.0
    assert penalty(0.5 * normal) > 20.0
    # Of what is always 0 it is R times the integral of (1 - exp(-t^2 / 2))^2 exp(-t^2 / 2): .409 R.
    assert penalty(torch.zeros(4000, 8)) == pytest.approx(0.409 * 4000, rel=0.02)


def test_vicreg_wants_numbers_that_vary_apart():
    rng = torch.Generator().manual_seed(0)
    normal = torch.randn(4000, 8, generator=rng)
    penalty = VICReg(made().encoder).penalty
    assert float(penalty(1.1 * normal, rng)) < 0.05
    assert float(penalty(torch.zeros(50, 8), rng)) == pytest.approx(10 * 0.99)
    assert float(penalty(normal[:, :1].expand(-1, 8), rng)) == pytest.approx(10 * 0.04 * 7, rel=0.1)


def test_a_part_that_is_hidden_does_not_matter():
    cortex, windows = made(), ring(np.random.default_rng(0))
    obs = windows.step(0)
    assert isinstance(obs, Tensor)
    changed = obs.clone()
    changed[:, :STATES] = changed[:, :STATES].roll(1, 0)
    place, colour = torch.tensor([[1.0, 0.0]]).expand(len(obs), 2), torch.tensor([[0.0, 1.0]]).expand(len(obs), 2)
    assert torch.equal(cortex(obs, hidden=place)[0], cortex(changed, hidden=place)[0])
    assert not torch.equal(cortex(obs, hidden=colour)[0], cortex(changed, hidden=colour)[0])
    assert not torch.equal(cortex(obs)[0], cortex(obs, hidden=colour)[0]), "that it is hidden is perceived"


@pytest.mark.parametrize("regulariser", REGULARISERS)
def test_steps_of_another_episode_and_of_absent_agents_are_not_predicted(regulariser: str):
    """Losses and gradients are the same, bit for bit, whatever happens there."""
    cortex, windows = made(regulariser=regulariser), ring(np.random.default_rng(0))
    assert isinstance(windows.obs, Tensor)
    starts, present = windows.starts.clone(), windows.present.clone()
    starts[2, :8] = True
    present[3:, 8:16] = False
    cut = replace(windows, starts=starts, present=present)
    other = windows.obs.clone()
    other[3:, 8:16] = other[3:, 16:24]
    actions = windows.actions.clone()
    actions[1, :8] += 1
    actions[2:, 8:16] += 1
    same = learned(cortex, replace(cut, obs=other, actions=actions % 3))
    assert learned(cortex, cut) == same
    assert learned(cortex, windows) != same
    other[1, :8] = other[1, 24:]
    assert learned(cortex, replace(cut, obs=other)) != same


def learned(cortex: Predictive, windows: Windows) -> tuple[dict[str, float], list[float]]:
    """Return the losses of windows, and the sum of each gradient."""
    cortex.zero_grad()
    losses = cortex.losses(lesson(cortex, windows))
    torch.stack([*losses.values()]).sum().backward()  # type: ignore[no-untyped-call]
    gradients = [float(p.grad.abs().sum()) for p in cortex.parameters() if p.grad is not None]
    return {name: loss.item() for name, loss in losses.items()}, gradients


def trained(seed: int, updates: int, **options: Any) -> tuple[Predictive, ThoughtAssessors, Mapping[str, float]]:
    cortex = made(seed, **options)
    heads, rng = heads_of(cortex, 0.0), np.random.default_rng(seed)
    optimizer = torch.optim.AdamW([*cortex.parameters(), *heads.short.parameters()], 1e-2)
    losses: Mapping[str, Tensor] = {}
    for _ in range(updates):
        losses = cortex.losses(lesson(cortex, ring(rng, length=cortex.window), heads))
        optimizer.zero_grad()
        torch.stack([*losses.values()]).sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return cortex, heads, {name: loss.item() for name, loss in losses.items()}


@torch.no_grad()
def skill(cortex: Predictive, steps: int) -> float:
    """Return the share of the variance of thoughts that is predicted so many steps ahead."""
    windows = ring(np.random.default_rng(99), 200)
    thoughts = cortex.unroll(windows)
    ahead = thoughts[0]
    for t in range(steps):
        ahead = cortex.imagine(ahead, windows.actions[t])
    came = thoughts[steps]
    return float(1.0 - (ahead - came).square().sum() / (came - came.mean(0)).square().sum())


def test_a_world_without_chance_is_predicted_and_its_signal_is_foreseen_in_imagination():
    cortex, heads, _ = trained(0, 200, width=8, hidden=(64, 64), window=3)
    assert skill(cortex, 1) > 0.9
    assert skill(cortex, 2) > 0.8
    with torch.no_grad():
        places = torch.cat([torch.eye(STATES), torch.eye(2).repeat(3, 1)], dim=1)
        on = cortex.imagine(cortex(places)[0], torch.full((STATES,), 2))
        assert heads.scorecard(on)[:, 0].argmax() == STATES - 1, "one step on from the last place is the first"
    assert skill(made(), 1) < 0.5, "so it was learned"


def test_the_same_seed_learns_the_same():
    first, second = (trained(3, 4) for _ in "ab")
    assert first[2] == second[2]
    for one, other in zip(first[0].parameters(), second[0].parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_slow_copy_follows_all_of_it():
    cortex = made(regulariser="ema")
    heads = heads_of(cortex)
    slow = EMACopy(cortex, heads.short)
    assert slow.cortex is not cortex
    with torch.no_grad():
        for parameter in cortex.parameters():
            parameter.add_(1.0)
    before = [parameter.clone() for parameter in slow.cortex.parameters()]
    slow.update(cortex, heads.short, 0.5)
    for parameter, then in zip(slow.cortex.parameters(), before, strict=True):
        torch.testing.assert_close(parameter, then + 0.5)
    (live,) = slow.cortex.regulariser._live  # type: ignore[union-attr, misc]
    assert live is slow.cortex.encoder


CAMERA = spaces.Box(0, 255, (3, 8, 8), np.uint8)
MIXED = spaces.Dict({"camera": CAMERA, "choice": spaces.Discrete(3), "joints": spaces.Box(-np.inf, np.inf, (4,))})


@pytest.mark.parametrize("space", [spaces.Box(-np.inf, np.inf, (4,)), CAMERA, MIXED, spaces.MultiDiscrete([2, 3])])
def test_it_keeps_the_contract_for_numbers_images_choices_and_several_of_them(space: spaces.Space[Any]):
    check_cortex("predictive", space=space, **SMALL)


@pytest.mark.parametrize("regulariser", REGULARISERS)
def test_it_keeps_the_contract_with_each_regulariser(regulariser: str):
    check_cortex("predictive", regulariser=regulariser, **SMALL)


def test_it_keeps_the_contract_with_the_encoder_of_cells():
    check_cortex("predictive", encoder="cells", **SMALL)


def test_its_schedule_is_an_option_of_which_the_rest_stays():
    assert made(schedule={"updates": 3}).schedule == replace(made().schedule, updates=3)
    with pytest.raises(UserError, match="unknown key 'update' in 'schedule': did you mean 'updates'"):
        made(schedule={"update": 3})


@pytest.mark.parametrize(
    "actions", [spaces.MultiDiscrete([2, 3]), spaces.Box(-2, 2, (2,)), spaces.MultiBinary(3), spaces.Discrete(3)]
)
def test_actions_of_all_kinds_tell_futures_apart(actions: spaces.Space[Any]):
    with torch.random.fork_rng(devices=[]):
        cortex = Predictive(SPACE, action_space=actions, parts=PARTS, **SMALL)
    actions.seed(0)
    taken = torch.as_tensor(np.stack([actions.sample() for _ in range(8)]))
    thought = cortex(torch.zeros(8, STATES + 2))[0]
    ahead = cortex.imagine(thought, taken)
    assert ahead.shape == thought.shape
    different = (taken[:1] != taken).reshape(8, -1).any(1)
    assert different.any()
    assert ((ahead[:1] != ahead).any(1) == different).all()
    assert not torch.equal(cortex.imagine(thought), cortex.complete(thought))


def test_numbers_of_any_scale_are_normalised_and_bits_are_not():
    percept = Percept(spaces.Dict({"bit": spaces.MultiBinary(1), "far": spaces.Box(-1e6, 1e6, (2,))}))
    rng = np.random.default_rng(0)
    far = torch.as_tensor(rng.normal([500.0, -3e-3], [100.0, 1e-3], (400, 2))).float()
    obs: Observations = {"bit": torch.ones(400, 1), "far": far}
    present = torch.arange(400) < 300
    percept.follow(obs, present)
    flat = percept(obs)
    assert (flat[:, 0] == 1.0).all()
    torch.testing.assert_close(flat[:300, 1:].mean(0), torch.zeros(2), atol=1e-3, rtol=0.0)
    torch.testing.assert_close(flat[:300, 1:].std(0), torch.ones(2), atol=0.02, rtol=0.0)
    assert {"mean", "variance", "seen"} == set(percept.state_dict())
    moved = percept.mean.clone()
    percept.follow({"bit": torch.ones(400, 1), "far": far + 100.0}, present)
    torch.testing.assert_close(percept.mean[1:] - moved[1:], torch.full((2,), 50.0))


def test_predictors_disagree_and_imagine_their_mean():
    cortex = made(predictors=3)
    thought = torch.randn(4, 16, generator=torch.Generator().manual_seed(0))
    each = cortex.predictor(thought, cortex.codes.undecided)
    torch.testing.assert_close(cortex.imagine(thought), each.mean(0))
    torch.testing.assert_close(cortex.disagreement(thought), each.var(0, correction=0).mean(1))
    with pytest.raises(UserError, match="predictors=5"):
        made().disagreement(thought)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"regulariser": "sigregg"}, "unknown regulariser 'sigregg': did you mean 'sigreg'?"),
        ({"encoder": "mpl"}, "unknown encoder 'mpl': did you mean 'mlp'?"),
        ({"lam": 1.5}, "'lam' must be at most 1, not 1.5"),
        ({"aware": -1.0}, "'aware' must be at least 0, not -1.0"),
        ({"width": 0}, "'width' must be at least 1, not 0"),
        ({"hidden": (64, 0)}, "a size in 'hidden' must be at least 1, not 0"),
        ({"window": 2.5}, "'window' must be a whole number"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, Any], says: str):
    with pytest.raises(UserError) as raised:
        made(**options)
    assert str(raised.value).startswith(says)


def test_its_world_tells_it_parts_and_actions():
    assert cortex_options(Predictive, SPACE, ACTIONS, PARTS, {"width": 8}) == {
        "parts": PARTS,
        "action_space": ACTIONS,
        "width": 8,
    }

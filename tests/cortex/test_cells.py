"""Cells share one encoder: what it makes of them, of images, and of what is no view."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch import Tensor

from agents import DualBrainPPO
from dualbrain import UserError
from dualbrain.cortex.cells import CellEncoder, Cells
from dualbrain.worlds.spaces.parts import Part, observation_parts
from tests.agents.test_parity import same_actor_and_critic

PARTS = (Part("word", 0, 3), Part("view", 3, 3 + 4 * 25, (4, 5, 5)), Part("body", 103, 110))
BITS = (torch.rand(64, 110, generator=torch.Generator().manual_seed(0)) < 0.05).float()


def encoder(parts: tuple[Part, ...] = PARTS, **options: Any) -> CellEncoder:
    torch.manual_seed(0)
    return CellEncoder(parts, 6, **options)


def loss_and_gradients(made: CellEncoder, obs: Tensor) -> list[Tensor]:
    features = made(obs)
    return [features, *torch.autograd.grad(features.square().sum(), list(made.parameters()))]


def test_equal_cells_are_encoded_once_and_give_what_all_would_give(monkeypatch: pytest.MonkeyPatch):
    made = encoder()
    looks, kind = made._kinds(made._split(BITS[:, made._where])) or (None, None)
    assert looks is not None
    assert kind is not None
    assert len(looks) <= 2**4
    assert torch.equal(looks[kind].transpose(1, 2).flatten(1), BITS[:, 3:103])
    shared = loss_and_gradients(made, BITS)
    monkeypatch.setattr(made, "_kinds", lambda _: None)
    torch.testing.assert_close(shared, loss_and_gradients(made, BITS))


@pytest.mark.parametrize(
    "obs", [BITS[:2], BITS * 0.5, BITS * torch.nan], ids=["few observations", "fractions", "not numbers"]
)
def test_other_cells_are_encoded_one_by_one(obs: Tensor):
    made = encoder()
    assert made._kinds(made._split(obs[:, made._where])) is None


def test_a_thing_is_the_same_wherever_it_is_but_for_its_position():
    made = encoder()
    with torch.no_grad():
        made.place.copy_(made.place[:1].clone())
    seen = torch.zeros(2, 4, 5, 5)
    seen[0, 1, 0, 0] = seen[1, 1, 4, 2] = 1.0
    obs = torch.cat([torch.zeros(2, 3), seen.flatten(1), torch.zeros(2, 7)], 1)
    one, other = made(obs)
    torch.testing.assert_close(one, other)
    one, other = encoder()(obs)
    assert not torch.allclose(one, other)


def test_patches_of_an_image_are_cells_whichever_axis_its_channels_are():
    image = torch.rand(2, 3, 20, 35)
    first = encoder((Part("camera", 0, 2100, (3, 20, 35)),))
    last = encoder((Part("camera", 0, 2100, (20, 35, 3)),))
    assert len(first.place) == 7 * 12  # patches of 3 pixels squared
    assert torch.equal(first(image.flatten(1)), last(image.permute(0, 2, 3, 1).flatten(1)))
    cells = first._split(image.flatten(1))
    assert torch.equal(cells[:, :, 13], image[:, :, 3:6, 3:6].flatten(1))


@pytest.mark.parametrize(
    ("shape", "cells"), [((7, 7, 3), 49), ((12, 5, 5), 25), ((84, 84, 3), 196), ((1, 28, 28), 196), ((5, 5, 5), 25)]
)
def test_a_square_view_has_its_channels_on_the_other_axis(shape: tuple[int, int, int], cells: int):
    assert len(encoder((Part("view", 0, int(np.prod(shape)), shape),)).place) == cells


def test_what_has_no_view_is_refused_with_what_reads_it():
    with pytest.raises(UserError, match=r"the cells cortex reads a view or an image.* none \(observation\): use mlp"):
        DualBrainPPO("BrainPolicy", "CartPole-v1", steering=["extrinsic"], cortex="cells")
    with pytest.raises(UserError, match="has its channels first or last"):
        encoder((Part("image", 0, 120, (5, 4, 6)),))


def test_entries_of_a_dict_are_read_in_their_order():
    space = spaces.Dict({"image": spaces.Box(0, 255, (7, 7, 3), np.uint8), "direction": spaces.Discrete(4)})
    cortex = Cells(space, observation_parts(space), width=5)
    obs = {"image": torch.rand(3, 7, 7, 3), "direction": torch.eye(4)[:3]}
    assert cortex(obs)[0].shape == (3, 5)
    assert cortex.encoder.merge[0].in_features == 32 + 16


def test_a_brain_learns_with_it_beside_the_actor_and_critic_of_ppo():
    settings: dict[str, Any] = {"steering": ["hunger"], "seed": 1, "n_envs": 4, "n_steps": 32, "pictures": 0}
    settings |= {"batch_size": 64, "n_epochs": 1}
    watched = DualBrainPPO("BrainPolicy", "dualbrain/Forage-v0", cortex="cells", **settings)
    before = {name: value.clone() for name, value in watched.policy.cortex.state_dict().items()}
    assert watched.learn(128).policy.cortex.width == 64
    after = watched.policy.cortex.state_dict()
    assert not any(torch.equal(value, after[name]) for name, value in before.items())
    plain = DualBrainPPO("BrainPolicy", "dualbrain/Forage-v0", assessors=False, **settings).learn(128)
    assert same_actor_and_critic(plain, watched)

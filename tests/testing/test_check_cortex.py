"""What `check_cortex` finds: each breach of the contract by a cortex that has one fault."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch import nn

from dualbrain.cortex.cnn import CNN
from dualbrain.cortex.interface import Cortex
from dualbrain.testing import ContractError, check_cortex


class Echo(Cortex):
    """A thought from which the observation can be read off again."""

    width = 8

    def __init__(self, space: spaces.Space[Any]):
        super().__init__()
        self.see = nn.Sequential(nn.Linear(spaces.flatdim(space), 8), nn.Tanh())
        self.recall = nn.Linear(8, spaces.flatdim(space))

    def forward(self, obs: Any, state: Any = (), hidden: Any = None) -> Any:
        return self.see(obs), state

    def losses(self, lesson: Any) -> Any:
        errors = (self.recall(lesson.thoughts) - lesson.windows.obs).square().mean(-1)
        return {"echo": (errors * lesson.windows.present).mean()}


class Sociable(Echo):
    def forward(self, obs: Any, state: Any = (), hidden: Any = None) -> Any:
        return self.see(obs - obs.mean(0)), state


class Moody(Echo):
    def __init__(self, space: Any):
        super().__init__(space)
        self.mood = float(np.random.default_rng().random())

    def forward(self, obs: Any, state: Any = (), hidden: Any = None) -> Any:
        return self.see(obs) + self.mood, state


class Endless(Echo):
    def forward(self, obs: Any, state: Any = (), hidden: Any = None) -> Any:
        return self.see(obs) / 0.0, state


class Clinging(Echo):
    """Remembers beyond the end of an episode."""

    def unroll(self, windows: Any) -> Any:
        return self.see(windows.obs).cumsum(0)


class Secretive(Echo):
    def __init__(self, space: Any):
        super().__init__(space)
        self.shift = [np.float32(torch.rand(()).item())]

    def forward(self, obs: Any, state: Any = (), hidden: Any = None) -> Any:
        return self.see(obs) + self.shift[0], state

    def __deepcopy__(self, memo: Any) -> Any:
        return Secretive(spaces.Box(0, 1, (24,), np.uint8))


class Gambling(Echo):
    def losses(self, lesson: Any) -> Any:
        return {"luck": lesson.thoughts.square().mean() * torch.rand(())}


class Indiscriminate(Echo):
    def losses(self, lesson: Any) -> Any:
        return {"echo": (self.recall(lesson.thoughts) - lesson.windows.obs).square().mean()}


class Vague(Echo):
    def losses(self, lesson: Any) -> Any:
        return {"echo": lesson.thoughts.square().mean((0, 1))}


def test_sound_ones_pass():
    check_cortex("mlp")
    check_cortex(CNN, space=spaces.Box(0, 255, (3, 8, 8), np.uint8))
    check_cortex(Echo)
    check_cortex("cells")
    check_cortex("predictive")


@pytest.mark.parametrize(
    ("cortex", "breach"),
    [
        (Sociable, "agent 0 of 5 thinks something else than it does alone"),
        (Moody, "the same seed twice made two different ones"),
        (Endless, "not finite"),
        (Clinging, "unroll returns other thoughts than forward does step by step"),
        (Secretive, "its copy does not think the same"),
        (Gambling, "of the same lesson again"),
        (Indiscriminate, "its losses depend on rows of absent agents"),
        (Vague, "loss 'echo' must be one finite number"),
        ("mlpp", "did you mean 'mlp'"),
        (nn.Linear, "is no cortex"),
    ],
)
def test_each_fault_is_named(cortex, breach):
    with pytest.raises(ContractError, match=breach):
        check_cortex(cortex)

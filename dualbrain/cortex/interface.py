"""The interface of a cortex: a network from observations and its own state to thoughts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import torch
from gymnasium import spaces
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor, MlpExtractor
from torch import Tensor, nn

from dualbrain.cortex.experience import Lesson, Observations, State, Windows, rows_in
from dualbrain.cortex.flat import flattening
from dualbrain.structured.ranges import AT_LEAST_1, NOT_NEGATIVE, POSITIVE, check_fields
from dualbrain.worlds.spaces.parts import Part


class Critic(NamedTuple):
    """The layers of an algorithm's critic: from observations to the latent ``(N, Z)`` that its value head reads."""

    extractor: BaseFeaturesExtractor
    towers: MlpExtractor


@dataclass(frozen=True)
class CortexSchedule:
    """How a cortex with a memory of its own learns after each rollout."""

    updates: Annotated[int, AT_LEAST_1] = 20
    """Steps of its optimizer."""
    windows: Annotated[int, AT_LEAST_1] = 128
    """B, windows in each, drawn from the memory."""
    memory: Annotated[int, AT_LEAST_1] = 2**26
    """Bytes of experience that are kept, at most; the oldest goes first."""
    learning_rate: Annotated[float, POSITIVE] = 3e-3
    weight_decay: Annotated[float, NOT_NEGATIVE] = 1e-4
    head_weight_decay: Annotated[float, NOT_NEGATIVE] = 1e-2
    max_grad_norm: Annotated[float, POSITIVE] = 1.0
    anneal: Annotated[int, NOT_NEGATIVE] = 0
    """Steps after which their size has fallen to a half, after twice as many to a third; 0: it stays."""

    def __post_init__(self) -> None:
        check_fields(self)


class Cortex(nn.Module):
    """A network whose thoughts ``(N, Z)`` the assessors read; made as ``Mine(observation_space, **options)``.

    A subclass sets `width` and defines `forward`; `initial_state` gives it a memory, `losses` an aim of its own. Its
    parameters learn by the assessors' loss (unless they are detached) and by its own losses, never by policy or value
    gradient. It raises `UserError` or `ValueError` for an observation space that it cannot read.
    """

    width: int
    """Z, the width of a thought"""
    window: int = 1
    """L, the steps of a window that it learns from"""
    schedule: CortexSchedule | None = None
    """How it learns from a memory of its own, with an optimizer of its own, which the short heads join; None: it learns
    from each rollout, by the optimizer of the heads"""

    @classmethod
    def beside(cls, critic: Critic, space: spaces.Space[Any], options: Mapping[str, Any]) -> Cortex:  # noqa: ARG003
        """Return the cortex of an agent that has a critic: with layers of its own, unless a subclass shares them."""
        return cls(space, **options)

    @classmethod
    def features_extractor(cls, space: spaces.Space[Any]) -> type[BaseFeaturesExtractor]:
        """Return what extracts the features that actor and critic read beside this cortex: by default it flattens."""
        return flattening(space)

    @classmethod
    def world_options(cls, parts: Sequence[Part], action_space: spaces.Space[Any]) -> Mapping[str, Any]:  # noqa: ARG003
        """Return the options that follow from the parts of observations and from the actions; given options win."""
        return {}

    @property
    def trunk(self) -> Sequence[nn.Module]:
        """Modules whose parameters determine a thought: the cortex itself, unless it shares another module's layers."""
        return (self,)

    def initial_state(self, n: int) -> State:  # noqa: ARG002
        """Return the states of ``n`` agents at the start of an episode, on its own device; by default empty."""
        return ()

    @property
    def remembers(self) -> bool:
        """Whether it has a state, which agents carry along."""
        return len(self.initial_state(1)) > 0

    def first_thoughts(self, obs: Observations) -> Tensor:
        """Return the thoughts ``(N, Z)`` of observations, as if an episode began with each."""
        thought: Tensor = self(obs, self.initial_state(rows_in(obs)))[0]
        return thought

    def forward(self, obs: Observations, state: State = (), hidden: Tensor | None = None) -> tuple[Tensor, State]:
        """Return the thoughts ``(N, Z)`` of observations ``(N, ...)``, and the next state.

        ``hidden`` ``(N, P)`` is 1 where one of P parts of the observation is not to be perceived; a cortex that knows
        no parts is given none.
        """
        raise NotImplementedError

    def unroll(self, windows: Windows) -> Tensor:
        """Return the thoughts ``(L, B, Z)`` of windows; the state begins anew where an episode starts."""
        length, n = windows.starts.shape
        fresh = self.initial_state(n)
        state = windows.state or fresh
        if not fresh:
            thought: Tensor = self(windows.flat())[0]
            return thought.reshape(length, n, self.width)
        thoughts = []
        for t in range(length):
            thought, state = self(windows.step(t), begun(fresh, state, windows.starts[t]))
            thoughts.append(thought)
        return torch.stack(thoughts)

    def losses(self, lesson: Lesson) -> Mapping[str, Tensor]:  # noqa: ARG002
        """Return the cortex's own losses by name, scalars that are added up; by default none."""
        return {}


def begun(fresh: State, state: State, starts: Tensor) -> State:
    """Return the state ``(B, ...)``, fresh where an episode starts ``(B,)``."""
    return tuple(
        torch.where(starts.reshape(-1, *[1] * (new.dim() - 1)), new, old) for new, old in zip(fresh, state, strict=True)
    )

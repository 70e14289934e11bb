"""The `mlp` cortex: the latent of a tower of dense layers is the thought."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.torch_layers import MlpExtractor
from torch import Tensor, nn

from dualbrain.cortex.experience import Observations, State
from dualbrain.cortex.interface import Cortex, Critic
from dualbrain.errors import UserError


class CriticLatent(Cortex):
    """The latent of a critic as the thought: it has no layers of its own.

    It refers to the critic's without registering them, so that each parameter keeps the one name it has there.
    """

    def __init__(self, critic: Critic):
        super().__init__()
        self.width = critic.towers.latent_dim_vf
        self._critic = critic

    @property
    def trunk(self) -> Sequence[nn.Module]:
        """The critic's layers."""
        return self._critic

    def forward(self, obs: Observations, state: State = (), hidden: Tensor | None = None) -> tuple[Tensor, State]:  # noqa: ARG002
        """Return the critic's latent ``(N, Z)`` for observations ``(N, ...)``."""
        extractor, towers = self._critic
        return towers.forward_critic(extractor(obs)), state


class MLP(Cortex):
    """A tower of dense layers on the features of an observation.

    In an agent whose critic has such a tower, the critic's is the cortex; elsewhere it has one of its own, whose hidden
    layers are of the sizes ``net_arch``.
    """

    def __init__(
        self,
        space: spaces.Space[Any],
        net_arch: Sequence[int] = (64, 64),
        activation_fn: type[nn.Module] = nn.Tanh,
        **extractor_kwargs: Any,
    ):
        super().__init__()
        self.extractor = self.features_extractor(space)(space, **extractor_kwargs)
        sizes: dict[str, list[int]] = {"pi": [], "vf": [*net_arch]}
        self.towers = MlpExtractor(self.extractor.features_dim, sizes, activation_fn, torch.get_default_device())
        self.width = self.towers.latent_dim_vf
        self.apply(partial(ActorCriticPolicy.init_weights, gain=math.sqrt(2)))  # as SB3 initialises a critic's

    @classmethod
    def beside(cls, critic: Critic, space: spaces.Space[Any], options: Mapping[str, Any]) -> Cortex:  # noqa: ARG003
        """Return the critic's own latent, so that an agent with this cortex is the algorithm as it is."""
        if options:
            raise UserError(
                f"cortex_kwargs: {', '.join(options)}: this cortex is the critic's tower, which net_arch and "
                "features_extractor_kwargs of policy_kwargs describe"
            )
        return CriticLatent(critic)

    def forward(self, obs: Observations, state: State = (), hidden: Tensor | None = None) -> tuple[Tensor, State]:  # noqa: ARG002
        """Return the thoughts ``(N, Z)`` for observations ``(N, ...)``."""
        return self.towers.forward_critic(self.extractor(obs)), state

"""A cortex and heads with parameters of their own, beside a learning algorithm that they do not change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.preprocessing import preprocess_obs
from torch import Tensor, nn

from dualbrain.cortex.building import build_own_cortex
from dualbrain.cortex.ema import EMACopy
from dualbrain.cortex.experience import Observations
from dualbrain.cortex.interface import Cortex
from dualbrain.cortex.stream import ThoughtStream
from dualbrain.heads.optimizers import assessor_optimizer, cortex_optimizer
from dualbrain.heads.options import AssessorOptions
from dualbrain.heads.short_long import PopArtLinear, ThoughtAssessors
from dualbrain.steering.signal import Signal


class AssessorNetwork(nn.Module):
    """Predict signals from observations: a cortex, heads on its thoughts ``(N, Z)``, a slow copy of both.

    Whatever it draws at random comes from a stream of its own, forked from torch's when it is built, so that an
    algorithm learns the same with and without it, bit for bit. Raises `UserError` for observations that the cortex
    does not read.
    """

    assessors: ThoughtAssessors | None
    assessor_optimizer: torch.optim.Optimizer | None
    cortex_optimizer: torch.optim.Optimizer | None
    """What trains a cortex with a schedule, and the short heads; None for any other cortex."""
    slow: EMACopy[PopArtLinear] | None
    stream: Tensor
    """Where its random stream is."""
    live: ThoughtStream
    """What the cortex remembers of the agents in training."""

    def __init__(
        self,
        cortex: type[Cortex],
        space: spaces.Space[Any],
        signals: Mapping[str, Signal],
        options: AssessorOptions,
        keep_slow: bool = False,
        gamma: float = 0.99,
        gae_lambda: float = 0.95,
        normalize_images: bool = True,
        device: torch.device | str = "cpu",
        *,
        cortex_options: Mapping[str, Any] | None = None,
    ):
        super().__init__()
        self._space, self.options, self._discounts = space, options, (gamma, gae_lambda)
        self._normalize_images, self._device = normalize_images, torch.device(device)
        self.register_buffer("stream", torch.get_rng_state())
        with self.own_stream():
            self.cortex = build_own_cortex(cortex, space, cortex_options or {}, self._device)
        self.live = ThoughtStream(self.cortex)
        self.set_heads(self.new_heads(signals), keep_slow)

    @property
    def device(self) -> torch.device:
        """Where its parameters are."""
        return self._device

    @property
    def heads(self) -> ThoughtAssessors:
        """The heads, which are always there."""
        assert self.assessors is not None
        return self.assessors

    @contextmanager
    def own_stream(self) -> Iterator[None]:
        """Draw from its own random stream, and leave torch's as it was."""
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self.stream.cpu())
            yield
            self.stream.copy_(torch.get_rng_state())

    def new_heads(self, signals: Mapping[str, Signal]) -> ThoughtAssessors:
        """Return heads of ``signals`` that have learned nothing."""
        with self.own_stream():
            return ThoughtAssessors(signals, self.cortex.width, *self._discounts, self.options.ablated_heads).to(
                self.device
            )

    def set_heads(self, assessors: ThoughtAssessors, keep_slow: bool) -> None:
        """Let heads read the thoughts, with an optimizer of their own and, if wanted, a slow copy of what is read."""
        self.assessors = assessors
        trunk = self.cortex.trunk  # a detached cortex has its own losses left
        self.assessor_optimizer = assessor_optimizer(self.cortex, trunk, assessors, self.options)
        self.cortex_optimizer = cortex_optimizer(self.cortex, assessors)
        self.slow = EMACopy(self.cortex, assessors.short) if keep_slow else None

    def set_training_mode(self, mode: bool) -> None:
        """Let layers such as dropout behave as in training, or not."""
        self.train(mode)

    def percept(self, obs: Any) -> Observations:
        """Return observations ``(N, ...)``, as tensors, as networks read them."""
        read: Observations = preprocess_obs(obs, self._space, normalize_images=self._normalize_images)
        return read

    def think(self, obs: Any) -> Tensor:
        """Return the thoughts ``(N, Z)`` of a batch of observations, as tensors, as if an episode began with each."""
        return self.cortex.first_thoughts(self.percept(obs))

    @torch.no_grad()
    def predictions(self, thought: Tensor) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return short and long predictions, each ``(N, K)``, for thoughts ``(N, Z)``."""
        return self.heads.scorecard(thought).cpu().numpy(), self.heads.long_values(thought).cpu().numpy()

    @torch.no_grad()
    def slow_predictions(self, thought: Tensor) -> Tensor:
        """Return the short predictions ``(N, K)`` of the slow heads for thoughts ``(N, Z)`` of the slow cortex."""
        assert self.slow is not None
        return self.heads.predict_short(self.slow.heads, thought)

    def update_ema(self) -> None:
        """Move the slow copy, if one is kept, a step towards the live path."""
        if self.slow is not None:
            self.slow.update(self.cortex, self.heads.short, self.options.tau)

"""The `recurrent` cortex: the predictive one with a memory between encoder and thought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from gymnasium import spaces
from torch import Tensor, nn

from dualbrain.cortex.experience import Lesson, Observations, State, Windows
from dualbrain.cortex.interface import begun
from dualbrain.cortex.predictive.predictive import Predictive
from dualbrain.errors import UserError, unknown
from dualbrain.structured.ranges import AT_LEAST_1

GRU, NONE = "gru", "none"
SCHEDULE: dict[str, Any] = {"updates": 10, "windows": 32, "learning_rate": 1e-3}
"""How it learns, unless other fields are given: as many rows as `Predictive`, slowly enough for an actor to follow."""


class Recurrent(Predictive):
    """Thinks of all that it has seen in an episode: a GRU cell between the encoder and the thought.

    * ``memory``: H, the numbers that it remembers of an agent; ``state_of``: "gru", or, as a control, "none", with
      which the same layers forget at every step.
    * ``window``: L; it learns to remember what matters within so many steps, from the states that agents were in.

    The regulariser looks at what the encoder makes of observations, not at thoughts: to set thoughts apart that were
    had of the same observation, a memory would have to count steps instead of keeping what it was told.

    All other options are those of `Predictive`. Raises `UserError` as that does, and for the regulariser "ema", whose
    goals are thoughts without memory.
    """

    def __init__(
        self,
        space: spaces.Space[Any],
        *,
        window: int = 64,
        ahead: int | None = 4,
        memory: int = 64,
        state_of: str = GRU,
        schedule: Mapping[str, Any] | None = None,
        **options: Any,
    ):
        super().__init__(space, window=window, ahead=ahead, schedule={**SCHEDULE, **(schedule or {})}, **options)
        if options.get("regulariser") == "ema":
            raise UserError("the regulariser 'ema' has goals without memory: choose another for the cortex 'recurrent'")
        if state_of not in (GRU, NONE):
            raise unknown("state", state_of, (GRU, NONE), " of the cortex 'recurrent'")
        self.memory, self._forgets = AT_LEAST_1.check(memory, "'memory'"), state_of == NONE
        self.cell = nn.GRUCell(self.width, memory)
        self.out = nn.Linear(memory, self.width)
        self._keep_for_long()

    @torch.no_grad()
    def _keep_for_long(self) -> None:
        """Let units begin by holding what they have for 1 to 2 L steps (chrono initialisation: arXiv 1804.11188)."""
        kept = self.cell.bias_ih[self.memory : 2 * self.memory]
        kept.copy_(torch.log(1.0 + (2.0 * self.window - 1.0) * torch.rand_like(kept)))

    def initial_state(self, n: int) -> State:
        """Return ``(n, H)`` zeros; nothing for the control."""
        return () if self._forgets else (self._nothing(n),)

    def _nothing(self, n: int) -> Tensor:
        return self.out.weight.new_zeros(n, self.memory)

    def forward(self, obs: Observations, state: State = (), hidden: Tensor | None = None) -> tuple[Tensor, State]:
        """Return thoughts ``(N, Z)`` of observations and of what was remembered, and what is remembered of both."""
        seen, _ = super().forward(obs, (), hidden)
        held = self.cell(seen, state[0] if state else self._nothing(len(seen)))
        return self.out(held), () if self._forgets else (held,)

    def unroll(self, windows: Windows) -> Tensor:
        """Return the thoughts ``(L, B, Z)`` of windows: all observations are encoded at once."""
        length, n = windows.starts.shape
        if self.training:
            self.percept.follow(windows.flat(), windows.present.flatten())
        seen = Predictive.forward(self, windows.flat())[0].reshape(length, n, -1)
        thoughts: Tensor = self.out(self._remembered(seen, windows))
        return thoughts

    def _to_spread(self, lesson: Lesson, rows: Tensor) -> Tensor:
        flat = lesson.windows.flat()
        chosen = {part: each[rows] for part, each in flat.items()} if isinstance(flat, dict) else flat[rows]
        return Predictive.forward(self, chosen)[0]

    def _remembered(self, seen: Tensor, windows: Windows) -> Tensor:
        """Return what is remembered ``(L, B, H)`` after each observation."""
        fresh = self._nothing(seen.shape[1])
        if self._forgets:
            return torch.stack([self.cell(each, fresh) for each in seen])
        held, kept = windows.state[0] if windows.state else fresh, []
        for each, starts in zip(seen, windows.starts, strict=True):
            (held,) = begun((fresh,), (held,), starts)
            held = self.cell(each, held)
            kept.append(held)
        return torch.stack(kept)

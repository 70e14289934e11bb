"""The interface of a cortex that models its world: it completes what it perceives and imagines what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gymnasium import spaces
from torch import Tensor

from dualbrain.cortex.interface import Cortex
from dualbrain.worlds.spaces.parts import Part


class WorldModel(Cortex):
    """A cortex whose thoughts can be completed and carried on in imagination.

    What is imagined is a thought ``(N, Z)`` like any other: heads read it as they read those of observations.
    """

    parts: tuple[Part, ...]
    """P parts of an observation; ``hidden`` ``(N, P)`` of `forward` says which of them are not perceived"""

    @classmethod
    def world_options(cls, parts: Sequence[Part], action_space: spaces.Space[Any]) -> Mapping[str, Any]:
        """Return the parts of observations and the space of actions, as options of this cortex."""
        return {"parts": tuple(parts), "action_space": action_space}

    def complete(self, thought: Tensor) -> Tensor:
        """Return the thoughts ``(N, Z)`` of everything there is now, from thoughts of what was perceived."""
        raise NotImplementedError

    def imagine(self, thought: Tensor, action: Tensor | None = None) -> Tensor:
        """Return the thoughts ``(N, Z)`` of one step later, after actions ``(N, ...)``; None: no action is chosen yet.

        Without an action it is the mean over what the agent usually does.
        """
        raise NotImplementedError

    def imagine_steps(self, thought: Tensor, steps: int) -> Tensor:
        """Return the thoughts ``(N, Z)`` of so many steps later, without any action chosen."""
        for _ in range(steps):
            thought = self.imagine(thought)
        return thought

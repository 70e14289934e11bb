"""Options of the heads and of their training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from dualbrain.structured.ranges import AT_LEAST_1, CLIPPING, NOT_NEGATIVE, SEED, SHARE, SHARE_ABOVE_0, check_fields


@dataclass(frozen=True)
class AssessorOptions:
    """How the assessors learn. Raises `UserError` for a number out of its range."""

    learning_rate: Annotated[float, NOT_NEGATIVE] = 1e-3
    """Step size of their own Adam."""
    epochs: Annotated[int, AT_LEAST_1] = 1
    """Passes over each rollout."""
    batch_size: Annotated[int, AT_LEAST_1] | None = None
    """Rows per minibatch; None: the agent's ``batch_size``."""
    max_grad_norm: Annotated[float, CLIPPING] = 0.5
    """Their own gradient clipping."""
    tau: Annotated[float, SHARE_ABOVE_0] = 0.1
    """Step of the slow copy towards the live network, once per training phase, in (0, 1]."""
    unlearn: Annotated[float, SHARE] = 0.0
    """Weight with which windows without evidence teach 0, in [0, 1]; 1 opens the gate: no truth reads as 0."""
    detach: bool = False
    """Keep the assessors' gradient out of the thought trunk."""
    shuffle_seed: Annotated[int, SEED] = 0
    """Seeds the shuffling of their own minibatches."""
    ablated_heads: tuple[str, ...] = ()
    """Full names of signals whose heads are ablated: they predict 0 and learn nothing."""

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def ablations(self) -> tuple[str, ...]:
        """The ablations, as the command line names them."""
        return ("gate",) * (self.unlearn >= 1.0) + tuple(f"head:{name}" for name in self.ablated_heads)

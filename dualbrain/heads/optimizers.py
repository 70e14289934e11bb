"""Make the optimizers of heads and of the cortex that they read."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from dualbrain.cortex.interface import Cortex, CortexSchedule
from dualbrain.heads.options import AssessorOptions
from dualbrain.heads.short_long import ThoughtAssessors

HEADS_FASTER = 2.0
"""Step size of short heads that learn with the cortex, in units of its own."""


def assessor_optimizer(
    cortex: Cortex, trunk: Sequence[nn.Module], heads: ThoughtAssessors, options: AssessorOptions
) -> torch.optim.Optimizer:
    """Return what trains heads and ``trunk`` on a rollout: the long heads alone where the cortex has a schedule."""
    learning = [heads.long] if cortex.schedule else [*trunk, heads.short, heads.long]
    parameters = [each for module in learning for each in module.parameters()]
    return torch.optim.Adam(parameters, lr=options.learning_rate, eps=1e-5)


def cortex_optimizer(cortex: Cortex, heads: ThoughtAssessors) -> torch.optim.Optimizer | None:
    """Return what trains a cortex by its schedule, with the short heads; None where it has no schedule."""
    plan = cortex.schedule
    if plan is None:
        return None
    own = {"params": [*cortex.parameters()], "weight_decay": plan.weight_decay}
    short = {"params": [*heads.short.parameters()], "weight_decay": plan.head_weight_decay}
    return torch.optim.AdamW([own, {**short, "lr": HEADS_FASTER * plan.learning_rate}], lr=plan.learning_rate)


def anneal(optimizer: torch.optim.Optimizer, plan: CortexSchedule) -> None:
    """Set the step sizes of a cortex and its short heads by the steps that its optimizer has taken so far."""
    if plan.anneal:
        taken = max((float(state["step"]) for state in optimizer.state.values()), default=0.0)
        rate = plan.learning_rate / (1.0 + taken / plan.anneal)
        for group, times in zip(optimizer.param_groups, (1.0, HEADS_FASTER), strict=True):
            group["lr"] = times * rate

"""Train a cortex that has a schedule, and the short heads with it, on windows of a memory of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dualbrain.cortex.experience import Lesson, ShortHeads, Windows
from dualbrain.cortex.interface import Cortex
from dualbrain.errors import UserError
from dualbrain.heads.optimizers import anneal
from dualbrain.heads.short_long import ThoughtAssessors
from dualbrain.heads.targets import ShortTargets
from dualbrain.steering.signal import Signal
from dualbrain.training.auxiliary import Predicting
from dualbrain.training.replay.memory import CortexMemory, Drawn
from dualbrain.training.rollout import Rollout
from dualbrain.training.windows import unflattened

Array = NDArray[Any]


@dataclass(frozen=True)
class Detached:
    """Short heads that learn from thoughts, but whose gradient does not reach these."""

    heads: ThoughtAssessors

    def predict_logits(self, thought: Tensor, *, fixed: bool = False) -> Tensor:
        """Return raw predictions ``(R, K)``: see `ShortHeads`."""
        return self.heads.predict_logits(thought.detach(), fixed=fixed)

    def short_loss(self, thought: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the summed loss of the heads that learn."""
        return self.heads.short_loss(thought.detach(), target, weight)

    def matching_loss(self, thought: Tensor, goal: Tensor, weight: Tensor) -> Tensor:
        """Return how far apart thoughts and ``goal`` read to the heads: a number, without gradient."""
        return self.heads.matching_loss(thought.detach(), goal, weight)


class _Step(NamedTuple):
    """The losses of one step of the optimizer, without gradient."""

    total: Tensor
    own: Mapping[str, Tensor]
    heads: Tensor
    """(2, K): what the evidence of real thoughts cost each short head, and how much there was"""


class CortexLearning:
    """The memory of a cortex, its random stream, and the steps of its optimizer after each rollout.

    ``network`` has the cortex, which has a schedule, and the optimizer; ``memory`` and ``rng`` are what training needs
    beside it to go on as it would have.
    """

    def __init__(self, network: Predicting, memory: CortexMemory, seed: int):
        assert network.cortex.schedule is not None
        self.network, self.memory, self.schedule = network, memory, network.cortex.schedule
        self.rng = np.random.default_rng([seed, 1])

    def learn(
        self,
        rollout: Rollout,
        short: ShortTargets,
        observations: Any,
        active: Array,
        unlearn: float = 0.0,
        detach: bool = False,
        states: Sequence[Array] = (),
    ) -> dict[str, float]:
        """Remember a rollout, and learn from all that is remembered; return the mean losses by key.

        ``short`` are the targets of its short heads; for observations and states see `CortexMemory.add`. Heads of
        signals that are not ``active`` ``(K,)`` stay as they are; evidence that there was none counts ``unlearn``.
        With ``detach`` the heads' gradient does not reach the cortex. Gradients are cleared before and after. Raises
        `UserError` where the cortex's losses leave the short heads out.
        """
        network = self.network
        heads = network.assessors
        assert heads is not None
        self.memory.add(rollout, short, observations, states)
        heads.set_learning(torch.as_tensor(active, device=network.device))
        heads.update_short_scales(*_evidence(rollout, short, unlearn, network.device))
        if not self.memory.drawable:
            return {}
        assert network.cortex_optimizer is not None
        anneal(network.cortex_optimizer, self.schedule)
        rng = torch.Generator(network.device).manual_seed(int(self.rng.integers(2**63)))
        network.set_training_mode(True)
        network.zero_grad(set_to_none=True)
        taught = Detached(heads) if detach else heads
        with heads.frozen_heads():
            drawn = (self.memory.draw(self.schedule.windows, self.rng) for _ in range(self.schedule.updates))
            steps = [self._step(_lesson(network, each, taught, unlearn, rng)) for each in drawn]
        return _means(steps, heads)

    def _step(self, lesson: Lesson) -> _Step:
        cortex, optimizer, heads = self.network.cortex, self.network.cortex_optimizer, self.network.assessors
        assert optimizer is not None
        assert heads is not None
        own = cortex.losses(lesson)
        total = torch.stack([*own.values()]).sum()
        total.backward()  # type: ignore[no-untyped-call]
        _check_heads_learn(cortex, heads)
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        nn.utils.clip_grad_norm_(parameters, self.schedule.max_grad_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        with torch.no_grad():
            rows = [each.flatten(0, 1) for each in (lesson.thoughts, lesson.short_target, lesson.short_weight)]
            costs = torch.stack([heads.short_costs(*rows), rows[2].sum(0)])
        return _Step(total.detach(), {name: loss.detach() for name, loss in own.items()}, costs)

    def fit(self, signals: Mapping[str, Signal]) -> None:
        """Learn other signals from now on: see `CortexMemory.fit`."""
        self.memory.fit(signals)

    def state_dict(self) -> dict[str, Any]:
        """Return memory and random stream, as copies."""
        return {"memory": self.memory.state_dict(), "random": self.rng.bit_generator.state}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned; raises an error for anything else."""
        self.memory.load_state_dict(state["memory"])
        self.rng.bit_generator.state = state["random"]


def _evidence(rollout: Rollout, short: ShortTargets, unlearn: float, device: torch.device) -> list[Tensor]:
    """Return the targets and weights ``(R, K)`` of rows of present agents."""
    rows = (short.target[rollout.present], short.weights(unlearn)[rollout.present])
    return [torch.as_tensor(each, device=device) for each in rows]


def _lesson(network: Predicting, drawn: Drawn, heads: ShortHeads, unlearn: float, rng: torch.Generator) -> Lesson:
    """Return what the cortex learns from in one step."""

    def tensor(rows: Array) -> Tensor:
        return torch.as_tensor(rows, device=network.device)

    seen = drawn.observations
    obs = {name: tensor(rows) for name, rows in seen.items()} if isinstance(seen, dict) else tensor(seen)
    windows = Windows(
        unflattened(network.percept(obs), len(drawn.starts)),
        tensor(drawn.actions),
        tensor(drawn.starts),
        tensor(drawn.present),
        tuple(map(tensor, drawn.state)),
    )
    thoughts = network.cortex.unroll(windows)
    return Lesson(windows, thoughts, heads, tensor(drawn.target), tensor(drawn.weight(unlearn)), rng)


def _check_heads_learn(cortex: Cortex, heads: ThoughtAssessors) -> None:
    """Raise `UserError` where the losses of a cortex left the short heads out, which would never learn."""
    if heads.short.weight.grad is None:
        raise UserError(
            f"the short heads learn nothing: the losses of the cortex {type(cortex).__name__}, which has a schedule, "
            "must contain lesson.heads.short_loss(...)"
        )


def _means(steps: Sequence[_Step], heads: ThoughtAssessors) -> dict[str, float]:
    """Return the mean losses by key; those of short heads over the evidence, where they learn and have any."""
    cost, evidence = torch.stack([step.heads for step in steps]).sum(0).cpu().numpy()
    learning = heads.learning.cpu().numpy() > 0.0
    own = {f"cortex/{name}": torch.stack([step.own[name] for step in steps]).mean() for name in steps[0].own}
    told = zip(heads.names, cost, evidence, learning, strict=True)
    short = {f"assessor/{name}.short_loss": c / e for name, c, e, learns in told if learns and e > 0.0}
    total = torch.stack([step.total for step in steps]).mean()
    return {key: float(value) for key, value in {"train/cortex_loss": total, **own, **short}.items()}

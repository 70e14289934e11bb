"""What an algorithm may offer beyond learning, and is asked for only where it is one that does."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from dualbrain.heads.options import AssessorOptions


@runtime_checkable
class Reporting(Protocol):
    """An agent that keeps account of its training."""

    def report(self) -> dict[str, Any]:
        """Return the numbers of the closing table: see `dualbrain.cli.report`."""


@runtime_checkable
class Audited(Protocol):
    """An agent whose training is audited."""

    audit: Any
    """A `dualbrain.scalars.audit.Audit`."""


@runtime_checkable
class Pretraining(Protocol):
    """An agent whose cortex may learn before training."""

    cortex_learning: Any
    """How its cortex learns by itself; None where it does not."""

    def pretrain(self, steps: int) -> Any:
        """Let the cortex learn from so many random steps."""


@runtime_checkable
class Assessing(Protocol):
    """An agent with thought assessors whose learning can be set."""

    options: AssessorOptions | None

    def set_assessors(self, options: AssessorOptions) -> None:
        """Let the assessors learn by other options from now on."""

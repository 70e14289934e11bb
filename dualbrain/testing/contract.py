"""The error of a broken contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class ContractError(AssertionError):
    """A part does not keep its contract: one line says which, where and how."""


def require(kept: bool, breach: str) -> None:
    """Raise `ContractError` unless the contract is kept."""
    if not kept:
        raise ContractError(breach)


@contextmanager
def blaming(who: str) -> Iterator[None]:
    """Turn whatever is raised within into a `ContractError` of one line that says who."""
    try:
        yield
    except ContractError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ContractError(f"{who}: {type(error).__name__}: {reason}") from error

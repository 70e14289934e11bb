"""Count how often each kind of cell was met, and tell how much less familiar a view is than others were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.errors import UserError
from dualbrain.steering.bound_module import Floats

KINDS = 2**16
"""Kinds of cells that are counted; those of more than 16 planes share places by hash."""
MIXED = 2**64
"""Hashes are sums modulo this."""

Kinds = NDArray[np.int64]


class Familiarity:
    """How often each kind of cell, the bits of its ``planes``, was near the body of any agent.

    A view is as familiar as the least familiar of its cells. Its doubt is a conformal p-value turned around, 1 - p,
    where p is the share of all views, this one included, whose least familiar cell is of a kind no more familiar, each
    but for itself (Vovk, Gammerman, Shafer 2005, Algorithmic Learning in a Random World). So at most 1 of 100 views has
    a doubt of .99 or more, as long as they are like those before.

    Memory is bounded by `KINDS`: with at most 16 planes counts are exact, with more than that a kind may share its
    place with another one, and then counts as familiar as both together.
    """

    def __init__(self, planes: int):
        self._exact = 2**planes <= KINDS
        random = np.random.default_rng(0).integers(0, MIXED - 1, planes, np.uint64)
        self._weights = 2 ** np.arange(planes, dtype=np.uint64) if self._exact else random | np.uint64(1)
        self._met = np.zeros(KINDS, np.int64)
        self._least = np.zeros(KINDS, np.int64)

    def kinds(self, views: NDArray[Any]) -> Kinds:
        """Return the kind of each cell ``(N, C)`` of views ``(N, planes, C)`` of bits."""
        code = np.einsum("npc,p->nc", views.astype(np.uint64), self._weights)
        place: Kinds = (code if self._exact else code >> np.uint64(48)).astype(np.int64)
        return place

    def judge(self, kinds: Kinds) -> tuple[Floats, Kinds]:
        """Return the doubt ``(N,)`` in [0, 1) and the least familiar kind ``(N,)`` of views ``(N, C)``."""
        met = self._met[kinds]
        doubted = kinds[np.arange(len(kinds)), met.argmin(1)]
        return 1.0 - self._share(met.min(1)), doubted

    def meet(self, kinds: Kinds, doubted: Kinds) -> None:
        """Count the cells of views ``(N, C)``, whose least familiar kinds are ``doubted`` ``(N,)``."""
        np.add.at(self._met, kinds, 1)
        np.add.at(self._least, doubted, 1)

    def state_dict(self) -> dict[str, NDArray[np.int64]]:
        """Return the kinds that were met ``(M,)``, and how often each was near, and the least familiar of a view."""
        kinds = np.flatnonzero(self._met)
        return {"kinds": kinds, "met": self._met[kinds], "least": self._least[kinds]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned; raises `UserError` for what does not fit, and then changes nothing."""
        kinds, met, least = (np.asarray(state[name]) for name in ("kinds", "met", "least"))
        whole = all(each.dtype.kind in "iu" and each.shape == kinds.shape for each in (kinds, met, least))
        if not whole or kinds.ndim != 1 or (kinds.size and not (kinds.min() >= 0 and kinds.max() < KINDS)):
            raise UserError(f"the counts of kinds of cells do not fit: places must be from 0 to {KINDS - 1}")
        self._met[:], self._least[:] = 0, 0
        self._met[kinds], self._least[kinds] = met, least

    def _share(self, met: NDArray[np.int64]) -> Floats:
        """Return the share ``(N,)`` of views whose least familiar cell is of a kind met no more often than ``met``."""
        kinds = np.flatnonzero(self._least)
        kinds = kinds[np.argsort(self._met[kinds], kind="stable")]
        views = np.concatenate([[0], np.cumsum(self._least[kinds])])
        below = views[np.searchsorted(self._met[kinds] - 1, met, side="right")]
        share: Floats = ((1 + below) / (1 + views[-1])).astype(np.float32)
        return share

"""The observations of a world from every place in it, from which value maps are drawn.

A world that has a map offers ``state_map(seed)``. It may be any layer of an environment that the others are wrapped
around, or of a batch of worlds; wrappers that change observations are applied to what it returns.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class StateMap(NamedTuple):
    """One world as its episode begins, and what the agent would observe there from each of P places."""

    observations: Any
    """``(P, ...)``, or a dict of such."""
    cells: NDArray[np.int64]
    """``(P, 2)``: row and column of each place; places of one cell (looking several ways) are averaged."""
    shape: tuple[int, int]
    """Rows and columns of the map; cells that no place lies in are left blank."""
    picture: NDArray[np.uint8] | None = None
    """``(H, W, 3)``: the same world from above, covering just the map, if it can be drawn."""

"""The `cells` cortex: one small encoder that all cells of a view share, and the mean of what it makes of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from gymnasium import spaces
from torch import Tensor, nn
from torch.nn import functional

from dualbrain.cortex.cnn import channels_are_last
from dualbrain.cortex.experience import Observations, State
from dualbrain.cortex.flat import flattening
from dualbrain.cortex.interface import Cortex
from dualbrain.errors import UserError
from dualbrain.worlds.spaces.parts import Part

GRID = 16
"""Cells of an image in a row or column, at most, unless the size of a patch is given."""
PLACE = 16
"""Numbers that are learned for each position."""
BESIDE = 16
"""Features of the parts beside the view."""
MOST_PLANES = 24
"""Planes whose bits fit into one float32."""


class CellEncoder(nn.Module):
    """Encode each cell of a view by the same layers, from its planes and its position, and take the mean over cells.

    That mean ``(N, E)``, and the other parts of the observation through a small layer beside it, become features
    ``(N, F)`` by one more layer. Cells of an image are patches of ``patch`` pixels squared, by default so that there
    are at most 16 in a row or column. A view is ``(planes, V, V)``, an image ``(C, H, W)`` or ``(H, W, C)``, as
    ``channels_last`` says, or by default `channels_are_last`.

    Where cells are bits, equal ones at one position are encoded once for the whole batch, since they are few.

    Raises `UserError` where no part is a view or an image, or where its channels could be first or last.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        out_features: int = 64,
        hidden: int = 64,
        embedding: int = 32,
        patch: int | None = None,
        channels_last: bool | None = None,
    ):
        super().__init__()
        view = view_of(parts)
        self._where, self._shape = view.where, view.shape
        self._last = _planes_last(view.shape) if channels_last is None else channels_last
        planes, *sides = (view.shape[2], *view.shape[:2]) if self._last else view.shape
        self._patch = patch or math.ceil(max(sides) / GRID)
        self._padding = [up for side in reversed(sides) for up in (0, -side % self._patch)]
        cells = math.prod(math.ceil(side / self._patch) for side in sides)
        size, rest = planes * self._patch**2, parts[-1].stop - math.prod(view.shape)
        self.place = nn.Parameter(0.1 * torch.randn(cells, PLACE))
        self.locate = nn.Linear(PLACE, hidden)
        self.look = nn.Linear(size, hidden, bias=False)
        self.embed = nn.Sequential(nn.GELU(), nn.Linear(hidden, embedding), nn.GELU())
        self.beside = nn.Sequential(nn.Linear(rest, BESIDE), nn.GELU()) if rest else nn.Identity()
        self.merge = nn.Sequential(nn.Linear(embedding + BESIDE * bool(rest), out_features), nn.GELU())

    def forward(self, flat: Tensor) -> Tensor:
        """Return features ``(N, F)`` of flattened observations ``(N, D)``."""
        cells = self._split(flat[:, self._where])
        rest = torch.cat([flat[:, : self._where.start], flat[:, self._where.stop :]], 1)
        features: Tensor = self.merge(torch.cat([self._mean(cells), self.beside(rest)], 1))
        return features

    def _split(self, view: Tensor) -> Tensor:
        """Return the cells ``(N, planes, cells)`` of flat views; those of an image hold all pixels of a patch."""
        image = view.reshape(-1, *self._shape)
        image = image.permute(0, 3, 1, 2) if self._last else image
        if self._patch == 1:
            return image.flatten(2)
        return functional.unfold(functional.pad(image, self._padding), self._patch, stride=self._patch)

    def _mean(self, cells: Tensor) -> Tensor:
        """Return the mean ``(N, E)`` of the cells' embeddings."""
        place, kinds = self.locate(self.place), self._kinds(cells)
        if kinds is None:
            each: Tensor = self.embed(self.look(cells.transpose(1, 2)) + place)
            return each.mean(1)
        looks, kind = kinds
        table = self.embed(self.look(looks) + place[:, None]).flatten(0, 1)  # (cells * K, E)
        entry = kind + len(looks) * torch.arange(len(place), device=kind.device)
        share = table.new_zeros(len(entry), len(table)).scatter_(1, entry, 1.0 / len(place))
        mean: Tensor = share @ table
        return mean

    def _kinds(self, cells: Tensor) -> tuple[Tensor, Tensor] | None:
        """Return the looks ``(K, planes)`` that cells have, and which one each has ``(N, cells)``.

        None where they are not all bits, or where there are so many that nothing would be saved.
        """
        if cells.requires_grad or cells.shape[1] > MOST_PLANES or not torch.equal(cells * cells, cells):
            return None
        powers = 2 ** torch.arange(cells.shape[1], device=cells.device)
        code, kind = torch.unique((cells * powers[:, None]).sum(1).int(), return_inverse=True)
        if 2 * len(code) > len(cells):
            return None
        return (code[:, None] & powers != 0).to(cells.dtype), kind


def view_of(parts: Sequence[Part]) -> Part:
    """Return the first part that is a view or an image, of shape ``(planes, V, V)``, ``(C, H, W)`` or ``(H, W, C)``.

    Raises `UserError` where there is none.
    """
    for part in parts:
        if len(part.shape) == 3:
            return part
    named = ", ".join(part.name for part in parts)
    raise UserError(f"the cells cortex reads a view or an image, and the observation has none ({named}): use mlp")


def _planes_last(shape: Sequence[int]) -> bool:
    """Return whether the planes or channels of a view are its last axis; those of a square view are the other one."""
    first, middle, last = shape
    return middle != last and (first == middle or channels_are_last(shape))


class Cells(Cortex):
    """Thoughts from cells that share one encoder, which learns of rare things from few examples.

    Actor and critic read the observation itself. Options are those of `CellEncoder`, and ``width`` of a thought.
    """

    def __init__(
        self,
        space: spaces.Space[Any],
        parts: Sequence[Part],
        width: int = 64,
        hidden: int = 64,
        embedding: int = 32,
        patch: int | None = None,
        channels_last: bool | None = None,
    ):
        super().__init__()
        self.width = width
        self.flatten = flattening(space)(space)
        self.encoder = CellEncoder(parts, width, hidden, embedding, patch, channels_last)

    @classmethod
    def world_options(cls, parts: Sequence[Part], action_space: spaces.Space[Any]) -> Mapping[str, Any]:  # noqa: ARG003
        """Return the parts of observations as an option of this cortex."""
        return {"parts": tuple(parts)}

    def forward(self, obs: Observations, state: State = (), hidden: Tensor | None = None) -> tuple[Tensor, State]:  # noqa: ARG002
        """Return the thoughts ``(N, Z)`` for observations ``(N, ...)``."""
        return self.encoder(self.flatten(obs)), state

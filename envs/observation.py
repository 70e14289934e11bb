"""The meaning of each bit of an observation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from gymnasium.spaces import Box

from dualbrain.errors import unknown
from dualbrain.worlds.spaces.parts import Part
from envs.engine.state import observation_bits
from envs.engine.tables import THERMOMETER_BITS
from envs.engine.world import World


@dataclass(frozen=True)
class Layout:
    """The parts of an observation ``(D,)``, in this order: ``[view | word | hand | body]``."""

    planes: tuple[str, ...]
    """Names of the planes of the view."""
    view_shape: tuple[int, int, int]
    """``(planes, V, V)``: north first, west first, the agent in the middle."""
    words: tuple[str, ...]
    items: tuple[str, ...]
    levels: tuple[str, ...]
    bits_per_level: int = THERMOMETER_BITS

    @property
    def view(self) -> slice:
        """Where the view is."""
        return slice(0, int(np.prod(self.view_shape)))

    @property
    def word(self) -> slice:
        """Where the heard word is, one-hot; no bit is set in silence."""
        return slice(self.view.stop, self.view.stop + len(self.words))

    def hears(self, *words: str) -> list[int]:
        """Return the bits that are set when these words are heard.

        Raises `UserError` for a word that the world does not have.
        """
        for word in words:
            if word not in self.words:
                raise unknown("word", word, self.words)
        return [self.word.start + self.words.index(word) for word in words]

    @property
    def hand(self) -> slice:
        """Where the item in the hand is, one-hot; no bit is set while the hand is empty."""
        return slice(self.word.stop, self.word.stop + len(self.items))

    @property
    def body(self) -> slice:
        """Where the body's levels are, each a thermometer."""
        return slice(self.hand.stop, self.hand.stop + len(self.levels) * self.bits_per_level)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that have any bits: what is seen, heard, held and felt of the body."""
        places = {"view": self.view, "word": self.word, "hand": self.hand, "body": self.body}
        shapes = {"view": self.view_shape}
        there = {name: place for name, place in places.items() if place.stop > place.start}
        return tuple(Part(name, place.start, place.stop, shapes.get(name, ())) for name, place in there.items())

    @property
    def bit_names(self) -> tuple[str, ...]:
        """A name for every bit.

        ``berry[-1,+2]`` (rows south, columns east), ``hears spider``, ``holds raw bean``, ``energy>3/16``.
        """
        half = self.view_shape[1] // 2
        reach = range(-half, half + 1)
        return (
            *(f"{plane}[{row:+d},{column:+d}]" for plane in self.planes for row in reach for column in reach),
            *(f"hears {word}" for word in self.words),
            *(f"holds {item}" for item in self.items),
            *(f"{level}>{b}/{self.bits_per_level}" for level in self.levels for b in range(self.bits_per_level)),
        )


def layout_of(world: World) -> Layout:
    """Return the layout of a world's observations."""
    planes, view = world.planes, world.view
    items, levels = (tuple(part.name for part in parts) for parts in (world.items, world.levels))
    return Layout(planes, (len(planes), view, view), world.vocabulary.words, items, levels)


def observation_space(world: World) -> Box:
    """Return the space of one observation."""
    return Box(0, 1, (observation_bits(world),), np.uint8)

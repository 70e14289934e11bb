"""Probes of worlds: who is where, what bits mean, the body's levels; for experiments, which know no world's code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dualbrain.errors import UserError
from dualbrain.steering.bound_module import Floats

if TYPE_CHECKING:
    from stable_baselines3.common.vec_env import VecEnv


class Layout(Protocol):
    """What each bit of an observation ``(D,)`` means: ``[view | word | hand | body]``."""

    @property
    def planes(self) -> tuple[str, ...]:
        """Names of the planes of the view."""

    @property
    def view_shape(self) -> tuple[int, int, int]:
        """``(planes, V, V)``: north first, west first, the agent in the middle."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that can be heard."""

    @property
    def items(self) -> tuple[str, ...]:
        """The items that can be held."""

    @property
    def levels(self) -> tuple[str, ...]:
        """The body's levels."""

    @property
    def view(self) -> slice:
        """Where the view is."""

    @property
    def word(self) -> slice:
        """Where the heard word is, one-hot; no bit is set in silence."""

    @property
    def bit_names(self) -> tuple[str, ...]:
        """A name for every bit, such as ``berry[-1,+2]``, ``hears spider``, ``energy>3/16``."""

    def hears(self, *words: str) -> list[int]:
        """Return the bits that are set when these words are heard; `UserError` for a word that the world lacks."""


class Sightings(Protocol):
    """Keeps what N agents have seen and reached of one kind, episode by episode."""

    def begin(self, obs: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Forget all, and note the first observations ``(N, D)``; return who has seen and reached some, ``(N,)``."""

    def step(
        self, obs: NDArray[np.uint8], ended: NDArray[np.bool_], final_obs: NDArray[np.uint8]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Note the observations after a step; return who had seen and reached some at its end."""


class Probes(Protocol):
    """What can be asked of W native worlds with N agents in all, and set in them; places are rows and columns."""

    @property
    def layout(self) -> Layout:
        """What each bit of an observation means."""

    @property
    def action_names(self) -> tuple[str, ...]:
        """Names of the actions, by number."""

    @property
    def transition_senses(self) -> Mapping[str, Floats]:
        """``{name: (N,)}``: senses earned by the last step."""

    @property
    def reset_senses(self) -> Mapping[str, Floats]:
        """``{name: (N,)}``: senses under which the next action is taken."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of all that can be somewhere."""

    def where(self, kind: str) -> NDArray[np.int64]:
        """Return the places ``(W, n, 2)`` of the n of a kind in each world, -1 for the dead."""

    def there(self, thing: str) -> NDArray[np.bool_]:
        """Return ``(W, n)`` which things of a kind are there, and not gone until they grow back."""

    def sightings(self, plane: str) -> Sightings:
        """Return what keeps who has seen and reached something of a plane of the view; `UserError` if it has none."""

    def put(self, kind: str, places: ArrayLike) -> None:
        """Put agents, creatures or people on places ``(W, n, 2)``, or what broadcasts to it."""

    def levels(self) -> dict[str, Floats]:
        """Return the body's levels ``{level: (N,)}``."""

    def set_levels(self, levels: Mapping[str, ArrayLike]) -> None:
        """Set levels of all agents, ``{level: number or (N,)}``."""

    def held(self) -> NDArray[np.int64]:
        """Return ``(N,)`` what is in each hand: 0 for nothing, else the place among the items, counted from 1."""

    def likes(self, person: str) -> dict[str, float]:
        """Return what people of a name feel when they hear a word."""


def probes_of(env: VecEnv | Any) -> Probes:
    """Return the probes of the worlds below an environment of Stable-Baselines3, or of an agent's.

    Raises `UserError` for worlds that offer none: native ones do.
    """
    try:
        found: Probes = env.get_attr("probes", 0)[0]
    except AttributeError as error:
        raise UserError(f"the worlds of {env} offer no probes: only native ones do") from error
    return found

"""One world as an ordinary Gymnasium environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from dualbrain.steering.sense import Sense
from dualbrain.worlds.spaces.parts import Part
from dualbrain.worlds.state_map import StateMap
from envs.engine.world import World
from envs.load_world import load_declaration
from envs.observation import Layout
from envs.probes import Probes
from envs.vector import VectorWorld

Bits = NDArray[np.uint8]


class SingleWorld(gymnasium.Env[Bits, np.int64]):
    """A native world alone: a `VectorWorld` of one, bit for bit.

    Where several agents live together this is the first of them, among others that act at random; for all of them see
    `envs.parallel` and `VectorWorld`.

    Observations are ``(D,)`` uint8 bits (see `layout`); ``info["senses"]`` is ``{name: float}``. After an episode has
    ended, ``reset()`` without a seed goes on with the world's random stream exactly as the batch's autoreset does.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 8}

    def __init__(self, world: World | str, render_mode: str | None = None, **parameters: Any) -> None:
        world = load_declaration(world, **parameters)
        self.batch = VectorWorld(world, world.agents, render_mode, AutoresetMode.DISABLED)
        self.render_mode = render_mode
        self.observation_space = self.batch.single_observation_space
        self.action_space = self.batch.single_action_space
        self._others = np.random.default_rng()

    @property
    def senses(self) -> Mapping[str, Sense]:
        """The senses on offer, by name."""
        return self.batch.senses

    @property
    def observation_parts(self) -> tuple[Part, ...]:
        """The parts of an observation."""
        return self.batch.observation_parts

    @property
    def cues(self) -> Mapping[str, int]:
        """Where in an observation each word is heard, by name."""
        return self.batch.cues

    @property
    def layout(self) -> Layout:
        """What each bit of an observation means."""
        return self.batch.layout

    @property
    def probes(self) -> Probes:
        """Who is where, and the body's levels, to be asked and set."""
        return self.batch

    def get_action_meanings(self) -> list[str]:
        """Return the names of the actions, by number."""
        return list(self.batch.world.action_names)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Bits, dict[str, Any]]:
        """Begin a new episode; ``options["body"]`` sets levels of the body, ``{level: number}``."""
        super().reset(seed=seed)
        if seed is not None:
            self._others = np.random.default_rng(seed)
        obs, info = self.batch.reset(seed=seed, options=options)
        return obs[0], self._info(info)

    def step(self, action: np.int64) -> tuple[Bits, float, bool, bool, dict[str, Any]]:
        """Take one step with an action, by number: see `World.action_names`."""
        obs, reward, terminated, truncated, info = self.batch.step(self._with_others(action))
        return obs[0], float(reward[0]), bool(terminated[0]), bool(truncated[0]), self._info(info)

    def render(self) -> NDArray[np.uint8] | None:
        """Return a picture ``(H, W, 3)`` of the world."""
        pictures = self.batch.render()
        return None if pictures is None else pictures[0]

    def state_map(self, seed: int) -> StateMap:
        """Return what the agent would observe on every cell that it can walk to, as the world of a seed begins."""
        return self.batch.state_map(seed)

    def observation_pictures(self, observations: Bits) -> NDArray[np.uint8]:
        """Return small pictures ``(n, h, w, 3)`` of what is seen in observations ``(n, D)``."""
        return self.batch.observation_pictures(observations)

    def _with_others(self, action: np.int64) -> NDArray[np.int64]:
        """Return the actions of all agents: the given one, and random ones."""
        others = self._others.integers(len(self.batch.world.action_names), size=self.batch.n_agents - 1)
        return np.array([action, *others], np.int64)

    def _info(self, info: dict[str, Any]) -> dict[str, Any]:
        return {"senses": {name: float(values[0]) for name, values in info["senses"].items()}}

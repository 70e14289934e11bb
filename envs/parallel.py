"""A native world in which several agents live, as a PettingZoo `ParallelEnv`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.spaces import Discrete
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from dualbrain.errors import UserError, unknown
from dualbrain.steering.sense import Sense
from envs import WORLDS
from envs.engine.world import World
from envs.load_world import load_declaration
from envs.observation import Layout
from envs.vector import VectorWorld

try:
    from pettingzoo import ParallelEnv
except ImportError as error:
    raise UserError("parallel worlds need the package 'pettingzoo': pip install 'dualbrain[pettingzoo]'") from error

Bits = NDArray[np.uint8]
ByAgent = dict[str, Any]


class ParallelWorld(ParallelEnv):  # type: ignore[misc]
    """One native world whose agents act at the same time, each with an observation ``(D,)`` of its own.

    Agent ``a`` is called ``agent_<a>``; it leaves `agents` when it dies, and all leave when time is up. ``infos`` holds
    ``{"senses": {name: float}}`` for each. It is a `VectorWorld` of that one world, bit for bit, that is reset by
    ``reset`` only. ``world`` is a `World` or ``"package.module:function"``; any further keyword argument goes to that
    function.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 8, "is_parallelizable": True}

    def __init__(self, world: World | str, render_mode: str | None = None, **parameters: Any) -> None:
        made = load_declaration(world, **parameters)
        self.batch = VectorWorld(made, made.agents, render_mode, AutoresetMode.DISABLED)
        self.metadata = {**self.metadata, "name": made.name}
        self.render_mode = render_mode
        self.possible_agents = [f"agent_{a}" for a in range(made.agents)]
        self.agents: list[str] = []
        self.observation_spaces = dict.fromkeys(self.possible_agents, self.batch.single_observation_space)
        self.action_spaces = {agent: Discrete(len(made.action_names)) for agent in self.possible_agents}
        self._row = {agent: a for a, agent in enumerate(self.possible_agents)}

    @property
    def senses(self) -> Mapping[str, Sense]:
        """The senses on offer to every agent, by name."""
        return self.batch.senses

    @property
    def layout(self) -> Layout:
        """What each bit of an observation means."""
        return self.batch.layout

    def observation_space(self, agent: str) -> Any:
        """Return the space of what an agent sees."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Any:
        """Return the space of what an agent can do."""
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[ByAgent, ByAgent]:
        """Begin a new episode with all agents; ``options`` as for `VectorWorld.reset`."""
        obs, info = self.batch.reset(seed=seed, options=options)
        self.agents = list(self.possible_agents)
        return self._each(obs), self._infos(info)

    def step(self, actions: Mapping[str, int]) -> tuple[ByAgent, ByAgent, ByAgent, ByAgent, ByAgent]:
        """Take one step with an action for every one of `agents`; raises `UserError` where one is missing."""
        if not self.agents:
            raise UserError("no agent is left in this world: call reset")
        obs, rewards, terminated, truncated, info = self.batch.step(self._checked(actions))
        outputs = (
            self._each(obs),
            {agent: float(reward) for agent, reward in self._each(rewards).items()},
            {agent: bool(ended) for agent, ended in self._each(terminated).items()},
            {agent: bool(ended) for agent, ended in self._each(truncated).items()},
            self._infos(info),
        )
        over = terminated | truncated
        self.agents = [agent for agent in self.agents if not over[self._row[agent]]]
        return outputs

    def render(self) -> NDArray[np.uint8] | None:
        """Return a picture ``(H, W, 3)`` of the world."""
        pictures = self.batch.render()
        return None if pictures is None else pictures[0]

    def close(self) -> None:
        """Do nothing: there is nothing to close."""
        self.batch.close()

    def _checked(self, actions: Mapping[str, int]) -> NDArray[np.int64]:
        """Return the actions of all rows; who is dead does nothing that counts."""
        chosen = np.zeros(len(self.possible_agents), np.int64)
        for agent in self.agents:
            if agent not in actions:
                raise UserError(f"no action for {agent}: every living agent needs one")
            chosen[self._row[agent]] = actions[agent]
        return chosen

    def _each(self, rows: NDArray[Any]) -> ByAgent:
        """Return the rows of the agents that took part in the last step."""
        return {agent: rows[self._row[agent]] for agent in self.agents}

    def _infos(self, info: Mapping[str, Any]) -> ByAgent:
        senses = info["senses"]
        return {
            agent: {"senses": {name: float(values[self._row[agent]]) for name, values in senses.items()}}
            for agent in self.agents
        }


def parallel_env(world: World | str, render_mode: str | None = None, **options: Any) -> ParallelWorld:
    """Return a native world as a PettingZoo `ParallelEnv`, by id or from its declaration.

    >>> parallel_env("dualbrain/Commons-v0", agents=3).possible_agents
    ['agent_0', 'agent_1', 'agent_2']

    Raises `UserError` for an unknown id or option, with the nearest one.
    """
    if isinstance(world, str) and ":" not in world:
        if world not in WORLDS:
            raise unknown("native world", world, WORLDS)
        world = WORLDS[world]
    return ParallelWorld(world, render_mode, **options)

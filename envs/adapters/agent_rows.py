"""Copies of a PettingZoo world as one Gymnasium batch in which every agent of every copy is a row."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from dualbrain.errors import UserError
from dualbrain.steering.sense import EXTRINSIC_REWARD, VISITS, Sense, by_name
from dualbrain.worlds.vec_env.visits import Visits

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Feel = Callable[[Any, str, Any, float], Mapping[str, float]]
"""``feel(world, agent, action, reward) -> {name: float}``; at reset the action is None and the reward 0."""


class AgentRows(VectorEnv[NDArray[Any], NDArray[Any], NDArray[Any]]):
    """``num_envs`` rows of the ``parallel_env`` (or else ``env``) of a module such as ``"mpe2.simple_spread_v3"``.

    With M agents (`n_agents`), row ``w * M + a`` is agent ``a`` of copy ``w``. An agent that dies is `terminated`; its
    row is then absent (see `present`) until its world has ended for all, when all are born anew in the same step.
    Copy ``w`` of a batch seeded ``s`` is seeded ``s + w``. ``num_envs`` of None makes one copy; any further keyword
    argument goes to the module's function.

    Raises `UserError` where the agents differ in spaces, or ``num_envs`` is no multiple of their number.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "autoreset_mode": AutoresetMode.SAME_STEP}

    transition_senses: dict[str, Floats]
    """``{name: (N,)}``: senses earned by the last step; 0 in absent rows."""
    reset_senses: dict[str, Floats]
    """``{name: (N,)}``: senses under which the next action is taken; 0 in absent rows."""
    present: Flags
    """(N,) whose agent took part in the last step."""

    def __init__(
        self,
        module: str,
        num_envs: int | None = None,
        render_mode: str | None = None,
        declared: Sequence[Sense] = (),
        feel: Feel = lambda *_: {},
        **parameters: Any,
    ) -> None:
        self._make: Callable[[], Any] = partial(make_parallel, module, render_mode=render_mode, **parameters)
        first = self._make()
        self.agents: list[str] = list(first.possible_agents)
        self.n_agents = len(self.agents)
        self.num_envs = self.n_agents if num_envs is None else num_envs
        if self.num_envs % self.n_agents:
            raise UserError(f"'{module}' has {self.n_agents} agents: n_envs must be a multiple of it, not {num_envs}")
        self.single_observation_space = _alike(module, "observation", first.observation_space, self.agents)
        self.single_action_space = _alike(module, "action", first.action_space, self.agents)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self.senses, self._feel, self.render_mode = by_name([EXTRINSIC_REWARD, VISITS, *declared]), feel, render_mode
        self._visits = Visits(self.num_envs)
        self._worlds = [first, *(self._make() for _ in range(self.num_envs // self.n_agents - 1))]
        self._alive = np.ones(self.num_envs, np.bool_)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Begin anew everywhere; ``seed`` is one number, or one per row, of which a copy takes its first row's."""
        count = len(self._worlds)
        seeds = [seed + w for w in range(count)] if isinstance(seed, int) else list(seed or [None] * self.num_envs)
        seeds = seeds if isinstance(seed, int) else seeds[:: self.n_agents]
        obs, senses = self._blank()
        for w, number in enumerate(seeds):
            if number is not None:  # a new copy: some worlds carry counters over a seeded reset
                self._worlds[w].close()
                self._worlds[w] = self._make()
            self._begin(w, obs, senses, number, options)
        self.present = np.ones(self.num_envs, np.bool_)
        self.transition_senses = self.reset_senses = senses
        return obs, {"senses": senses}

    def step(self, actions: NDArray[Any]) -> tuple[NDArray[Any], Floats, Flags, Flags, dict[str, Any]]:
        """Step every copy with the actions ``(N, ...)`` of its living agents; those of absent rows are ignored."""
        self.present = self._alive.copy()
        (obs, senses), (_, following) = self._blank(), self._blank()
        rewards = np.zeros(self.num_envs, np.float32)
        terminated, truncated = np.zeros((2, self.num_envs), np.bool_)
        for w, world in enumerate(self._worlds):
            living = {agent: row for agent, row in self._rows(w) if self._alive[row]}
            chosen = {agent: self._action(actions[row]) for agent, row in living.items()}
            seen, earned, died, cut, _ = world.step(chosen)
            for agent, row in living.items():
                obs[row], rewards[row] = seen[agent], earned[agent]
                terminated[row], truncated[row] = died[agent], cut[agent]
                felt = self._feel(world, agent, chosen[agent], earned[agent])
                self._sense(senses, row, seen[agent], felt, earned[agent])
        return self._turn(obs, rewards, terminated, truncated & ~terminated, senses, following)

    def _turn(
        self, obs: NDArray[Any], rewards: Floats, terminated: Flags, truncated: Flags, senses: Any, following: Any
    ) -> tuple[NDArray[Any], Floats, Flags, Flags, dict[str, Any]]:
        """Reset the copies in which no agent is left, and keep final observations apart from the next ones."""
        done, info = terminated | truncated, {"senses": following}
        final = obs.copy()
        self._alive &= ~done
        for name, values in senses.items():
            following[name][:] = np.where(self._alive, values, 0.0)
        obs[~self._alive] = 0
        for w in np.flatnonzero(~self._alive.reshape(-1, self.n_agents).any(axis=1)).tolist():
            self._begin(w, obs, following, None, None)
        if done.any():
            last = np.empty(self.num_envs, object)
            for row in np.flatnonzero(done).tolist():
                last[row] = final[row]
            earned = {**senses, **dict.fromkeys((f"_{name}" for name in senses), done)}
            final_info = {"final_info": {"senses": earned, "_senses": done}, "_final_info": done}
            info |= {"final_obs": last, "_final_obs": done, **final_info}
        self.transition_senses, self.reset_senses = senses, following
        return obs, rewards, terminated, truncated, info

    def render(self) -> tuple[Any, ...] | None:
        """Return a picture of every copy."""
        return None if self.render_mode is None else tuple(world.render() for world in self._worlds)

    def close_extras(self, **_: Any) -> None:
        """Close all copies."""
        for world in self._worlds:
            world.close()

    def _begin(self, w: int, obs: NDArray[Any], senses: dict[str, Floats], seed: int | None, options: Any) -> None:
        seen, _ = self._worlds[w].reset(seed=seed, options=options)
        for agent, row in self._rows(w):
            self._alive[row], obs[row] = True, seen[agent]
            self._sense(senses, row, seen[agent], self._feel(self._worlds[w], agent, None, 0.0), 0.0)

    def _sense(self, senses: dict[str, Floats], row: int, obs: Any, felt: Mapping[str, float], reward: float) -> None:
        visits = self._visits.meet(row, np.ascontiguousarray(obs).tobytes())
        for name, value in {"extrinsic_reward": reward, "visits": visits, **felt}.items():
            senses[name][row] = value

    def _blank(self) -> tuple[NDArray[Any], dict[str, Floats]]:
        space = self.observation_space
        senses = {name: np.zeros(self.num_envs, np.float32) for name in self.senses}
        return np.zeros(space.shape or (), space.dtype), senses

    def _rows(self, w: int) -> list[tuple[str, int]]:
        return [(agent, w * self.n_agents + a) for a, agent in enumerate(self.agents)]

    def _action(self, action: Any) -> Any:
        return int(action) if isinstance(self.single_action_space, spaces.Discrete) else action


def check_module(module: str) -> None:
    """Raise `UserError` where there is no such Python module."""
    try:
        found = importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        found = False
    if not found:
        raise UserError(f"unknown environment 'pettingzoo/{module}': there is no module {module}")


def make_parallel(module: str, **parameters: Any) -> Any:
    """Make the world of a PettingZoo module; a turn-based one is made parallel.

    Raises `UserError` where the module makes none, or not with these parameters.
    """
    from pettingzoo.utils.conversions import aec_to_parallel

    page = vars(importlib.import_module(module))
    if not {"parallel_env", "env"} & page.keys():
        raise UserError(f"'{module}' is no PettingZoo world: it has neither parallel_env nor env")
    if "parallel_env" in page:
        return page["parallel_env"](**parameters)
    world = page["env"](**parameters)
    if not world.metadata.get("is_parallelizable"):
        raise UserError(f"in '{module}' agents take turns: it cannot be made parallel")
    return aec_to_parallel(world)


def _alike(module: str, what: str, space_of: Callable[[str], spaces.Space[Any]], agents: Sequence[str]) -> Any:
    first = space_of(agents[0])
    other = next((agent for agent in agents if space_of(agent) != first), None)
    who = f"agents of '{module}'"
    if other is not None:
        each = f"{agents[0]} has {first}, {other} has {space_of(other)}"
        raise UserError(f"{who} differ in their {what} spaces, and rows of a batch may not: {each}")
    if first.shape is None or isinstance(first, spaces.Dict | spaces.Tuple):
        raise UserError(f"{who} have the {what} space {first}: rows of a batch need one of a fixed shape")
    return first

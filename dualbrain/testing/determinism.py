"""Check determinism: the same seed and actions must give the same steps, through several episodes."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Mapping
from typing import Any

import gymnasium

from dualbrain.testing.contract import blaming, equal, require

Shown = dict[str, Any]
"""What one step showed, by part: observation, reward, ends and senses, each by agent where there are several."""


def check_determinism(
    world: str | Callable[[], Any], *, steps: int = 1000, longest: int = 400, seed: int = 0, who: str | None = None
) -> None:
    """Check that two copies of a world, seeded alike and given the same random actions, stay equal to the last bit.

    ``world`` is a registered id, or a function that makes a Gymnasium environment or a PettingZoo ``ParallelEnv``.
    The copies take ``steps`` steps in turn, so that one that draws from a stream outside of itself is found out too.
    Episodes follow one another by ``reset()`` without a seed; one that does not end within ``longest`` steps is cut
    short. In the end both copies are seeded anew, and must begin as at first. Observations, rewards, ends and senses
    are compared exactly.

    Only what happens in so many steps is checked: what turns random at step t of an episode is found if episodes last
    that long, and t lies below ``longest``.

    Raises `ContractError`, in one line that names the step and the part in which the copies differ.
    """
    make = functools.partial(gymnasium.make, world) if isinstance(world, str) else world
    who = who or f"world '{getattr(world, '__name__', world)}'"
    with blaming(who):
        one, other = make(), make()
        faces = [Parallel(each) if hasattr(each, "possible_agents") else Alone(each) for each in (one, other)]
        first = copy.deepcopy(_agree(who, 0, [face.reset(seed) for face in faces]))
        _live(who, faces, steps, longest, seed)
        _agree(who, steps, [first, *(face.reset(seed) for face in faces)])


class Alone:
    """A Gymnasium environment, written down step by step."""

    def __init__(self, env: gymnasium.Env[Any, Any]):
        self._env, self.over = env, False

    def reset(self, seed: int | None = None) -> Shown:
        """Begin an episode."""
        obs, info = self._env.reset(seed=seed)
        self.over = False
        return {"obs": obs, "senses": info.get("senses")}

    def step(self, action: Any) -> Shown:
        """Take a step."""
        obs, reward, terminated, truncated, info = self._env.step(action)
        self.over = bool(terminated or truncated)
        ends = {"terminated": terminated, "truncated": truncated}
        return {"obs": obs, "reward": reward, **ends, "senses": info.get("senses")}

    def seed_actions(self, seed: int) -> None:
        """Seed the choice of actions."""
        self._env.action_space.seed(seed)

    def draw(self) -> Any:
        """Draw an action."""
        return self._env.action_space.sample()


class Parallel:
    """A PettingZoo ``ParallelEnv``, written down step by step."""

    def __init__(self, env: Any):
        self._env = env

    @property
    def over(self) -> bool:
        """Whether no agent is left."""
        return not self._env.agents

    def reset(self, seed: int | None = None) -> Shown:
        """Begin an episode."""
        obs, infos = self._env.reset(seed=seed)
        return {"obs": obs, "senses": _sensed(infos), "agents": list(self._env.agents)}

    def step(self, actions: Any) -> Shown:
        """Take a step with an action for each agent that is left."""
        obs, rewards, terminated, truncated, infos = self._env.step(actions)
        ends = {"terminated": terminated, "truncated": truncated, "agents": list(self._env.agents)}
        return {"obs": obs, "reward": rewards, **ends, "senses": _sensed(infos)}

    def seed_actions(self, seed: int) -> None:
        """Seed the choice of actions, each agent's apart."""
        for i, agent in enumerate(self._env.possible_agents):
            self._env.action_space(agent).seed(seed + i)

    def draw(self) -> dict[str, Any]:
        """Draw an action for each agent that is left."""
        return {agent: self._env.action_space(agent).sample() for agent in self._env.agents}


def _sensed(infos: Mapping[str, Any]) -> dict[str, Any]:
    return {agent: info.get("senses") for agent, info in infos.items()}


def _live(who: str, faces: list[Alone | Parallel], steps: int, longest: int, seed: int) -> None:
    faces[0].seed_actions(seed)
    age = 0
    for t in range(1, steps + 1):
        if faces[0].over or age == longest:
            _agree(who, t, [face.reset() for face in faces])
            age = 0
        action = faces[0].draw()
        _agree(who, t, [face.step(action) for face in faces])
        age += 1


def _agree(who: str, t: int, shown: list[Shown]) -> Shown:
    for each in shown[1:]:
        for part, value in shown[0].items():
            same = equal(value, each[part])
            require(same, f"{who}: the same seed and actions, but not the same (step {t}, {part})")
    return shown[0]

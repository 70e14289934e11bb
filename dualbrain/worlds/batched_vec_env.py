"""Adapt a Gymnasium vector environment to Stable-Baselines3, with no Python object per world on the hot path."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.errors import UserError
from dualbrain.steering.bound_module import Floats
from dualbrain.steering.sense import Sense
from dualbrain.worlds.vec_env.endings import FINAL, TRUNCATED
from dualbrain.worlds.vec_env.entries import Entries, fitting
from dualbrain.worlds.vec_env.stated import agents_per_world, rows_present
from dualbrain.worlds.vec_env.stateful import is_stateful

OWN = "batch."
"""How the names of what a batch keeps itself begin, in its state; the others are the world's."""


class BatchedVecEnv(VecEnv):
    """Offer a natively batched world (SAME_STEP autoreset, senses as arrays) to Stable-Baselines3.

    ``infos`` is one cached list of empty dicts, filled only where an episode ended. Episodes are monitored here, as
    `stable_baselines3.common.monitor.Monitor` does for single environments, and it answers for that class.

    Where several agents live in one world (``n_agents``), each is a row, and a dead one is absent until its world's
    episode ends: see `present` and `alive`. Raises `UserError` for a world that does not reset in the same step, or
    whose rows do not fill whole worlds.
    """

    def __init__(self, world: VectorEnv[Any, Any, Any]):
        if world.metadata.get("autoreset_mode") is not AutoresetMode.SAME_STEP:
            raise UserError(f"{world} must declare SAME_STEP autoreset to be batched")
        self.n_agents = agents_per_world(world)
        if world.num_envs % self.n_agents:
            raise UserError(f"num_envs must be a multiple of the {self.n_agents} agents of a world: {world.num_envs}")
        self.world: Any = world
        self.senses: dict[str, Sense] = world.senses  # type: ignore[attr-defined]
        self._infos: list[dict[str, Any]] = [{} for _ in range(world.num_envs)]
        self._filled: list[int] = []
        self._returns = np.zeros(world.num_envs)
        self._lengths = np.zeros(world.num_envs, np.int64)
        self._began = time.time()
        self._present = self._alive = np.ones(world.num_envs, bool)
        self.render_mode = world.render_mode
        super().__init__(world.num_envs, world.single_observation_space, world.single_action_space)

    def transition_senses(self) -> dict[str, Floats]:
        """Return the senses ``{name: (N,)}`` that the last step earned, at an episode's end the final ones."""
        senses: dict[str, Floats] = self.world.transition_senses
        return senses

    def reset_senses(self) -> dict[str, Floats]:
        """Return the senses ``{name: (N,)}`` under which the next action is taken: after a reset, the reset's."""
        senses: dict[str, Floats] = self.world.reset_senses
        return senses

    def present(self) -> NDArray[np.bool_]:
        """Return ``(N,)`` whose agent took part in the last step; what the other rows hold means nothing."""
        return self._present

    def alive(self) -> NDArray[np.bool_]:
        """Return ``(N,)`` whose agent takes part in the next step; who was not present is born in it."""
        return self._alive

    def reset(self) -> NDArray[Any]:
        """Reset all worlds, with the seeds and options set before."""
        seeds = [None if seed is None else int(seed) for seed in self._seeds]
        obs, _ = self.world.reset(seed=None if seeds[0] is None else seeds, options=self._options[0] or None)
        self._reset_seeds()
        self._reset_options()
        self._returns[:], self._lengths[:] = 0.0, 0
        self._present = self._alive = np.ones(self.num_envs, bool)
        return np.asarray(obs)

    def step_async(self, actions: NDArray[Any]) -> None:
        """Keep the actions ``(N,)`` for `step_wait`."""
        self._actions = actions

    def step_wait(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.bool_], list[dict[str, Any]]]:
        """Step all worlds at once."""
        obs, rewards, terminated, truncated, info = self.world.step(self._actions)
        dones = terminated | truncated
        self._returns += rewards
        self._lengths += 1
        if self.n_agents > 1:
            self._attend(dones)
        self._clear()
        if dones.any():
            self._report(np.flatnonzero(dones), truncated & ~terminated, info["final_obs"])
        return obs, rewards.astype(np.float32), dones, self._infos

    def state_dict(self) -> Entries | None:
        """Return copies of all that decides what comes next, by name; None where the world keeps its state to itself.

        Last observations, and seeds and options set for a reset that is to come, are not among them.
        """
        if not is_stateful(self.world):
            return None
        return {**self.world.state_dict(), **{name: part.copy() for name, part in self._own().items()}}

    def load_state_dict(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Restore the state of a batch from its `state_dict`; seeds and options set for a reset are dropped.

        Raises `UserError`, and changes nothing, where the state does not fit, or the world keeps its state to itself.
        """
        if not is_stateful(self.world):
            raise UserError(f"{self.world} has no state_dict: it cannot continue from a saved state")
        own = {name: part for name, part in state.items() if name in self._own()}
        given = fitting(own, self._own(), "this batch")
        if not np.isfinite(given[f"{OWN}returns"]).all():
            raise UserError(f"'{OWN}returns' in the state of this batch must be finite")
        self.world.load_state_dict({name: part for name, part in state.items() if name not in own})
        self._returns, self._lengths, self._present, self._alive = given.values()
        self._clear()
        self._reset_seeds()
        self._reset_options()

    def _own(self) -> Entries:
        parts = {"returns": self._returns, "lengths": self._lengths, "present": self._present, "alive": self._alive}
        return {f"{OWN}{name}": part for name, part in parts.items()}

    def _attend(self, dones: NDArray[np.bool_]) -> None:
        """Take down who is there; the counts of the absent stay at 0, so that the reborn begin with nothing."""
        self._present = rows_present(self.world, self._present)
        absent = ~self._present
        self._returns[absent], self._lengths[absent] = 0.0, 0
        left = ~(dones | absent)
        over = ~left.reshape(-1, self.n_agents).any(axis=1)
        self._alive = left | np.repeat(over, self.n_agents)

    def _clear(self) -> None:
        for i in self._filled:
            self._infos[i] = {}
        self._filled = []

    def _report(self, ended: NDArray[np.int64], cut: NDArray[np.bool_], final_obs: Any) -> None:
        elapsed = round(time.time() - self._began, 6)
        for i in ended.tolist():
            episode = {"r": float(self._returns[i]), "l": int(self._lengths[i]), "t": elapsed}
            self._infos[i] = {
                FINAL: final_obs[i],
                TRUNCATED: bool(cut[i]),
                "episode": episode,
            }
        self._filled = ended.tolist()
        self._returns[ended], self._lengths[ended] = 0.0, 0

    def close(self) -> None:
        """Close the worlds."""
        self.world.close()

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        """Return a picture of the first world; the others have none."""
        picture: Any = self.world.render()
        first = picture[0] if isinstance(picture, tuple) else picture
        return [first, *[None] * (self.num_envs - 1)]

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Return an attribute of the batch, once per world asked for."""
        return [getattr(self if attr_name == "render_mode" else self.world, attr_name)] * self._count(indices)

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:  # noqa: ARG002
        """Set an attribute of the batch."""
        setattr(self.world, attr_name, value)

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        """Call a method of the batch, once."""
        return [getattr(self.world, method_name)(*args, **kwargs)] * self._count(indices)

    def env_is_wrapped(self, wrapper_class: type[Any], indices: Any = None) -> list[bool]:
        """Answer yes for `Monitor`, whose work is done here."""
        return [wrapper_class.__name__ == "Monitor"] * self._count(indices)

    def _count(self, indices: Any) -> int:
        return len(list(self._get_indices(indices)))

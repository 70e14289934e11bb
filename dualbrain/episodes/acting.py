"""How an agent chooses actions in episodes that are played: with the state that its policy keeps from step to step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from dualbrain.heads.targets import Bools

if TYPE_CHECKING:
    from dualbrain.episodes.play import Brain


class Acting:
    """Lets an agent act in N worlds; a recurrent policy gets its state back, cleared where an episode has ended."""

    def __init__(self, agent: Brain):
        self._agent = agent
        self._kept: dict[str, Any] = {}

    def choose(self, obs: Any, deterministic: bool) -> NDArray[Any]:
        """Return actions ``(N, ...)`` for observations ``(N, ...)``."""
        actions, state = self._agent.predict(obs, deterministic=deterministic, **self._kept)
        self._kept = {} if state is None else {"state": state}
        return actions

    def after(self, dones: Bools) -> None:
        """Note which episodes ``(N,)`` have ended with the step."""
        if self._kept:
            self._kept["episode_start"] = dones

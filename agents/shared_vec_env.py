"""Share one world among several learners: it is stepped when all of them have acted.

Every learner runs in a greenlet of its own, in a single thread and in a fixed order: an algorithm that asks its seat
for a step is put aside until the others have asked for theirs. So nothing of it has to be rewritten, and chance has no
say in who comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from greenlet import getcurrent, greenlet
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.errors import UserError
from dualbrain.steering.bound_module import Floats
from dualbrain.worlds.spaces.normalisation import normaliser_of
from dualbrain.worlds.vec_env.presence import Presence
from dualbrain.worlds.vec_env.raw_world import RawWorld
from dualbrain.worlds.vec_env.sensed import as_sensed
from dualbrain.worlds.vec_env.stated import agents_per_world

Life = Callable[[], object]
"""What a learner does: it returns when it has learned its share."""
Watch = Callable[[NDArray[Any], NDArray[np.bool_], list[dict[str, Any]]], None]
"""Called with every step of the whole world: the world's own rewards ``(N,)``, dones ``(N,)``, infos."""


class SharedVecEnv:
    """The world that all share; row ``w * n_agents + a`` of it is agent ``a`` of world ``w``.

    ``places`` names the agents of every learner; together they must be all, each once.
    """

    def __init__(self, venv: VecEnv, places: Mapping[str, Sequence[int]]):
        self.venv = as_sensed(venv)
        self.normaliser = normaliser_of(venv)
        self._raw = RawWorld(venv)
        self.n_agents = agents_per_world(venv)
        worlds = np.arange(0, venv.num_envs, self.n_agents)[:, None]
        self.seats = {name: AgentView(self, (worlds + np.array(agents)).ravel()) for name, agents in places.items()}
        presence = Presence(self.venv)
        self.present, self.alive = presence.present, presence.alive
        self._lives: list[greenlet] = []
        self._learning: set[str] = set()

    def share(self, lives: Mapping[str, Life], afterwards: Mapping[str, Life], watch: Watch) -> None:
        """Run all lives side by side, until the last has returned.

        Who is done earlier does ``afterwards``, again and again, so that the others do not lose their company: that
        takes one step of its seat.
        """
        self._learning = set(lives)
        self._lives = [greenlet(partial(self._live, name, life, afterwards[name])) for name, life in lives.items()]
        try:
            self._take_turns()
            while self._learning:
                self._answer(watch)
                self._take_turns()
        finally:
            for life in self._lives:
                if not life.dead:
                    life.throw()
            self._lives = []

    def _live(self, name: str, life: Life, afterwards: Life) -> None:
        life()
        self._learning.discard(name)
        while self._learning:
            afterwards()

    def _take_turns(self) -> None:
        """Run every learner until its next request."""
        for life in self._lives:
            life.switch()

    def wait(self) -> None:
        """Put the learner that asks aside until its request is answered."""
        if getcurrent() not in self._lives:
            raise UserError("the brains of a society share one world and learn together: call the society's learn")
        self._lives[0].parent.switch()

    def _answer(self, watch: Watch) -> None:
        """Reset the world if all ask for it, else step it with everyone's actions."""
        asked = [seat.actions for seat in self.seats.values()]
        if all(actions is None for actions in asked):
            self.obs = self.venv.reset()
            return
        if any(actions is None for actions in asked):
            raise UserError("a brain cannot reset a world that it shares with others")
        given = self.venv.step(self._together(asked))
        self.obs, _, self.dones, self.infos = given
        self.rewards = self._raw.step(given)[1]
        self._raw.mend_scores(self.dones, self.infos)
        watch(self.rewards, self.dones, self.infos)

    def _together(self, asked: Sequence[Any]) -> NDArray[Any]:
        actions = np.empty((self.venv.num_envs, *asked[0].shape[1:]), asked[0].dtype)
        for seat, chosen in zip(self.seats.values(), asked, strict=True):
            actions[seat.rows] = chosen
        return actions


class AgentView(VecEnv):
    """One learner's place in the world of a `SharedVecEnv`: an ordinary `VecEnv` of its own agents' rows ``(n,)``."""

    def __init__(self, hub: SharedVecEnv, rows: NDArray[np.int64]):
        self.hub, self.rows = hub, rows
        self.normaliser = hub.normaliser
        self.senses = hub.venv.senses
        self.actions: NDArray[Any] | None = None
        """What was asked for: actions ``(n, ...)``, or None for a reset."""
        self._infos: list[dict[str, Any]] = [{} for _ in rows]
        self._filled: list[int] = []
        self.render_mode = hub.venv.render_mode
        super().__init__(len(rows), hub.venv.observation_space, hub.venv.action_space)

    def reset(self) -> Any:
        """Reset the world, as all others do at the same time."""
        self.actions = None
        self.hub.wait()
        return _take(self.hub.obs, self.rows)

    def step_async(self, actions: NDArray[Any]) -> None:
        """Ask for a step."""
        self.actions = actions

    def step_wait(self) -> tuple[Any, NDArray[Any], NDArray[np.bool_], list[dict[str, Any]]]:
        """Wait until all learners have requested a step, and return its result for these agents."""
        self.hub.wait()
        dones = self.hub.dones[self.rows]
        return _take(self.hub.obs, self.rows), self.hub.rewards[self.rows], dones, self._told(dones)

    def _told(self, dones: NDArray[np.bool_]) -> list[dict[str, Any]]:
        """Return the infos, empty but where an episode ended."""
        for i in self._filled:
            self._infos[i] = {}
        self._filled = np.flatnonzero(dones).tolist() if dones.any() else []
        for i in self._filled:
            self._infos[i] = self.hub.infos[self.rows[i]]
        return self._infos

    def transition_senses(self) -> Mapping[str, Floats]:
        """Return the senses ``{name: (n,)}`` that the last step earned, at an episode's end the final ones."""
        return _RowsOf(self.hub.venv.transition_senses(), self.rows)

    def reset_senses(self) -> Mapping[str, Floats]:
        """Return the senses ``{name: (n,)}`` under which the next action is taken: after a reset, the reset's."""
        return _RowsOf(self.hub.venv.reset_senses(), self.rows)

    def present(self) -> NDArray[np.bool_]:
        """Return ``(n,)`` whose agent took part in the last step."""
        return self.hub.present()[self.rows]

    def alive(self) -> NDArray[np.bool_]:
        """Return ``(n,)`` whose agent takes part in the next step."""
        return self.hub.alive()[self.rows]

    def close(self) -> None:
        """Do nothing: the others still use the world."""

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        """Return pictures of the world, as far as it gives some."""
        images: Sequence[NDArray[np.uint8] | None] = self.hub.venv.get_images()
        return images

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Return an attribute of the world, once per row asked for."""
        attributes: list[Any] = self.hub.venv.get_attr(attr_name, self._theirs(indices))
        return attributes

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Set an attribute of the world."""
        self.hub.venv.set_attr(attr_name, value, self._theirs(indices))

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        """Call a method of the world."""
        answers: list[Any] = self.hub.venv.env_method(method_name, *args, indices=self._theirs(indices), **kwargs)
        return answers

    def env_is_wrapped(self, wrapper_class: type[Any], indices: Any = None) -> list[bool]:
        """Return what the world says."""
        answers: list[bool] = self.hub.venv.env_is_wrapped(wrapper_class, self._theirs(indices))
        return answers

    def _theirs(self, indices: Any) -> list[int]:
        return [int(self.rows[i]) for i in self._get_indices(indices)]


class _RowsOf(Mapping[str, Floats]):
    """Some rows of arrays, taken when they are asked for: few of the senses on offer are ever read."""

    def __init__(self, arrays: Mapping[str, Floats], rows: NDArray[np.int64]):
        self._arrays, self._rows = arrays, rows

    def __getitem__(self, name: str) -> Floats:
        return self._arrays[name][self._rows]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)


def _take(obs: Any, rows: NDArray[np.int64]) -> Any:
    return {key: part[rows] for key, part in obs.items()} if isinstance(obs, dict) else obs[rows]

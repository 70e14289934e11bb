"""Society: several brains, each with its own drives, learn side by side in one world."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.type_aliases import MaybeCallback
from stable_baselines3.common.utils import configure_logger
from stable_baselines3.common.vec_env import VecEnv

from agents.ppo import DualBrainPPO
from agents.shared_vec_env import SharedVecEnv
from dualbrain.errors import UserError, unknown
from dualbrain.files.atomic_write import atomic_write
from dualbrain.files.text import read_text, write_text
from dualbrain.files.trust import Source, UntrustedError, reading
from dualbrain.runs.build import keywords
from dualbrain.scalars.population_stats import PopulationStats
from dualbrain.structured.literals import decode, encode
from dualbrain.structured.tables import check_writable
from dualbrain.tensorboard.outputs import keep_writing
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.vec_env.endings import cut_short
from dualbrain.worlds.vec_env.stated import agents_per_world

PLAN = "society.json"
"""The file of a saved society that says who is who; each brain has a file of its own beside it."""
OWN = "society"
"""Name of the log that is the society's own."""
ALSO = ("agents", "steering", "assessors", "detach_assessors", "policy", "seed", "device", "verbose")
"""What may be said of a brain besides an algorithm's hyperparameters."""


class Society:
    """Several brains in one world, each a `DualBrainPPO` with its own steering subsystem and hyperparameters.

    ``env`` is an id (``n_envs`` and ``env_kwargs`` go with it) or a `VecEnv`. Its N rows are agents: row ``w * M + a``
    is agent ``a`` of world ``w``, where M agents live in each world; so ``n_envs`` is a multiple of M. ``brains`` says
    of each brain, by name, which ``agents`` (0 to M - 1) it moves, by what ``steering``, and any argument of
    `DualBrainPPO`. One brain may move several agents, of every world: they share its networks. Together the brains move
    every agent, each once. Brain ``k`` is seeded with ``seed + k``, the worlds with ``seed``.

    A brain learns from its own agents only, by their own drives; who is dead teaches nothing. A society of one brain
    is that `DualBrainPPO` alone, bit for bit. Raises `UserError` for a mistake, in one line.
    """

    brains: dict[str, DualBrainPPO]
    """The brains by name, in the given order."""
    metrics: dict[str, float]
    """The society's latest figures by key: see `docs/inspect.md`."""

    def __init__(
        self,
        env: str | VecEnv,
        brains: Mapping[str, Mapping[str, Any]],
        n_envs: int = 1,
        seed: int | None = None,
        env_kwargs: Mapping[str, Any] | None = None,
        tensorboard_log: str | None = None,
    ):
        for name, settings in brains.items():
            _check_settings(name, settings)
        self._plan: dict[str, Any] = {
            "env": env if isinstance(env, str) else None,
            "env_kwargs": dict(env_kwargs or {}),
            "seed": seed,
        }
        places = {name: _places(settings["agents"]) for name, settings in brains.items()}
        self._gather(make_vec_env(env, n_envs, seed, env_kwargs), places, tensorboard_log)
        self.brains = {}
        for k, (name, settings) in enumerate(brains.items()):
            chosen = {"seed": None if seed is None else seed + k, "policy": "BrainPolicy", **copy.deepcopy(settings)}
            del chosen["agents"]
            self.brains[name] = DualBrainPPO(
                chosen.pop("policy"), self._hub.seats[name], tensorboard_log=tensorboard_log, **chosen
            )

    def _gather(self, venv: VecEnv, places: Mapping[str, Sequence[int]], tensorboard_log: str | None) -> None:
        """Take seats around the world."""
        n_agents = agents_per_world(venv)
        _check_places(places, n_agents)
        self._places, self._tensorboard_log = places, tensorboard_log
        self._hub = SharedVecEnv(venv, places)
        self._collective = PopulationStats(venv.num_envs, n_agents, places)
        self._steps = 0
        self.metrics = {}

    @property
    def num_timesteps(self) -> int:
        """Steps of all agents together so far, those of absent ones included."""
        return self._steps * int(self._hub.venv.num_envs)

    def learn(
        self,
        total_timesteps: int,
        callback: Mapping[str, MaybeCallback] | None = None,
        log_interval: int = 1,
        reset_num_timesteps: bool = True,
    ) -> Self:
        """Train all brains side by side, for ``total_timesteps`` steps of all agents together.

        Each brain's share is that of its agents, rounded up to whole rollouts of ``n_steps`` steps of its own, as
        Stable-Baselines3 rounds. Where rollouts differ in length, brains that have learned their share continue to act
        until the last has; they learn no more. ``callback`` may name callbacks by brain; the society is logged once per
        longest rollout, and at the end.
        """
        given = callback or {}
        for name in given:
            if name not in self.brains:
                raise unknown("brain", name, self.brains)
        self._begin(reset_num_timesteps)
        shares = {name: -(-total_timesteps * brain.n_envs // self._hub.venv.num_envs) for name, brain in self._each}
        lives = {
            name: partial(brain.learn, shares[name], given.get(name), log_interval, name, reset_num_timesteps)
            for name, brain in self._each
        }
        self._hub.share(lives, {name: brain.step_without_learning for name, brain in self._each}, self._watch)
        self._log()
        return self

    @property
    def _each(self) -> Iterable[tuple[str, DualBrainPPO]]:
        return self.brains.items()

    def _begin(self, anew: bool) -> None:
        """Prepare to learn; if one brain needs a reset of the worlds, reset them for all."""
        if anew or any(brain._last_obs is None for brain in self.brains.values()):
            self._collective.begin()
            for brain in self.brains.values():
                brain._last_obs = None
        if anew:
            self._steps = 0
        self._interval = max(brain.n_steps for brain in self.brains.values())
        self._logger = configure_logger(0, self._tensorboard_log, OWN, anew)
        keep_writing(self._logger)

    def _watch(self, scores: NDArray[Any], dones: NDArray[np.bool_], infos: list[dict[str, Any]]) -> None:
        """Take down a step of the whole world."""
        self._collective.step(scores, self._hub.present(), dones, cut_short(dones, infos))
        self._steps += 1
        if self._steps % self._interval == 0:
            self._log()

    def _log(self) -> None:
        if self._collective.steps:
            self.metrics = self._collective.read()
            for key, value in self.metrics.items():
                self._logger.record(key, value)
            self._logger.dump(self.num_timesteps)

    def save(self, folder: str | Path) -> None:
        """Write every brain into a file of its own, ``<name>.zip``, and beside them who is who; each is whole.

        Raises `UserError` for a keyword argument of the world that a file cannot hold.
        """
        home = Path(folder)
        check_writable(self._plan["env_kwargs"], "keyword argument of the world", PLAN)
        home.mkdir(parents=True, exist_ok=True)
        for name, brain in self.brains.items():
            with atomic_write(home / f"{name}.zip") as file:
                brain.save(file)
        plan = {**self._plan, "n_envs": self._hub.venv.num_envs, "steps": self._steps, "agents": self._places}
        with atomic_write(home / PLAN) as file:
            write_text(file, json.dumps({**plan, "env_kwargs": encode(plan["env_kwargs"])}, indent=2))

    @classmethod
    def load(
        cls,
        folder: str | Path,
        env: str | VecEnv | None = None,
        n_envs: int | None = None,
        tensorboard_log: str | None = None,
        trusted: bool = False,
    ) -> Self:
        """Load a saved society, into its own world (made anew) or into ``env``; it can be trained further.

        As with a single brain, random streams are not saved; ``trusted`` is that of `DualBrainPPO.load`. Raises
        `UserError` where the folder holds no society, or its world was given as an object and ``env``
        is not.
        """
        home = Path(folder)
        plan = _read(home, Source(str(home / PLAN), home, trusted))
        world = env or plan["env"]
        if world is None:
            raise UserError(f"the world of {home} was given as an object: pass env to Society.load")
        society = cls.__new__(cls)
        society._plan = {key: plan[key] for key in ("env", "env_kwargs", "seed")}
        venv = make_vec_env(world, n_envs or plan["n_envs"], plan["seed"], plan["env_kwargs"])
        society._gather(venv, plan["agents"], tensorboard_log)
        society.brains = {
            name: DualBrainPPO.load(home / f"{name}.zip", seat, tensorboard_log=tensorboard_log, trusted=trusted)
            for name, seat in society._hub.seats.items()
        }
        society._steps = plan["steps"]
        return society


def _read(home: Path, source: Source) -> dict[str, Any]:
    try:
        plan: dict[str, Any] = json.loads(read_text(home / PLAN))
        with reading(source):
            plan["env_kwargs"] = decode(plan["env_kwargs"])
        if ":" in (plan["env"] or ""):
            source.check(plan["env"].rpartition(":")[0])
    except UntrustedError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{home} holds no saved society: {error}") from error
    return plan


def _places(agents: int | Iterable[int]) -> list[int]:
    return [int(agent) for agent in (agents if isinstance(agents, Iterable) else [agents])]


def _check_settings(name: str, settings: Mapping[str, Any]) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][\w-]*", name) or name == OWN:
        raise UserError(f"'{name}' cannot be a brain's name: it names files, so letters, digits, _ and -; not '{OWN}'")
    valid = [*ALSO, *keywords(DualBrainPPO)]
    for setting in settings:
        if setting not in valid:
            raise unknown("setting", setting, valid, f" of brain '{name}'")
    if "agents" not in settings:
        raise UserError(f"brain '{name}' controls no agent: give some, as in agents=[0, 1]")


def _check_places(places: Mapping[str, Sequence[int]], n_agents: int) -> None:
    """Raise `UserError` unless every agent of a world belongs to one brain."""
    owners: dict[int, str] = {}
    for name, agents in places.items():
        if not agents:
            raise UserError(f"brain '{name}' controls no agent: give some, as in agents=[0, 1]")
        for agent in agents:
            if not 0 <= agent < n_agents:
                raise UserError(f"brain '{name}': there is no agent {agent}, a world has 0 to {n_agents - 1}")
            if agent in owners:
                raise UserError(f"agent {agent} is given to '{owners[agent]}' and to '{name}': it can have one brain")
            owners[agent] = name
    left = [agent for agent in range(n_agents) if agent not in owners]
    if left:
        raise UserError(f"no brain controls agents {', '.join(map(str, left))}: a world has 0 to {n_agents - 1}")

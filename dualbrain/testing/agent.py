"""The contract of a learning algorithm, checked on a short training in a tiny world."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv, unwrap_vec_wrapper

from dualbrain.episodes.evaluate import evaluate
from dualbrain.errors import UserError
from dualbrain.registry import check_agent_class, load_agent
from dualbrain.runs.build import keywords
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.testing.contract import ContractError, blaming, equal, require
from dualbrain.training.policy_arguments import AUTO
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

DRIVES = ("extrinsic", "novelty")
ON_POLICY = {"n_steps": 64, "batch_size": 32, "n_epochs": 1, "window": 64}
OFF_POLICY = {"batch_size": 32, "buffer_size": 512, "learning_starts": 32, "window": 64}
"""Hyperparameters of a short training, for algorithms that have them."""


class Line(gymnasium.Env[Any, Any]):
    """Walk along a line of nine places, and be paid at its right end; 24 steps are an episode."""

    observation_space = spaces.Box(-1.0, 1.0, (2,), np.float32)

    def __init__(self, continuous: bool = False):
        self.action_space = spaces.Box(-1.0, 1.0, (1,), np.float32) if continuous else spaces.Discrete(2)
        self._continuous = continuous

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        """Begin in the middle."""
        super().reset(seed=seed, options=options)
        self._place, self._age = 4, 0
        return self._look(), {}

    def step(self, action: Any) -> Any:
        """Go left or right."""
        right = float(np.asarray(action).reshape(-1)[0]) > (0.0 if self._continuous else 0.5)
        self._place = min(max(self._place + (1 if right else -1), 0), 8)
        self._age += 1
        return self._look(), float(self._place == 8), self._place == 0, self._age == 24, {}

    def _look(self) -> Any:
        return np.array([self._place / 4 - 1, self._age / 12 - 1], np.float32)


@dataclass(frozen=True)
class _Trial:
    cls: type[BaseAlgorithm]
    continuous: bool
    steps: int
    settings: Mapping[str, Any]

    @property
    def who(self) -> str:
        return f"agent '{self.cls.__name__}'"

    def worlds(self) -> VecEnv:
        return make_vec_env(DummyVecEnv([partial(Line, self.continuous)] * 2))

    def born(self) -> Any:
        given: dict[str, Any] = {"steering": SteeringSubsystem(DRIVES), **self.settings}
        return self.cls(self.policy, self.worlds(), **given)

    @property
    def policy(self) -> str:
        return next((name for name in self.cls.policy_aliases if name.startswith(("Brain", "Mlp"))), AUTO)

    def grown(self) -> Any:
        agent = self.born()
        with blaming(f"{self.who}, learn"):
            agent.learn(self.steps)
        return agent


def check_agent(agent: type[BaseAlgorithm] | str, *, steps: int = 256, seed: int = 0, **settings: Any) -> None:
    """Check that a learning algorithm (a class or registered name) keeps its contract; takes a few seconds.

    It is built under two drives in a tiny world of two actions, or of continuous ones; it learns from the steering
    subsystem's reward, in a `SteeringVecEnv`; the same seed makes the same agent; it assesses observations by signal;
    saved and loaded it acts and assesses the same; and it can be evaluated, which changes nothing about it.
    ``settings`` are keyword arguments of the class.

    Raises `ContractError`, in one line that names the agent and the breach.
    """
    trial = _trial(agent, steps, seed, settings)
    grown = trial.grown()
    for check in (_is_steered, _repeats, _assesses, _is_restored, _is_evaluated):
        check(trial, grown)


def _trial(agent: type[BaseAlgorithm] | str, steps: int, seed: int, settings: Mapping[str, Any]) -> _Trial:
    try:
        cls = load_agent(agent) if isinstance(agent, str) else agent
        check_agent_class(cls, getattr(cls, "__name__", str(cls)))
    except UserError as error:
        raise ContractError(str(error)) from error
    offered = keywords(cls)
    numbers = OFF_POLICY if "buffer_size" in offered else ON_POLICY
    small = {name: value for name, value in numbers.items() if name in offered}
    trials = [_Trial(cls, continuous, steps, {**small, "seed": seed, **settings}) for continuous in (False, True)]
    return trials[0] if _is_built(trials[0]) else trials[1]


def _is_built(trial: _Trial) -> bool:
    """Return whether an agent can be built in a world of two actions; else it is built where they are continuous."""
    try:
        trial.born()
    except Exception:  # noqa: BLE001  whatever is wrong with it is raised in the other world too
        return False
    return True


def _is_steered(trial: _Trial, agent: Any) -> None:
    require(agent.num_timesteps >= trial.steps, f"{trial.who}: took {agent.num_timesteps} steps of {trial.steps}")
    body = unwrap_vec_wrapper(agent.env, SteeringVecEnv)
    require(body is not None, f"{trial.who}: its env is in no SteeringVecEnv, so that no drive is paid")
    require(body is None or body.steering is agent.steering, f"{trial.who}: its steering is not what steers its env")


def _repeats(trial: _Trial, agent: Any) -> None:
    again = trial.grown()
    require(_same_parameters(agent, again), f"{trial.who}: the same seed twice made two different agents")


def _assesses(trial: _Trial, agent: Any) -> None:
    with blaming(f"{trial.who}, assess"):
        expected = agent.assess(_observations())
    signals = set(agent.steering.signals)
    for kind in ("short", "long"):
        named = set(expected[kind])
        require(named in (set(), signals), f"{trial.who}: assess names {sorted(named)}, not its signals, in '{kind}'")
    for name, values in {**expected["short"], **expected["long"], "valence": expected["valence"]}.items():
        shape = np.shape(values)
        require(shape == (len(_observations()),), f"{trial.who}: assess gives '{name}' the shape {shape}, not (N,)")
        require(bool(np.isfinite(values).all()), f"{trial.who}: assess gives '{name}' numbers that are not finite")


def _is_restored(trial: _Trial, agent: Any) -> None:
    file = io.BytesIO()
    with blaming(f"{trial.who}, save and load"):
        agent.save(file)
        file.seek(0)
        loaded = type(agent).load(file, env=trial.worlds())
    for does in (_acts, _expects):
        same = equal(does(agent), does(loaded))
        require(same, f"{trial.who}: saved and loaded, it does not {does.__name__[1:-1]} the same")


def _is_evaluated(trial: _Trial, agent: Any) -> None:
    kept = {name: value.clone() for name, value in agent.policy.state_dict().items()}
    with blaming(f"{trial.who}, evaluation"):
        evaluate(agent, trial.worlds(), 2, seed=0)
    after = agent.policy.state_dict()
    require(
        all(bool((value == after[name]).all()) for name, value in kept.items()), f"{trial.who}: evaluation changed it"
    )


def _observations() -> Any:
    return np.linspace(-1.0, 1.0, 14, dtype=np.float32).reshape(7, 2)


def _acts(agent: Any) -> Any:
    return agent.predict(_observations(), deterministic=True)[0]


def _expects(agent: Any) -> Any:
    return agent.assess(_observations())


def _same_parameters(one: Any, other: Any) -> bool:
    ours, theirs = (agent.policy.state_dict() for agent in (one, other))
    return all(bool((value == theirs[name]).all()) for name, value in ours.items())

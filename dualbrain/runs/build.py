"""Build the parts of a run from its configuration: drives, steering subsystem, world, agent."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.off_policy_algorithm import OffPolicyAlgorithm
from stable_baselines3.common.utils import LinearSchedule
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.cortex.building import check_cortex_kwargs, load_cortex
from dualbrain.errors import UserError, unknown
from dualbrain.observers.named import load_observer
from dualbrain.origin import is_ours, own_line, reason
from dualbrain.registry import import_package, load_agent
from dualbrain.runs.abilities import Assessing
from dualbrain.runs.config import RunConfig
from dualbrain.runs.models import find_model, load_model
from dualbrain.runs.recipes import ANY, BY_ALGORITHM
from dualbrain.steering.file import completed_module
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.structured.equality import equal
from dualbrain.structured.keywords import keywords_of
from dualbrain.structured.ranges import ONE_BY_ONE
from dualbrain.structured.reading import Reader
from dualbrain.structured.tables import check_writable, merge
from dualbrain.training.devices import check_device
from dualbrain.training.hyperparameters import LINEAR, RANGES, SCHEDULES, check_hyperparameters, check_rows, decays_from
from dualbrain.training.memory import check_memory
from dualbrain.training.policy_arguments import AUTO, check_policy_arguments, policy_name, resolved
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.single_env import is_batched

DECIDED = frozenset({"self", "policy", "env", "steering", "n_envs", "env_kwargs", "assessors", "detach_assessors"})
DECIDED |= {"seed", "device", "verbose", "tensorboard_log", "_init_setup_model"}
"""Arguments of an algorithm that other parts of the configuration decide."""
GROWN = frozenset({"policy_kwargs", "cortex", "cortex_kwargs", "reads"})
"""Arguments that a saved agent keeps."""


def import_packages(names: Iterable[str]) -> None:
    """Import packages that register worlds; raises `UserError` for one that cannot be imported."""
    for name in names:
        import_package(name, "the package of --gym-packages")


def use_threads(config: RunConfig) -> None:
    """Let torch use as many threads as the run asks for."""
    if config.num_threads:
        torch.set_num_threads(config.num_threads)


def recipe(env: str, algo: str = "ppo") -> dict[str, Any]:
    """Return the recommended tables for a world and an algorithm; raises `UserError` for an unknown one.

    An algorithm derived from one that has recipes takes over what it has keyword arguments for.
    """
    if algo.replace("_", "") in BY_ALGORITHM:
        return merge(*BY_ALGORITHM[algo.replace("_", "")].of(env, is_batched(env)))
    return _recipe_of(env, load_agent(algo))


def _recipe_of(env: str, cls: type[BaseAlgorithm]) -> dict[str, Any]:
    """Return what an algorithm of the user's own takes over from the one that it is derived from."""
    known = next((name for name in (each.__name__.lower() for each in cls.__mro__) if name in BY_ALGORITHM), None)
    tables = BY_ALGORITHM[known] if known else ANY
    found, offered = merge(*tables.of(env, is_batched(env))), keywords(cls)
    numbers = {name: value for name, value in found.get("hyperparams", {}).items() if name in offered}
    policy = {} if RunConfig.policy in cls.policy_aliases else {"policy": AUTO}
    return {**found, **policy, "hyperparams": numbers}


def build_world(config: RunConfig, n_envs: int, seed: int) -> VecEnv:
    """Make the world of a run, ``n_envs`` times; raises `UserError` where so many do not fit into memory."""
    if not is_batched(config.env):
        ONE_BY_ONE.check(n_envs, "'n_envs'")
    try:
        return make_vec_env(config.env, n_envs, seed, config.env_kwargs)
    except MemoryError as error:
        raise UserError(f"{n_envs:,} worlds do not fit into memory: choose fewer") from error


def build_agent(config: RunConfig, steering: SteeringSubsystem) -> Any:
    """Build a new agent, or load the one from which training continues."""
    needing = ("wire",) * config.cut_wire + tuple(config.assessors.ablations)
    if needing and not config.assess:
        raise UserError(f"nothing to ablate by {', '.join(needing)}: there are no assessors")
    if config.trained_agent is not None:
        return _grown(config, find_model(config.trained_agent), steering)
    cls = load_agent(config.algo)
    world = _world_to_train_in(config)
    assessors = config.assessors if config.assess else False
    with _born(config.algo):
        policy = policy_name(world.observation_space, cls.policy_aliases) if config.policy == AUTO else config.policy
        return cls(policy, world, steering=steering, assessors=assessors, **_settings(config))


@contextmanager
def _born(algo: str) -> Iterator[None]:
    """Raise `UserError` for what an algorithm refuses when it is built; mistakes in code, ours or the user's, pass."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if own_line(error) or is_ours(error):
            raise
        raise UserError(f"'{algo}' cannot be built with these settings in this world: {reason(error)}") from error


def _world_to_train_in(config: RunConfig) -> VecEnv:
    world = build_world(config, config.n_envs, config.seed)
    check_memory(world, config.hyperparams)
    return world


def _grown(config: RunConfig, model: Path, steering: SteeringSubsystem) -> Any:
    """Load a saved agent; its drives, and how its assessors learn, are exchanged where the configuration differs."""
    world = _world_to_train_in(config)
    stated = _settings(config)
    settings = {name: value for name, value in stated.items() if name not in GROWN}
    agent = load_model(model, config.algo, env=world, **settings)
    say_what_is_lost(agent)
    _say_what_is_kept(agent, {name: value for name, value in stated.items() if name in GROWN and value})
    if not equal(_gist(agent.steering), _gist(steering)):
        agent.set_steering(steering)
    if config.assess and isinstance(agent, Assessing) and agent.options != config.assessors:
        agent.set_assessors(config.assessors)
    return agent


def say_what_is_lost(agent: Any) -> None:
    """Warn of what no model file holds."""
    if isinstance(agent, OffPolicyAlgorithm):
        logging.getLogger("dualbrain").warning("no file holds a replay buffer: this run begins with an empty one")


def _say_what_is_kept(agent: Any, stated: Mapping[str, Any]) -> None:
    for name, wanted in stated.items():
        kept = getattr(agent, name, None)
        if isinstance(wanted, Mapping) and isinstance(kept, Mapping):
            kept = {key: kept.get(key) for key in wanted}
        if not equal(kept, wanted):
            logging.getLogger("dualbrain").warning("a trained agent keeps its %s: %s, not %s", name, kept, wanted)


def _settings(config: RunConfig) -> dict[str, Any]:
    hyperparams = {**config.hyperparams}
    for name in hyperparams.keys() & {*SCHEDULES}:
        hyperparams[name] = _scheduled(hyperparams[name])
    if hyperparams.get("policy_kwargs"):
        hyperparams["policy_kwargs"] = resolved(hyperparams["policy_kwargs"])
    return {**hyperparams, "seed": config.seed, "device": config.device}


def _gist(steering: SteeringSubsystem) -> Any:
    drives = {name: (type(module), module.parameters) for name, module in steering.modules.items()}
    return drives, steering.weights, steering.thought_cap, steering.stages, steering.ablations


def completed(config: RunConfig, where: str) -> RunConfig:
    """Write out what the configuration leaves to defaults: every drive's parameters, every hyperparameter.

    Raises `UserError` for a hyperparameter that the algorithm does not have, with the nearest, for a number out of its
    range, and for a value that ``config.toml`` cannot hold.
    """
    cls = load_agent(config.algo)
    hyperparams = _hyperparams(config, cls, f"{where} [hyperparams]")
    tables = {name: completed_module(name, table, where) for name, table in config.modules.items()}
    check_writable(config.env_kwargs, "keyword argument of the world")
    check_writable(hyperparams, "hyperparameter")
    check_device(config.device, where)
    for name in config.observers:
        load_observer(name)
    return replace(config, hyperparams=hyperparams, modules=tables)


def _hyperparams(config: RunConfig, cls: type[BaseAlgorithm], where: str) -> dict[str, Any]:
    offered = keywords(cls)
    for name, value in config.hyperparams.items():
        if name not in offered:
            raise unknown("key", name, offered, where=f" in {where}")
        kind = type(offered[name])
        if kind in (bool, str) and name not in RANGES:
            Reader(where, "", name).read(kind, value)
    stated = {name: value for name, value in offered.items() if isinstance(value, (bool, int, float, str))}
    hyperparams = check_hyperparameters({**stated, **config.hyperparams}, where)
    if isinstance(hyperparams.get("cortex"), str):
        check_cortex_kwargs(load_cortex(hyperparams["cortex"]), hyperparams.get("cortex_kwargs"))
    check_rows(hyperparams, config.n_envs, where)
    if config.hyperparams.get("policy_kwargs") is not None:
        policy = cls.policy_aliases.get(config.policy)
        check_policy_arguments(config.hyperparams["policy_kwargs"], keywords(policy) if policy else None, where)
    return hyperparams


def keywords(cls: type) -> dict[str, Any]:
    """Return the keyword arguments of a class with their defaults, those passed on to its ancestors included."""
    return {name: default for name, default in keywords_of(cls)[0].items() if name not in DECIDED}


def _scheduled(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(LINEAR):
        return LinearSchedule(decays_from(value), 0.0, 1.0)
    return value

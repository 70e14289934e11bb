"""Find experiments by registered name or dotted path, load them on demand, and check them."""

from __future__ import annotations

import pickle
import re

from dualbrain.errors import UserError
from dualbrain.lab.experiment import Experiment
from dualbrain.registry import EXPERIMENTS, experiments, load


def load_experiment(name: str) -> Experiment:
    """Return the experiment registered as ``name``, or at ``package.module:OBJECT``.

    Raises `UserError` for an unknown name (with the nearest one), one that cannot be loaded, or what is no experiment.
    """
    found = load(EXPERIMENTS, "experiment", name)
    if not isinstance(found, Experiment):
        raise UserError(f"experiment '{name}' is no Experiment but a {type(found).__name__}")
    _check(found)
    return found


def _check(experiment: Experiment) -> None:
    """Raise `UserError` for an experiment that could not be run, saved, or distinguished from a full run."""
    name = experiment.name
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise UserError(f"'{name}' cannot name an experiment: it names a folder, so letters, digits, _, - and .")
    if experiment.waits_for:
        return
    if experiment.run is None:
        raise UserError(f"experiment '{name}' has neither run nor waits_for")
    if not experiment.claims or not experiment.controls:
        raise UserError(f"experiment '{name}' needs a claim, and a control that must fail")
    _check_pickles(experiment)
    if experiment.steps and not 0 < experiment.quick_steps < experiment.steps:
        raise UserError(f"experiment '{name}' needs quick_steps between 0 and its {experiment.steps:,} steps")


def _check_pickles(experiment: Experiment) -> None:
    """Raise `UserError` for an experiment that other processes could not run."""
    try:
        pickle.dumps(experiment.run)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise UserError(f"experiment '{experiment.name}' must run a function of a module: {error}") from error


def load_all(chosen: list[str]) -> dict[str, Experiment]:
    """Return experiments by their own names, each once; raises `UserError` where two share one."""
    found: dict[str, Experiment] = {}
    for experiment in map(load_experiment, chosen):
        if found.setdefault(experiment.name, experiment) != experiment:
            raise UserError(f"two experiments are named '{experiment.name}'")
    return found


def load_registered() -> tuple[dict[str, Experiment], dict[str, str]]:
    """Return all registered experiments that can be loaded, and by name why others cannot."""
    found: dict[str, Experiment] = {}
    broken: dict[str, str] = {}
    for name in experiments():
        try:
            found |= load_all([name])
        except UserError as error:
            broken[name] = str(error)
    return found, broken

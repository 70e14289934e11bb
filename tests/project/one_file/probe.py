"""Run in a process of its own: list, check, document and train with what was added; print what was found as JSON."""

from __future__ import annotations

import contextlib
import io
import json
import sys

import gymnasium

from dualbrain.cli import main
from dualbrain.lab.catalogue import load_experiment
from dualbrain.testing import check_agent, check_module, check_world
from dualbrain.worlds.single_env import senses_of


def said(*command: str) -> str:
    """Return what a command prints; its exit code follows."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main([*command])
    return f"{out.getvalue()}\nexit code {code}"


def train(world: str, drives: str, algorithm: str, cortex: str, *observers: str) -> str:
    """Return what a few steps of training print."""
    few = ["-n", "128", "--n-envs", "4", "--eval-freq", "0", "--pictures", "0", "--no-progress"]
    settings = ["n_steps:16", "batch_size:64", f"cortex:{cortex}"]
    return said("train", world, "--modules", drives, "--algo", algorithm, *few, *observers, "-params", *settings)


def documented() -> dict[str, str]:
    """Return the pages that are made of what there is."""
    from docs import make_drives, make_senses

    return {"drives": make_drives.page(), "senses": make_senses.page()}


def found(names: dict[str, str]) -> dict[str, object]:
    """Return all that is seen of one part of each kind."""
    check_module(names["drive"])
    check_world(names["world"], n=2, steps=20)
    check_agent(names["agent"])
    return {
        "trained": train(
            names["world"], names["drive"], names["agent"], names["cortex"], "--observers", names["observer"]
        ),
        "trained on the adapted": train(names["adapted"], "extrinsic", names["agent"], "mlp"),
        "experiment": load_experiment(names["experiment"]).about,
        "run": said("lab", "run", names["experiment"], "--seeds", "2", "--jobs", "1", "--no-progress"),
        "senses": [*senses_of(names["adapted"])],
        "registered": names["world"] in gymnasium.registry,
    }


if __name__ == "__main__":
    lists = {
        kind: said("list", kind)
        for kind in ("envs", "modules", "senses", "agents", "cortices", "observers", "experiments")
    }
    print(json.dumps([lists, documented(), [found(names) for names in json.loads(sys.argv[1])]]))

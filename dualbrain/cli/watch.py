"""Write a page that plays fresh episodes of a trained agent with its predictions, senses and rewards."""

from __future__ import annotations

import argparse
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from rich.console import Console

from dualbrain.cli.episode_args import run_of
from dualbrain.runs.config import RunConfig
from dualbrain.runs.found import inside
from dualbrain.runs.notable_episodes import recorded, telling
from dualbrain.runs.run_folder import MODEL
from dualbrain.training.guard import Guard
from dualbrain.watch.page import build_page, write_page
from dualbrain.watch.page_data import Caption
from dualbrain.worlds.single_env import make


def run(args: argparse.Namespace) -> int:
    """Play or find the episodes, write the page, and say where it is."""
    model, config = run_of(args)
    output = args.output or inside(model.parent, "watch.html")
    recording = recorded(model, config, args.episodes, args.seed, True, args.max_steps, args.imagined)
    page = build_page(recording, _caption(model, config, args.seed), telling(recording))
    path = write_page(page, output)
    Console().print(f"{path} ({path.stat().st_size / 1e6:.1f} MB)", highlight=False, markup=False, soft_wrap=True)
    if args.open:
        webbrowser.open(path.resolve().as_uri())
    return 0


def _caption(model: Path, config: RunConfig, seed: int) -> Caption:
    facts = {
        "drives": ", ".join(_weighted(name, drive.weight) for name, drive in config.modules.items()),
        "brain": f"{config.algo}, seed {config.seed}",
        "run": model.parent.name if model.name == MODEL else f"{model.parent.name}/{model.name}",
        "episodes": f"seed {seed}",
    }
    return Caption(config.env, facts, _action_names(config))


def _weighted(name: str, weight: float) -> str:
    return name if weight == 1.0 else f"{name} \N{MULTIPLICATION SIGN}{weight:g}"


@runtime_checkable
class NamesActions(Protocol):
    """An environment that names its actions."""

    def get_action_meanings(self) -> Sequence[str]:
        """Return their names, by number."""


def _action_names(config: RunConfig) -> list[str]:
    """Return the names of actions if a world gives them, as Atari's do."""
    return Guard("names of actions", "name of an action on the page").run(_told_by, config) or []


def _told_by(config: RunConfig) -> list[str]:
    world = make(config.env, **config.env_kwargs)
    names = world.unwrapped.get_action_meanings() if isinstance(world.unwrapped, NamesActions) else []
    world.close()
    return list(names)

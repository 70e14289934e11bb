"""Evaluate a trained agent in fresh episodes, and compare it with a random one."""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from dualbrain.cli.parsing import parse_settings
from dualbrain.cli.terminal.invocation import show_command
from dualbrain.episodes.evaluate import Evaluation, evaluate, evaluate_random
from dualbrain.errors import UserError
from dualbrain.runs.build import import_packages, use_threads
from dualbrain.runs.config import RunConfig
from dualbrain.runs.found import read_found
from dualbrain.runs.models import config_beside, find_model, load_model
from dualbrain.scalars.books import RewardShares
from dualbrain.structured.tables import from_dict


def run(args: argparse.Namespace) -> int:
    """Play, and show the figures."""
    model = find_model(args.model)
    config = _config(args, model)
    use_threads(config)
    agent = load_model(model, config.algo, device="cpu")
    asked = (config.env, args.episodes, args.seed, config.env_kwargs, args.n_envs)
    played = evaluate(agent, *asked, deterministic=args.deterministic, max_steps=args.max_steps)
    players = {"the brain": played}
    if args.random:
        players["a random agent"] = evaluate_random(*asked, max_steps=args.max_steps)
    console = Console()
    heading = f"[bold]{escape(str(model))}[/] in {config.env}, {args.episodes} fresh episodes"
    console.print(heading, highlight=False, soft_wrap=True)
    console.print(episodes_table(players))
    for name, figures in players.items():
        if figures.reservations:
            console.print(f"{name}: {figures.reservations}", highlight=False, soft_wrap=True)
    if played.signals:
        console.print(signals_table(played))
    if played.paid is not None:
        weights = dict(zip(agent.steering.signals, agent.steering.current_weights.tolist(), strict=True))
        console.print(reward_shares_table(played.paid, weights))
        for line in alarm_lines(played.paid, weights):
            console.print(line, highlight=False, soft_wrap=True)
    show_command(console, "board", model.parent)
    return 0


def _config(args: argparse.Namespace, model: Path) -> RunConfig:
    """Return the configuration beside the model, or what the flags say, with the world's package imported."""
    beside = config_beside(model)
    stated: dict[str, Any] = {key: value for key in ("env", "algo") if (value := getattr(args, key))}
    trained = read_found(beside) if beside else {}
    tables = {**trained, **stated}
    if "env" not in tables:
        raise UserError(f"which world? There is no config.toml beside {model}: give --env")
    config = from_dict(RunConfig, tables, str(beside))
    import_packages(config.gym_packages)
    kept = config.env_kwargs if config.env == trained.get("env") else {}
    return replace(config, env_kwargs={**kept, **parse_settings(args.env_kwargs)})


def episodes_table(players: dict[str, Evaluation]) -> Table:
    """Lay out lengths and scores of each agent: median, and quartiles in brackets."""
    table = Table("", title="Episodes: median (quartiles)", title_justify="left")
    for heading in ("length", "world's score", "innate reward"):
        table.add_column(heading, justify="right")
    for name, played in players.items():
        length = _spread(played.median_length, played.length_quartiles)
        score = _spread(played.median_score, played.score_quartiles)
        table.add_row(name, length, score, _innate(played.innate_scores))
    return table


def reward_shares_table(paid: RewardShares, weights: dict[str, float]) -> Table:
    """Lay out the share of each signal in all absolute rewards, from truths and from predictions."""
    table = Table(Column("signal", no_wrap=True), title="Shares of all |reward| by signal", title_justify="left")
    for heading in ("weight", "share", "from truth", "from prediction"):
        table.add_column(heading, justify="right")
    total = max(paid.truth.sum() + paid.thought.sum(), math.ulp(0.0))
    for (name, weight), truth, thought in zip(weights.items(), paid.truth, paid.thought, strict=True):
        shares = (truth + thought, truth, thought)
        table.add_row(name, f"{weight:g}", *(f"{share / total:.1%}" for share in shares))
    return table


def alarm_lines(paid: RewardShares, weights: dict[str, float]) -> list[str]:
    """Return alarms about the reward shares, a line each."""
    lines, taker = [], paid.largest(weights)
    if taker:
        lines.append(f"[bold]alarm[/]: {taker} has taken over: it paid nearly all reward")
    if paid.by_thought > 0.5:
        lines.append(f"[bold]alarm[/]: thoughts pay more than evidence: {paid.by_thought:.0%} of all reward")
    return lines


def _innate(scores: NDArray[np.float64] | None) -> str:
    if scores is None:
        return "-"
    low, median, high = np.quantile(scores, (0.25, 0.5, 0.75)).tolist()
    return _spread(median, (low, high))


def signals_table(played: Evaluation) -> Table:
    """Lay out the prediction skill for each signal."""
    table = Table(Column("signal", no_wrap=True), title="Prediction skill by signal", title_justify="left")
    for heading in ("AUROC", "shuffled", "positives", "prevalence", "expl. var."):
        table.add_column(heading, justify="right")
    for name, skill in played.signals.items():
        figures = (skill.auroc, skill.auroc_shuffled)
        prevalence, explained = _figure(skill.prevalence), _figure(skill.explained_variance)
        table.add_row(name, *map(_figure, figures), f"{skill.positives:,}", prevalence, explained)
    return table


def _spread(median: float, quartiles: tuple[float, float]) -> str:
    return f"{median:,.4g} ({quartiles[0]:,.4g} to {quartiles[1]:,.4g})"


def _figure(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "-"

"""Compare steering subsystems in one world, over seeds.

Every condition is a name and the steering flags that ``dualbrain train`` would get. What is compared is behaviour,
as the world's own score and senses tell it, never the rewards.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.console import Console

from dualbrain.cli.flags.compare import OF_TRAIN
from dualbrain.cli.flags.evaluate import FRESH
from dualbrain.cli.flags.parser import parser
from dualbrain.cli.flags.settings import settings
from dualbrain.cli.terminal.counting import counting
from dualbrain.cli.terminal.invocation import show_command
from dualbrain.cli.train import configuration
from dualbrain.compare.algorithms import by_algorithm
from dualbrain.compare.curves import draw
from dualbrain.compare.hparams import write_experiment
from dualbrain.compare.jobs import make_all
from dualbrain.compare.outcome import OUTCOME, read_outcome
from dualbrain.compare.study import Condition, EvaluationSpec, Run, State, check_comparable, check_name, clear
from dualbrain.compare.table import (
    NOTE,
    Outcomes,
    alarms,
    as_csv,
    markdown,
    measures_of,
    reservations,
    rich_table,
    shortfalls,
)
from dualbrain.errors import UserError
from dualbrain.files.file_lock import file_lock
from dualbrain.runs.run_folder import RunFolder
from dualbrain.runs.train import prepare
from dualbrain.structured.ranges import SEED
from dualbrain.training.guard import Guard

TABLE, MEASURES, CURVES = "table.md", "measures.csv", "curves.png"
OF_THE_COMPARISON = {"env": "a world", "seed": "--seed", "log_folder": "--log-folder", "num_threads": "--num-threads"}
"""Settings of ``dualbrain train`` that no condition has of its own."""


def run(args: argparse.Namespace) -> int:
    """Train the missing runs; show and write the results of all."""
    SEED.check(args.seed + args.seeds - 1, "the last of the seeds")
    runs, measuring = plan(args), EvaluationSpec(args.episodes, FRESH, args.trust)
    console = Console()
    with file_lock(args.log_folder, "comparison"):
        clear(args.log_folder)
        try:
            _make(runs, measuring, args, console)
        except UserError:
            _conclude(runs, measuring, args, console)
            raise
        _conclude(runs, measuring, args, console)
    return 0


def conditions(given: Sequence[str]) -> list[Condition]:
    """Read conditions; raises `UserError` for what is none, and for a name given twice.

    >>> conditions(["fear=hunger:5,flinch", "plain=hunger --no-assessors"])[1].arguments
    ('--modules', 'hunger', '--no-assessors')
    """
    read: dict[str, Condition] = {}
    for text in given:
        name, equals, said = text.partition("=")
        words = _words(said)
        if not equals or not words:
            raise UserError(f"'{text}' is no condition: write NAME=STEERING, as in fear=hunger:5,flinch")
        check_name(name)
        if name in read:
            raise UserError(f"two conditions are named '{name}'")
        if not words[0].startswith("-"):
            words.insert(0, "--steering" if words[0].endswith(".toml") else "--modules")
        _check_own(name, words)
        read[name] = Condition(name, tuple(words))
    return list(read.values())


def _check_own(name: str, words: Sequence[str]) -> None:
    """Raise `UserError` for a flag that the comparison itself gives to each of its runs."""
    flags, plain = (vars(parser().parse_args(["train", *given])) for given in (words, ()))
    for setting, flag in OF_THE_COMPARISON.items():
        if flags[setting] != plain[setting]:
            raise UserError(f"the condition '{name}' cannot have {flag}: the comparison gives it to each of its runs")


def _words(said: str) -> list[str]:
    try:
        return shlex.split(said)
    except ValueError as error:
        raise UserError(f"'{said}' is no steering of a condition: {error}") from error


def plan(args: argparse.Namespace) -> list[Run]:
    """Return all runs of a comparison, the seeds of a condition one after another.

    Each condition is built once, so that mistakes are reported before anything is trained.
    """
    shared, runs, configs = _shared(args), [], {}
    for condition in by_algorithm(conditions(args.condition), _algorithms(args)):
        for seed in range(args.seed, args.seed + args.seeds):
            command = ["train", args.env, *shared, *condition.arguments, "--num-threads", "1", "--seed", str(seed)]
            if seed == args.seed:
                configs[condition.name] = _complete(command)
            config = _seeded(configs[condition.name], seed)
            runs.append(Run(condition, config, shlex.join(["dualbrain", *command]), args.log_folder))
    check_comparable(configs)
    return runs


def _algorithms(args: argparse.Namespace) -> list[str]:
    return [name.strip() for name in (args.algo or "").split(",") if name.strip()]


def _shared(args: argparse.Namespace) -> list[str]:
    """Return the flags that all conditions are trained with."""
    words: list[str] = []
    flags = {setting.dest: setting.names[0] for setting in settings() if setting.dest in OF_TRAIN}
    for name, flag in {**flags, "config": "--config"}.items():
        value = getattr(args, name)
        if value is not None and not (name == "algo" and len(_algorithms(args)) > 1):
            words += [flag, *map(str, value if isinstance(value, list) else [value])]
    return words


def _complete(command: Sequence[str]) -> Any:
    """Return the whole configuration of a ``dualbrain train``, checked by putting it together."""
    prepared = prepare(*configuration(parser().parse_args(command)))
    prepared.agent.env.close()
    return prepared.config


def _seeded(config: Any, seed: int) -> Any:
    return replace(config, seed=seed)


def _make(runs: list[Run], measuring: EvaluationSpec, args: argparse.Namespace, console: Console) -> None:
    """Train the missing runs, with a progress bar over all, or a line for each without a terminal."""
    missing = [run for run in runs if run.state(measuring) is not State.FINISHED]
    if not missing:
        return
    watched = console.is_terminal and not args.no_progress
    with counting(console, watched) as bar:
        task = bar.add_task("runs", total=len(runs), completed=len(runs) - len(missing))

        def tell(run: Run) -> None:
            bar.update(task, advance=1, description=f"made {run.name}")
            if not watched:
                console.print(f"made {run.name}", highlight=False)

        make_all(missing, measuring, args.n_jobs, tell)


def _conclude(planned: list[Run], measuring: EvaluationSpec, args: argparse.Namespace, console: Console) -> None:
    """Write table, measures, curves and HParams of the runs that could be made, and show the table."""
    runs = [run for run in planned if run.state(measuring) is State.FINISHED]
    if not runs:
        return
    missing = [run.name for run in planned if run not in runs]
    outcomes, folder = _outcomes(runs), RunFolder(runs[0].root)
    folder.write(TABLE, page(runs, outcomes, shlex.join(["dualbrain", *args.argv]), missing))
    folder.write(MEASURES, as_csv(outcomes))
    picture = Guard("learning curves", CURVES).run(draw, outcomes, runs[0].config.env)
    if picture:
        with folder.writing(CURVES) as path:
            path.write_bytes(picture)
    hparams = Guard("the comparison's HParams", "table of conditions in TensorBoard")
    hparams.run(write_experiment, folder.path, outcomes, measures_of(outcomes))
    console.print(rich_table(outcomes))
    console.print(NOTE, style="dim")
    if missing:
        console.print(f"[bold]not made[/]: {'; '.join(missing)}", highlight=False, soft_wrap=True)
    for line in alarms(outcomes):
        console.print(f"[bold]alarm[/]: {line}", highlight=False, soft_wrap=True)
    for line in shortfalls(outcomes):
        console.print(f"[bold]not all steps were done[/]: {line}", highlight=False, soft_wrap=True)
    for line in reservations(outcomes):
        console.print(f"[bold]not all episodes are whole[/]: {line}", highlight=False, soft_wrap=True)
    show_command(console, "board", folder.path)


def _outcomes(runs: list[Run]) -> Outcomes:
    found: dict[str, dict[int, Any]] = {}
    for run in runs:
        found.setdefault(run.condition.name, {})[run.config.seed] = read_outcome(run.place / OUTCOME)
    return found


def page(runs: list[Run], outcomes: Outcomes, command: str, missing: Sequence[str] = ()) -> str:
    """Return the comparison as a page of Markdown; ``missing`` names the runs that could not be made."""
    config, gists = runs[0].config, {run.condition.name: run.condition.summary for run in runs}
    first = next(iter(next(iter(outcomes.values())).values()))
    seeds = ", ".join(map(str, dict.fromkeys(run.config.seed for run in runs)))
    return "\n".join(
        [
            f"# {config.env}, {config.total_timesteps:,} steps, seeds {seeds}, {first.episodes} fresh episodes each",
            "",
            f"    {command}",
            "",
            *(f"* {name}: `{gist}`" for name, gist in gists.items()),
            "",
            markdown(outcomes),
            "",
            NOTE,
            "",
            *(f"* not made: {name}" for name in missing),
            *(f"* alarm: {line}" for line in alarms(outcomes)),
            *(f"* not all steps were done: {line}" for line in shortfalls(outcomes)),
            *(f"* not all episodes are whole: {line}" for line in reservations(outcomes)),
            "",
        ]
    )

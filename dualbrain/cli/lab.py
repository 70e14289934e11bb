"""Run published experiments over seeds, and test their claims and their controls, which must fail."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack

from rich.console import Console

from dualbrain.cli.terminal.counting import counting
from dualbrain.cli.terminal.invocation import show_command
from dualbrain.errors import UserError
from dualbrain.files.file_lock import file_lock
from dualbrain.lab import table
from dualbrain.lab.catalogue import load_all, load_registered
from dualbrain.lab.experiment import Experiment
from dualbrain.lab.jobs import Failure, Seed, make_all, missing
from dualbrain.lab.report import NOTE, Result, write_page, write_result
from dualbrain.lab.seed_store import SeedStore
from dualbrain.lab.table import rich

QUICK_CHAMBER, QUICK_WORLD = 3, 1
"""Seeds of ``--quick``."""


def run(args: argparse.Namespace) -> int:
    """Run the chosen subcommand."""
    try:
        return ACTS[args.act](args)
    except OSError as error:
        raise UserError(f"cannot write what was found: {error}") from error


def show(args: argparse.Namespace) -> int:
    """Print the experiments, those that cannot be loaded too."""
    found, broken = load_registered()
    rows = [[name, one.about, _takes(one), _state(SeedStore.of(one, args.log_folder))] for name, one in found.items()]
    rows += [[name, f"broken: {reason}", "", ""] for name, reason in broken.items()]
    Console().print(rich(["experiment", "about", "takes", "seeds kept"], rows))
    return 0


def _takes(experiment: Experiment) -> str:
    if experiment.waits_for:
        return f"pending: waits for {experiment.waits_for}"
    return "chamber, seconds" if experiment.in_chamber else f"{experiment.steps:,} steps per brain"


def _state(store: SeedStore) -> str:
    return str(len(store.seeds) or "")


def make(args: argparse.Namespace) -> int:
    """Run the missing seeds of some experiments; show and write the results of all."""
    experiments, broken = _chosen(args)
    stores = [SeedStore.of(one, args.log_folder, args.quick) for one in experiments.values()]
    runnable, console = [store for store in stores if not store.experiment.waits_for], Console()
    with ExitStack() as mine:
        for store in runnable:
            mine.enter_context(file_lock(store.folder, "run of the lab"))
        failures = _make(runnable, args, console)
        whole = [store for store in stores if not any(seed.store is store for seed, _ in failures)]
        troubles = [f"{seed.name}: {trouble}" for seed, trouble in failures] + _conclude(whole, args, console)
    for name, reason in broken.items():
        print(f"dualbrain: '{name}' was left out: {reason}", file=sys.stderr)
    if troubles:
        raise UserError(f"{len(troubles)} things went wrong ({' | '.join(troubles)}); repeat the command to continue")
    return 0


def _chosen(args: argparse.Namespace) -> tuple[dict[str, Experiment], dict[str, str]]:
    """Return the experiments that are asked for, and of ``--all`` those that are broken, with the reason."""
    if args.all == bool(args.names):
        raise UserError("name some experiments, or say --all (dualbrain lab list shows what there is)")
    return load_registered() if args.all else (load_all(args.names), {})


def _seeds(store: SeedStore, args: argparse.Namespace) -> range:
    """Return the seeds that are asked for."""
    if args.quick:
        return range(QUICK_CHAMBER if store.experiment.in_chamber else QUICK_WORLD)
    return range(args.seeds)


def _make(stores: Sequence[SeedStore], args: argparse.Namespace, console: Console) -> list[Failure]:
    """Run the missing seeds, with a progress bar over all, or a line per experiment without a terminal."""
    seeds = missing([(store, _seeds(store, args)) for store in stores], args.fresh)
    left = Counter(seed.store.experiment.name for seed in seeds)
    total = sum(len(_seeds(store, args)) for store in stores)
    watched = console.is_terminal and not args.no_progress
    with counting(console, watched) as bar:
        task = bar.add_task("seeds", total=total, completed=total - len(seeds))

        def tell(seed: Seed) -> None:
            name = seed.store.experiment.name
            left[name] -= 1
            bar.update(task, advance=1, description=seed.name)
            if not watched and not left[name]:
                console.print(f"made {name}", highlight=False)

        return make_all(seeds, args.jobs, tell)


def _conclude(stores: Sequence[SeedStore], args: argparse.Namespace, console: Console) -> list[str]:
    """Write and show the results of each experiment, and then of all; return the errors of some."""
    results: list[Result] = []
    troubles: list[str] = []
    for store in stores:
        try:
            results.append(_concluded(store, args, console))
        except UserError as error:
            troubles.append(str(error))
    console.print(table.rich(*_summary(results), "The lab"))
    console.print(NOTE, style="dim")
    show_command(console, "board", args.log_folder)
    return troubles


def _concluded(store: SeedStore, args: argparse.Namespace, console: Console) -> Result:
    """Write and show the results of one experiment."""
    seeds = [] if store.experiment.waits_for else _seeds(store, args)
    result = Result.of(store, seeds, judged=store.experiment.in_chamber or not args.quick)
    if result.seeds:
        write_result(result, store.folder)
        _print(result, console)
    return result


def _print(result: Result, console: Console) -> None:
    """Show the results of one experiment, beside the published ones."""
    console.print(table.rich(*table.claims(result.judgement), f"{result.experiment.name}: {result.verdict}"))
    for published in result.experiment.published:
        console.print(f"published: {table.format_published(published)}", style="dim", highlight=False, markup=False)


def _summary(results: Sequence[Result]) -> tuple[list[str], list[list[str]]]:
    rows = [
        [
            each.experiment.name,
            each.verdict,
            str(len(each.seeds) or ""),
            "\n".join(table.format_claims(each.judgement)),
            "\n".join(table.controls(each.judgement)),
        ]
        for each in results
    ]
    return ["experiment", "verdict", "seeds", "claims", "controls, which must fail"], rows


def tell(args: argparse.Namespace) -> int:
    """Write one page of what is kept."""
    experiments = load_all(args.names) if args.names else load_registered()[0]
    stores = [SeedStore.of(one, args.log_folder) for one in experiments.values()]
    if not any(store.seeds for store in stores):
        raise UserError(f"nothing of that is kept in {args.log_folder}: dualbrain lab run makes it")
    results = [Result.of(store, [] if store.experiment.waits_for else store.seeds) for store in stores]
    write_page(args.output, results, shlex.join(["dualbrain", *args.argv]))
    print(args.output)
    return 0


ACTS = {"list": show, "run": make, "report": tell}
"""What each act of the command does."""

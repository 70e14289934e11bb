"""Print the first and the last lines of a training run."""

from __future__ import annotations

import math
from typing import Any

from rich.console import Console
from rich.table import Table

from dualbrain.cli.terminal.invocation import show_command
from dualbrain.runs.abilities import Reporting
from dualbrain.runs.prepared import Prepared
from dualbrain.runs.train import Trained


def show_opening(run: Prepared, console: Console) -> None:
    """Print what will be trained, and the folder of the run."""
    config = run.config
    drives = ", ".join(f"{name} x{table.weight:g}" for name, table in config.modules.items())
    drives += f" through {', '.join(stage.name for stage in config.stages)}" if config.stages else ""
    drives += f" without {', '.join(config.ablations)}" if config.ablations else ""
    console.print(
        f"[bold]{config.env}[/]: {config.algo} under {drives}; "
        f"{config.n_envs:,} worlds, {config.total_timesteps:,} steps, seed {config.seed}",
        highlight=False,
    )
    if config.pretrain and not run.goes_on:
        console.print(f"first, {config.pretrain:,} random steps, not counted: the cortex alone learns", highlight=False)
    if run.before:
        console.print(f"continues at step {run.done:,} in {run.before.folder.path}", highlight=False, soft_wrap=True)


def show_closing(trained: Trained, console: Console) -> None:
    """Show reward shares by drive, prediction skill by signal and alarms; print commands for a closer look."""
    if isinstance(trained.agent, Reporting):
        report = trained.agent.report()
        console.print(closing_table(report))
        for line in audit_lines(report.get("audit", {})):
            console.print(line, highlight=False, soft_wrap=True)
    if trained.shortfall:
        console.print(f"[bold]not all steps were done[/]: {trained.shortfall}", highlight=False, soft_wrap=True)
    show_command(console, "board", trained.folder.path)


def closing_table(report: dict[str, Any]) -> Table:
    """Lay out an agent's report: one row per signal, with the drive's reward shares in its first row."""
    table = Table("drive", "signal", title="Reward by drive, and prediction skill by signal", title_justify="left")
    for heading in ("from truth", "from prediction", "drift of share", "skill"):
        table.add_column(heading, justify="right")
    audited = report.get("audit", {}).get("signals", {})
    for name, shares in report["modules"].items():
        paid = [f"{shares['truth']:.1%}", f"{shares['thought']:.1%}"]
        drive = name
        for full_name, skill in _signals_of(name, report["signals"]).items():
            table.add_row(drive, full_name.partition(".")[2], *paid, _drift(audited.get(full_name, {})), _skill(skill))
            drive, paid = "", ["", ""]
    return table


def audit_lines(audit: dict[str, Any]) -> list[str]:
    """Return the world's score beside innate reward, the alarms that sounded, and what was too little for any."""
    lines = []
    if math.isfinite(audit.get("world_score", math.nan)):
        lines.append(scores_line(audit["world_score"], audit["innate_score"]))
    lines += [f"[bold]alarm[/] at step {alarm.step:,}: {alarm.text}" for alarm in audit.get("alarms", ())]
    return [*lines, f"The audit had {audit['lacking']}."] if audit.get("lacking") else lines


def scores_line(world: float, innate: float) -> str:
    """Return a line with the world's score and innate reward."""
    return f"An episode scored {world:,.4g} in the world; its innate reward was {innate:,.4g}."


def _drift(audited: dict[str, float]) -> str:
    drift = audited.get("drift", math.nan)
    return f"{100 * drift:+.1f} points" if math.isfinite(drift) else "-"


def _signals_of(name: str, signals: dict[str, Any]) -> dict[str, Any]:
    own = {full_name: skill for full_name, skill in signals.items() if full_name.startswith(f"{name}.")}
    return own or {f"{name}.": {}}


def _skill(skill: dict[str, float]) -> str:
    for key, label in (("auroc", "AUROC"), ("explained_variance", "expl. variance")):
        value = skill.get(key, math.nan)
        if math.isfinite(value):
            return f"{label} {value:.2f}"
    return "-"

"""Show how many of several things are done, while they are made."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


def counting(console: Console, shown: bool) -> Progress:
    """Return a bar with what is done, of how much, for how long, and what was done last; nothing unless ``shown``."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    return Progress(*columns, console=console, disable=not shown, refresh_per_second=4)

"""The report: every number, and the places behind those that should be small."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import code_counts as counts
from .import_graph import cycles, module_graph, room_graph
from .source_tree import ROOT, Source, count_files, read_sources

MOST_FILES = 15
FULL_FOLDERS = ("envs", "reward_modules")
"""Worlds and drives: a file each, however many there are; so are an experiments' subject's."""


def crowded(files: Mapping[str, int]) -> dict[str, int]:
    """The folders that hold too many files, with how many they hold."""
    return {
        folder: n
        for folder, n in sorted(files.items())
        if n > MOST_FILES and folder not in FULL_FOLDERS and not folder.startswith("experiments.")
    }


def root_files(sources: Sequence[Source]) -> list[str]:
    """The Python files at the root of ``dualbrain/``."""
    return [source.path.name for source in sources if source.folder == "dualbrain"]


def measure(root: Path = ROOT) -> dict[str, float]:
    """Every number of the report, by what it counts, for a checkout."""
    sources = read_sources(root)
    return _orientation(sources, count_files(root)) | _grain(sources)


def _orientation(sources: Sequence[Source], files: Mapping[str, int]) -> dict[str, float]:
    whole, touching = counts.model_callbacks(sources)
    return {
        "modules in import cycles": sum(map(len, cycles(module_graph(sources)))),
        "rooms in import cycles": sum(map(len, cycles(room_graph(sources)))),
        "folders of more than 15 files": len(crowded(files)),
        "files at the root of dualbrain/": len(root_files(sources)),
        "hasattr/getattr questions": sum(len(counts.questions(source)) for source in sources),
        "... of Python's own names": sum(len(counts.language_questions(source)) for source in sources),
        "callbacks that take a whole model": len(whole),
        "callbacks that touch their model": len(touching),
    }


def _grain(sources: Sequence[Source]) -> dict[str, float]:
    functions = [function for source in sources for function in source.functions()]
    lines = sum(len(source.text.splitlines()) for source in sources)
    public = sum(len(counts.public_names(source)) for source in sources)
    helpers = [counts.helpers_used_once(source) for source in sources]
    return {
        "files": len(sources),
        "lines": lines,
        "functions": len(functions),
        "public names per 1,000 lines": round(1000 * public / lines, 1),
        "private helpers": sum(len(private) for _, private in helpers),
        "private helpers used once": sum(len(once) for once, _ in helpers),
        "functions over complexity 10": sum(counts.complexity(function) > 10 for function in functions),
        "function body p90, lines": counts.p90([counts.body_lines(function) for function in functions]),
    }


def main() -> None:
    """Print the numbers of the checkout that is named, else of this one, and what stands in its way."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    for name, value in measure(root).items():
        print(f"{name:<36}{value:>10g}")
    sources = read_sources(root)
    print("\nmodules in cycles:", *map(" ".join, cycles(module_graph(sources))), sep="\n  ")
    print("\nrooms in cycles:", *map(" ".join, cycles(room_graph(sources))), sep="\n  ")
    print("\ncrowded:", *(f"{folder} {n}" for folder, n in crowded(count_files(root)).items()), sep="\n  ")
    print("\nwhole models:", *counts.model_callbacks(sources)[0], sep="\n  ")
    print("\nquestions:", *(place for source in sources for place in counts.questions(source)), sep="\n  ")

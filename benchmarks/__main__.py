"""All benchmarks of speed, one after the other: ``python -m benchmarks``."""

from __future__ import annotations

import sys

from benchmarks import checkpoints, cortices, inspection, steering, training, worlds

if __name__ == "__main__":
    commands = (worlds, training, steering, inspection, checkpoints, cortices)
    sys.exit(next(filter(None, (command.main([]) for command in commands)), 0))

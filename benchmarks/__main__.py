"""All benchmarks of speed, one after the other: ``python -m benchmarks``."""

from __future__ import annotations

import sys

from benchmarks import engine, training

if __name__ == "__main__":
    sys.exit(engine.main([]) or training.main([]))

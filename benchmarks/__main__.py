"""All benchmarks of speed, one after the other: ``python -m benchmarks``."""

from __future__ import annotations

import sys

from benchmarks import inspection, steering, training, worlds

if __name__ == "__main__":
    sys.exit(worlds.main([]) or training.main([]) or steering.main([]) or inspection.main([]))

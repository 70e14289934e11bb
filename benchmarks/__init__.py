"""Benchmarks: speed beside peers in one run, and the contribution of drives."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin while they wait ruin a busy machine

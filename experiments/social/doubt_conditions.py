"""Names of the conditions of `doubt`, beside the intact one and the oracle."""

from __future__ import annotations

ENSEMBLE, BITS = "ensemble of assessors", "counting bits"
SILENT, RANDOM, STUBBORN = "no doubt", "random calls", "never gives up"

"""Atari's games (Bellemare et al., 2013): their package only has to be imported to register them."""

from __future__ import annotations

import ale_py  # type: ignore[import-not-found, unused-ignore]  # noqa: F401  registers the games with Gymnasium

from dualbrain.worlds.adapter import WorldAdapter

BEGINNINGS = ("ALE",)
ADAPTER = WorldAdapter()

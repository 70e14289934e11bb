"""The callback that ends training after an interrupt that user code has swallowed."""

from __future__ import annotations

from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.files.interrupts import raise_swallowed_interrupt


class Interruption(BaseCallback):
    """End training at the first step after an interrupt that did not end it: a bare ``except`` in a world keeps it."""

    def _on_step(self) -> bool:
        raise_swallowed_interrupt()
        return True

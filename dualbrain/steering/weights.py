"""The weights of a steering subsystem's signals: read like a dict, and checked when they are changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping


class Weights(Mapping[str, float]):
    """Weights by full signal name. ``weights[name] = number`` does what `SteeringSubsystem.set_weights` does."""

    def __init__(self, by_signal: Mapping[str, float], change: Callable[[Mapping[str, float]], None]):
        self._by_signal = dict(by_signal)
        self._change = change

    def __getitem__(self, name: str) -> float:
        return self._by_signal[name]

    def __setitem__(self, name: str, weight: float) -> None:
        """Give a module or a signal another weight; raises `UserError` for an unknown name."""
        self._change({name: weight})

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_signal)

    def __len__(self) -> int:
        return len(self._by_signal)

    def __repr__(self) -> str:
        return repr(self._by_signal)

"""The steering subsystem: drives composed into truth, worth, settled signals, reward and reflexes."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.errors import SignalError, UserError
from dualbrain.steering.bound_module import BoundModule, ByName, Floats, Senses, read_only
from dualbrain.steering.load_module import load_module
from dualbrain.steering.reward_module import IMAGINED, NO_REFLEX, THOUGHT, RewardModule
from dualbrain.steering.signal import Signal, ahead
from dualbrain.steering.stages import WHOLE_LIFE, Stage, StageTable, by_signal, check_order, stage_at, tabulate
from dualbrain.steering.weights import Weights
from dualbrain.structured.ranges import THOUGHT_CAP

Named = RewardModule | type[RewardModule] | str
"""A module, or what one with default parameters is made from: its class, or its registered name."""
Modules = Named | Iterable[Named]
"""Modules, or one alone."""


@dataclass(frozen=True)
class SteeringStep:
    """The output of the steering subsystem for one step of N agents with K signals."""

    truth: Floats
    """(N, K) ground truth, NaN where the innate senses have nothing to say."""
    settled: Floats
    """(N, K) truth where there is one, else ``defer * clip(prediction)``, which may be an imagined one."""
    worth: Floats
    """(N, K) what one unit of the signal is worth to this body now."""
    reward: Floats
    """(N,) sum of ``weight * worth * settled``, thoughts capped."""
    reflex: NDArray[np.int64]
    """(N,) action that pre-empts the policy's next one, `NO_REFLEX` where there is none."""
    from_truth: Floats
    """(N, K) the part of the reward that evidence paid."""
    from_thought: Floats
    """(N, K) the part of the reward that thoughts paid."""


class SteeringSubsystem:
    """Composes reward modules into one steering subsystem, which computes the reward and never learns.

    ``modules`` are `RewardModule` instances, classes or registered names, or one of these; ``weights`` maps module
    names or full signal names (``module.signal``) to factors, 1 where unnamed. What thoughts pay is limited, per step
    and signal, to ``thought_cap * |weight * worth| * reach``. Call `bind`, then `reset` after a reset of all worlds,
    then `step` once per transition.

    ``stages`` are those of development: `set_training_step` enters them. A module that is off says, pays and does
    nothing, and keeps what it remembers. Two ablations: ``cut_wire`` lets every prediction read 0; ``freeze_worth``
    fixes the worth of each signal, for good, at the mean over agents in the first step in which its module is on.

    Raises `UserError` for two modules of one name, an unknown weight, stages out of order, or a module that contradicts
    itself.

    >>> from dualbrain.steering.signal import Signal
    >>> class Sweet(RewardModule):
    ...     emits = (Signal("taste"),)
    ...     def truth(self, sugar):
    ...         return {"taste": sugar}
    >>> steering = SteeringSubsystem([Sweet()], weights={"sweet": 2.0})
    >>> steering.bind(2, senses=["sugar"])
    >>> steering.step({"sugar": np.array([0.5, 1.0])}, None, np.zeros(2, bool)).reward
    array([1., 2.], dtype=float32)
    """

    def __init__(
        self,
        modules: Modules,
        weights: Mapping[str, float] | None = None,
        *,
        stages: Iterable[Stage] = (),
        thought_cap: float = 0.5,
        cut_wire: bool = False,
        freeze_worth: bool = False,
    ):
        self.thought_cap = THOUGHT_CAP.check(thought_cap, "'thought_cap'")
        self.cut_wire = cut_wire
        self.freeze_worth = freeze_worth
        self._stages = tuple(stages)
        self.stage = 0
        """Index of the stage that it is in."""
        self.n = 0
        self._drives: list[BoundModule] = []
        for module in map(_instance, _each(modules)):
            self._add(module)
        self._read = self.senses
        self.signals: dict[str, Signal] = {full: s for drive in self._drives for full, s in drive.signals.items()}
        """The K signals by full name, in the order of every ``(N, K)`` array."""
        unweighted = dict.fromkeys(self.signals, 1.0)
        self._weights = Weights(by_signal("weight", weights or {}, self.owners, unweighted), self.set_weights)
        self._tabulate_signals()
        self._tabulate_stages()

    def _add(self, module: RewardModule) -> None:
        drive = BoundModule(module, first=sum(len(drive.signals) for drive in self._drives))
        if drive.name in self.modules:
            raise UserError(f"two modules are named '{drive.name}': rename one, as in Hunger(name='appetite')")
        self._drives.append(drive)

    def _tabulate_signals(self) -> None:
        """Lay out what is declared per signal as columns ``(K, 1)``, to meet arrays of ``(K, N)``."""
        signals = self.signals.values()
        self._low, self._high = _column([s.low for s in signals]), _column([s.high for s in signals])
        width = self._high - self._low
        slack = 1e-5 * np.where(np.isfinite(width), width, np.float32(0.0))
        self._least, self._most = self._low - slack, self._high + slack
        self._thinks = _column([bool(drive.predictions) for drive in self._drives for _ in drive.signals]) > 0
        reach = _column([s.reach for s in signals])
        for drive in self._drives:
            if drive.predictions and any(math.isinf(signal.reach) for signal in drive.signals.values()):
                read = "' and '".join(drive.predictions)
                raise UserError(f"a signal of infinite range whose module reads '{read}' needs an explicit cap")
        self._reach = np.where(np.isinf(reach), np.float32(0.0), reach)
        self.frozen = np.full_like(reach, np.nan)
        """What each signal is worth for good ``(K, 1)`` under ``freeze_worth``; NaN until its module was first on."""

    def _tabulate_stages(self) -> None:
        check_order(self.stages)
        stages = self.stages or (WHOLE_LIFE,)
        self._tables = [tabulate(stage, self.signals, self.owners, self._weights) for stage in stages]
        read = any(drive.imagines for drive in self._drives)
        most = np.max([np.where(read | (table.defer > 0), table.imagined, 0) for table in self._tables], axis=0)[:, 0]
        self._imagining = {name: int(steps) for name, steps in zip(self.signals, most, strict=True) if steps}

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of development, in order; none where there is no development."""
        return self._stages

    @property
    def weights(self) -> Weights:
        """The weight of every signal, by full name, where no stage has another; see `set_weights`."""
        return self._weights

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """Change weights, by module name or full signal name, from the next step on; the others stay.

        A stage that states a weight of its own keeps it. Raises `UserError`, and changes nothing, for an unknown name,
        with the nearest one, or a weight that is not finite.
        """
        changed = by_signal("weight", weights, self.owners, self._weights)
        self._weights = Weights(changed, self.set_weights)
        self._tabulate_stages()

    @property
    def modules(self) -> dict[str, RewardModule]:
        """The modules by name, in order."""
        return {drive.name: drive.module for drive in self._drives}

    @property
    def owners(self) -> dict[str, str]:
        """The module's name of every signal, by full name."""
        return {full: drive.name for drive in self._drives for full in drive.signals}

    @property
    def senses(self) -> tuple[str, ...]:
        """The senses that some module reads."""
        return tuple(dict.fromkeys(name for drive in self._drives for name in drive.senses))

    @property
    def needs_thought(self) -> bool:
        """Whether the reward depends on predictions: at some stage a signal defers, or a module reads them."""
        defers = any(table.defer.any() for table in self._tables)
        return not self.cut_wire and bool(defers or self._thinks.any())

    @property
    def imagining(self) -> dict[str, int]:
        """The signals whose prediction is read ahead at some stage, by full name, and how many steps at most."""
        return {} if self.cut_wire else self._imagining

    @property
    def imagined(self) -> NDArray[np.int64]:
        """How many steps ahead the prediction of each signal is read at this stage ``(K,)``."""
        return self._table.imagined[:, 0]

    @property
    def ablations(self) -> tuple[str, ...]:
        """The ablations, as the command line names them."""
        return ("wire",) * self.cut_wire + ("worth",) * self.freeze_worth

    @property
    def active(self) -> NDArray[np.bool_]:
        """Whether the module of each signal is on at this stage ``(K,)``."""
        return self._table.active[:, 0]

    @property
    def current_weights(self) -> Floats:
        """The weights ``(K,)`` at this stage, 0 where the module is off."""
        return np.where(self.active, self._table.weight[:, 0], np.float32(0.0))

    @property
    def _table(self) -> StageTable:
        return self._tables[self.stage]

    @property
    def has_reflexes(self) -> bool:
        """Whether some module has a reflex."""
        return any(drive.reflex for drive in self._drives)

    def bind(self, n: int, senses: Iterable[str], *, thoughts: bool = True) -> None:
        """Prepare for ``n`` parallel agents in a world that offers ``senses``; without ``thoughts``, predictions are 0.

        Raises `UserError` naming what is missing, what there is, and the nearest name.
        """
        self.check(senses, thoughts=thoughts)
        for drive in self._drives:
            drive.module.bind(n)
        self.n = n

    def check(self, senses: Iterable[str], *, thoughts: bool = True) -> None:
        """Raise `UserError`, as `bind` does, where a world that offers ``senses`` lacks one that is read."""
        offered = tuple(senses)
        for drive in self._drives:
            drive.check(offered, thoughts or self.cut_wire)

    def set_training_step(self, step: int) -> bool:
        """Enter the stage of a training step (of all agents together); return whether it has changed.

        Nothing else changes: drives that become active again remember, and heads go on from where they were.
        """
        before, self.stage = self.stage, stage_at(self.stages, step)
        return self.stage != before

    def reset(self, senses: Senses) -> NDArray[np.int64]:
        """Return the reflexes ``(N,)`` for the first action, from the senses at reset; they pay nothing."""
        self._forget(np.ones(self.n, bool))
        return self.reflexes(senses)

    def step(
        self,
        senses: Senses,
        scorecard: Floats | None,
        done: NDArray[np.bool_],
        next_senses: Senses | None = None,
        present: NDArray[np.bool_] | None = None,
        alive: NDArray[np.bool_] | None = None,
        imagined: Floats | None = None,
    ) -> SteeringStep:
        """Judge one transition of N agents.

        ``senses`` (each ``(N,)``) are those that the transition earned, at an episode's end those of its final
        observation; ``scorecard`` ``(N, K)`` are the short predictions for the same observation, or None;
        ``done`` ``(N,)`` marks whose state is to be forgotten, since an episode ended or begins; ``next_senses`` are
        those under which the next action is taken (after a reset, the reset's), by default ``senses``. ``present`` and
        ``alive`` ``(N,)`` mark who took part in this step and who will in the next, by default all: where an agent
        is absent the truth is NaN, worth and reward are 0, and there is no reflex, whatever the senses are.
        ``imagined`` ``(N, K)`` are predictions read as many steps ahead as `imagined` says, each signal's own.

        Modules get views of the senses that cannot be written to. Raises `SignalError` naming module, signal,
        environment index and value, or the module that wrote into a sense; and `UserError` where a prediction is read
        ahead (see `imagining`), but only a scorecard is given.
        """
        absent = None if present is None or present.all() else ~present
        predicted = self._predicted(scorecard, absent)
        foreseen = predicted
        if self.imagining and scorecard is not None:
            foreseen = self._predicted(self._given(imagined), absent, "imagined prediction")
        felt = self._felt(senses)
        truth, worth = self._emitted(felt, predicted, foreseen, absent)
        settled, by_thought = self._settle(truth, foreseen)
        from_truth, from_thought = self._pay(worth, settled, by_thought)
        reward = (from_truth + from_thought).sum(axis=0, dtype=np.float32)
        if not np.isfinite(reward).all():
            raise self._blame_reward(from_truth + from_thought, reward)
        self._forget(done)
        if next_senses is not None and next_senses is not senses and self.has_reflexes:
            felt = self._felt(next_senses)
        return SteeringStep(
            truth=truth.T,
            settled=settled.T,
            worth=worth.T,
            reward=reward,
            reflex=self._reflexes(felt, alive),
            from_truth=from_truth.T,
            from_thought=from_thought.T,
        )

    def _given(self, imagined: Floats | None) -> Floats:
        if imagined is None:
            name, steps = next(iter(self.imagining.items()))
            raise UserError(f"signal '{name}' is read {ahead(steps)}: a step needs 'imagined' beside the scorecard")
        return imagined

    def _predicted(
        self, scorecard: Floats | None, absent: NDArray[np.bool_] | None, what: str = "prediction"
    ) -> Floats:
        """Return the predictions ``(K, N)``: 0 without assessors, with a cut wire, or for an absent agent."""
        if scorecard is None or self.cut_wire:
            return np.zeros((len(self.signals), self.n), np.float32)
        predicted = np.asarray(scorecard, np.float32).T
        if absent is not None:
            predicted = np.where(absent, np.float32(0.0), predicted)
        if not np.isfinite(predicted).all():
            raise self._blame(what, predicted, ~np.isfinite(predicted))
        return predicted

    def _felt(self, senses: Senses) -> dict[str, Any]:
        """Return the senses that some module reads, as views that none can write to."""
        return {name: read_only(senses[name]) for name in self._read}

    def _emitted(
        self, senses: dict[str, Any], predicted: Floats, foreseen: Floats, absent: NDArray[np.bool_] | None
    ) -> tuple[Floats, Floats]:
        if self._thinks.any():
            senses[THOUGHT] = ByName(zip(self.signals, read_only(predicted), strict=True))
            senses[IMAGINED] = ByName(zip(self.signals, read_only(foreseen), strict=True))
        truth, worth = np.full(predicted.shape, np.nan, np.float32), np.ones(predicted.shape, np.float32)
        table = self._table
        for drive in self._drives:
            if drive.name in table.modules:
                drive.emit(senses, truth, worth)
        if len(table.modules) < len(self._drives):
            worth[~table.active[:, 0]] = 0.0
        if absent is not None:
            truth[:, absent], worth[:, absent] = np.nan, 0.0
        bad = (truth < self._least) | (truth > self._most) | np.isinf(truth)
        if bad.any():
            raise self._blame("truth", truth, bad)
        if not np.isfinite(worth).all():
            raise self._blame("worth", worth, ~np.isfinite(worth))
        return truth, self._freeze(worth, absent) if self.freeze_worth else worth

    def _freeze(self, worth: Floats, absent: NDArray[np.bool_] | None) -> Floats:
        """Return what each signal was worth to the average body when it was first on; 0 for who is off or absent."""
        there = np.broadcast_to(self._table.active, worth.shape) & (True if absent is None else ~absent)
        count = there.sum(axis=1, keepdims=True)
        fresh = np.isnan(self.frozen) & (count > 0)
        if fresh.any():
            mean = worth.sum(axis=1, keepdims=True) / np.maximum(count, 1).astype(np.float32)
            self.frozen = np.where(fresh, mean, self.frozen)
        return np.where(there, self.frozen, np.float32(0.0))

    def _settle(self, truth: Floats, predicted: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Use the truth where there is one, else the prediction; return where the prediction was used."""
        silent, defer = np.isnan(truth), self._table.defer
        stand_in: Floats = defer * predicted.clip(self._low, self._high)
        return np.where(silent, stand_in, truth), (silent & (defer > 0)) | self._thinks

    def _pay(self, worth: Floats, settled: Floats, by_thought: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        scale = self._table.weight * worth
        paid = scale * settled
        if not by_thought.any():
            return paid, np.zeros_like(paid)
        limit = np.float32(self.thought_cap) * np.abs(scale) * self._reach
        nothing = np.float32(0.0)
        return np.where(by_thought, nothing, paid), np.where(by_thought, paid.clip(-limit, limit), nothing)

    def _forget(self, done: NDArray[np.bool_]) -> None:
        if done.any():
            for drive in self._drives:
                drive.module.reset(done)

    def reflexes(self, senses: Senses, alive: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Return the reflexes ``(N,)`` to ``senses``: the first module's where several speak at once."""
        return self._reflexes(self._felt(senses), alive)

    def _reflexes(self, felt: Senses, alive: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        reflex = np.full(self.n, NO_REFLEX, np.int64)
        for drive in self._drives:
            if drive.name in self._table.modules:
                reflex = drive.react(felt, reflex, alive)
        return reflex

    def _blame(self, what: str, emitted: Floats, bad: NDArray[np.bool_]) -> SignalError:
        row, index = np.argwhere(bad)[0]
        name, signal = list(self.signals.items())[row]
        module, short = name.split(".")
        wanted = f"NaN or finite in [{signal.low:g}, {signal.high:g}]" if what == "truth" else "a finite number"
        return SignalError(
            f"module '{module}', signal '{short}', environment {index}: {what} is {emitted[row, index]:g}, not {wanted}"
        )

    def _blame_reward(self, paid: Floats, reward: Floats) -> SignalError:
        """Return the error that names the signal which paid most in the first environment with a non-finite reward."""
        index = int(np.flatnonzero(~np.isfinite(reward))[0])
        row = int(np.argmax(np.nan_to_num(np.abs(paid[:, index]), nan=np.inf)))
        module, short = list(self.signals)[row].split(".")
        value = f"{paid[row, index]:g}, with which the reward is {reward[index]:g}"
        return SignalError(f"module '{module}', signal '{short}', environment {index}: it pays {value}, not finite")

    def state_dict(self) -> dict[str, Any]:
        """The state of every module, by name."""
        return {name: module.state_dict() for name, module in self.modules.items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned."""
        for name, module in self.modules.items():
            module.load_state_dict(state[name])

    def __str__(self) -> str:
        rows = [f"{'signal':28} {'weight':>7} {'range':>14} {'horizon':>8} {'defer':>6}"]
        for name, s in self.signals.items():
            span = f"[{s.low:g}, {s.high:g}]"
            row = f"{name:28} {self.weights[name]:7g} {span:>14} {s.horizon:8d} {s.defer:6g}"
            rows.append(f"{row}  imagined {ahead(s.imagined)}" if s.imagined else row)
        rows += [f"{'now: ' if i == self.stage else ''}stage {stage}" for i, stage in enumerate(self.stages)]
        if self.ablations:
            rows.append(f"ablated: {', '.join(self.ablations)}")
        return "\n".join(rows)


def _each(modules: Any) -> Iterable[Any]:
    """Return modules one by one, where one may be given alone."""
    if isinstance(modules, Mapping):
        raise UserError("weights are given beside the modules: SteeringSubsystem(['hunger'], weights={'hunger': 0.5})")
    if isinstance(modules, Iterable) and not isinstance(modules, (str, type, RewardModule)):
        return modules
    return [modules]


def _instance(module: Named) -> RewardModule:
    made = load_module(module) if isinstance(module, str) else module
    if isinstance(made, type) and issubclass(made, RewardModule):
        made = _default(made)
    if not isinstance(made, RewardModule):
        raise UserError(f"a reward module must be a RewardModule, not {type(made).__name__}")
    return made


def _default(cls: type[RewardModule]) -> RewardModule:
    try:
        inspect.signature(cls).bind()
    except TypeError as error:
        raise UserError(f"module {cls.__name__} needs arguments, pass an instance: {error}") from error
    return cls()


def _column(values: list[Any]) -> Floats:
    return np.array(values, np.float32).reshape(-1, 1)

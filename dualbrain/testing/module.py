"""Check the contract of a reward module on random and extreme senses."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dualbrain.errors import UserError
from dualbrain.steering.bound_module import BoundModule
from dualbrain.steering.reward_module import NO_REFLEX, PREDICTIONS, Array, RewardModule
from dualbrain.steering.sense import EXTRINSIC_REWARD, VISITS, Sense, by_name
from dualbrain.steering.signal import Signal
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.testing.contract import ContractError, blaming, require
from dualbrain.testing.module_trace import Emissions, TraceStep, arrays, emissions, trace_module
from dualbrain.testing.random_senses import RandomSenses, record

CROWD, AGE = 1000, 100
"""Agents and steps of the 10^5 random moments in which a module must keep what it declares."""


def check_module(
    module: RewardModule | type[RewardModule] | str,
    senses: Mapping[str, Sense] | Iterable[Sense] | None = None,
    *,
    thoughts: Mapping[str, Signal] | None = None,
    n: int = 64,
    steps: int = 200,
    seed: int = 0,
) -> None:
    """Check that a reward module (instance, class or registered name) keeps its contract; takes about a second.

    It emits what it declares, in range and shape, on 10^5 vectors of random and extreme senses; changes and keeps no
    input; hands out no part of its state; does the same again; treats every agent of a batch as if it were alone, bit
    for bit; forgets what it must at an episode's end; survives pickling and ``state_dict``; and runs at weight 0.

    ``senses`` are those of the world, with their ranges; by default whatever it reads, each in [0, 1]. ``thoughts``
    are signals of other modules, by full name, whose predictions it reads.

    Raises `ContractError`, in one line that names the module, the step and the breach.
    """
    trial = _trial(module, senses, thoughts or {}, n, steps, seed)
    for check in (_emits, _repeats, _keeps_no_input, _is_its_parts, _forgets, _pickles, _restores, _runs_at_no_weight):
        check(trial)


@dataclass(frozen=True)
class _Trial:
    module: RewardModule
    drive: BoundModule
    tape: RandomSenses
    crowd: RandomSenses

    @property
    def who(self) -> str:
        return f"module '{self.drive.name}'"

    @property
    def halves(self) -> tuple[RandomSenses, RandomSenses]:
        middle = len(self.tape) // 2
        return self.tape.part(slice(middle)), self.tape.part(slice(middle, None))

    def fresh(self, n: int | None = None) -> RewardModule:
        """Return a copy of the module as it was given, started."""
        with blaming(f"{self.who}, start"):
            made = copy.deepcopy(self.module)
            made.bind(self.tape.n if n is None else n)
        return made


def _trial(
    module: RewardModule | type[RewardModule] | str,
    senses: Mapping[str, Sense] | Iterable[Sense] | None,
    thoughts: Mapping[str, Signal],
    n: int,
    steps: int,
    seed: int,
) -> _Trial:
    try:
        (made,) = SteeringSubsystem([module]).modules.values()
        drive = BoundModule(made, first=0)
        offered = _plausible(drive) if senses is None else _indexed(senses)
        drive.check(tuple(offered), thoughts=True)
    except UserError as error:
        raise ContractError(str(error)) from error
    read = [offered[name] for name in dict.fromkeys(drive.senses)]
    signals = {**thoughts, **drive.signals}
    tapes = (record(read, signals, *size, seed) for size in ((n, steps), (CROWD, AGE)))
    return _Trial(made, drive, *tapes)


def _plausible(drive: BoundModule) -> dict[str, Sense]:
    known = by_name([EXTRINSIC_REWARD, VISITS])
    return {name: known.get(name, Sense(name, 0.0, 1.0)) for name in drive.senses}


def _indexed(senses: Mapping[str, Sense] | Iterable[Sense]) -> Mapping[str, Sense]:
    return senses if isinstance(senses, Mapping) else by_name(senses)


def _emits(trial: _Trial) -> None:
    """Check each step by itself, and that the one before is still as it was handed out."""
    for tape in (trial.tape, trial.crowd):
        _emits_over(trial, tape)


def _emits_over(trial: _Trial, tape: RandomSenses) -> None:
    before: TraceStep | None = None
    for step in trace_module(trial.fresh(tape.n), tape):
        _check_inputs(step)
        for signal in trial.drive.module.emits:
            _check_values(step, f"truth.{signal.name}", tape.n)
            _check_range(step, signal)
            _check_worth(step, signal, tape.n)
        _check_reflex(step, tape.n)
        for handed_out in (before, step) if before else (step,):
            _check_unaliased(handed_out)
        before = step


def _check_inputs(step: TraceStep) -> None:
    sensed = arrays(step.sensed)
    require(step.given.keys() == step.sensed.keys(), f"{step.where}: changed the mapping of its inputs")
    for name, values in arrays(step.given).items():
        require(_same(values, sensed[name]), f"{step.where}: changed its input '{name}'")


def _check_values(step: TraceStep, name: str, n: int) -> None:
    values = step.copies[name]
    require(values.shape in ((), (n,)), f"{step.where}: {name} has shape {values.shape}, not ({n},)")
    real = values.dtype.kind == "f" or type(step.emitted[name]) is int
    require(real, f"{step.where}: {name} is {values.dtype}, not float")


def _check_range(step: TraceStep, signal: Signal) -> None:
    values = step.copies[f"truth.{signal.name}"]
    good = np.isnan(values) | (np.isfinite(values) & (values >= signal.low) & (values <= signal.high))
    fault = f"not in [{signal.low:g}, {signal.high:g}] or NaN"
    _require_each(good, values, f"{step.where}: truth.{signal.name}", fault)


def _check_worth(step: TraceStep, signal: Signal, n: int) -> None:
    name = f"worth.{signal.name}"
    if name in step.copies:
        _check_values(step, name, n)
        values = step.copies[name]
        _require_each(np.isfinite(values), values, f"{step.where}: {name}", "not finite")


def _check_reflex(step: TraceStep, n: int) -> None:
    if "reflex" in step.copies:
        reflex = step.copies["reflex"]
        require(reflex.shape == (n,), f"{step.where}: reflex has shape {reflex.shape}, not ({n},)")
        require(reflex.dtype.kind in "iu", f"{step.where}: reflex is {reflex.dtype}, not int")
        _require_each(reflex >= NO_REFLEX, reflex, f"{step.where}: reflex", "neither an action nor NO_REFLEX")


def _check_unaliased(step: TraceStep) -> None:
    for name, values in step.emitted.items():
        intact = _same(values, step.copies[name])
        require(intact, f"{step.where}: {name} changed after it was returned: return a copy of the state")


def _repeats(trial: _Trial) -> None:
    first, again = (emissions(trial.fresh(), trial.tape) for _ in range(2))
    _check_equal(first, again, f"{trial.who}: the same senses twice, but the second life differs")
    used = trial.fresh()
    emissions(used, trial.tape)
    used.bind(trial.tape.n)
    _check_equal(first, emissions(used, trial.tape), f"{trial.who}: bind does not begin anew")


def _keeps_no_input(trial: _Trial) -> None:
    clean, scribbled = (emissions(trial.fresh(), trial.tape, scribble=scribble) for scribble in (False, True))
    _check_equal(clean, scribbled, f"{trial.who}: keeps an input array as state: keep a copy")


def _is_its_parts(trial: _Trial) -> None:
    together = emissions(trial.fresh(), trial.tape)
    for i in range(trial.tape.n):
        alone = emissions(trial.fresh(1), trial.tape.part(agents=slice(i, i + 1)))
        of_batch = [
            {name: values[i : i + 1] if values.shape else values for name, values in at.items()} for at in together
        ]
        _check_equal(of_batch, alone, f"{trial.who}: agent {i} of {trial.tape.n} is not as it is alone")


def _forgets(trial: _Trial) -> None:
    """Check that the state is cleared: after all episodes end, the second half must equal the first."""
    first, second = trial.halves
    used = trial.fresh()
    emissions(used, first)
    _check_equal(
        emissions(used, second), emissions(trial.fresh(), second), f"{trial.who}: reset does not forget the episode"
    )


def _pickles(trial: _Trial) -> None:
    first, second = _broken_off(trial.tape)
    module = trial.fresh()
    emissions(module, first)
    with blaming(f"{trial.who} does not pickle"):
        thawed = pickle.loads(pickle.dumps(module))
    _check_equal(emissions(module, second), emissions(thawed, second), f"{trial.who}: is not the same after pickling")


def _restores(trial: _Trial) -> None:
    first, second = _broken_off(trial.tape)
    module = trial.fresh()
    emissions(module, first)
    state = module.state_dict()
    going_on = emissions(module, second)
    for _ in range(2):  # the second time shows whether the first has written to the state
        restored = trial.fresh()
        with blaming(f"{trial.who}, load_state_dict"):
            restored.load_state_dict(state)
        _check_equal(going_on, emissions(restored, second), f"{trial.who}: state_dict does not restore it")


def _runs_at_no_weight(trial: _Trial) -> None:
    if trial.tape.thoughts.keys() != trial.drive.signals.keys():
        return  # the modules whose thoughts it reads are not here
    with blaming(f"{trial.who} at weight 0"):
        idle, active = (_truths(trial, weight) for weight in (0.0, 1.0))
    require(_same(idle, active), f"{trial.who}: does not run the same at weight 0")


def _truths(trial: _Trial, weight: float) -> Array:
    tape = trial.tape.part(slice(20))
    steering = SteeringSubsystem([copy.deepcopy(trial.module)], {trial.drive.name: weight})
    steering.bind(tape.n, tape.senses)
    scorecards, imagined = (
        np.stack([predicted[name] for name in steering.signals], axis=-1)
        for predicted in (tape.thoughts, tape.imagined)
    )
    senses = [
        {name: values for name, values in tape.at(t).items() if name not in PREDICTIONS} for t in range(len(tape))
    ]
    steps = (steering.step(senses[t], scorecards[t], tape.done[t], imagined=imagined[t]) for t in range(len(tape)))
    return np.stack([step.truth for step in steps])


def _broken_off(tape: RandomSenses) -> tuple[RandomSenses, RandomSenses]:
    """Return a tape in two parts, cut in the middle of episodes."""
    cut = len(tape) // 3
    return tape.part(slice(cut)), tape.part(slice(cut, None))


def _check_equal(life: Emissions, other: Emissions, breach: str) -> None:
    for t, (ours, theirs) in enumerate(zip(life, other, strict=True)):
        for name, values in ours.items():
            require(_same(values, theirs[name]), f"{breach} (step {t}, {name})")


def _same(values: Any, others: Any) -> bool:
    return bool(np.array_equal(values, others, equal_nan=True))


def _require_each(kept: Array, values: Array, what: str, fault: str) -> None:
    if not kept.all():
        raise ContractError(f"{what} is {values[~kept].flat[0]}, {fault}")

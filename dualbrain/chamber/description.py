"""Describe a design in plain words, so that a typing error shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from dualbrain.chamber.trials import Block, Phase, Trial


def describe(phases: Sequence[Phase], outcomes: Collection[str]) -> str:
    """Return a design in words: phases, trials, and of each name its onset and duration in steps."""
    lines = [line for k, phase in enumerate(phases, start=1) for line in _phase(k, phase, outcomes)]
    names = dict.fromkeys(name for phase in phases for block in phase.blocks for name in block.trial.names)
    seen, felt = ([name for name in names if (name in outcomes) == is_outcome] for is_outcome in (False, True))
    return "\n".join([*lines, f"stimuli: {', '.join(seen) or 'none'}; outcomes: {', '.join(felt) or 'none'}"])


def _phase(number: int, phase: Phase, outcomes: Collection[str]) -> Iterator[str]:
    trials = sum(block.times for block in phase.blocks)
    order = "in an order drawn for each animal" if phase.shuffled else "in this order"
    yield f"phase {number}: {_counted(trials, 'trial')}, {order}"
    yield from (f"  {_block(block, outcomes)}" for block in phase.blocks)


def _block(block: Block, outcomes: Collection[str]) -> str:
    many = _counted(block.times, "probe" if block.trial.probe else "trial")
    untaught = ", of which nothing is learned" if block.trial.probe else ""
    shown = "; ".join(_spans(block.trial, outcomes)) or "nothing is shown"
    return f"{many} of {_counted(block.trial.steps, 'step')}{untaught}: {shown}"


def _spans(trial: Trial, outcomes: Collection[str]) -> Iterator[str]:
    """Yield what each name does, by its onset; periods that follow one another at one strength are one."""
    spans: list[tuple[int, int, str, float]] = []
    at = 0
    for period in trial.periods:
        for element in period.elements:
            before = next((span for span in spans if span[1:] == (at, element.name, element.strength)), None)
            if before:
                spans.remove(before)
            spans.append((before[0] if before else at, at + period.steps, element.name, element.strength))
        at += period.steps
    for onset, end, name, strength in sorted(spans):
        kind = " (outcome)" if name in outcomes else ""
        strong = f", at intensity {strength:g}" if strength != 1.0 else ""
        yield f"{name}{kind} from step {onset} for {_counted(end - onset, 'step')}{strong}"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"

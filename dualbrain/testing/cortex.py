"""The contract of a cortex, checked on random observations."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.preprocessing import preprocess_obs
from stable_baselines3.common.utils import obs_as_tensor
from torch import Tensor

from dualbrain.cortex.building import build_own_cortex, cortex_options, load_cortex
from dualbrain.cortex.experience import Lesson, Windows
from dualbrain.cortex.interface import Cortex
from dualbrain.cortex.world_models import WorldModel
from dualbrain.errors import UserError
from dualbrain.heads.short_long import ThoughtAssessors
from dualbrain.steering.signal import Signal
from dualbrain.testing.contract import ContractError, blaming, require
from dualbrain.worlds.spaces.parts import Part

SPACE = spaces.Box(0, 1, (24,), np.uint8)
PARTS = (Part("view", 0, 18, (2, 3, 3)), Part("word", 18, 21), Part("body", 21, 24))
ACTIONS = spaces.Discrete(4)
AGENTS, STEPS, START, CLOSE = 5, 6, 3, 1e-5
"""Agents, steps of a window at least, the step in which episodes start, and how close equal thoughts are."""
SIGNALS = {"a.event": Signal("event"), "a.level": Signal("level", low=-2.0, high=2.0)}


@dataclass(frozen=True)
class _Trial:
    cls: type[Cortex]
    space: spaces.Space[Any]
    parts: tuple[Part, ...]
    seed: int
    options: Mapping[str, Any]

    @property
    def who(self) -> str:
        return f"cortex '{self.cls.__name__}'"

    def built(self) -> Cortex:
        options = cortex_options(self.cls, self.space, ACTIONS, self.parts, self.options)
        with torch.random.fork_rng(devices=[]), blaming(f"{self.who}, constructor"):
            torch.manual_seed(self.seed)
            return build_own_cortex(self.cls, self.space, options, torch.device("cpu"))

    def windows(self, cortex: Cortex) -> Windows:
        """Return windows of random observations, in which an episode starts at step `START`."""
        length = max(cortex.window, STEPS)
        self.space.seed(self.seed)
        rows = [self.space.sample() for _ in range(length * AGENTS)]
        flat = preprocess_obs(obs_as_tensor(_batch(rows), torch.device("cpu")), self.space)
        flags = torch.zeros(length, AGENTS, dtype=torch.bool)
        flags[START] = True
        actions = torch.arange(length * AGENTS).reshape(length, AGENTS) % int(ACTIONS.n)
        return Windows(_mapped(flat, partial(_laid_out, length)), actions, flags, torch.ones_like(flags))

    def lesson(self, cortex: Cortex, windows: Windows) -> Lesson:
        with torch.random.fork_rng(devices=[]):
            heads = ThoughtAssessors(SIGNALS, cortex.width, 0.9, 0.9)
        target = torch.linspace(0.0, 1.0, windows.starts.numel() * len(SIGNALS)).reshape(*windows.starts.shape, -1)
        weight = windows.present[..., None].expand(target.shape).float()
        rng = torch.Generator().manual_seed(self.seed)
        return Lesson(windows, cortex.unroll(windows), heads, target, weight, rng)


def check_cortex(
    cortex: type[Cortex] | str,
    *,
    space: spaces.Space[Any] = SPACE,
    parts: tuple[Part, ...] | None = None,
    seed: int = 0,
    **options: Any,
) -> None:
    """Check that a cortex (a class or registered name) keeps its contract; takes a second.

    It reads observations of ``space``, by default 24 bits with a view, words and a body as ``parts``. The same seed
    makes the same cortex; thoughts are finite, and those of a batch are those of each agent alone; nothing is
    remembered from one episode to the next; its copy and a saved and loaded one think the same; hidden parts do not
    matter; its losses are finite, the same twice, draw from no stream but their own, and ignore rows of absent agents.
    ``options`` are arguments of the class.

    Raises `ContractError`, in one line that names the cortex and the breach.
    """
    try:
        cls = load_cortex(cortex)
    except UserError as error:
        raise ContractError(str(error)) from error
    trial = _Trial(cls, space, parts if parts is not None else PARTS if space is SPACE else (), seed, options)
    made = trial.built()
    windows = trial.windows(made)
    checks = [_repeats, _thinks_alone, _unrolls, _forgets, _is_copied, _learns, _ignores_the_absent]
    for check in [*checks, _hides, _imagines] if isinstance(made, WorldModel) else checks:
        check(trial, made, windows)


def _repeats(trial: _Trial, cortex: Cortex, windows: Windows) -> None:
    again = trial.built()
    same = _same(_thoughts(cortex, windows), _thoughts(again, windows))
    require(same, f"{trial.who}: the same seed twice made two different ones")


def _thinks_alone(trial: _Trial, cortex: Cortex, windows: Windows) -> None:
    together = _thoughts(cortex, windows)
    require(bool(together.isfinite().all()), f"{trial.who}: thoughts are not finite")
    for agent in range(AGENTS):
        alone = _thoughts(cortex, _agents(windows, slice(agent, agent + 1)))
        same = _same(together[:, agent : agent + 1], alone)
        require(same, f"{trial.who}: agent {agent} of {AGENTS} thinks something else than it does alone")


def _unrolls(trial: _Trial, cortex: Cortex, windows: Windows) -> None:
    cortex.eval()
    with torch.no_grad():
        same = _same(cortex.unroll(windows), Cortex.unroll(cortex, windows))
    cortex.train()
    require(same, f"{trial.who}: unroll returns other thoughts than forward does step by step")


def _forgets(trial: _Trial, cortex: Cortex, windows: Windows) -> None:
    other = _agents(windows, torch.arange(AGENTS).roll(1))
    early = torch.arange(len(windows.starts)) < START
    mixed = replace(windows, obs=_combined(early, other.obs, windows.obs))
    same = _same(_thoughts(cortex, windows)[START:], _thoughts(cortex, mixed)[START:])
    require(same, f"{trial.who}: thoughts of an episode depend on the one before it")


def _is_copied(trial: _Trial, cortex: Cortex, windows: Windows) -> None:
    saved = trial.built()
    with torch.no_grad():
        for parameter in saved.parameters():
            parameter.zero_()
    saved.load_state_dict(cortex.state_dict())
    for what, other in (("its copy", copy.deepcopy(cortex)), ("saved and loaded, it", saved)):
        same = _same(_thoughts(cortex, windows), _thoughts(other, windows))
        require(same, f"{trial.who}: {what} does not think the same")


def _learns(trial: _Trial, cortex: Cortex, windows: Windows) -> None:
    before = torch.get_rng_state()
    first, second = (_losses(trial, cortex, windows) for _ in range(2))
    require(first == second, f"{trial.who}: its losses are {first}, and of the same lesson again {second}")
    untouched = torch.equal(before, torch.get_rng_state())
    require(untouched, f"{trial.who}: its losses draw from torch's random stream: draw from lesson.rng")


def _ignores_the_absent(trial: _Trial, cortex: Cortex, windows: Windows) -> None:
    present = windows.present.clone()
    present[START + 1 :, 0] = False
    other = _agents(windows, torch.arange(AGENTS).roll(1))
    some = replace(windows, present=present)
    changed = replace(some, obs=_combined(present.logical_not(), other.obs, windows.obs))
    first, second = (_losses(trial, cortex, each) for each in (some, changed))
    same = all(abs(first[name] - second[name]) <= CLOSE * (1.0 + abs(first[name])) for name in first)
    require(same, f"{trial.who}: its losses depend on rows of absent agents: {first} and {second}")


def _losses(trial: _Trial, cortex: Cortex, windows: Windows) -> dict[str, float]:
    cortex = copy.deepcopy(cortex)  # what follows what it learned from, such as running means, may move
    with blaming(f"{trial.who}, losses"):
        losses = cortex.losses(trial.lesson(cortex, windows))
    for name, loss in losses.items():
        number = isinstance(loss, Tensor) and loss.shape == () and bool(loss.isfinite())
        require(number, f"{trial.who}: loss '{name}' must be one finite number, not {loss}")
    return {name: float(loss.detach()) for name, loss in losses.items()}


def _hides(trial: _Trial, cortex: Cortex, windows: Windows) -> None:
    assert isinstance(cortex, WorldModel)
    seen, other = windows.step(0), _agents(windows, torch.arange(AGENTS).roll(1)).step(0)
    state = cortex.initial_state(AGENTS)
    hidden = torch.ones(AGENTS, len(cortex.parts))
    with torch.no_grad():
        first, second = (cortex(obs, state, hidden)[0] for obs in (seen, other))
    require(_same(first, second), f"{trial.who}: with all parts hidden, its thoughts depend on the observation")


def _imagines(trial: _Trial, cortex: Cortex, windows: Windows) -> None:
    assert isinstance(cortex, WorldModel)
    thought = _thoughts(cortex, windows)[0]
    with torch.no_grad(), blaming(f"{trial.who}, imagine"):
        imagined = [cortex.complete(thought), cortex.imagine(thought), cortex.imagine(thought, windows.actions[0])]
    for name, each in zip(("complete", "imagine", "imagine an action"), imagined, strict=True):
        whole = each.shape == thought.shape and bool(each.isfinite().all())
        require(whole, f"{trial.who}: {name} must return finite thoughts {tuple(thought.shape)}")


def _thoughts(cortex: Cortex, windows: Windows) -> Tensor:
    """Return the thoughts ``(L, B, Z)`` step by step, as an agent has them."""
    cortex.eval()
    with torch.no_grad():
        thoughts = cortex.unroll(windows)
    cortex.train()
    return thoughts


def _same(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and bool(torch.allclose(one, other, rtol=CLOSE, atol=CLOSE))


def _agents(windows: Windows, which: Any) -> Windows:
    """Return the windows of some agents."""
    pick = partial(_picked, which)
    return Windows(_mapped(windows.obs, pick), pick(windows.actions), pick(windows.starts), pick(windows.present))


def _picked(which: Any, rows: Tensor) -> Tensor:
    return rows[:, which]


def _laid_out(length: int, rows: Tensor) -> Tensor:
    return rows.reshape(length, AGENTS, *rows.shape[1:])


def _combined(where: Tensor, one: Any, other: Any) -> Any:
    """Return observations ``(L, B, ...)`` of ``one`` where a flag ``(L,)`` or ``(L, B)`` is set, else of ``other``."""
    if isinstance(one, dict):
        return {name: _combined(where, part, other[name]) for name, part in one.items()}
    return torch.where(where.reshape(*where.shape, *[1] * (one.dim() - where.dim())), one, other)


def _mapped(obs: Any, change: Any) -> Any:
    return {name: change(part) for name, part in obs.items()} if isinstance(obs, dict) else change(obs)


def _batch(rows: list[Any]) -> Any:
    if isinstance(rows[0], dict):
        return {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    return np.stack(rows)

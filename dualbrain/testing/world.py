"""The contract of a world: Gymnasium's, and that of its senses, alone and in a batch."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import gymnasium
import numpy as np
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from dualbrain.steering.sense import Sense, by_name
from dualbrain.testing.contract import blaming, equal, is_sequence, require
from dualbrain.testing.determinism import check_determinism
from dualbrain.testing.transcript import (
    Batch,
    Transcript,
    TranscriptStep,
    World,
    draw_actions,
    record_alone,
    record_batch,
)
from dualbrain.worlds.ids import find_spec
from dualbrain.worlds.options import agents_of
from dualbrain.worlds.vec_env.stated import agents_per_world, stated_senses


def check_world(
    world: str | Callable[..., World],
    batch: Callable[..., Batch] | None = None,
    *,
    env_kwargs: Mapping[str, Any] | None = None,
    n: int = 3,
    steps: int = 200,
    seed: int = 0,
) -> None:
    """Check that a world keeps its contract: its id, or a function that makes one, called with ``env_kwargs``.

    It passes Gymnasium's ``check_env``; offers in ``info["senses"]`` exactly the senses that it declares, as finite
    numbers in range; does the same again for the same seed and actions, through several episodes (see
    `check_determinism`); and never writes to, nor hands out twice, what it has handed out. A natively batched world
    (its id has a vector entry point, or ``batch(num_envs=n)`` makes one) keeps all this too, resets in the same step
    with the last senses in ``info["final_info"]["senses"]``, and is its parts: world ``i``, seeded ``s + i``, is bit
    for bit as it is alone. Where ``n_agents`` live in each world, a row is an agent, and alone is a batch of one world.

    Only what happens within ``steps`` random actions is checked (in single worlds at least a thousand for being the
    same again): let some episodes end in them.

    Raises `ContractError`, in one line that names the step and the breach.
    """
    who, make, make_batch = _makers(world, batch, dict(env_kwargs or {}))
    alone = _check_alone(who, make, n, steps, seed)
    if make_batch:
        agents = agents_of(world, env_kwargs) if isinstance(world, str) else agents_per_world(make().unwrapped)
        _check_batch(f"batch of {who}", make_batch, make, alone, agents, steps, seed)


def _makers(
    world: str | Callable[..., World], batch: Callable[..., Batch] | None, env_kwargs: dict[str, Any]
) -> tuple[str, Callable[[], World], Callable[..., Batch] | None]:
    if not isinstance(world, str):
        make_batch = batch and functools.partial(batch, **env_kwargs)
        return f"world '{getattr(world, '__name__', world)}'", functools.partial(world, **env_kwargs), make_batch
    with blaming(f"world '{world}'"):
        native = find_spec(world).vector_entry_point is not None
    if native and batch is None:
        batch = functools.partial(gymnasium.make_vec, world, vectorization_mode="vector_entry_point")
    make_batch = batch and functools.partial(batch, **env_kwargs)
    return f"world '{world}'", functools.partial(gymnasium.make, world, **env_kwargs), make_batch


def _check_alone(who: str, make: Callable[[], World], n: int, steps: int, seed: int) -> list[list[TranscriptStep]]:
    """Check single worlds of ``n`` seeds, and return what happened to them."""
    with blaming(who):
        world, twin = make(), make()
        check_env(world.unwrapped, skip_render_check=True)
        declared = _declared(who, world.unwrapped)
        check_determinism(make, steps=max(1000, steps), seed=seed, who=who)
        actions = draw_actions(world.action_space, n, steps, seed)
        transcripts = [record_alone(world, [chosen[i] for chosen in actions], seed + i) for i in range(n)]
        for i, transcript in enumerate(transcripts):
            _check_transcript(who, transcript, declared)
            again = record_alone(twin, [chosen[i] for chosen in actions], seed + i)
            _check_same(transcript.steps[0], again.steps[0], f"{who}: the same seed and actions, but not the same")
    return [transcript.steps[0] for transcript in transcripts]


def _check_batch(
    who: str,
    make_batch: Callable[..., Batch],
    make: Callable[[], World],
    alone: list[list[TranscriptStep]],
    agents: int,
    steps: int,
    seed: int,
) -> None:
    with blaming(who):
        batch = make_batch(num_envs=len(alone) * agents)
        mode = batch.metadata.get("autoreset_mode")
        require(mode is AutoresetMode.SAME_STEP, f"{who}: autoreset_mode is {mode}, not SAME_STEP")
        declared = _declared(who, batch.unwrapped)
        require(declared == _declared(who, make().unwrapped), f"{who}: declares other senses than the single world")
        actions = draw_actions(batch.single_action_space, batch.num_envs, steps, seed)
        transcript, again = (record_batch(batch, actions, seed) for _ in range(2))
        _check_transcript(who, transcript, declared)
        if agents > 1:
            alone = _live_apart(functools.partial(make_batch, num_envs=agents), actions, agents, seed)
        for row, (pages, repeated) in enumerate(zip(transcript.steps, again.steps, strict=True)):
            _check_same(pages, repeated, f"{who}: the same seed and actions, but not the same")
            where = seed + row // agents
            _check_same(pages, alone[row], f"{who}: world {row // agents} is not as it is alone with seed {where}")


def _live_apart(
    make_one: Callable[[], Batch], actions: list[list[Any]], agents: int, seed: int
) -> list[list[TranscriptStep]]:
    """Return what happens, row by row, if each world of a batch is a batch of its own."""
    rows = range(0, len(actions[0]), agents)
    parts = [[chosen[row : row + agents] for chosen in actions] for row in rows]
    return [pages for i, part in enumerate(parts) for pages in record_batch(make_one(), part, seed + i).steps]


def _declared(who: str, world: Any) -> dict[str, Sense]:
    senses = stated_senses(world)
    require(senses is not None, f"{who}: declares no senses: give it an attribute 'senses'")
    declared = by_name(senses.values() if isinstance(senses, Mapping) else senses or ())
    require(bool(declared), f"{who}: declares no senses: its attribute 'senses' is empty")
    return declared


def _check_transcript(who: str, transcript: Transcript, declared: Mapping[str, Sense]) -> None:
    for pages in transcript.steps:
        for t, (passage, following) in enumerate(zip(pages, [*pages[1:], None], strict=True)):
            if passage.present:
                _check_senses(f"{who}, step {t}", passage.senses, declared)
            if following and following.present:
                _check_senses(f"{who}, step {t}, next", passage.next_senses, declared)
            _check_score(f"{who}, step {t}", passage)
    _check_unshared(who, transcript)


def _check_senses(where: str, offered: Mapping[str, Any], declared: Mapping[str, Sense]) -> None:
    for name in declared.keys() ^ offered.keys():
        fault = "declared but not offered" if name in declared else "offered but not declared"
        require(False, f"{where}: sense '{name}' is {fault}")
    for name, value in offered.items():
        require(isinstance(value, Real), f"{where}: sense '{name}' is {type(value).__name__}, not a number")
        if declared[name].optional and np.isnan(value):
            continue
        require(bool(np.isfinite(value)), f"{where}: sense '{name}' is {value}, not finite")
        low, high = declared[name].low, declared[name].high
        require(low <= value <= high, f"{where}: sense '{name}' is {value}, not in [{low:g}, {high:g}]")


def _check_score(where: str, passage: TranscriptStep) -> None:
    sensed = passage.senses.get("extrinsic_reward", passage.reward)
    agree = np.float32(sensed) == np.float32(passage.reward)
    require(bool(agree), f"{where}: sense 'extrinsic_reward' is {sensed}, but the reward {passage.reward}")


def _check_same(pages: list[TranscriptStep], others: list[TranscriptStep], breach: str) -> None:
    for t, (passage, other) in enumerate(zip(pages, others, strict=True)):
        for part, value in vars(passage).items():
            require(equal(value, vars(other)[part]), f"{breach} (step {t}, {part})")


def _check_unshared(who: str, transcript: Transcript) -> None:
    """Check that nothing handed out was written to later, and that no two infos have an object in common."""
    owners: dict[int, int] = {}
    for at, (out, copies) in enumerate(transcript.handed_out):
        for what, thing in out.items():
            require(equal(thing, copies[what]), f"{who}: the {what} handed out as number {at} was written to later")
        for part in _parts(out["info"]):
            shared = owners.setdefault(id(part), at) != at
            require(not shared, f"{who}: infos {owners[id(part)]} and {at} share one {type(part).__name__}")


def _parts(thing: Any) -> list[Any]:
    """Return every mutable object within an info, itself included."""
    if isinstance(thing, Mapping):
        return [thing, *(part for value in thing.values() for part in _parts(value))]
    if is_sequence(thing):
        return [thing, *(part for value in thing for part in _parts(value))] if len(thing) else []
    return [thing] if isinstance(thing, np.ndarray) else []

"""Draw value maps, an episode, and thoughts in the projector."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.preprocessing import is_image_space
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.drawing.value_maps import draw_maps
from dualbrain.episodes.camera import Camera, quick
from dualbrain.episodes.gif import animate
from dualbrain.episodes.play import Brain
from dualbrain.episodes.record import record as play_and_record
from dualbrain.observers.pictures import PictureMaker
from dualbrain.tensorboard.images import write_file, write_picture
from dualbrain.tensorboard.projector import MOST, choose_rows, write_thoughts
from dualbrain.training.guard import Guard
from dualbrain.training.rollout import Rollout, flatten
from dualbrain.worlds.clone_env import clone_env, map_of, observation_pictures
from dualbrain.worlds.rendering import RGB_ARRAY
from dualbrain.worlds.spaces.normalisation import prepared
from dualbrain.worlds.state_map import StateMap
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

STEPS = 36
"""Longest animation, in steps."""


Think = Callable[[Any], NDArray[np.float32]]
"""Return thoughts ``(n, Z)`` of observations ``(n, ...)``, or a dict of such."""
Imagine = Callable[[NDArray[np.float32], int], tuple[NDArray[np.float32], NDArray[np.float32]]]
"""Return the thoughts ``(n, Z)`` imagined so many steps after thoughts ``(n, Z)``, and their scorecards ``(n, K)``."""
IMAGINED_AHEAD = 5
"""Steps after which imagined thoughts are shown beside real ones."""


def world_pictures(
    brain: Brain, steering_env: SteeringVecEnv, seed: int, think: Think | None, imagine: Imagine | None = None
) -> tuple[dict[str, PictureMaker], dict[str, PictureMaker]]:
    """Return the makers of one training run, by what they make, and those that work seldom.

    ``think`` is what the heads read; None where there are none. ``imagine`` is that of a world model.
    """
    sample = SampleWorld(steering_env, seed)
    often: dict[str, PictureMaker] = {"value maps": ValueMaps(sample, brain)}
    seldom: dict[str, PictureMaker] = {"episodes in motion": Episodes(sample, brain)}
    return often, {**seldom, "thoughts": Thoughts(sample, brain, think, imagine)} if think else seldom


class SampleWorld:
    """A world like those that ``steering_env`` steers in, and its map."""

    def __init__(self, steering_env: SteeringVecEnv, seed: int):
        self.steering_env, self.seed = steering_env, seed

    @cached_property
    def world(self) -> VecEnv | None:
        """Return a second world, without rendering if need be; None where it cannot be made."""
        drawn, made = Guard("a world to draw", "episode in motion"), Guard("another world", "value map")
        world = drawn.run(clone_env, self.steering_env)
        return world if drawn.working else made.run(clone_env, self.steering_env, drawn=False)

    @cached_property
    def map(self) -> StateMap | None:
        """Return the map of the world, in the same layout throughout; None where there is none."""
        return None if self.world is None else map_of(self.world, self.seed)


class ValueMaps:
    """Value maps of the world of the run's seed."""

    def __init__(self, sample: SampleWorld, brain: Brain):
        self._sample, self._brain = sample, brain

    def __call__(self, rollout: Rollout, writers: Sequence[Any], step: int) -> None:
        """Draw the maps of the present agent."""
        ground = self._sample.map
        if ground is not None:
            expected = self._brain.assess(prepared(self._brain, ground.observations))
            write_picture(writers, "world/values", draw_maps(ground, expected, rollout.signals), step)


class Episodes:
    """The beginning of an episode, with its scorecard."""

    def __init__(self, sample: SampleWorld, brain: Brain):
        self._sample, self._brain = sample, brain
        self._camera = Camera(quick)

    def __call__(self, rollout: Rollout, writers: Sequence[Any], step: int) -> None:  # noqa: ARG002
        """Play and animate it; each time it is another one."""
        world = self._sample.world
        if world is None or world.render_mode != RGB_ARRAY or not self._camera.guard.working:
            return
        seed = (self._sample.seed + step) % 2**31
        recording = play_and_record(
            self._brain, world, world.num_envs, seed, draw={0}, steps=STEPS, camera=self._camera
        )
        if 0 in recording.pictures:
            write_file(writers, "world/episode", *animate(recording, 0), step)


class Thoughts:
    """Some thoughts of the rollout, with predictions and targets, and what a world model imagines from them."""

    def __init__(self, sample: SampleWorld, brain: Brain, think: Think, imagine: Imagine | None = None):
        self._sample, self._brain, self._think, self._imagine = sample, brain, think, imagine
        self._guard = Guard("pictures of observations", "sprite in the projector")

    def __call__(self, rollout: Rollout, writers: Sequence[Any], step: int) -> None:  # noqa: ARG002
        """Show those of this rollout in the sample of earlier ones."""
        if not rollout.predicted or rollout.observations is None:
            return
        eventful = (rollout.targets.short.target != 0.0).any(axis=-1)
        rows = choose_rows(flatten(eventful), flatten(rollout.present), MOST // 2 if self._imagine else MOST)
        observations = _taken(rollout.observations, rows)
        sprites = self._guard.run(self._sprites, observations)
        thoughts, columns = self._think(observations), _columns(rollout, rows)
        if self._imagine is not None:
            later, scorecards = self._imagine(thoughts, IMAGINED_AHEAD)
            thoughts = np.concatenate([thoughts, later])
            columns = _with_imagined(columns, dict(zip(rollout.signals, scorecards.T, strict=True)))
            sprites = None if sprites is None else np.concatenate([sprites, sprites])
        write_thoughts(writers, thoughts, columns, sprites)

    def _sprites(self, observations: Any) -> NDArray[np.uint8] | None:
        """Return what was seen as pictures, where it is one or the world can draw it."""
        if isinstance(observations, dict) or self._brain.get_vec_normalize_env() is not None:
            return None
        if is_image_space(self._sample.steering_env.observation_space):
            return _as_rgb(observations)
        return (
            None
            if self._sample.world is None
            else observation_pictures(self._sample.world, observations.astype(np.uint8))
        )


def _taken(observations: Any, rows: NDArray[np.int64]) -> Any:
    """Return some of the observations ``(T, N, ...)``."""
    if isinstance(observations, dict):
        return {key: _seen(part, rows) for key, part in observations.items()}
    return _seen(observations, rows)


def _as_rgb(observations: NDArray[Any]) -> NDArray[np.uint8] | None:
    """Return images ``(n, C, H, W)`` or ``(n, H, W, C)`` with their last three channels at most as colours."""
    last = observations if observations.shape[-1] in (1, 3, 4) else observations.transpose(0, 2, 3, 1)
    colours = last[..., -3:] if last.shape[-1] >= 3 else last[..., -1:].repeat(3, axis=-1)
    return np.ascontiguousarray(colours, np.uint8)


def _columns(rollout: Rollout, rows: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """Return what thoughts may be coloured by, ``(n,)`` each."""
    short = rollout.targets.short
    seen = partial(_seen, rows=rows)
    target = np.where(seen(short.evidence) & seen(short.complete), seen(short.target), np.nan)
    kinds = {"prediction": seen(rollout.short), "target": target, "truth": seen(rollout.truth)}
    signals = {
        f"{name} {kind}": values[:, k] for k, name in enumerate(rollout.signals) for kind, values in kinds.items()
    }
    return {"reward": seen(rollout.reward), **signals, "reflex": seen(rollout.preempted).astype(int)}


def _with_imagined(
    columns: Mapping[str, NDArray[Any]], scorecards: Mapping[str, NDArray[np.float32]]
) -> dict[str, NDArray[Any]]:
    """Return columns of as many imagined thoughts below those ``(n,)`` of real ones, and how far ahead each is.

    Of what is imagined nothing is known but what is predicted from it, ``(n,)`` by signal.
    """
    known = {f"{name} prediction": predicted for name, predicted in scorecards.items()}
    n = len(columns["reward"])
    below = {name: known.get(name, np.full(n, np.nan)) for name in columns}
    ahead = np.repeat([0, IMAGINED_AHEAD], n)
    return {"imagined": ahead, **{name: np.concatenate([above, below[name]]) for name, above in columns.items()}}


def _seen(values: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
    """Return some of the rows of ``values`` ``(T, N, ...)``, numbered as `flatten` puts them."""
    agent, step = np.divmod(rows, len(values))
    return values[step, agent]

"""Check whether a world can be rendered, and convert its frames to pictures."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import gymnasium
import numpy as np
from gymnasium.envs.registration import EnvSpec, load_env_creator
from numpy.typing import NDArray
from PIL import Image

RGB_ARRAY = "rgb_array"
DRAWN = {"render_mode": RGB_ARRAY}
"""Options of a world that is to be drawn."""
CHANNELS = (1, 3, 4)
"""Grey, RGB, RGBA."""

Picture = NDArray[np.uint8]
"""``(H, W, 3)``"""


def can_be_drawn(spec: EnvSpec | None, metadata: Any) -> bool:
    """Return whether a world can be made to give pictures: its metadata lists them, it takes a ``render_mode``.

    ``metadata`` is that of one such world; a class without a ``render`` of its own cannot be drawn whatever it says.
    """
    modes = metadata.get("render_modes") if isinstance(metadata, Mapping) else None
    return spec is not None and RGB_ARRAY in (modes or ()) and _draws(spec)


def _draws(spec: EnvSpec) -> bool:
    entry = spec.entry_point or spec.vector_entry_point
    creator = load_env_creator(entry) if isinstance(entry, str) else entry
    return creator is not None and _takes_render_mode(creator) and _has_render(creator)


def _takes_render_mode(creator: Any) -> bool:
    parameters = inspect.signature(creator).parameters
    return "render_mode" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _has_render(creator: Any) -> bool:
    """Return whether a class draws; of a function it is not known."""
    if not (isinstance(creator, type) and issubclass(creator, gymnasium.Env | gymnasium.vector.VectorEnv)):
        return True
    return creator.render not in (gymnasium.Env.render, gymnasium.vector.VectorEnv.render)


def as_picture(rendered: Any) -> Picture:
    """Return what ``render`` returned as a picture ``(H, W, 3)`` of 0 to 255.

    Understood are arrays, lists and `PIL.Image`s: ``(H, W)``, with 1, 3 or 4 channels last or first, of whole numbers
    or flags, or of floats in [0, 1] or [0, 255]; what is transparent lies on white. Of several frames it is the last.
    Raises `ValueError` for anything else.
    """
    if rendered is None:
        raise ValueError("render() returned None")
    if isinstance(rendered, Image.Image):
        rendered = rendered.convert("RGBA")
    return _opaque(_in_colour(_in_bytes(_frame(rendered))))


def _frame(rendered: Any) -> NDArray[Any]:
    """Return the last of several frames, which need not be of one size, or the only one."""
    if isinstance(rendered, (list, tuple)) and len(rendered) and np.ndim(rendered[-1]) > 1:
        several = np.ndim(rendered[-1]) == 3 or np.shape(rendered[-1])[-1] not in CHANNELS
        rendered = rendered[-1] if several else rendered
    frame = np.asarray(rendered)
    if frame.dtype.kind not in "biuf":
        raise ValueError(f"render() returned {type(rendered).__name__}, which is no picture")
    frame = frame[-1] if frame.ndim == 4 else frame
    if frame.ndim not in (2, 3) or 0 in frame.shape:
        raise ValueError(f"render() returned an array of shape {frame.shape}, which is no picture")
    return frame


def _in_bytes(frame: NDArray[Any]) -> NDArray[np.uint8]:
    if frame.dtype == np.uint8:
        return frame
    low, high = frame.min(), frame.max()
    if not (low >= 0 and high <= 255):  # NaN is neither
        raise ValueError(f"render() returned numbers from {low:g} to {high:g}, not from 0 to 1 or to 255")
    scale = 255.0 if frame.dtype == bool or (frame.dtype.kind == "f" and high <= 1.0) else 1.0
    return np.round(frame * scale).astype(np.uint8)


def _in_colour(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return ``(H, W, 3)`` or ``(H, W, 4)``."""
    if frame.ndim == 2:
        frame = frame[..., None]
    if frame.shape[-1] not in CHANNELS and frame.shape[0] in CHANNELS:
        frame = frame.transpose(1, 2, 0)
    if frame.shape[-1] not in CHANNELS:
        raise ValueError(f"render() returned an array of shape {frame.shape}, which has no colours")
    return frame.repeat(3, axis=-1) if frame.shape[-1] == 1 else frame


def _opaque(frame: NDArray[np.uint8]) -> Picture:
    if frame.shape[-1] == 4:
        picture = Image.fromarray(np.ascontiguousarray(frame))
        white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        frame = np.asarray(Image.alpha_composite(white, picture).convert("RGB"))
    return np.ascontiguousarray(frame)

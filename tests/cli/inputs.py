"""Inputs that are nearly right: what people mistype, what other programs write, and what a disk makes of files."""

from __future__ import annotations

import functools
from typing import Any

import tomli_w
from hypothesis import strategies as st

NUMBERS = [
    *("-5", "-1", "0", "1", "2", "7", "1.5", "64.0", "1e5", "100_000", "1e400", "-1e400", "nan", "inf", "-inf", "-0.0"),
    *(
        "1" + "0" * 18,
        "9" * 40,
        "0x10",
        "1,000",
        "\u0661\u0662",
        "",
        " ",
        "1 ",
        "true",
        "None",
        "--",
        "3e",
        "+4",
        "1/2",
    ),
]
ODD: list[Any] = [
    *(True, False, 0, 1, -1, 10**18, 2**62, 0.5, -0.5, float("nan"), float("inf"), -float("inf")),
    *("", "x", "None", "hunger", "\x00", "\u00e9" * 40),
    *([], [1], ["a", 1.5], [[]], {}, {"a": 1}, {"x": {"y": [0]}}),
]
TEXT = st.text(max_size=12) | st.text("abc:,=.[]{}()'\"-_0159 ", max_size=12)

STEERING: dict[str, Any] = {
    "thought_cap": 0.5,
    "cut_wire": False,
    "modules": {
        "hunger": {"weight": 5.0},
        "homeostasis": {"setpoints": [0.3], "weight": 1.0},
        "mine": {"module": "reward_modules.extrinsic:Extrinsic", "weight": 1.0},
    },
    "weights": {"hunger.hunger": 2.0, "homeostasis": 0.5},
    "stages": [
        {"name": "infant", "until": 1000, "modules": ["hunger"], "weights": {"hunger": 2.0}},
        {"name": "adult", "defer": {"hunger": 0.5}},
    ],
}
CONFIG: dict[str, Any] = {
    "env": "CartPole-v1",
    "algo": "ppo",
    "policy": "BrainPolicy",
    "total_timesteps": 64,
    "n_envs": 2,
    "seed": 0,
    "device": "cpu",
    "num_threads": 1,
    "time_limit": 10.0,
    "assess": True,
    "gym_packages": [],
    "env_kwargs": {"render_mode": "rgb_array"},
    "hyperparams": {"n_steps": 16, "batch_size": 32, "n_epochs": 1, "gamma": 0.9, "policy_kwargs": {"net_arch": [8]}},
    "assessors": {"epochs": 1, "tau": 0.1, "unlearn": 0.0, "ablated_heads": []},
    "evaluation": {"freq": 0, "episodes": 1, "n_envs": 1, "deterministic": True},
    "modules": {"extrinsic": {"module": "extrinsic", "weight": 1.0}},
}
DESIGNS = ["10 A:5>US", "20 A:5>US | 20 AB:5>US", "shuffled 3 AB*0.5+tone:2>_:16>US?", "A:5>US / B:5>_"]


@st.composite
def mangled(draw: st.DrawFn, table: dict[str, Any]) -> dict[str, Any]:
    """Return a table in which one to three entries, at any depth, were exchanged, renamed, dropped or added."""
    changed: dict[str, Any] = _copied(table)
    for _ in range(draw(st.integers(1, 3))):
        _mangle(draw, changed)
    return changed


def _mangle(draw: st.DrawFn, table: dict[str, Any]) -> None:
    key = draw(st.sampled_from(sorted(table, key=str))) if table else ""
    inner = table.get(key)
    if isinstance(inner, list) and inner and isinstance(inner[0], dict):
        inner = draw(st.sampled_from(inner))
    if isinstance(inner, dict) and draw(st.booleans()):
        _mangle(draw, inner)
        return
    match draw(st.sampled_from(["exchange", "exchange", "rename", "drop", "add"])):
        case "exchange":
            table[key] = _copied(draw(st.sampled_from(ODD)))
        case "rename":
            table[draw(st.sampled_from([key[:-1], key + "s", key.upper(), "x"]))] = table.pop(key, 1)
        case "drop":
            table.pop(key, None)
        case "add":
            table[draw(TEXT)] = _copied(draw(st.sampled_from(ODD)))


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(entry) for key, entry in value.items()}
    return [_copied(entry) for entry in value] if isinstance(value, list) else value


@st.composite
def spoilt(draw: st.DrawFn, whole: bytes) -> bytes:
    """Return bytes that were cut, flipped, overwritten or added to."""
    start = draw(st.integers(0, max(len(whole) - 1, 0)))
    length = draw(st.integers(0, 64))
    middle = draw(st.sampled_from([b"", b"\x00" * length, b"\xff" * length, b"'", b"[", b"\xef\xbb\xbf", b"\r\n"]))
    keep = whole[start + length :] if draw(st.booleans()) else whole[start:]
    return whole[:start] + middle + (b"" if draw(st.booleans()) and middle == b"" else keep)


def documents(table: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """Return TOML files: mangled tables, and texts that are hardly TOML any more."""
    text = functools.partial(tomli_w.dumps, multiline_strings=False)
    return mangled(table).map(lambda changed: text(changed).encode()) | spoilt(text(table).encode())


KEYS = ["gamma", "n_steps", "learning_rate", "policy_kwargs", "clip_range", "cortex", "batch_size", "x", ""]
VALUES = [*NUMBERS, "lin_3e-4", "lin_", "dict(net_arch=[8])", "{'net_arch': [8]}", "[1", "cnn", "mlp", "(1,2)"]
DRIVES = ["hunger", "extrinsic", "hungr", "flinch", "os:abort", "json:dumps", "no.such:Drive", "a:b:c", ""]
colons = st.sampled_from([":", ":", ":", "=", "", "::"])

settings = st.builds("{}{}{}".format, st.sampled_from(KEYS), colons, st.sampled_from(VALUES) | TEXT)
options = st.builds(
    "{}{}{}".format,
    st.sampled_from(["size", "spiders", "render_mode", "n_envs", "x", ""]),
    colons,
    st.sampled_from([*NUMBERS, "(4,5)", "[1", "{}"]) | TEXT,
)
weighted = st.builds(
    "{}{}{}".format, st.sampled_from(DRIVES), st.sampled_from(["", ":", ":"]), st.sampled_from(["", *NUMBERS]) | TEXT
)
drives = st.lists(weighted, max_size=3).map(",".join)
written = st.sampled_from(DESIGNS).flatmap(lambda text: spoilt(text.encode()))
designs = written.map(lambda raw: raw.decode(errors="replace"))

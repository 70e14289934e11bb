"""Find worlds by id, ``[MODULE:][NAMESPACE/]NAME[-vN]`` as Gymnasium writes it, or name the nearest id."""

from __future__ import annotations

import re

import gymnasium
from gymnasium.envs.registration import EnvSpec

from dualbrain.errors import UserError, shortened
from dualbrain.registry import import_package, register_worlds
from dualbrain.spelling import nearest
from dualbrain.worlds.adapter import load_adapter


def find_spec(env_id: str) -> EnvSpec:
    """Return Gymnasium's spec of an id, importing the package that provides it if need be.

    Raises `UserError` for an unknown id, with the nearest one.
    """
    register_worlds()
    plain = plain_id(env_id)
    adapter = load_adapter(plain)
    if adapter:
        adapter.register(plain)
    try:
        return gymnasium.spec(plain)
    except (gymnasium.error.Error, ImportError, ValueError) as error:
        raise unknown_environment(plain) from error


def plain_id(env_id: str) -> str:
    """Return an id without the module that registers its world, which is imported.

    Raises `UserError` for a module that cannot be imported.
    """
    module, _, plain = env_id.rpartition(":")
    if module:
        import_package(module, f"the module of the environment '{shortened(env_id)}',")
    return plain


def unknown_environment(env_id: str) -> UserError:
    """Build the error for an unregistered id: the nearest id, how to import more, and the native worlds."""
    meant = _near(env_id, list(gymnasium.registry))
    hint = f"did you mean '{meant}'? " if meant else ""
    more = "A world of another package is registered by --gym-packages PACKAGE, or by import PACKAGE in Python"
    native = ", ".join(sorted(name for name in gymnasium.registry if name.startswith("dualbrain/")))
    return UserError(f"unknown environment '{shortened(env_id)}': {hint}{more}. Native worlds: {native}")


def _near(env_id: str, ids: list[str]) -> str | None:
    """Return the latest version of the world that an id was probably meant to be."""
    latest = {_unversioned(name): name for name in sorted(ids, key=_version)}
    own, brief = _unversioned(env_id), {_name(name): name for name in reversed(latest)}
    if own in latest:
        return latest[own]
    name = nearest(own, latest) or brief.get(nearest(_name(own), brief) or "")
    return latest[name] if name else None


def _unversioned(env_id: str) -> str:
    return re.sub(r"-v\d+$", "", env_id)


def _name(unversioned: str) -> str:
    return unversioned.rpartition("/")[2]


def _version(env_id: str) -> int:
    found = re.search(r"-v(\d+)$", env_id)
    return int(found.group(1)) if found else -1

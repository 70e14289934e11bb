"""Native worlds: importing this package registers them with Gymnasium, and loads none of them.

A new world is a file with a page of declarations: a function named like the file that returns a `World` (see
`envs.engine.declarations`). Its parameters are keyword arguments of ``gymnasium.make`` and ``gymnasium.make_vec``.

>>> import gymnasium, envs
>>> gymnasium.make("dualbrain/Forage-v0").unwrapped.senses["energy"].unit
'share of full'
"""

from __future__ import annotations

from gymnasium.envs.registration import register

from dualbrain.registry import WORLDS as GROUP
from dualbrain.registry import declared, parts

NAMESPACE = "dualbrain"
"""What the ids of this package's worlds begin with; those of others with the name of their entry point."""
OWN = {f"{NAMESPACE}/{name}": path for name, path in declared(GROUP, __name__).items()}
WORLDS = {**OWN, **parts(GROUP)}
"""Where each native world is declared, by id: those of this package, and those of others in the same group."""

for _name, _world in WORLDS.items():
    register(
        id=_name,
        entry_point="envs.single:SingleWorld",
        vector_entry_point="envs.vector:VectorWorld",
        kwargs={"world": _world},
    )

"""Native worlds: importing this package registers them with Gymnasium, and loads nothing else.

A new world is a page of declarations: a function that returns a `World` (see `envs.engine.declarations`), and a line
in `WORLDS`. Its parameters are keyword arguments of ``gymnasium.make`` and ``gymnasium.make_vec``.

>>> import gymnasium, envs
>>> gymnasium.make("dualbrain/Forage-v0").unwrapped.senses["energy"].unit
'share of full'
"""

from __future__ import annotations

from gymnasium.envs.registration import register

WORLDS = {
    "dualbrain/Commons-v0": "envs.commons:commons",
    "dualbrain/Elder-v0": "envs.elder:elder",
    "dualbrain/Forage-v0": "envs.forage:forage",
    "dualbrain/Friends-v0": "envs.friends:friends",
    "dualbrain/Gaze-v0": "envs.gaze:gaze",
    "dualbrain/Hearth-v0": "envs.hearth:hearth",
    "dualbrain/Needs-v0": "envs.needs:needs",
    "dualbrain/Podcast-v0": "envs.podcast:podcast",
    "dualbrain/SaltLick-v0": "envs.salt_lick:salt_lick",
    "dualbrain/SpiderCave-v0": "envs.spider_cave:spider_cave",
    "dualbrain/Warehouse-v0": "envs.warehouse:warehouse",
}
"""Where each native world is declared."""

for _name, _world in WORLDS.items():
    register(
        id=_name,
        entry_point="envs.single:SingleWorld",
        vector_entry_point="envs.vector:VectorWorld",
        kwargs={"world": _world},
    )

"""``python -m envs``: compile the engine's kernels ahead of the first step.

They are kept on disk, beside the engine, until its sources change.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

from envs import WORLDS
from envs.single import SingleWorld


def main() -> None:
    """Take a step in a world of each kind, in processes of their own."""
    kinds = one_of_each_kind()
    with ProcessPoolExecutor(len(kinds)) as pool:
        list(pool.map(take_a_step, kinds))


def one_of_each_kind() -> list[str]:
    """Return a world where others live and one without: the kernels differ by that alone."""
    return list({SingleWorld(world).batch.tables.people is None: world for world in WORLDS.values()}.values())


def take_a_step(world: str) -> None:
    """Begin, perceive and advance."""
    env = SingleWorld(world)
    env.reset(seed=0)
    env.step(env.action_space.sample())


if __name__ == "__main__":
    main()

"""Picture what TensorBoard shows of a world: ``docs/pictures/make_inspect.py RUN`` writes into its own folder.

RUN is the run folder of a trained brain, whose world has a map: ``values.png`` are its value maps, ``episode.gif`` the
beginning of an episode, both made as they are in training.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from dualbrain.drawing.value_maps import draw_maps
from dualbrain.episodes.gif import animate
from dualbrain.episodes.record import record
from dualbrain.runs.config import RunConfig
from dualbrain.runs.models import config_beside, find_model, load_model
from dualbrain.structured.tables import from_dict, read_toml
from dualbrain.worlds.clone_env import map_of
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.rendering import DRAWN

HERE = Path(__file__).parent


def main() -> None:
    """Draw the maps, play the episode."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", help="run folder, or folder of runs")
    parser.add_argument("--seed", type=int, default=0, help="seed of the mapped world, and of the episode")
    parser.add_argument("--steps", type=int, default=48, help="length of the animation")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    model = find_model(chosen.run)
    config = from_dict(RunConfig, read_toml(config_beside(model) or Path()), str(model))
    agent = load_model(model, config.algo, device="cpu")
    world = make_vec_env(config.env, 1, env_kwargs=config.env_kwargs | DRAWN)
    ground = map_of(world, chosen.seed)
    if ground is None:
        raise SystemExit(f"{config.env} has no map")
    maps = draw_maps(ground, agent.assess(ground.observations), agent.steering.signals)
    maps.save(HERE / "values.png", optimize=True)
    recording = record(agent, world, 1, chosen.seed, draw={0}, steps=chosen.steps)
    (HERE / "episode.gif").write_bytes(animate(recording, 0)[0])


if __name__ == "__main__":
    main()

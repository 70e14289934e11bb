"""Measure whether a brain that remembers solves what cannot be solved without memory, and what that costs.

In TMaze a word heard 13 steps or more before names the right one of two doors: chance, and all that is to be had
without memory, is .5. `recurrent` and `mlp` learn it by the same recipe for the same steps, and so does sb3-contrib's
RecurrentPPO (extra ``contrib``), on the world's own score. Some rollouts by turns say what a step costs: beside the
peer by the recipe that `recurrent_ppo` has here, and with the numbers of the brains. In SaltLick the eye sees less than
half of the room: counted are the lives in which the sugar lever was seen, and which of them reached it.

Run as ``python -m benchmarks.memory``.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from benchmarks.interleaved_timing import ratio, take_turns
from dualbrain.episodes.evaluate import evaluate
from dualbrain.heads.options import AssessorOptions
from dualbrain.registry import load_agent
from dualbrain.runs.build import recipe
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.probes import probes_of

TMAZE, SALTLICK = "dualbrain/TMaze-v0", "dualbrain/SaltLick-v0"
DRIVES = {TMAZE: (("hunger",), {}), SALTLICK: (("hunger", "salt"), {"hunger": 5.0})}
"""Drives of each world, and weights that are not 1."""
BRAINS = {"recurrent": {"cortex": "recurrent", "reads": "both"}, "mlp": {"cortex": "mlp"}}
PEER, SAME = "RecurrentPPO, its recipe", "RecurrentPPO, same numbers"
N_ENVS, EPISODES, FRESH = 128, 512, 1_000_000
"""Worlds to learn in, episodes that count, and their seed."""
SOLVED, SHARE = 0.95, 0.2
"""What the score has to be, and of the peer's CPU time per step, at most."""
LIFE, SEEN = 500, "sugar lever"


class Sought(NamedTuple):
    """Lives in SaltLick, as shares of all."""

    saw: float
    """in which the lever was seen;"""
    found: float
    """and, of these, in which it was reached at a later step"""


def hyperparams(world: str) -> dict[str, Any]:
    """Return the numbers of the recipe that brains and peer have in common."""
    return {name: value for name, value in recipe(world)["hyperparams"].items() if name not in ("cortex", "reads")}


def brain(name: str, world: str, seed: int) -> Any:
    """Return a brain that has learned nothing."""
    drives, weights = DRIVES[world]
    return load_agent("ppo")(
        "BrainPolicy",
        make_vec_env(world, N_ENVS, seed=seed),
        steering=SteeringSubsystem([*drives], weights),
        assessors=AssessorOptions(**recipe(world)["assessors"]),
        seed=seed,
        device="cpu",
        pictures=0,
        **BRAINS[name],
        **hyperparams(world),
    )


def peer(name: str, seed: int) -> Any:
    """Return a peer that has learned nothing: by its own recipe, or with the numbers of the brains."""
    module = importlib.import_module("benchmarks.peers.recurrent_ppo")
    own = recipe(TMAZE, "recurrent_ppo")
    n_envs, numbers = (N_ENVS, hyperparams(TMAZE)) if name == SAME else (own["n_envs"], own["hyperparams"])
    return module.build(TMAZE, n_envs, seed, **numbers)


def trained(agent: Any, steps: int) -> tuple[Any, float]:
    """Return the agent after so many steps, and the CPU milliseconds that each took."""
    begin = time.process_time()
    agent.learn(steps)
    return agent, 1e3 * (time.process_time() - begin) / agent.num_timesteps


def solve(name: str, seed: int, steps: int) -> tuple[float, float]:
    """Train in TMaze; return the mean score of fresh episodes, and the CPU milliseconds of a step."""
    agent, spent = trained(brain(name, TMAZE, seed) if name in BRAINS else peer(name, seed), steps)
    if name in BRAINS:
        return float(evaluate(agent, TMAZE, EPISODES, FRESH, skill=False).scores.mean()), spent
    return importlib.import_module("benchmarks.peers.recurrent_ppo").score(agent, TMAZE, EPISODES, FRESH), spent


def _turn(agent: Any) -> Callable[[], float]:
    def steps_per_second() -> float:
        before, begin = agent.num_timesteps, time.process_time()
        agent.learn(agent.n_steps * agent.n_envs, reset_num_timesteps=False)
        return float((agent.num_timesteps - before) / (time.process_time() - begin))

    return steps_per_second


def cost(turns: int) -> tuple[float, dict[str, float]]:
    """Return the CPU milliseconds of a step of the recurrent brain, and its share of each peer's, by turns."""
    contestants = {"recurrent": _turn(brain("recurrent", TMAZE, 0))}
    contestants |= {name: _turn(peer(name, 0)) for name in (PEER, SAME)}
    take_turns(contestants, 1)
    speeds = take_turns(contestants, turns)
    ours = speeds.pop("recurrent")
    return 1e3 / statistics.median(ours), {name: ratio(theirs, ours) for name, theirs in speeds.items()}


def seek(name: str, seed: int, steps: int) -> Sought:
    """Train in SaltLick; return what the first lives in fresh worlds saw and found."""
    agent = brain(name, SALTLICK, seed)
    agent.learn(steps)
    env = make_vec_env(SALTLICK, EPISODES, seed=FRESH)
    obs: Any = env.reset()
    world = probes_of(env)
    sightings = world.sightings(SEEN)
    sightings.begin(obs)
    state, starts, alive = None, np.ones(EPISODES, bool), np.ones(EPISODES, bool)
    saw, found = np.zeros((2, EPISODES), bool)
    for _ in range(LIFE):
        actions, state = agent.predict(obs, state, starts)
        obs, _, starts, infos = env.step(actions)
        final = np.array([info.get("terminal_observation", row) for info, row in zip(infos, obs, strict=True)])
        now = sightings.step(obs, starts, final)
        saw, found = (np.where(alive, new, old) for new, old in zip(now, (saw, found), strict=True))
        alive &= ~starts
    return Sought(float(saw.mean()), float(found.sum() / max(saw.sum(), 1)))


def report(name: str, seed: int, score: float, spent: float) -> str:
    """Describe what was learned in TMaze."""
    return f"TMaze, {name}, seed {seed}: score {score:.3f}; {spent:.3f} CPU ms a step"


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=3, help="brains of each kind, from seed 0 on")
    parser.add_argument("--steps", type=int, default=1_000_000, help="of training in TMaze")
    parser.add_argument("--peer-steps", type=int, default=1_000_000, help="of the peer; 0: it only takes turns")
    parser.add_argument(
        "--saltlick-steps", type=int, default=1_000_000, help="of training in SaltLick; 0: leave it out"
    )
    parser.add_argument("--turns", type=int, default=5, help="rollouts that are timed, 0 for none")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    for name in BRAINS:
        for seed in range(chosen.seeds):
            score, spent = solve(name, seed, chosen.steps)
            print(report(name, seed, score, spent), "" if name == "mlp" else _kept(score >= SOLVED), flush=True)
    for name in BRAINS if chosen.saltlick_steps else ():
        for seed in range(chosen.seeds):
            saw, found = seek(name, seed, chosen.saltlick_steps)
            print(
                f"SaltLick, {name}, seed {seed}: {saw:.3f} of lives saw a {SEEN}, {found:.3f} of them reached it later"
            )
    if chosen.turns:
        spent, shares = cost(chosen.turns)
        print(f"recurrent: {spent:.3f} CPU ms a step", flush=True)
        for name, share in shares.items():
            print(f"  {share:.3f} of {name}, at most {SHARE:g}: {_kept(share <= SHARE)}", flush=True)
    if chosen.peer_steps:
        print(report(SAME, 0, *solve(SAME, 0, chosen.peer_steps)), flush=True)
    return 0


def _kept(holds: bool) -> str:
    return "kept" if holds else "MISSED"


if __name__ == "__main__":
    sys.exit(main())

"""One new part of each kind, as one file: put into the folder of its kind, or alone into a distribution of its own."""

from __future__ import annotations

DRIVE = '''
"""{Name}: what is eaten delights."""

from dataclasses import dataclass

from dualbrain import Array, RewardModule, Signal, SignalValues


@dataclass
class {Name}(RewardModule):
    """Joy of eating: ``joy = 2 * ate``, worth 1 (Nobody, 1999, J. Joys 1:1)."""

    emits = (Signal("joy", high=2.0),)

    def truth(self, ate: Array) -> SignalValues:
        """Report the joy."""
        return {{"joy": 2.0 * ate}}
'''
WORLD = '''
"""{Name}: berries, and nothing else."""

from dataclasses import replace

from envs.engine.declarations import Thing
from envs.engine.world import World
from envs.shared_levels import ATE, ENERGY


def {name}(size: int = 6, max_episode_steps: int = 8) -> World:
    """Declare the world: some berries in the grass.

    Drives: hunger
    """
    return World(
        name="{Name}",
        size=size,
        max_episode_steps=max_episode_steps,
        levels=(replace(ENERGY, drain=0.01),),
        things=(Thing("berry", 4, "bush", {{"energy": 0.3}}, {{"ate": 1.0}}, wanders=True),),
        events=(ATE,),
    )
'''
EXPERIMENT = '''
"""{Name}: whether seeds are told from each other."""

from dualbrain.lab.experiment import Claim, Experiment, Outcome, Published


def run(seed: int) -> Outcome:
    """Return a measure of two conditions."""
    return {{"intact": {{"height": 1.0}}, "ebbing": {{"height": 0.0}}}}


{NAME} = Experiment(
    name="{name}",
    about="Is the water high?",
    published=(Published("It is", "Nobody 1999, J. Tides 1:1"),),
    run=run,
    claims=(Claim("the water is high", "height", at_least=0.5),),
    controls=("ebbing",),
)
'''
AGENT = '''
"""{Name}: PPO by another name."""

from agents.ppo import DualBrainPPO


class {Name}(DualBrainPPO):
    """Learns as PPO does."""


AGENT = {Name}
'''
CORTEX = '''
"""The `{name}` cortex: one layer."""

import torch
from torch import nn

from dualbrain.cortex.interface import Cortex


class {Name}Cortex(Cortex):
    """Thoughts of one dense layer."""

    def __init__(self, space):
        super().__init__()
        self.width = 8
        self.layer = nn.Linear(space.shape[0], 8)

    def forward(self, obs, state=(), hidden=None):
        """Return thoughts (N, 8)."""
        return torch.tanh(self.layer(obs.float())), state
'''
OBSERVER = '''
"""{Name}: the rewards that there were."""

from dualbrain.training.observer import Observer


class {Name}(Observer):
    """Prints what it looked on at, and logs a number."""

    def on_rollout(self, rollout, step):
        """Return the mean reward of the world."""
        print(f"{name} looked on at step {{step}}")
        return {{"mine/{name}": float(rollout.world_reward.mean())}}


OBSERVER = {Name}
'''
ADAPTER = '''
"""Senses of {Name}s."""

import {name}_package

from dualbrain.steering.sense import Sense
from dualbrain.worlds.adapter import WorldAdapter
from dualbrain.worlds.sense_wrappers import SenseWrapper

BEGINNINGS = ("{Name}-",)
EXTRA = "{name}"
SENSES = (Sense("{name}_shakes", 0.0, 1.0, "flag", "it shakes"),)


def feel(env, obs, action, info):
    """Return the senses of a step."""
    return {{"{name}_shakes": float(obs[0] > 0.5)}}


ADAPTER = WorldAdapter(wrap=lambda env: SenseWrapper(env, feel, SENSES), examples=("{Name}-v0",))
'''
FOREIGN = '''
"""Worlds that somebody else wrote."""

import gymnasium
import numpy as np
from gymnasium import spaces


class {Name}(gymnasium.Env):
    observation_space = spaces.Box(0.0, 1.0, (2,), np.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.left = 8
        return self.observation_space.low, {{}}

    def step(self, action):
        self.left -= 1
        return np.full(2, self.left / 8, np.float32), float(action), self.left == 0, False, {{}}


gymnasium.register("{Name}-v0", {Name})
'''


def of(template: str, name: str) -> str:
    """Return a source with the name of its part filled in, as ``name``, ``Name`` and ``NAME``."""
    return template.format(name=name, Name=name.capitalize(), NAME=name.upper()).lstrip()

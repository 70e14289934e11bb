"""Write the sample of the present format that the tests read: ``python tests/model_file/make_sample.py``."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from stable_baselines3.common.utils import LinearSchedule
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

from agents import DualBrainPPO
from dualbrain import Stage, SteeringSubsystem
from dualbrain.model_file.archive import FORMAT

HOME = Path(__file__).parent
OBSERVATIONS = np.linspace(-1.0, 1.0, 12, dtype=np.float32).reshape(3, 4)


def sample(number: int) -> tuple[Path, Path]:
    """Return the files of a format's sample: the model, and what it answers."""
    return HOME / f"sample_format_{number}.zip", HOME / f"sample_format_{number}.json"


def answers(agent: DualBrainPPO) -> dict[str, Any]:
    """Return what can be told of an agent in numbers."""
    assessed = agent.assess(OBSERVATIONS)
    normaliser: Any = agent.get_vec_normalize_env()
    return {
        "actions": agent.predict(OBSERVATIONS, deterministic=True)[0].tolist(),
        "valence": assessed["valence"].tolist(),
        "short": {name: values.tolist() for name, values in assessed["short"].items()},
        "weights": dict(agent.steering.weights),
        "stages": [stage.name for stage in agent.steering.stages],
        "stage": agent.steering.stage,
        "steps": agent.num_timesteps,
        "rate": agent.lr_schedule(0.5),
        "mean": normaliser.obs_rms.mean.tolist() if normaliser else None,
        "bonus": agent.steering.modules["novelty"].parameters["bonus"],
    }


def made() -> DualBrainPPO:
    """Train a small brain that has something of everything."""
    stages = [Stage("first", until=20, weights={"novelty": 2.0}), Stage("then")]
    steering = SteeringSubsystem(["extrinsic", "novelty"], {"novelty": 0.5}, stages=stages, thought_cap=0.25)
    world = VecNormalize(DummyVecEnv([partial(gymnasium.make, "CartPole-v1")] * 2))
    settings: dict[str, Any] = {"n_steps": 16, "batch_size": 16, "n_epochs": 1, "seed": 3, "device": "cpu"}
    arguments = {"net_arch": {"pi": [4], "vf": [5]}}
    rate = LinearSchedule(1e-3, 0.0, 1.0)
    brain = DualBrainPPO(
        "BrainPolicy", world, steering=steering, learning_rate=rate, policy_kwargs=arguments, **settings
    )
    return brain.learn(64)


if __name__ == "__main__":
    model, told = sample(FORMAT)
    brain = made()
    brain.save(model)
    told.write_text(json.dumps(answers(brain), indent=1) + "\n", encoding="utf-8")

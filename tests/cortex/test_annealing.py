"""The steps of a cortex and its short heads become smaller with those that were taken, in whatever life."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from agents import DualBrainPPO

SCHEDULE = {"updates": 2, "windows": 4, "learning_rate": 1e-3, "anneal": 4}


def step_sizes(agent: DualBrainPPO) -> list[float]:
    optimizer = agent.policy.cortex_optimizer
    assert optimizer is not None
    return [group["lr"] for group in optimizer.param_groups]


def test_step_sizes_fall_and_go_on_falling_after_loading(tmp_path: Path):
    agent = DualBrainPPO(
        "BrainPolicy",
        "CartPole-v1",
        steering="extrinsic",
        cortex="predictive",
        cortex_kwargs={"schedule": SCHEDULE},
        n_steps=16,
        batch_size=16,
        n_epochs=1,
        pictures=0,
    )
    agent.learn(3 * 16)
    np.testing.assert_allclose(step_sizes(agent), [1e-3 / 2, 2e-3 / 2])  # 4 were taken before the last 2
    agent.save(tmp_path / "brain")
    later = DualBrainPPO.load(tmp_path / "brain", env="CartPole-v1").learn(16)
    np.testing.assert_allclose(step_sizes(later), [1e-3 / 2.5, 2e-3 / 2.5])

"""What a world model imagined at each step of a recording is what it would imagine of that episode so far."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from agents import DualBrainPPO
from dualbrain import UserError
from dualbrain.episodes.imagined import with_imagined
from dualbrain.episodes.record import record
from dualbrain.episodes.schema import columns_of

SMALL = {"width": 8, "hidden": (16,)}
NAME = "extrinsic.reward"


def brain(cortex: str, **settings: Any) -> Any:
    kwargs: Any = {"cortex_kwargs": None if cortex == "mlp" else SMALL, "steering": ["extrinsic"], **settings}
    return DualBrainPPO("BrainPolicy", "CartPole-v1", cortex=cortex, n_steps=32, batch_size=32, seed=0, **kwargs)


@pytest.mark.parametrize("cortex", ["predictive", "recurrent"])
def test_each_step_has_what_was_imagined_of_its_episode_so_far(cortex):
    agent = brain(cortex)
    recording = with_imagined(agent, record(agent, "CartPole-v1", 2, seed=0))
    rows, heads = recording.rows(1), agent.policy.assessors
    state = agent.policy.cortex.initial_state(1)
    for t, obs in enumerate(recording.observations[rows]):
        with torch.no_grad():
            thought, state = agent.policy.cortex(agent.percept(obs[None]), state)
            for ahead in (0, 1, 5, 15):
                column = recording.column(f"imagined_{ahead}" if ahead else "prediction", NAME)
                imagined = agent.policy.cortex.imagine_steps(thought, ahead)
                assert heads.scorecard(imagined).item() == pytest.approx(column[rows][t], rel=1e-4, abs=1e-6)
    assert {f"imagined_{ahead}/{NAME}" for ahead in (1, 5, 15)} <= {column.name for column in columns_of(recording)}
    assert np.isfinite(recording.column("imagined_15", NAME)).all()


@pytest.mark.parametrize(
    ("settings", "says"), [({}, "only predictive or recurrent does"), ({"assessors": False}, "no assessors")]
)
def test_a_brain_that_imagines_nothing_says_so(settings, says):
    agent = brain("mlp", **settings)
    with pytest.raises(UserError, match=says):
        with_imagined(agent, record(agent, "CartPole-v1", 1, seed=0))

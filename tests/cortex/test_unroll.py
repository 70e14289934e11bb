"""A cortex is unrolled over windows: with a state step by step, begun anew where episodes start."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from dualbrain.cortex.ema import EMACopy
from dualbrain.cortex.experience import Observations, State, Windows
from dualbrain.cortex.interface import Cortex


class Sum(Cortex):
    """Remembers the sum of all that it saw in an episode, and thinks of it."""

    width = 1

    def initial_state(self, n: int) -> State:
        return (torch.full((n, 1), 100.0),)

    def forward(self, obs: Observations, state: State = (), hidden: Tensor | None = None) -> tuple[Tensor, State]:
        assert isinstance(obs, Tensor)
        total = state[0] + obs
        return total, (total,)


class Twice(Cortex):
    """Thinks of twice the part that it reads."""

    width = 1

    def forward(self, obs: Observations, state: State = (), hidden: Tensor | None = None) -> tuple[Tensor, State]:
        assert isinstance(obs, dict)
        return 2.0 * obs["seen"], state


def windows(obs: Observations, starts: list[list[int]]) -> Windows:
    flags = torch.tensor(starts, dtype=torch.bool)
    return Windows(obs, torch.zeros(flags.shape), flags, torch.ones_like(flags))


def test_the_state_begins_anew_where_an_episode_starts():
    obs = torch.tensor([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])[..., None]
    thoughts = Sum().unroll(windows(obs, [[0, 0], [0, 1], [1, 0]]))
    assert thoughts[..., 0].tolist() == [[101.0, 110.0], [103.0, 120.0], [104.0, 160.0]]


def test_windows_begin_in_the_state_that_they_hold():
    obs = torch.tensor([[1.0, 10.0], [2.0, 20.0]])[..., None]
    flags = torch.tensor([[0, 0], [0, 1]], dtype=torch.bool)
    held = (torch.tensor([[5.0], [6.0]]),)
    thoughts = Sum().unroll(Windows(obs, torch.zeros(flags.shape), flags, torch.ones_like(flags), held))
    assert thoughts[..., 0].tolist() == [[6.0, 16.0], [8.0, 120.0]]


def test_a_step_follows_another_within_an_episode_of_a_present_agent():
    starts = torch.tensor([[1, 0, 0], [0, 1, 0], [0, 0, 0]], dtype=torch.bool)
    present = torch.tensor([[1, 1, 1], [1, 1, 0], [1, 1, 1]], dtype=torch.bool)
    given = Windows(torch.zeros(3, 3, 1), torch.zeros(3, 3), starts, present)
    assert given.follows().tolist() == [[True, False, False], [True, True, False]]


def test_without_a_state_all_steps_are_thought_of_at_once():
    obs = {"seen": torch.arange(6.0).reshape(3, 2, 1), "rest": torch.zeros(3, 2, 4)}
    given = windows(obs, [[0, 0]] * 3)
    assert Twice().unroll(given)[..., 0].tolist() == [[0.0, 2.0], [4.0, 6.0], [8.0, 10.0]]
    step = given.step(1)
    assert isinstance(step, dict)
    assert step["seen"].tolist() == [[2.0], [3.0]]


class Layered(Twice):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(1, 1)


def test_the_slow_copy_moves_a_step_towards_the_live_one_and_holds_each_parameter_once():
    cortex, heads = Layered(), nn.Linear(1, 2)
    slow = EMACopy(cortex, heads)
    assert [*slow.state_dict()] == ["0.layer.weight", "0.layer.bias", "1.weight", "1.bias"]
    assert (slow.cortex, slow.heads) == (slow[0], slow[1])
    with torch.no_grad():
        cortex.layer.bias.add_(1.0)
        heads.bias.sub_(1.0)
    before = {name: value.clone() for name, value in slow.state_dict().items()}
    slow.update(cortex, heads, 0.25)
    moved = {name: (value - before[name]).flatten().tolist() for name, value in slow.state_dict().items()}
    assert moved == {"0.layer.weight": [0], "0.layer.bias": [0.25], "1.weight": [0, 0], "1.bias": [-0.25, -0.25]}
    assert not any(parameter.requires_grad for parameter in slow.parameters())

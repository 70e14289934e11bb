"""N worlds as one Gymnasium vector environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from gymnasium.spaces import Discrete
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from dualbrain.errors import UserError, unknown
from dualbrain.steering.sense import Sense, by_name
from dualbrain.worlds.spaces.parts import Part
from dualbrain.worlds.state_map import StateMap
from dualbrain.worlds.vec_env.entries import Entries, fitting
from envs.engine.jit import compiled_for
from envs.engine.kernel import Advance, advance, begin, perceive
from envs.engine.output_buffers import OutputBuffers
from envs.engine.randomness import streams
from envs.engine.senses import senses_of
from envs.engine.state import Outcome, empty_state
from envs.engine.tables import build_tables
from envs.engine.world import World
from envs.load_world import load_declaration
from envs.observation import layout_of, observation_space
from envs.probes import Probes
from envs.saved import no_report, parts_of, refuse_impossible, refuse_outside, report_bounds

Bits = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
SenseArrays = dict[str, Floats]
Step = tuple[Bits, Floats, Flags, Flags, dict[str, Any]]


class VectorWorld(Probes, VectorEnv[Bits, NDArray[np.integer[Any]], NDArray[Any]]):
    """Copies of a native world with N agents in all, stepped by one kernel call.

    Observations are ``(N, D)`` uint8 bits (see `layout`), rewards ``(N,)`` float32. World ``i`` of a batch seeded
    ``s`` is bit-identical to the single world seeded ``s + i``, through its resets as well.

    A row is an agent. Worlds in which A agents live take A rows each, one after the other. An agent that dies before
    the others is absent until its world's next episode, which begins when all have died or time is up: its rows are
    blank until then, and `present` is False.

    ``info["senses"]`` is ``{name: (N,) float32}``. Where an episode ended and the world was reset in the same step
    it describes the new episode; what the last step earned is in ``info["final_info"]["senses"]``, next to
    ``info["final_obs"]``, as Gymnasium has it. To avoid object arrays, `transition_senses`,
    `reset_senses` and `final_observations` hold the same as plain arrays. None of them is written again later.

    Who is where, and the body's levels, can be asked and set: see `envs.probes`.

    Parameters: ``num_envs`` is N, a multiple of A; ``world`` is a `World` or ``"package.module:function"``; any further
    keyword argument goes to that function. With ``autoreset_mode=AutoresetMode.DISABLED`` nothing is reset but by
    ``reset``.
    """

    metadata: dict[str, Any] = {
        "render_modes": ["rgb_array"],
        "render_fps": 8,
        "autoreset_mode": AutoresetMode.SAME_STEP,
    }

    transition_senses: SenseArrays
    """``{name: (N,)}``: senses earned by the last step, before any autoreset; valid in all rows."""
    reset_senses: SenseArrays
    """``{name: (N,)}``: the same as ``info["senses"]``: the reset's where an episode ended."""
    final_observations: Bits
    """``(N, D)``: last observations of episodes, valid only in rows that ended with the last step."""
    present: Flags
    """``(N,)``: whose agent took part in the last step."""

    def __init__(
        self,
        world: World | str,
        num_envs: int = 1,
        render_mode: str | None = None,
        autoreset_mode: AutoresetMode = AutoresetMode.SAME_STEP,
        **parameters: Any,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise unknown("render_mode", str(render_mode), self.metadata["render_modes"])
        if autoreset_mode is AutoresetMode.NEXT_STEP:
            raise UserError(
                "native worlds reset in the same step or not at all: autoreset_mode NEXT_STEP is not offered"
            )
        self.world = load_declaration(world, **parameters)
        if num_envs < 1 or num_envs % self.world.agents:
            raise UserError(
                f"num_envs counts agents: it must be a multiple of the {self.world.agents} in a world of "
                f"{self.world.name}, not {num_envs}"
            )
        self.num_envs = num_envs
        self.render_mode = render_mode
        self.metadata = {**self.metadata, "autoreset_mode": autoreset_mode}
        self.single_observation_space = observation_space(self.world)
        self.single_action_space = Discrete(len(self.world.action_names))
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.layout = layout_of(self.world)
        self.tables = build_tables(self.world)
        self.state = empty_state(self.tables, num_envs // self.n_agents)
        self.output_buffers = OutputBuffers(self.world, num_envs)
        self._autoreset = autoreset_mode is AutoresetMode.SAME_STEP
        self._senses = by_name(senses_of(self.world))
        self._last = len(self.world.action_names) - 1
        self._masks = [f"_{name}" for name in self._senses]
        self._seeded = False
        self._actions: NDArray[np.int64] | None = None
        # Episodes that the last step ended, in whose rows alone last observations are written.
        self._ends: tuple[Flags, ...] = ()

    @property
    def senses(self) -> Mapping[str, Sense]:
        """The senses on offer, by name."""
        return self._senses

    @property
    def observation_parts(self) -> tuple[Part, ...]:
        """The parts of an observation: see `dualbrain.worlds.spaces.parts`."""
        return self.layout.parts

    @property
    def cues(self) -> Mapping[str, int]:
        """Where in an observation each word is heard, by name: see `dualbrain.training.cues`."""
        return {f"hears {word}": self.layout.word.start + i for i, word in enumerate(self.layout.words)}

    @property
    def n_agents(self) -> int:
        """A: how many agents live in each world together."""
        return self.world.agents

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Bits, dict[str, Any]]:
        """Begin new episodes; ``seed`` seeds world ``i`` with ``seed + i``, None continues each world's own stream.

        A list of N seeds, one per agent, seeds a world with that of its first agent. ``options["body"]`` sets levels of
        the body, ``{level: number or (N,)}``; ``options["reset_mask"]``, ``(N,)`` bool, leaves the other worlds as
        they are.
        """
        options = options or {}
        mask = self._mask(options.get("reset_mask"))
        self._seed(seed, mask)
        begin(self.tables, self.state, mask)
        self._write_levels(options.get("body", {}), mask)
        outcome = self.output_buffers.blank()
        perceive(self.tables, self.state, outcome)
        self.transition_senses = self.reset_senses = self._named(outcome.senses)
        self.final_observations = outcome.final_obs
        self.present = outcome.present
        self._ends = ()
        return outcome.obs, {"senses": self.reset_senses}

    def step(self, actions: NDArray[np.integer[Any]]) -> Step:
        """Take one step in all worlds; ``actions`` is ``(N,)``, by number: see `World.action_names`."""
        outcome = self.output_buffers.blank()
        self._actions = self._checked(actions)
        ended = self._advance(self.tables, self.state, self._actions, outcome, self._autoreset)
        self.transition_senses = self.reset_senses = self._named(outcome.senses)
        self.final_observations = outcome.final_obs
        self.present = outcome.present
        self._ends = (outcome.terminated, outcome.truncated) if self._autoreset else ()
        info: dict[str, Any] = self._final_info(outcome) if ended and self._autoreset else {}
        info["senses"] = self.reset_senses
        return outcome.obs, outcome.reward, outcome.terminated, outcome.truncated, info

    def state_dict(self) -> Entries:
        """Return copies of all that decides what comes next, and of what may be asked until the next step, by name.

        Plain arrays: those of the engine's `State`, and what the last step reported. The last observations are not
        among them. Raises `UserError` where worlds have not begun.
        """
        if not self.state.grid[:, 0].all():
            raise UserError(f"worlds of {self.world.name} that have not begun have no state: call reset first")
        return {name: part.copy() for name, part in {**parts_of(self.state), **self._reported()}.items()}

    def load_state_dict(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Restore the state of a batch from its `state_dict`.

        Raises `UserError`, and changes nothing, for a name that is missing or unknown, a wrong shape or dtype, and for
        any number that no such world can have.
        """
        parts, whose = parts_of(self.state), self.world.name
        given = fitting(state, {**parts, **no_report(self.world, self.num_envs)}, whose)
        refuse_impossible(self.tables, given, whose)
        refuse_outside(report_bounds(self._last), given, whose)
        for name, part in parts.items():
            part[...] = given[name]
        self._recall(given)

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """Return a picture ``(H, W, 3)`` of each world, whatever the number of its agents."""
        if self.render_mode is None:
            return None
        from envs.rendering import picture

        worlds = range(len(self.state.clock))
        return tuple(picture(self.world, self.tables, self.state, i, self._actions) for i in worlds)

    def state_map(self, seed: int) -> StateMap:
        """Return what the first agent would observe on each cell that it can walk to, as the world of a seed begins."""
        from envs.state_map import state_map

        return state_map(lambda copies: VectorWorld(self.world, copies * self.n_agents), seed)

    def observation_pictures(self, observations: Bits) -> NDArray[np.uint8]:
        """Return small pictures ``(n, h, w, 3)`` of what is seen in observations ``(n, D)``."""
        from envs.observation_pictures import observation_pictures

        return observation_pictures(self.world, observations)

    @cached_property
    def _advance(self) -> Advance:
        """The kernel for arguments of this world's types: not to look for it at every step saves a tenth of a step."""
        actions, outcome = np.zeros(self.num_envs, np.int64), self.output_buffers.blank()
        return compiled_for(advance, self.tables, self.state, actions, outcome, self._autoreset)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what the kernel is compiled to, which does not pickle and is looked up again."""
        return {name: value for name, value in vars(self).items() if name != "_advance"}

    def _final_info(self, outcome: Outcome) -> dict[str, Any]:
        """Separate the senses of the reset from those of the final step, and lay out the latter as Gymnasium does."""
        self.reset_senses = self._named(outcome.reset_senses)
        done = outcome.terminated | outcome.truncated
        final_obs = np.empty(self.num_envs, object)
        for i in done.nonzero()[0].tolist():
            final_obs[i] = outcome.final_obs[i]
        earned = {**self.transition_senses, **dict.fromkeys(self._masks, done)}
        final_info = {"senses": earned, "_senses": done}
        return {"final_obs": final_obs, "_final_obs": done, "final_info": final_info, "_final_info": done}

    def _reported(self) -> Entries:
        """Return what the last step reported; resting stands for no actions, and blank rows for what means nothing."""
        ended = np.logical_or.reduce([np.zeros(self.num_envs, np.bool_), *self._ends])
        return {
            "actions": np.zeros(self.num_envs, np.int64) if self._actions is None else self._actions,
            "present": self.present,
            "ended": ended,
            "transition_senses": np.stack([*self.transition_senses.values()]),
            "reset_senses": np.stack([*self.reset_senses.values()]),
            "final_observations": np.where(ended[:, np.newaxis], self.final_observations, np.uint8(0)),
        }

    def _recall(self, given: Entries) -> None:
        """Take what was reported as reported by the last step."""
        self._actions, self._ends, self._seeded = given["actions"], (given["ended"],), True
        self.present, self.final_observations = given["present"], given["final_observations"]
        self.transition_senses = self._named(given["transition_senses"])
        self.reset_senses = self._named(given["reset_senses"])

    def _named(self, rows: Floats) -> SenseArrays:
        return dict(zip(self._senses, rows[:, : self.num_envs], strict=True))

    def _checked(self, actions: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        numbers = np.ascontiguousarray(actions, np.int64)
        if numbers.shape != (self.num_envs,):
            raise UserError(f"actions must have shape ({self.num_envs},), not {numbers.shape}")
        if numbers.view(np.uint64).max() > self._last:
            raise UserError(f"actions must lie in 0 to {self._last}: got {numbers.min()} to {numbers.max()}")
        return numbers

    def _mask(self, mask: NDArray[np.bool_] | None) -> Flags:
        if mask is None:
            return np.ones(self.num_envs, np.bool_)
        if mask.shape != (self.num_envs,) or mask.dtype != np.bool_:
            raise UserError(f"reset_mask must be bool of shape ({self.num_envs},), not {mask.dtype} of {mask.shape}")
        together = mask.reshape(-1, self.n_agents)
        if (together != together[:, :1]).any():
            raise UserError("reset_mask must name all agents of a world or none")
        return mask

    def _seed(self, seed: int | Sequence[int | None] | None, mask: Flags) -> None:
        """Seed the streams of the masked worlds; those that were never seeded take entropy."""
        seed = int(seed) if isinstance(seed, np.integer) else seed
        super().reset(seed=seed if isinstance(seed, int) else None)
        if seed is None and not self._seeded:
            seed = int(self.np_random.integers(2**32))
        worlds = len(self.state.stream)
        seeds = [seed + i for i in range(worlds)] if isinstance(seed, int) else self._of_worlds(seed)
        if seeds is None:
            return
        chosen = mask[:: self.n_agents] & np.array([number is not None for number in seeds])
        self.state.stream[chosen] = streams(number or 0 for number in seeds)[chosen]
        self.state.owed[np.repeat(chosen, self.n_agents)] = 0
        self._seeded = True

    def _of_worlds(self, seeds: Sequence[int | None] | None) -> Sequence[int | None] | None:
        """Return the seed of each world, of those given for each agent."""
        if seeds is not None and len(seeds) != self.num_envs:
            raise UserError(f"got {len(seeds)} seeds for {self.num_envs} agents")
        return None if seeds is None else seeds[:: self.n_agents]

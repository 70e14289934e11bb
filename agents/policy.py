"""The policy of a dual brain: SB3's actor and critic, and a cortex and thought assessors beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.distributions import Distribution
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.preprocessing import preprocess_obs
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from torch import Tensor, nn

from dualbrain.cortex.building import build_cortex, build_own_cortex, cortex_options, load_cortex
from dualbrain.cortex.ema import EMACopy
from dualbrain.cortex.experience import Observations
from dualbrain.cortex.flat import PARAMETERLESS
from dualbrain.cortex.interface import Cortex, Critic
from dualbrain.cortex.mlp import CriticLatent
from dualbrain.cortex.reading import BOTH, PERCEPT, Noted, ThoughtReader, check_reads
from dualbrain.cortex.stream import Arrays, Flags, ThoughtStream, recall
from dualbrain.errors import UserError
from dualbrain.heads.optimizers import assessor_optimizer, cortex_optimizer
from dualbrain.heads.options import AssessorOptions
from dualbrain.heads.short_long import PopArtLinear, ThoughtAssessors
from dualbrain.steering.signal import Signal
from dualbrain.worlds.spaces.finite import check_observations
from dualbrain.worlds.spaces.observations import unnested
from dualbrain.worlds.spaces.parts import Part


class BrainPolicy(ActorCriticPolicy):
    """Actor and critic exactly as SB3 builds them, a cortex, and assessors on its thoughts ``(N, Z)``.

    ``cortex`` is a registered name, a path ``package.module:Class`` or a class; ``cortex_kwargs`` are its options, and
    ``parts`` those of an observation.
    Actor and critic read what ``reads`` says: see `dualbrain.cortex.reading`.
    ``signals`` (by full name) get assessors; without any it is SB3's `ActorCriticPolicy`, parameter for parameter.
    Cortex and heads are built after everything else, under a forked random stream, so that watching a brain does not
    change it.
    """

    cortex: Cortex

    assessors: ThoughtAssessors | None
    assessor_optimizer: torch.optim.Optimizer | None
    cortex_optimizer: torch.optim.Optimizer | None
    """What trains a cortex with a schedule, and the short heads; None for any other cortex."""
    slow: EMACopy[PopArtLinear] | None
    options: AssessorOptions
    """How the assessors learn."""
    thought: Tensor
    """What was thought of the observations that the critic last judged, without gradient."""
    live: ThoughtStream
    """What the cortex remembers of the agents in training."""
    starts: Flags | None = None
    """(N,) whose episode starts with the next observation in training; None: it is not known"""
    finals: list[Tensor]
    """Thoughts ``(1, Z)`` of final observations that the critic is about to judge, one by one."""

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Space[Any],
        lr_schedule: Schedule,
        *args: Any,
        cortex: str | type[Cortex] = "mlp",
        cortex_kwargs: Mapping[str, Any] | None = None,
        parts: Sequence[Part] = (),
        signals: Mapping[str, Signal] | None = None,
        options: AssessorOptions | None = None,
        reads: str = PERCEPT,
        keep_slow: bool = False,
        gamma: float = 0.99,
        gae_lambda: float = 0.95,
        **kwargs: Any,
    ):
        self._signals, self.options, self._keep_slow = signals, options or AssessorOptions(), keep_slow
        self._discounts = (gamma, gae_lambda)
        self._cortex_class = load_cortex(cortex)
        self._cortex_kwargs = cortex_options(self._cortex_class, observation_space, action_space, parts, cortex_kwargs)
        check_reads(reads, self._cortex_class, bool(signals))
        self.reads = reads
        self._ahead: tuple[Cortex, ...] = ()
        features_extractor = self._cortex_class.features_extractor(observation_space)
        extractor = kwargs.setdefault("features_extractor_class", features_extractor)
        kwargs.setdefault("share_features_extractor", extractor in PARAMETERLESS)
        super().__init__(observation_space, action_space, lr_schedule, *args, **kwargs)

    def make_features_extractor(self) -> BaseFeaturesExtractor:
        """Return what extracts the features that actor and critic read."""
        if self.reads == PERCEPT:
            return super().make_features_extractor()
        percept = super().make_features_extractor() if self.reads == BOTH else None
        if not self._ahead:  # its width is needed before there is a critic; in a tuple it is not registered yet
            space, options = self.observation_space, self._cortex_kwargs
            self._ahead = (build_own_cortex(self._cortex_class, space, options, self.device),)
        return ThoughtReader(self.observation_space, self._ahead[0].width, percept)

    def _build(self, lr_schedule: Schedule) -> None:
        super()._build(lr_schedule)
        self.assessors = self.assessor_optimizer = self.cortex_optimizer = self.slow = None
        critic = Critic(self.vf_features_extractor, self.mlp_extractor)
        space, options = self.observation_space, self._cortex_kwargs
        self.cortex = self._ahead[0] if self._ahead else build_cortex(self._cortex_class, critic, space, options)
        self._ahead, self.live, self.finals = (), ThoughtStream(self.cortex), []
        self._overhears = isinstance(self.cortex, CriticLatent)
        features = (self.pi_features_extractor, self.vf_features_extractor)
        self._readers = [each for each in features if isinstance(each, ThoughtReader)]
        if self._overhears:
            self.value_net.register_forward_pre_hook(self._keep_thought)
        if self._signals:
            self.set_heads(self.new_heads(self._signals), self._keep_slow)

    def new_heads(self, signals: Mapping[str, Signal]) -> ThoughtAssessors:
        """Return heads of ``signals`` that have learned nothing; torch's random stream stays as it was."""
        with torch.random.fork_rng(devices=[]):
            width, ablated = self.cortex.width, self.options.ablated_heads
            return ThoughtAssessors(signals, width, *self._discounts, ablated).to(self.device)

    def set_heads(self, assessors: ThoughtAssessors, keep_slow: bool) -> None:
        """Attach heads to the cortex, with an optimizer of their own and, if wanted, a slow copy."""
        self.assessors = assessors
        trunk = [self.cortex] if self.options.detach else self.cortex.trunk  # a critic's layers are no modules of its
        self.assessor_optimizer = assessor_optimizer(self.cortex, trunk, assessors, self.options)
        self.cortex_optimizer = cortex_optimizer(self.cortex, assessors)
        self.slow = EMACopy(self.cortex, assessors.short) if keep_slow else None

    def _keep_thought(self, _: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self.thought = inputs[0].detach()

    def obs_to_tensor(self, observation: Any) -> tuple[PyTorchObs, bool]:
        """Return observations as tensors, and whether they are a batch.

        Nested ones are flattened, and parts that are not read, such as text, are left out, as in training. Raises
        `UserError` for one that is missing or of another shape, and `NonFiniteError` for numbers that are not finite.
        """
        space = self.observation_space
        if isinstance(space, spaces.Dict) and isinstance(observation, Mapping | tuple):
            observation = parts_of(unnested(observation), list(space.spaces))
        try:
            obs, batched = super().obs_to_tensor(observation)
        except (ValueError, AssertionError) as error:
            raise UserError(f"this is not an observation of the brain: {' '.join(str(error).split())}") from error
        check_observations(observation if batched else _alone(observation))
        return obs, batched

    def forward(self, obs: Tensor, deterministic: bool = False) -> tuple[Tensor, Tensor, Tensor]:
        """Return actions, values and log-probabilities, as SB3 does; the thoughts are kept.

        These are the next observations of the agents in training.
        """
        if self._overhears:
            return super().forward(obs, deterministic)
        self.thought = self.live.think(self.percept(obs), self.starts)
        with self._beside(self.thought):
            return super().forward(obs, deterministic)

    def predict_values(self, obs: PyTorchObs) -> Tensor:
        """Return the values ``(N, 1)`` of observations, as SB3 does; the thoughts are kept.

        These may be observations of the agents in training: `finals`, or the next ones, which nothing remembers yet.
        """
        if self._overhears:
            return super().predict_values(obs)
        self.thought = self.finals.pop(0) if self.finals else self.live.peek(self.percept(obs), self.starts)
        with self._beside(self.thought):
            return super().predict_values(obs)

    def evaluate_actions(self, obs: Any, actions: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return values, log-probabilities and entropy, as SB3 does, of observations or of `Noted` ones."""
        obs, thought = obs if isinstance(obs, Noted) else (obs, self._alone(obs))
        with self._beside(thought):
            return super().evaluate_actions(obs, actions)

    def get_distribution(self, obs: PyTorchObs) -> Distribution:
        """Return the distribution of actions, as SB3 does; without `predict` as if an episode began with each."""
        if self._readers and self._readers[0].thought is not None:
            return super().get_distribution(obs)
        with self._beside(self._alone(obs)):
            return super().get_distribution(obs)

    def predict(
        self,
        observation: Any,
        state: tuple[NDArray[Any], ...] | None = None,
        episode_start: NDArray[Any] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], tuple[NDArray[Any], ...] | None]:
        """Return actions, as SB3 does, and the next state: that of the cortex, where actor and critic read it."""
        if self.reads == PERCEPT:
            return super().predict(observation, state, episode_start, deterministic)
        obs, _ = self.obs_to_tensor(observation)
        thought, after = recall(self.cortex, self.percept(obs), state, episode_start)
        with self._beside(thought):
            actions, _ = super().predict(observation, deterministic=deterministic)
        return actions, None if after is None else tuple(after)

    def follow(self, before: Tensor, after: Tensor) -> None:
        """Let actor and critic read on in the scale of thoughts ``(R, Z)``, of the same before learning and after."""
        for reader in {*self._readers}:
            reader.follow(before, after)

    @contextmanager
    def _beside(self, thought: Tensor | None) -> Iterator[None]:
        """Lay a thought beside the observations that actor and critic are about to read."""
        for reader in self._readers:
            reader.thought = thought
        try:
            yield
        finally:
            for reader in self._readers:
                reader.thought = None

    def _alone(self, obs: PyTorchObs) -> Tensor | None:
        """Return what actor and critic read of observations that stand alone."""
        if self.reads == PERCEPT:
            return None
        if self.cortex.remembers and torch.jit.is_tracing():  # type: ignore[attr-defined, no-untyped-call]
            raise UserError("the policy reads a cortex that remembers, which a file that needs torch only cannot keep")
        with torch.no_grad():
            return self.think(obs)

    def percept(self, obs: PyTorchObs) -> Observations:
        """Return observations ``(N, ...)`` in the form that networks read."""
        read: Observations = preprocess_obs(obs, self.observation_space, normalize_images=self.normalize_images)
        return read

    def think(self, obs: PyTorchObs) -> Tensor:
        """Return the thoughts ``(N, Z)`` of a batch of observations, as if an episode began with each."""
        return self.cortex.first_thoughts(self.percept(obs))

    @torch.no_grad()
    def predictions(self, thought: Tensor) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return short and long predictions, each ``(N, K)``, for thoughts ``(N, Z)``."""
        assert self.assessors is not None
        return self.assessors.scorecard(thought).cpu().numpy(), self.assessors.long_values(thought).cpu().numpy()

    @torch.no_grad()
    def assess(self, obs: PyTorchObs, state: Arrays | None = None, starts: Flags | None = None) -> dict[str, Any]:
        """Return the predictions for observations: ``short`` and ``long`` by signal, and ``valence``, arrays ``(N,)``.

        Without assessors the first two are empty. A cortex that remembers thinks of them in ``state`` (None: as if an
        episode began with each), begun anew where an episode ``starts`` ``(N,)``; ``state`` is what it is afterwards.
        """
        thought, after = (None, None) if self._overhears else recall(self.cortex, self.percept(obs), state, starts)
        with self._beside(thought):
            valence = super().predict_values(obs).flatten().cpu().numpy()
        expected: dict[str, Any] = {"short": {}, "long": {}, "valence": valence}
        if self.assessors is not None:
            both = self.predictions(self.thought if thought is None else thought)
            for kind, values in zip(("short", "long"), both, strict=True):
                expected[kind] = dict(zip(self.assessors.names, values.T, strict=True))
        return expected if after is None else {**expected, "state": after}

    def slow_predictions(self, thought: Tensor) -> Tensor:
        """Return the short predictions ``(N, K)`` of the slow heads for thoughts ``(N, Z)`` of the slow cortex."""
        assert self.slow is not None
        assert self.assessors is not None
        return self.assessors.predict_short(self.slow.heads, thought)

    def update_ema(self) -> None:
        """Move the slow copy, if one is kept, a step towards the live path."""
        if self.slow is not None:
            assert self.assessors is not None
            self.slow.update(self.cortex, self.assessors.short, self.options.tau)


def parts_of(observation: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return the parts of a Dict observation that a brain reads; raises `UserError` for one that is missing."""
    missing = [name for name in names if name not in observation]
    if missing:
        there = ", ".join(map(str, observation)) or "nothing"
        raise UserError(
            f"the observation lacks {', '.join(missing)}: the brain reads {', '.join(names)}, given is {there}"
        )
    return {name: observation[name] for name in names}


def _alone(observation: Any) -> Any:
    """Return one observation as a batch of one."""
    if isinstance(observation, Mapping):
        return {name: np.asarray(part)[None] for name, part in observation.items()}
    return np.asarray(observation)[None]

"""Export a trained policy as one TorchScript file, which needs torch only."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.vec_env import VecNormalize
from torch import Tensor, nn

from dualbrain.errors import UserError
from dualbrain.worlds.spaces.normalisation import prepared

CONTRACT = "contract.json"
"""The part of the file that says what it reads and gives, as JSON."""
TRIED = 64
"""Observations with which it is tried before it is written."""


class Acting(nn.Module):
    """From raw observations, a tensor ``(N, ...)`` per part, to the most probable actions ``(N,)`` or ``(N, D)``."""

    def __init__(self, policy: ActorCriticPolicy, normaliser: VecNormalize | None):
        super().__init__()
        self._policy = policy
        self._names = names_of(policy.observation_space)
        self._box = policy.action_space if isinstance(policy.action_space, spaces.Box) else None
        self._clip, self._epsilon = (normaliser.clip_obs, normaliser.epsilon) if normaliser else (0.0, 0.0)
        self._moments = {name: tuple(map(torch.from_numpy, pair)) for name, pair in _moments(normaliser).items()}

    def forward(self, *parts: Tensor) -> Tensor:
        """Return the actions."""
        read = {name: self._normalised(name, part) for name, part in zip(self._names, parts, strict=True)}
        whole: Any = read.get("", read)
        actions = self._policy._predict(whole, deterministic=True).detach()
        return actions if self._box is None else self._bounded(actions, self._box)

    def _normalised(self, name: str, part: Tensor) -> Tensor:
        """Normalise as `VecNormalize` does, with the same precision."""
        if name not in self._moments:
            return part
        mean, variance = self._moments[name]
        return ((part.double() - mean) / torch.sqrt(variance + self._epsilon)).clamp(-self._clip, self._clip).float()

    def _bounded(self, actions: Tensor, box: spaces.Box) -> Tensor:
        low, high = torch.from_numpy(box.low), torch.from_numpy(box.high)
        if self._policy.squash_output:
            return low + 0.5 * (actions + 1.0) * (high - low)
        return torch.minimum(torch.maximum(actions, low), high)


def names_of(space: spaces.Space[Any]) -> list[str]:
    """Return the parts of an observation in order; "" is the whole of one without parts."""
    return list(space.spaces) if isinstance(space, spaces.Dict) else [""]


def policy_file(agent: BaseAlgorithm) -> tuple[bytes, dict[str, Any]]:
    """Return the file of an agent's policy, and the contract that stands in it.

    Raises `UserError` for a policy that cannot be written so, or would not act as the agent does.
    """
    policy = agent.policy
    if not isinstance(policy, ActorCriticPolicy) or "mlp_extractor" not in dict(policy.named_children()):
        raise UserError(f"the policy of a {type(agent).__name__} cannot be written: it has no actor and critic")
    policy.set_training_mode(False)
    script = _traced(Acting(policy, agent.get_vec_normalize_env()), policy.observation_space)
    _try(script, agent)
    contract, file = contract_of(policy), BytesIO()
    torch.jit.save(script, file, _extra_files={CONTRACT: json.dumps(contract)})
    return file.getvalue(), contract


def contract_of(policy: ActorCriticPolicy) -> dict[str, Any]:
    """Return what a policy's file reads, in order, and what it gives."""
    observation, actions = policy.observation_space, policy.action_space
    parts = observation.spaces if isinstance(observation, spaces.Dict) else {"observation": observation}
    return {
        "call": "actions = torch.jit.load(FILE)(*inputs): a tensor (N, *shape) for each input, on the CPU",
        "inputs": [{"name": name, **_described(space)} for name, space in parts.items()],
        "actions": _described(actions),
        "note": "raw observations as the world gives them, normalised inside; the most probable action",
    }


def _described(space: spaces.Space[Any]) -> dict[str, Any]:
    dtype = space.dtype.name if space.dtype is not None else "float32"
    described: dict[str, Any] = {"kind": type(space).__name__, "shape": list(space.shape or ()), "dtype": dtype}
    if isinstance(space, spaces.Discrete):
        described["values"] = [0, int(space.n) - 1]
    if isinstance(space, spaces.MultiDiscrete):
        described["values"] = [[0, int(n) - 1] for n in space.nvec]
    if isinstance(space, spaces.Box):
        described |= {"low": _plain(space.low), "high": _plain(space.high)}
    return described


def _plain(bounds: NDArray[Any]) -> Any:
    """Return bounds as JSON has them: one number where all are alike, None where there is none."""
    flat = [float(bound) if math.isfinite(bound) else None for bound in bounds.ravel()]
    return flat[0] if len(set(flat)) == 1 else np.array(flat, object).reshape(bounds.shape).tolist()


def _moments(normaliser: VecNormalize | None) -> dict[str, tuple[NDArray[Any], NDArray[Any]]]:
    """Return mean and variance by part."""
    if normaliser is None or not normaliser.norm_obs:
        return {}
    found: Any = normaliser.obs_rms
    by_part: Mapping[str, Any] = found if isinstance(found, dict) else {"": found}
    return {name: (np.array(rms.mean, np.float64), np.array(rms.var, np.float64)) for name, rms in by_part.items()}


def _traced(acting: Acting, space: spaces.Space[Any]) -> Any:
    trace: Any = torch.jit.trace
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tracing: what it finds is tried below
            return torch.jit.freeze(trace(acting.eval(), _tensors(_observations(space, 2)), check_trace=False))
    except Exception as error:
        raise UserError(
            f"this policy cannot be written as TorchScript: {' '.join(str(error).split())[:200]}"
        ) from error


def _try(script: Any, agent: BaseAlgorithm) -> None:
    """Raise `UserError` where the script would act otherwise than the agent."""
    for n in (1, TRIED):
        observations = _observations(agent.observation_space, n)
        expected, _ = agent.predict(prepared(agent, observations), deterministic=True)
        with torch.no_grad():
            given = script(*_tensors(observations)).numpy()
        if given.shape != expected.shape or not np.allclose(given, expected, rtol=1e-4, atol=1e-4):
            raise UserError("this policy cannot be written as TorchScript: it would not act as the agent does")


def _observations(space: spaces.Space[Any], n: int) -> Any:
    """Return arbitrary observations ``(n, ...)``."""
    space.seed(0)
    drawn = [space.sample() for _ in range(n)]
    if isinstance(space, spaces.Dict):
        return {name: np.stack([one[name] for one in drawn]) for name in space.spaces}
    return np.stack(drawn)


def _tensors(observations: Any) -> tuple[Tensor, ...]:
    parts = observations.values() if isinstance(observations, dict) else [observations]
    return tuple(map(torch.from_numpy, parts))

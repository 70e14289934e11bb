"""Picture what a world model imagines: scorecards foretold over an episode, and what each word calls up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from torch import Tensor

from dualbrain.cortex.world_models import WorldModel
from dualbrain.drawing.imagination import Foretold, foretold_figure, words_figure
from dualbrain.episodes.play import Brain
from dualbrain.observers.pictures import PictureMaker
from dualbrain.observers.thought_sample import ThoughtSample, sample_thoughts
from dualbrain.observers.world_pictures import Imagine
from dualbrain.scalars.foresight import AHEAD
from dualbrain.tensorboard.images import write_picture
from dualbrain.training.auxiliary import Predicting
from dualbrain.training.cues import declared
from dualbrain.training.rollout import Rollout
from dualbrain.worlds.spaces.normalisation import prepared
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

LONGEST = 150
"""Steps of an episode that are shown, at most."""
WORD, SILENCE = "word", "(silence)"
"""Name of the part of an observation in which words are heard, and what hearing none is called."""


def imagination_pictures(
    network: Predicting | None, brain: Brain, steering_env: SteeringVecEnv
) -> dict[str, PictureMaker]:
    """Return the makers of pictures of what a world model imagines, by what they make; none for any other cortex."""
    if network is None or not isinstance(network.cortex, WorldModel):
        return {}
    return {
        "imagined scorecards": ImaginedScorecards(network, network.cortex),
        "words": Words(network, network.cortex, brain, steering_env),
    }


def imagining(network: Predicting | None) -> Imagine | None:
    """Return what imagines later thoughts from thoughts, without any action chosen; None for no world model."""
    if network is None or not isinstance(network.cortex, WorldModel):
        return None
    cortex, heads = network.cortex, network.assessors
    assert heads is not None

    @torch.no_grad()
    def imagine(thoughts: NDArray[np.float32], steps: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        later = cortex.imagine_steps(torch.as_tensor(thoughts, device=network.device), steps)
        return later.cpu().numpy(), heads.scorecard(later).cpu().numpy()

    return imagine


class ImaginedScorecards:
    """Short predictions over one episode of a rollout, and the same as they were imagined before."""

    def __init__(self, network: Predicting, cortex: WorldModel):
        self._network, self._cortex = network, cortex

    def __call__(self, rollout: Rollout, writers: Sequence[Any], step: int) -> None:
        """Draw the episode with the most events, of those of the sampled agents; of equals the longest."""
        with torch.no_grad():
            sample = sample_thoughts(self._network, rollout)
            if not sample.windows.present.any():
                return
            first, agent, length = _chosen(sample, _events(rollout))
            steps = torch.arange(first, first + length, device=sample.thoughts.device)
            real, forecasts = self._foretold(sample, steps, torch.full_like(steps, agent))
        events = _events(rollout)[first : first + length, agent]
        signals = {
            name: Foretold(real[:, k], {ahead: each[:, k] for ahead, each in forecasts.items()}, events[:, k])
            for k, name in enumerate(rollout.signals)
        }
        write_picture(writers, "cortex/imagined", foretold_figure(signals), step)

    def _foretold(
        self, sample: ThoughtSample, steps: Tensor, agents: Tensor
    ) -> tuple[NDArray[np.float32], dict[int, NDArray[np.float32]]]:
        """Return the scorecards ``(S, K)`` of successive steps, and those imagined so many steps before each."""
        real = self._scorecard(sample.thoughts[steps, agents])
        forecasts = {}
        for ahead, imagined in enumerate(sample.imagine(self._cortex, steps, agents, max(AHEAD)), 1):
            if ahead in AHEAD:
                forecasts[ahead] = np.full_like(real, np.nan)
                forecasts[ahead][ahead:] = self._scorecard(imagined)[: max(len(real) - ahead, 0)]
        return real, forecasts

    def _scorecard(self, thoughts: Tensor) -> NDArray[np.float32]:
        assert self._network.assessors is not None
        scorecard: NDArray[np.float32] = self._network.assessors.scorecard(thoughts).cpu().numpy()
        return scorecard


def _events(rollout: Rollout) -> NDArray[np.bool_]:
    """Return ``(T, N, K)`` where the truth is known and not 0."""
    events: NDArray[np.bool_] = (rollout.truth != 0.0) & ~np.isnan(rollout.truth)
    return events


def _chosen(sample: ThoughtSample, events: NDArray[np.bool_]) -> tuple[int, int, int]:
    """Return first step, agent and length of the stretch to be shown; ``events`` are those of the rollout."""
    ahead = sample.known_ahead().cpu().numpy()
    begins = np.vstack([np.ones_like(ahead[:1], bool), ahead[:-1] == 0]) & sample.windows.present.cpu().numpy()
    first, agents = np.nonzero(begins)
    lengths = np.minimum(ahead[first, agents] + 1, LONGEST)
    counts = np.vstack([np.zeros_like(ahead[:1]), events[: len(ahead), : ahead.shape[1]].sum(2).cumsum(0)])
    happened = counts[first + lengths, agents] - counts[first, agents]
    best = np.lexsort((lengths, happened))[-1]
    return int(first[best]), int(agents[best]), int(lengths[best])


class Words:
    """The short predictions that each word calls up alone, when everything else is hidden and then completed."""

    def __init__(self, network: Predicting, cortex: WorldModel, brain: Brain, steering_env: SteeringVecEnv):
        self._network, self._cortex, self._brain, self._steering_env = network, cortex, brain, steering_env

    def __call__(self, rollout: Rollout, writers: Sequence[Any], step: int) -> None:
        """Draw them, and write them as text, where the world declares words."""
        words = self._words()
        if not words:
            return
        with torch.no_grad():
            called_up = self._called_up(words)
        names = [SILENCE, *words]
        write_picture(writers, "cortex/words", words_figure(names, rollout.signals, called_up), step)
        for writer in writers:
            writer.add_text("words", _table(names, list(rollout.signals), called_up), step)

    def _words(self) -> dict[str, int]:
        """Return where in the flattened observation each cue is that belongs to the part `WORD`."""
        space, parts = self._steering_env.observation_space, self._cortex.parts
        if isinstance(space, spaces.Dict) or spaces.flatdim(space) != parts[-1].stop:
            return {}
        heard = [part for part in parts if part.name == WORD]
        cues = declared(self._steering_env).items()
        return {name: at for name, at in cues if any(part.start <= at < part.stop for part in heard)}

    def _called_up(self, words: Mapping[str, int]) -> NDArray[np.float32]:
        """Return the short predictions ``(1 + W, K)`` of silence and of each word."""
        network, cortex, space = self._network, self._cortex, self._steering_env.observation_space
        obs = np.zeros((1 + len(words), spaces.flatdim(space)), space.dtype)
        obs[np.arange(1, len(obs)), list(words.values())] = 1
        shaped = prepared(self._brain, obs.reshape(-1, *(space.shape or ())))
        percept = network.percept(torch.as_tensor(shaped, device=network.device))
        hidden = torch.tensor([[float(part.name != WORD) for part in cortex.parts]], device=network.device)
        state = cortex.initial_state(len(obs))
        thought = cortex.complete(cortex(percept, state, hidden.expand(len(obs), -1))[0])
        assert network.assessors is not None
        predictions: NDArray[np.float32] = network.assessors.scorecard(thought).cpu().numpy()
        return predictions


def _table(words: Sequence[str], signals: Sequence[str], called_up: NDArray[np.float32]) -> str:
    """Return the predictions ``(W, K)`` as a Markdown table."""
    rows = zip(words, called_up, strict=True)
    body = [f"| {word} | {' | '.join(f'{value:.3g}' for value in values.tolist())} |" for word, values in rows]
    return "\n".join([f"| | {' | '.join(signals)} |", "|---" * (len(signals) + 1) + "|", *body])

"""The `predictive` cortex: a world model of thoughts, which the short heads read and help to shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.preprocessing import is_image_space
from torch import Tensor
from torch.nn import functional

from dualbrain.cortex.experience import Lesson, Observations, State, Windows
from dualbrain.cortex.interface import CortexSchedule, begun
from dualbrain.cortex.predictive.encoders import ENCODERS
from dualbrain.cortex.predictive.flat_percept import Percept
from dualbrain.cortex.predictive.regularisers import REGULARISERS
from dualbrain.cortex.predictive.transitions import ActionCodes, Predictor
from dualbrain.cortex.world_models import WorldModel
from dualbrain.errors import UserError, unknown
from dualbrain.structured.ranges import AT_LEAST_1, NOT_NEGATIVE, SHARE
from dualbrain.structured.reading import from_dict
from dualbrain.worlds.spaces.parts import Part, check_parts, observation_parts

SCHEDULE = CortexSchedule()
"""How it learns, unless other fields are given;"""
HIDDEN = 0.5
"""chance with which each part of an observation is hidden from what is to be completed;"""
ALL_BUT_ONE = 1 / 3
"""share of rows in which all but one are;"""
UNDECIDED = 0.5
"""share of windows that are predicted as if no action were chosen yet;"""
REGULARISED = 384
"""and thoughts that the regulariser looks at."""


class Predictive(WorldModel):
    """Completes what is hidden of an observation, and predicts its own next thoughts; the short heads learn with it.

    A joint-embedding predictive architecture (LeCun 2022): an encoder, a predictor that adds to a thought what an
    action does to it, and a regulariser. Reward-free prediction drops what is small and cannot be controlled (arXiv
    2606.30068); the gradient of the short heads keeps it (arXiv 2509.12249), and matching how imagined thoughts read to
    them makes these as good as real ones.

    * ``width``: Z; ``hidden``: the sizes of the hidden layers of encoder and predictor.
    * ``window``: L; thoughts are predicted 1 to ``ahead`` steps on, None for L - 1: what is longer is cut for that.
    * ``encoder``: "mlp", "cells" or, with convolutions on parts that are images, "cnn"; None: "cnn" for pictures, else
      "mlp". ``channels_last`` says where their channels are.
    * ``regulariser``: "sigreg", "vicreg", "ema", "contrastive" or "none", with the weight ``lam`` in [0, 1].
    * ``joint``: the heads' gradient reaches the cortex. ``aware``: weight with which predictions are to read, to the
      heads, as what then came; 0 or more. ``imagined_heads``: the heads learn on imagined thoughts as well.
    * ``predict``: False, the control, leaves out whatever the predictor is needed for.
    * ``predictors``: M of them; what is imagined is their mean, see `disagreement`.
    * ``schedule``: how it learns after each rollout, fields of a `CortexSchedule`.

    Raises `UserError` for options that are out of range, and for actions that it cannot read.
    """

    schedule: CortexSchedule

    def __init__(
        self,
        space: spaces.Space[Any],
        *,
        action_space: spaces.Space[Any],
        parts: Sequence[Part] = (),
        width: int = 64,
        hidden: Sequence[int] = (128, 128),
        window: int = 5,
        ahead: int | None = None,
        encoder: str | None = None,
        channels_last: bool | None = None,
        regulariser: str = "sigreg",
        lam: float = 0.1,
        joint: bool = True,
        aware: float = 3.0,
        imagined_heads: bool = True,
        predict: bool = True,
        predictors: int = 1,
        schedule: Mapping[str, Any] | None = None,
    ):
        super().__init__()
        self.schedule = from_dict(CortexSchedule, {**asdict(SCHEDULE), **(schedule or {})}, "'schedule'")
        self.width, self.window = AT_LEAST_1.check(width, "'width'"), AT_LEAST_1.check(window, "'window'")
        self.ahead = self.window - 1 if ahead is None else AT_LEAST_1.check(ahead, "'ahead'")
        sizes = [AT_LEAST_1.check(size, "a size in 'hidden'") for size in hidden]
        self.lam, self.aware = SHARE.check(lam, "'lam'"), NOT_NEGATIVE.check(aware, "'aware'")
        self.joint, self.imagined_heads, self.predict = joint, imagined_heads, predict
        self.percept = Percept(space)
        self.parts = tuple(parts) or observation_parts(space)
        check_parts(self.parts, self.percept.size)
        chosen = _named(ENCODERS, "encoder", encoder or ("cnn" if _pictures(space) else "mlp"))
        given = {} if channels_last is None else {"channels_last": channels_last}
        self.encoder = chosen(self.parts, sizes, self.width, **given)
        self.codes = ActionCodes(action_space)
        self.predictor = Predictor(self.width, sizes, AT_LEAST_1.check(predictors, "'predictors'"))
        self.regulariser = _named(REGULARISERS, "regulariser", regulariser)(self.encoder)

    def forward(self, obs: Observations, state: State = (), hidden: Tensor | None = None) -> tuple[Tensor, State]:
        """Return thoughts ``(N, Z)`` of observations ``(N, ...)``; parts ``hidden`` ``(N, P)`` are not perceived."""
        flat = self.percept(obs)
        return self.encoder(flat, self.encoder.nothing(flat) if hidden is None else hidden), state

    def unroll(self, windows: Windows) -> Tensor:
        """Return the thoughts ``(L, B, Z)`` of windows; in training the scale of observations follows theirs."""
        if self.training:
            self.percept.follow(windows.flat(), windows.present.flatten())
        return super().unroll(windows)

    def complete(self, thought: Tensor) -> Tensor:
        """Return the thoughts ``(N, Z)`` of everything there is now, from thoughts of what was perceived."""
        return self._predict(thought, self.codes.now).mean(0)

    def imagine(self, thought: Tensor, action: Tensor | None = None) -> Tensor:
        """Return the thoughts ``(N, Z)`` of one step later, after actions ``(N, ...)``; None: none is chosen yet."""
        return self._predict(thought, self._code(action)).mean(0)

    def disagreement(self, thought: Tensor, action: Tensor | None = None) -> Tensor:
        """Return how far apart the predictors are ``(N,)``: their variance, averaged over a thought's numbers.

        Pathak et al. 2019 (ICML). Raises `UserError` where there is one predictor.
        """
        if len(self.predictor.networks) == 1:
            raise UserError("one predictor cannot disagree: make the cortex with predictors=5")
        return self._predict(thought, self._code(action)).var(0, correction=0).mean(1)

    def _predict(self, thought: Tensor, code: Tensor) -> Tensor:
        predicted: Tensor = self.predictor(thought, code)
        return predicted

    def _code(self, action: Tensor | None) -> Tensor:
        code: Tensor = self.codes.undecided if action is None else self.codes(action)
        return code

    def losses(self, lesson: Lesson) -> Mapping[str, Tensor]:
        """Return the losses of prediction, of the regulariser and of the short heads, each weighted, by name."""
        present = lesson.windows.present
        taught = lesson.short_weight * present[..., None]
        there = present.flatten().nonzero().flatten()
        few = there[torch.randperm(len(there), generator=lesson.rng, device=there.device)[:REGULARISED]]
        losses = {
            "regulariser": self.lam * self.regulariser.penalty(self._to_spread(lesson, few), lesson.rng),
            "heads": lesson.heads.short_loss(*_rows(self._held(lesson.thoughts), lesson.short_target, taught)),
        }
        return losses | self._imagined(lesson, taught) if self.predict else losses

    def _to_spread(self, lesson: Lesson, rows: Tensor) -> Tensor:
        """Return what the regulariser looks at ``(R, Z)`` of some rows ``(R,)`` of the windows: their thoughts."""
        return lesson.thoughts.flatten(0, 1)[rows]

    def _imagined(self, lesson: Lesson, taught: Tensor) -> dict[str, Tensor]:
        """Return the losses on imagined thoughts; ``taught`` ``(L, B, K)`` are the weights of the rows' targets."""
        windows, thoughts, regulariser = lesson.windows, lesson.thoughts, self.regulariser
        goals = regulariser.goals(self.percept(windows.flat()), thoughts.flatten(0, 1)).reshape(thoughts.shape)
        part = self(windows.step(0), self._before(windows), self.draw_hidden(thoughts, lesson.rng))[0]
        completed = self._predict(part, self.codes.now)
        steps = min(self.ahead + 1, len(thoughts))
        follows = torch.cat([windows.present[:1], windows.follows()])
        present, follows, actions, goals, came = (
            _cut(rows, steps) for rows in (windows.present, follows, windows.actions, goals, thoughts)
        )
        reached = torch.cat([present[:1], follows[1:]]).cumprod(0).to(thoughts.dtype)
        ahead = self._rollout(torch.cat([came[0], completed.mean(0)]), actions, lesson.rng)
        later = [*zip(ahead, goals[1:], came[1:], reached[1:], strict=True)]
        share, nothing, n = (1.0 - self.lam) / steps, thoughts.new_zeros(()), len(part)
        far = (
            regulariser.distance(each[:, : len(goal)], goal, rows)
            + regulariser.distance(each[:, len(goal) :], goal[:n], rows[:n])
            for each, goal, _, rows in later
        )
        losses = {
            "completion": share * regulariser.distance(completed, goals[0, :n], reached[0, :n]),
            "prediction": share * sum(far, nothing),  # from all that was perceived, and from a part of it
        }
        if self.aware:
            match = lesson.heads.matching_loss
            apart = (
                match(each.mean(0), torch.cat([goal, goal[:n]]), torch.cat([rows, rows[:n]]))
                for each, _, goal, rows in later
            )
            losses["aware"] = share * self.aware * sum(apart, nothing)
        if self.imagined_heads:
            losses["imagined_heads"] = self._taught_imagined(lesson, taught, completed.mean(0))
        return losses

    def draw_hidden(self, thoughts: Tensor, rng: torch.Generator) -> Tensor:
        """Return a random mask ``(B, P)`` of the parts that are hidden in training, for windows ``(L, B, Z)``."""
        n, n_parts, device = thoughts.shape[1], len(self.parts), thoughts.device
        mask = (torch.rand(n, n_parts, generator=rng, device=device) < HIDDEN).to(thoughts.dtype)
        some = round(n * ALL_BUT_ONE)
        only = torch.randint(n_parts, (some,), generator=rng, device=device)
        mask[:some] = 1.0 - functional.one_hot(only, n_parts).to(mask.dtype)
        return mask

    def _before(self, windows: Windows) -> State:
        """Return what was remembered before the first step of windows."""
        fresh = self.initial_state(windows.starts.shape[1])
        return begun(fresh, windows.state or fresh, windows.starts[0])

    def _rollout(self, thought: Tensor, actions: Tensor, rng: torch.Generator) -> list[Tensor]:
        """Return predictions ``(M, R + B, Z)`` for each step after the first, from thoughts ``(R + B, Z)``.

        The first R are of the stretches whose actions ``(A + 1, R, ...)`` these are, some as if none were chosen; for
        the others none is.
        """
        n = actions.shape[1]
        undecided = (torch.rand(n, generator=rng, device=thought.device) < UNDECIDED)[:, None]
        nothing = self.codes.undecided.expand(len(thought), -1)
        ahead = []
        for action in actions[:-1]:
            code = torch.where(undecided, nothing[:n], self.codes(action))
            ahead.append(self._predict(thought, torch.cat([code, nothing[n:]])))
            thought = ahead[-1].mean(0)
        return ahead

    def _taught_imagined(self, lesson: Lesson, taught: Tensor, completed: Tensor) -> Tensor:
        """Return the loss of the short heads on imagined thoughts.

        What is imagined from a row has the next row's target, what is ``completed`` ``(B, Z)`` the first row's. A row
        that teaches a head nothing does not in imagination either.
        """
        target, follows = lesson.short_target, lesson.windows.follows()[..., None]
        weight = taught[1:] * (taught[:-1] > 0.0) * follows
        imagined = torch.cat([self.imagine(lesson.thoughts[:-1].flatten(0, 1)), completed])
        targets, weights = (
            torch.cat([next_.flatten(0, 1), now]) for next_, now in ((target[1:], target[0]), (weight, taught[0]))
        )
        return lesson.heads.short_loss(self._held(imagined), targets, weights)

    def _held(self, thoughts: Tensor) -> Tensor:
        """Return thoughts as the heads' losses read them, without gradient unless they shape the cortex."""
        return thoughts if self.joint else thoughts.detach()


def _cut(rows: Tensor, steps: int) -> Tensor:
    """Return windows ``(L, B, ...)`` as stretches of so many steps ``(steps, R, ...)``, the first ones of all first."""
    whole = len(rows) // steps
    return rows[: whole * steps].reshape(whole, steps, *rows.shape[1:]).transpose(0, 1).flatten(1, 2)


def _rows(*columns: Tensor) -> list[Tensor]:
    """Return columns ``(L, B, ...)`` as ``(L * B, ...)``."""
    return [column.flatten(0, 1) for column in columns]


def _named(table: Mapping[str, Any], what: str, name: str) -> Any:
    if name not in table:
        raise unknown(what, name, table)
    return table[name]


def _pictures(space: spaces.Space[Any]) -> bool:
    """Return whether some part of the observations is a picture of pixels."""
    entries = space.spaces.values() if isinstance(space, spaces.Dict) else (space,)
    return any(is_image_space(entry) for entry in entries)

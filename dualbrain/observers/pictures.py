"""Draw pictures of some rollouts, which `dualbrain/training/log_schedule.py` chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from dualbrain.heads.targets import Bools
from dualbrain.training.cues import Cues
from dualbrain.training.guard import Guard, random_streams_kept
from dualbrain.training.log_schedule import picture_rollouts
from dualbrain.training.observer import About, Observer
from dualbrain.training.rollout import Rollout
from dualbrain.training.step import Step
from dualbrain.worlds.vec_env.raw_world import RawWorld

EVERY = 4
"""At every so many of the times, those makers work that do so seldom."""


class PictureMaker(Protocol):
    """Makes pictures of one complete rollout."""

    def __call__(self, rollout: Rollout, writers: Sequence[Any], step: int) -> None:
        """Write them with each of the `SummaryWriter`, at training step ``step``.

        ``rollout`` has all rows ``(T, N, ...)``, those of absent agents too. Random streams may be drawn from: they
        are put back.
        """


class PicturesObserver(Observer):
    """At ``pictures`` times of a run, logarithmically spaced, let every maker make its pictures.

    Those that make them ``seldom`` do so at the last of these times, and every fourth time before it: what they make
    takes longer, or shows the whole of training anyway. Nothing is made where nothing writes for TensorBoard. Makers
    go by what they make; one that fails is done without, and random streams are left as they were.
    """

    def __init__(self, pictures: int, makers: Mapping[str, PictureMaker], seldom: Mapping[str, PictureMaker]):
        self._pictures, self._makers, self._seldom = pictures, makers, seldom
        self._guards = {made: Guard(made, f"picture of {made} in TensorBoard") for made in [*makers, *seldom]}
        self._cue_guard = Guard("cues", "picture of dopamine around cues")

    def on_start(self, about: About) -> None:
        """Choose the rollouts that pictures are made of."""
        self._writers = about.writers
        self._plan(0, -(-(about.total_steps - about.step) // (about.n_steps * about.n_envs)))
        self._cues = self._cue_guard.run(Cues, about.steering_env)
        self._raw = RawWorld(about.env)

    def state_dict(self) -> dict[str, Any]:
        """Return how many rollouts are complete, and of how many."""
        return {"rollout": self._rollout, "rollouts": self._rollouts}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on in the middle of a run."""
        self._plan(int(state["rollout"]), int(state["rollouts"]))

    def _plan(self, rollout: int, rollouts: int) -> None:
        """Choose the rollouts that pictures are made of, in a run of so many."""
        self._rollout, self._rollouts = rollout, rollouts
        self._chosen = picture_rollouts(rollouts, self._pictures) if self._writers else frozenset()

    def on_rollout_start(self, about: About) -> None:  # noqa: ARG002
        """Determine whether pictures are made of this rollout."""
        self._due = self._rollout + 1 in self._chosen
        self._there: list[dict[str, Bools]] = []

    def on_step(self, step: Step) -> None:
        """Record the present cues after a step of a rollout that pictures are made of."""
        if self._due and self._cues:
            self._there.append(self._cue_guard.run(self._after, self._cues, step) or {})

    def _after(self, cues: Cues, step: Step) -> dict[str, Bools]:
        given = (step.next_obs, step.steering.reward, step.dones, list(step.infos))
        obs, _, dones, infos = self._raw.step(given)
        return cues.after(obs, dones, infos)

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:
        """Make the pictures that are due."""
        self._rollout += 1
        if self._due and rollout.present.any():
            rollout.set_cues(self._there)
            left = sum(other > self._rollout for other in self._chosen)
            for made, make in {**self._makers, **(self._seldom if left % EVERY == 0 else {})}.items():
                with random_streams_kept():
                    self._guards[made].run(make, rollout, self._writers, step)
        return {}

"""What observes the training of an agent, and what is kept of that: scalars, audit, alarms, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dualbrain.cortex.world_models import WorldModel
from dualbrain.drawing.event_triggered import Memory
from dualbrain.model_file.algorithm import PlainFiles
from dualbrain.model_file.archive import DamagedError
from dualbrain.observers.charts import DopamineCharts, chart_reliability
from dualbrain.observers.code_length import CodeLengthObserver
from dualbrain.observers.guarded import GuardedObserver
from dualbrain.observers.imagination_pictures import imagination_pictures, imagining
from dualbrain.observers.pictures import PicturesObserver
from dualbrain.observers.scalars import ScalarsObserver
from dualbrain.observers.stage_schedule import StageSchedule
from dualbrain.observers.thoughts import ThoughtsObserver
from dualbrain.observers.world_pictures import Think, world_pictures
from dualbrain.scalars.audit import Audit
from dualbrain.scalars.recent_rollouts import RecentRollouts
from dualbrain.structured.ranges import PICTURES as PICTURES_A_RUN
from dualbrain.training.auxiliary import Predicting
from dualbrain.training.guard import Guard
from dualbrain.training.observer import Observer
from dualbrain.worlds.steering_vec_env import SteeringVecEnv


class Observed(PlainFiles):
    """An agent whose training is observed, and that keeps in its file what came of it."""

    attributes: ClassVar[Mapping[str, Any]] = {
        **PlainFiles.attributes,
        "pictures": int,
        "history": RecentRollouts,
        "audit": Audit,
        "responses": dict,
    }
    pictures: int
    history: RecentRollouts
    audit: Audit
    responses: dict[str, Memory]
    steering_env: SteeringVecEnv
    """The one wrapper that replaces rewards and applies reflexes."""

    def _begin_observed(self, pictures: int) -> None:
        self.pictures = PICTURES_A_RUN.check(pictures, "'pictures'")
        self.history, self.audit, self.responses = RecentRollouts(), Audit(), {}

    def _observers(self, predictions: Observer, think: Think | None, network: Predicting | None) -> list[Observer]:
        """Return what observes training: what steers and what fills rollouts in come first, and may fail.

        ``network`` is what predicts; None without assessors.
        """
        scalars = Guard("scalars", "scalar of the brain, nor audit and its alarms")
        code = Guard("code lengths", "code length of the predictions")
        thoughts = Guard("thoughts", "rank and deviation of thoughts, nor skill of imagined ones")
        imagines = network is not None and isinstance(network.cortex, WorldModel)
        return [
            StageSchedule(),
            predictions,
            GuardedObserver(ScalarsObserver(self.history, self.audit, imagines), scalars),
            GuardedObserver(CodeLengthObserver(self.audit), code),
            *([GuardedObserver(ThoughtsObserver(network, self.audit), thoughts)] if network else []),
            GuardedObserver(self._pictures(think, network), Guard("pictures", "picture in TensorBoard")),
        ]

    def _pictures(self, think: Think | None, network: Predicting | None) -> Observer:
        charts = DopamineCharts(self.responses)
        often, seldom = world_pictures(self, self.steering_env, self.seed or 0, think, imagining(network))  # type: ignore[arg-type]
        imagined = imagination_pictures(network, self, self.steering_env)  # type: ignore[arg-type]
        makers = {"predictions": chart_reliability, "dopamine around events": charts.around, **often, **imagined}
        return PicturesObserver(self.pictures, makers, {"dopamine in the course of training": charts.shift, **seldom})

    def report(self) -> dict[str, Any]:
        """Return reward shares by module and prediction skill by signal, lately: see `RecentRollouts.report`.

        ``audit`` has the reward shares, innate reward and the world's score: see `Audit.report`.
        """
        return {**self.history.report(), "audit": self.audit.report()}

    @classmethod
    def _check_kept(cls, data: Mapping[str, Any]) -> None:
        super()._check_kept(data)
        memories = data.get("responses", {}).values()
        if not all(isinstance(memory, Memory) for memory in memories):
            raise DamagedError("what it remembers of events is nothing")
        kept = [data[name] for name in ("history", "audit") if name in data]
        try:
            whole = all(each.is_whole() for each in (*kept, *memories))
        except AttributeError:  # it has none of what such a thing has
            whole = False
        if not whole:
            raise DamagedError("what it keeps of its training is not whole")

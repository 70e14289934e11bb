"""Give observers the steps and rollouts of any Stable-Baselines3 algorithm, from its callbacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback, ConvertCallback
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm
from stable_baselines3.common.vec_env import unwrap_vec_wrapper

from dualbrain.errors import UserError
from dualbrain.heads.options import AssessorOptions
from dualbrain.scalars.instruments import valence_errors, write_means
from dualbrain.tensorboard.hparams import steering_settings
from dualbrain.tensorboard.layout import writers
from dualbrain.training.observer import About, Observer, Settings
from dualbrain.training.rollout import Rollout
from dualbrain.training.step import Step
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

WINDOW = 256
"""Steps of each agent in a rollout of an algorithm that has none of its own."""


class BrainCallback(BaseCallback):
    """Makes a `Step` of every step, and a `Rollout` of every so many, of any algorithm in a `SteeringVecEnv`.

    ``observers`` get them, in their order. A rollout is the algorithm's own where it has such and ``n_steps`` is None,
    and windows of ``n_steps`` (else `WINDOW`) steps of each agent follow one another elsewhere. Observations are kept
    in the windows if ``keep_obs``; those of an algorithm's own rollouts are in its buffer anyway.

    What only some algorithms have may be given: ``options``, how heads learn; ``settings``, what decides how the agent
    trains; ``begin``, what is to be done where a rollout begins, which returns the `Rollout` to be filled.

    ``DQN("MlpPolicy", SteeringVecEnv(...)).learn(10_000, callback=BrainCallback([StageSchedule()]))``
    """

    model: BaseAlgorithm

    def __init__(
        self,
        observers: Sequence[Observer],
        n_steps: int | None = None,
        *,
        keep_obs: bool = False,
        options: Callable[[], AssessorOptions | None] = lambda: None,
        settings: Callable[[], Settings] | None = None,
        begin: Callable[[], Rollout] | None = None,
    ):
        super().__init__()
        self.observers = list(observers)
        self._n_steps, self._keep_obs = n_steps, keep_obs
        self._options, self._settings, self._begin = options, settings, begin
        self._rollout: Rollout | None = None

    def _on_training_start(self) -> None:
        assert self.model.env is not None
        body = unwrap_vec_wrapper(self.model.env, SteeringVecEnv)
        if body is None:
            raise UserError("the algorithm must learn in a SteeringVecEnv: put one around its environment")
        self._body: SteeringVecEnv = body
        on_policy = isinstance(self.model, OnPolicyAlgorithm)
        self._own = on_policy and self._n_steps is None
        self._length = self.model.n_steps if self._own else self._n_steps or WINDOW  # type: ignore[attr-defined]
        self._rollout = None
        for observer in self.observers:
            observer.on_start(self._about())

    def _about(self) -> About:
        model, body = self.model, self._body
        assert model.env is not None
        return About(
            model.env,
            body,
            self._options(),
            self._length,
            model.gamma,  # type: ignore[attr-defined]
            model.num_timesteps,
            model._total_timesteps,
            model.logger,
            writers(model.logger),
            self._settings or self._plain_settings,
        )

    def _plain_settings(self) -> Settings:
        return {"algorithm": type(self.model).__name__, **steering_settings(self._body, self._options())}

    def _on_rollout_start(self) -> None:
        if self._own or self._rollout is None:
            self._open()

    def _open(self) -> None:
        """Begin a rollout."""
        self._rollout = self._begin() if self._begin else self._empty()
        self._rollout.begin()
        self._starts = self._body.starts
        about = self._about()
        for observer in self.observers:
            observer.on_rollout_start(about)

    def _empty(self) -> Rollout:
        """Return the rollout to be filled: the last one, unless drives were exchanged."""
        signals, last = self._body.steering.signals, self._rollout
        if last is not None and last.signals is signals:
            return last
        return Rollout(self._length, self._body.num_envs, signals, self._keep_obs)

    def discard(self) -> None:
        """Give a window up that is under way, where drives were exchanged or worlds reset: a new one begins."""
        self._rollout = None

    def _on_step(self) -> bool:
        rollout = self._rollout
        step = self._step()
        if rollout is None:  # an algorithm's last rollout goes on when the steps that were asked for are over
            for observer in self.observers:
                observer.on_unrecorded(step)
            return True
        rollout.add(step)
        for observer in self.observers:
            observer.on_step(step)
        if not self._own and rollout.full:
            self._close(rollout)
            if self.num_timesteps < self.model._total_timesteps:
                self._open()
            else:
                self._rollout = None
        return True

    def _step(self) -> Step:
        given, starts = self.locals, self._starts
        self._starts = self._body.starts
        obs, following, dones, infos = self.model._last_obs, given["new_obs"], given["dones"], given["infos"]
        return Step.of(self._body, obs, following, dones, infos, starts, self.num_timesteps)

    def _on_rollout_end(self) -> None:
        if self._own and self._rollout is not None:
            buffer = self.model.rollout_buffer  # type: ignore[attr-defined]
            self._rollout.valence_errors = valence_errors(
                buffer.advantages, buffer.episode_starts, buffer.gamma, buffer.gae_lambda
            )
            self._rollout.observations = buffer.observations
            self._close(self._rollout)
            self._rollout.observations = None  # the buffer is about to lay them out anew

    def _close(self, rollout: Rollout) -> None:
        """Let observers have a complete rollout, and log what they return."""
        rollout.weights = self._body.steering.current_weights
        for observer in self.observers:
            write_means(self.logger, observer.on_rollout(rollout, self.num_timesteps))

    def _on_training_end(self) -> None:
        for observer in self.observers:
            observer.on_end()

    def state_dict(self) -> dict[str, Any]:
        """Return the states of the observers that have one, by name."""
        states = {observer.name: observer.state_dict() for observer in self.observers}
        return {name: state for name, state in states.items() if state}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore the states of observers; called once training has started."""
        for observer in self.observers:
            if observer.name in state:
                observer.load_state_dict(state[observer.name])


def split_callbacks(given: Any) -> tuple[list[Observer], list[BaseCallback]]:
    """Return the observers and the callbacks in what ``learn`` is given: one of them, a list, a function or None."""
    each = given if isinstance(given, list) else [given]
    observers = [one for one in each if isinstance(one, Observer)]
    others = [one for one in each if not isinstance(one, Observer)]
    return observers, [one if isinstance(one, BaseCallback) else ConvertCallback(one) for one in others]

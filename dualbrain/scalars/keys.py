"""Every scalar that a run writes for TensorBoard: its key, range and meaning, and the charts that show it.

From this table follow the charts (`dualbrain.tensorboard.layout`), the tables of `docs/inspect.md` (`make docs`) and
the tests of event files: a key that is written and not in it fails a test, and one that is in it and not written too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SIGNAL, LOSS, AGENT, BRAIN = "<signal>", "<loss>", "<agent>", "<brain>"
"""Stand for names in a pattern: a full name ``module.signal``, that of a loss of the cortex's, an agent's number in its
world, a brain's name."""
SHARE, COUNT, SIZE, ANY = "0 to 1", "0, 1, 2, ...", "0 and up", "any"
OWN, PER_STEP, REWARD, SCORE = "the signal's", "reward per step", "reward", "score"
"""Ranges, and units where any number is in range."""

FORESEEN = f"{SIGNAL}: mean prediction and target"
PREDICTION = f"{SIGNAL}: prediction against truth"
PAID = f"{SIGNAL}: reward per step"
EVIDENCE = f"{SIGNAL}: evidence, and predictions in its place"
DOPAMINE = f"{SIGNAL}: TD error (dopamine)"
SKILL = f"{SIGNAL}: skill"
LOSSES = f"{SIGNAL}: loss of its heads"
WARNING = f"{SIGNAL}: steps of warning"
REWARDS = "reward per step, the world's and the whole"
SCORES = "score per episode, the world's and innate"
SHARES = "share of all reward by signal"
BY_THOUGHTS = "share of all reward from predictions"
FROM_TRUTH = "reward per step by signal, from truth"
FROM_THOUGHT = "reward per step by signal, from predictions"
PREDICTIONS = "prediction by signal"
AUROC = "AUROC by signal"
CODE = "code length of what happens, over counting alone"
IMAGINES = "skill of imagined thoughts, 1 to 15 steps ahead"
RANK = "effective rank of thoughts"
DEVIATION = "deviation of thoughts, least and median unit"
STAGE = "stage of development"
TD_ERRORS = "size of the TD errors (dopamine)"
"""Titles of charts; those with a signal in them are made for each."""


@dataclass(frozen=True)
class Key:
    """One scalar, or one per name that its pattern leaves open."""

    pattern: str
    """The key, with `SIGNAL`, `LOSS`, `AGENT` or `BRAIN` where a name is put in, as in ``drive/<signal>.truth``."""
    span: str
    """Its range, or its unit where any number is in range."""
    meaning: str
    charts: tuple[str, ...] = ()
    """Titles of the charts that show it."""
    of_probabilities: bool = False
    """Whether only [0, 1] signals have it."""
    of_heads: bool = False
    """Whether it is written only where there are assessors,"""
    of_world_models: bool = False
    """and whether only where the cortex is a `WorldModel`."""

    @property
    def group(self) -> str:
        """What stands before the first slash: TensorBoard folds the scalars by it."""
        return self.pattern.partition("/")[0]

    @property
    def per(self) -> str:
        """What it is written for each of: `SIGNAL`, `LOSS`, `AGENT` or `BRAIN`; "" for one of the whole run."""
        found = re.search(r"<\w+>", self.pattern)
        return found[0] if found else ""

    def of(self, name: str) -> str:
        """Return the key of one signal, agent or brain.

        >>> Key("drive/<signal>.truth", ANY, "").of("hunger.food")
        'drive/hunger.food.truth'
        """
        return self.pattern.replace(self.per, name) if self.per else self.pattern

    def name_in(self, key: str) -> str:
        """Return the name that was put into the pattern; "" where there is none.

        >>> Key("drive/<signal>.truth", ANY, "").name_in("drive/hunger.food.truth")
        'hunger.food'
        """
        before, _, after = self.pattern.partition(self.per) if self.per else (self.pattern, "", "")
        return key.removeprefix(before).removesuffix(after)


def _of_heads(
    pattern: str, span: str, meaning: str, charts: tuple[str, ...] = (), of_probabilities: bool = False
) -> Key:
    return Key(pattern, span, meaning, charts, of_probabilities, of_heads=True)


def _of_probabilities(pattern: str, span: str, meaning: str, charts: tuple[str, ...] = ()) -> Key:
    return _of_heads(pattern, span, meaning, charts, of_probabilities=True)


def _of_imagination(ahead: str) -> tuple[Key, Key]:
    """Return the keys of the skill so many steps ahead, against each rival."""
    pattern = f"cortex/skill_{ahead.partition(' ')[0]}"
    still = (
        f"world models: skill of thoughts imagined {ahead} ahead, by the actions taken, against supposing that nothing "
        "changes: 1 minus the ratio of mean squared errors"
    )
    mean = "world models: the same against the mean thought"
    chart: dict[str, Any] = {"charts": (IMAGINES,), "of_heads": True, "of_world_models": True}
    return Key(pattern, "up to 1", still, **chart), Key(f"{pattern}_mean", "up to 1", mean, **chart)


KEYS = (
    _of_heads(
        "drive/<signal>.prediction",
        OWN,
        "mean prediction of the short assessor over windows; compare with `.target`",
        (FORESEEN, PREDICTION, PREDICTIONS),
    ),
    _of_heads(
        "drive/<signal>.target",
        OWN,
        "mean target over the same windows: the first event, discounted by its delay",
        (FORESEEN, PREDICTION),
    ),
    Key("drive/<signal>.truth", OWN, "mean truth over steps at which there was one", (PREDICTION,)),
    Key("drive/<signal>.evidence", SHARE, "share of steps at which there was a truth", (EVIDENCE,)),
    Key(
        "drive/<signal>.deferred",
        SHARE,
        "share of steps at which a nonzero prediction replaced the missing truth",
        (EVIDENCE,),
    ),
    Key("drive/<signal>.events", COUNT, "steps at which the truth was not 0, counted once each"),
    Key("drive/<signal>.worth", ANY, "mean worth of one unit of the signal"),
    Key("drive/<signal>.weight", ANY, "the weight in force at the rollout's end; 0 where the module is off"),
    Key("drive/stage", COUNT, "stage of development, counted from 0; 0 throughout where there are none", (STAGE,)),
    Key("reward/<signal>.truth", PER_STEP, "mean reward from truths", (PAID, FROM_TRUTH)),
    Key("reward/<signal>.thought", PER_STEP, 'mean reward from predictions ("thoughts")', (PAID, FROM_THOUGHT)),
    Key(
        "reward/<signal>.thought_sum",
        REWARD,
        "sum of the reward from predictions since training began, over all agents",
    ),
    Key("reward/<signal>.capped", SIZE, "absolute reward per step that the cap on thoughts withheld", (PAID,)),
    Key("world/reward", "score per step", "the world's own reward", (REWARDS,)),
    Key("reward/total", PER_STEP, "mean reward of the steering subsystem; the sum of the shares above", (REWARDS,)),
    Key("dopamine/valence", REWARD, "mean TD error of the critic, on the whole reward"),
    Key("dopamine/valence.rms", SIZE, "root mean square of that TD error", (TD_ERRORS,)),
    _of_heads(
        "dopamine/<signal>", OWN, "mean TD error of the long assessor; near 0 for unbiased predictions", (DOPAMINE,)
    ),
    _of_heads("dopamine/<signal>.rms", SIZE, "root mean square of that TD error", (DOPAMINE, TD_ERRORS)),
    _of_probabilities(
        "assessor/<signal>.auroc",
        SHARE,
        "probability that a window with an event has a higher prediction than one without",
        (SKILL, AUROC),
    ),
    _of_probabilities(
        "assessor/<signal>.positives", COUNT, "windows with an event; each event is in up to `horizon` windows"
    ),
    _of_probabilities(
        "assessor/<signal>.lead",
        SIZE,
        "mean steps of warning: for how long the prediction had been above its threshold when an event began",
        (WARNING,),
    ),
    _of_probabilities(
        "assessor/<signal>.calibration",
        SHARE,
        "mean distance of prediction and target, in ten bins of prediction; 0 is best",
        (SKILL,),
    ),
    _of_probabilities(
        "code_length/<signal>",
        SIZE,
        "bits that the predictions made before learning need for what then happened, over the bits of a coder that "
        "knows only how often it happened so far; below 1: the predictions say more than that",
        (CODE,),
    ),
    _of_probabilities("code_length/all", SIZE, "the same of all signals in [0, 1] together", (CODE,)),
    _of_heads(
        "assessor/<signal>.ev", "up to 1", "explained variance of the long assessor's target (TD(lambda))", (SKILL,)
    ),
    _of_heads(
        "assessor/<signal>.short_loss",
        SIZE,
        "loss of the short head over its evidence: cross-entropy for [0, 1] signals, else half the squared error in "
        "units of the signal's range, or of a running deviation where that is infinite",
        (LOSSES,),
    ),
    _of_heads(
        "assessor/<signal>.long_loss",
        SIZE,
        "loss of the long head: half the squared error in units of the running deviation",
        (LOSSES,),
    ),
    _of_heads("cortex/<loss>", ANY, "mean of each loss that the cortex itself has, by the name that it has there"),
    _of_heads(
        "cortex/rank",
        SIZE,
        "effective rank of thoughts: the number of directions in which they vary, at most their width",
        (RANK,),
    ),
    _of_heads("cortex/deviation_least", SIZE, "standard deviation of the unit that varies least", (DEVIATION,)),
    _of_heads("cortex/deviation_median", SIZE, "the median over units", (DEVIATION,)),
    *(key for ahead in ("1 step", "5 steps", "15 steps") for key in _of_imagination(ahead)),
    Key(
        "audit/<signal>.share",
        SHARE,
        "share of the signal in the sum of all absolute rewards; all add up to 1",
        (SHARES,),
    ),
    Key("audit/<signal>.drift", ANY, "change of that share from the first to the latest quarter of training so far"),
    Key(
        "audit/thought",
        SHARE,
        "share of the reward from predictions in the sum of all absolute rewards",
        (BY_THOUGHTS,),
    ),
    Key("audit/world_score", SCORE, "mean score of the episodes that ended", (SCORES,)),
    Key("audit/innate_score", REWARD, "mean innate reward of the same episodes", (SCORES,)),
    Key("world/reflexes", SHARE, "share of steps at which a reflex replaced the policy's action"),
    Key(
        "world/present",
        SHARE,
        "share of rows whose agent was present; below 1 only where several agents share a world and some die early",
    ),
)
"""What a brain writes, in the order of the page and of the lines in each chart."""
SOCIETY = (
    Key("agent/<agent>.return", SCORE, "mean score of that agent over an episode"),
    Key("agent/<agent>.length", SIZE, "mean steps until its death or the time limit"),
    Key("agent/<agent>.present", SHARE, "share of steps at which it was alive"),
    Key("brain/<brain>.return", SCORE, "the same three, as means over a brain's agents"),
    Key("brain/<brain>.length", SIZE, ""),
    Key("brain/<brain>.present", SHARE, ""),
    Key("society/efficiency", SCORE, "mean sum of all agents' scores over an episode"),
    Key("society/equality", SHARE, "mean of 1 minus the Gini coefficient of an episode's scores; 1: all got the same"),
    Key("society/survival", SHARE, "share of agents that survived until the time limit"),
)
"""What a society writes besides, over all of its agents."""


def written(
    signals: Mapping[str, bool], assessed: bool = True, losses: Sequence[str] = (), world_model: bool = False
) -> dict[str, Key]:
    """Return the keys that a brain writes, with their rows of the table.

    ``signals`` go by full name, each with whether it is a [0, 1] signal; ``assessed``: whether there are assessors;
    ``losses``: the names of those that the cortex has; ``world_model``: whether it is a `WorldModel`.

    >>> [key for key in written({"extrinsic.reward": False}, assessed=False) if key.startswith("audit/e")]
    ['audit/extrinsic.reward.share', 'audit/extrinsic.reward.drift']
    """
    probable = [name for name, is_probability in signals.items() if is_probability]
    keys = [
        key
        for key in KEYS
        if (assessed or not key.of_heads)
        and (probable or not key.of_probabilities)
        and (world_model or not key.of_world_models)
    ]
    names = {"": [""], LOSS: losses}
    return {
        key.of(name): key
        for key in keys
        for name in names.get(key.per, probable if key.of_probabilities else list(signals))
    }

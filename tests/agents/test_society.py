"""Several brains in one world: alone it is the brain that it was, together each learns from its own agents only."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from stable_baselines3 import A2C
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import DummyVecEnv

from agents import DualBrainPPO, Society
from agents.shared_vec_env import SharedVecEnv
from dualbrain import RewardModule, Signal, UserError
from dualbrain.scalars.population_stats import PopulationStats
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from tests.event_files import scalars
from tests.sample_worlds.commune import AGENTS, Commune, Lived
from tests.sample_worlds.counting import LENGTHS, Counting, world_score
from tests.training.test_absence import Keep, same
from tests.training.test_alignment import opinionate, subsystem

STEPS, N = 20, 2 * AGENTS
SETTINGS: dict[str, Any] = {"n_steps": STEPS, "batch_size": 32, "n_epochs": 2}


@dataclass
class Doing(RewardModule):
    """Likes one action."""

    liked: int = 0
    emits = (Signal("done", horizon=2),)

    def truth(self, did):
        return {"done": did == self.liked}


def commune(num_envs: int = N) -> BatchedVecEnv:
    return BatchedVecEnv(Commune(num_envs))


def pair(**kwargs: Any) -> Society:
    brains = {
        "first": {"agents": [0], "steering": [Doing(0)], **SETTINGS},
        "others": {"agents": [1, 2], "steering": [Doing(4)], **SETTINGS},
    }
    return Society(commune(), brains, **{"seed": 3, **kwargs})


def contents(brain: DualBrainPPO) -> dict[str, Any]:
    record = {name: value for name, value in vars(brain.rollout).items() if isinstance(value, np.ndarray)}
    optimizer = brain.policy.optimizer.state_dict()["state"]
    return {"networks": dict(brain.policy.state_dict()), "optimizer": optimizer, "record": record}


@pytest.mark.parametrize("world", [commune, lambda: DummyVecEnv([partial(Counting, i) for i in range(len(LENGTHS))])])
def test_a_society_of_one_brain_is_that_brain(world):
    """Bit for bit, in a batch with absence and in worlds that hold one agent each; also when it goes on."""
    agents = list(range(getattr(world(), "n_agents", 1)))
    alone = DualBrainPPO("BrainPolicy", world(), steering=subsystem(), seed=3, learning_rate=_falling, **SETTINGS)
    settings = {"agents": agents, "steering": subsystem(), "learning_rate": _falling, **SETTINGS}
    society = Society(world(), {"one": settings}, seed=3)
    for brain in (alone, society.brains["one"]):
        opinionate(brain)
    for budget, anew in ((50 * alone.n_envs, True), (STEPS * alone.n_envs, False)):
        torch.manual_seed(0)
        np.random.seed(0)  # noqa: NPY002
        alone.learn(budget, reset_num_timesteps=anew)
        torch.manual_seed(0)
        np.random.seed(0)  # noqa: NPY002
        society.learn(budget, reset_num_timesteps=anew)
    ours, theirs = contents(society.brains["one"]), contents(alone)
    assert {what: same(ours[what], theirs[what]) for what in ours} == dict.fromkeys(ours, True)
    assert society.num_timesteps == alone.num_timesteps == 4 * STEPS * alone.n_envs


def _falling(progress: float) -> float:
    """A schedule: so that the budget that a brain is told matters."""
    return 1e-3 * progress


def test_from_an_id_too():
    """Without anybody's help with the random streams."""
    settings = {"steering": ["hunger", "thirst"], **SETTINGS}
    alone = DualBrainPPO("BrainPolicy", "dualbrain/Forage-v0", n_envs=4, seed=5, **settings)
    alone.learn(3 * STEPS * 4)
    society = Society("dualbrain/Forage-v0", {"one": {"agents": 0, **settings}}, n_envs=4, seed=5)
    society.learn(3 * STEPS * 4)
    assert same(contents(society.brains["one"]), contents(alone))


def test_in_a_native_world_where_some_die_early():
    """Two brains in the commons, with the drives that it is for; the same twice, and one alone as without society."""
    options = {"size": 12, "apples": 30, "max_episode_steps": 110}
    settings = {"steering": ["hunger", "pain"], **SETTINGS, "n_steps": 128}
    everybody = {"all": {"agents": [0, 1, 2, 3], **settings}}
    alone = DualBrainPPO("BrainPolicy", "dualbrain/Commons-v0", n_envs=8, env_kwargs=options, seed=5, **settings)
    alone.learn(2 * 128 * 8)
    one = Society("dualbrain/Commons-v0", everybody, n_envs=8, seed=5, env_kwargs=options).learn(2 * 128 * 8)
    assert same(contents(one.brains["all"]), contents(alone))
    assert 0.3 < alone.rollout.present.mean() < 1.0
    two = {"a": {"agents": [0, 3], **settings}, "b": {"agents": [1, 2], **settings}}
    first, second = (
        Society("dualbrain/Commons-v0", two, n_envs=8, seed=5, env_kwargs=options).learn(2 * 128 * 8) for _ in "ab"
    )
    assert same(contents(first.brains["b"]), contents(second.brains["b"]))
    assert first.metrics["brain/a.present"] < 1.0
    assert first.metrics["society/efficiency"] > 0.0


def test_two_runs_with_one_seed_are_identical():
    one, two, other = pair().learn(3 * STEPS * N), pair().learn(3 * STEPS * N), pair(seed=4).learn(3 * STEPS * N)
    for name in one.brains:
        assert same(contents(one.brains[name]), contents(two.brains[name]))
        assert not same(contents(one.brains[name]), contents(other.brains[name]))
    assert one.metrics == two.metrics


def test_each_brain_gets_the_rows_of_its_agents():
    """What it recorded is what the world did to its own agents."""
    society = pair().learn(STEPS * N)
    lived = Lived(STEPS)
    for name, agents in (("first", [0]), ("others", [1, 2])):
        rows = [w * AGENTS + a for w in range(2) for a in agents]
        brain = society.brains[name]
        there = lived.present[:, rows]
        np.testing.assert_array_equal(brain.rollout.present, there)
        np.testing.assert_array_equal(brain.rollout.terminated, lived.terminated[:, rows])
        np.testing.assert_array_equal(brain.rollout.truncated, lived.truncated[:, rows])
        did = brain.rollout.executed[there]  # type: ignore[index]
        liked = 0 if name == "first" else 4
        np.testing.assert_array_equal(brain.rollout.truth[there][:, 0], did == liked)
        score = world_score(lived.who, lived.life, lived.age + 1)[:, rows]
        np.testing.assert_allclose(brain.rollout.world_reward[there], score[there], rtol=1e-6)


def test_the_world_carries_out_what_each_brain_chose(monkeypatch):
    asked: list[NDArray[Any]] = []
    society = pair()
    step = society._hub.venv.world.step

    def listen(actions: NDArray[Any]) -> Any:
        asked.append(actions.copy())
        return step(actions)

    monkeypatch.setattr(society._hub.venv.world, "step", listen)
    society.learn(STEPS * N)
    first, others = (society.brains[name].rollout.executed for name in ("first", "others"))
    np.testing.assert_array_equal(np.array(asked).reshape(STEPS, 2, AGENTS)[..., :1].reshape(STEPS, -1), first)
    np.testing.assert_array_equal(np.array(asked).reshape(STEPS, 2, AGENTS)[..., 1:].reshape(STEPS, -1), others)


def test_brains_are_apart():
    """Neither drives nor parameters are shared, though the drives were given as one object."""
    drives = [Doing(0)]
    brains = {name: {"agents": agents, "steering": drives} for name, agents in (("a", [0, 1]), ("b", [2]))}
    society = Society(commune(), brains, seed=0)
    a, b = society.brains.values()
    assert a.steering is not b.steering
    assert a.steering.modules["doing"] is not b.steering.modules["doing"]
    assert not {id(p) for p in a.policy.parameters()} & {id(p) for p in b.policy.parameters()}
    assert not same(dict(a.policy.state_dict()), dict(b.policy.state_dict())), "they are born different"


def test_each_learns_what_its_own_drives_like():
    """Two brains in one world come to do different things; at birth they do not."""
    settings = {**SETTINGS, "batch_size": 80, "n_epochs": 8, "learning_rate": 1e-2, "gamma": 0.5, "assessors": False}
    brains = {
        "zero": {"agents": [0], "steering": [Doing(0)], **settings},
        "four": {"agents": [1, 2], "steering": [Doing(4)], **settings},
    }
    society = Society(commune(), brains, seed=0)
    society.learn(STEPS * N)
    at_birth = liked(society)
    society.learn(29 * STEPS * N, reset_num_timesteps=False)
    assert min(liked(society)) > 0.8
    assert max(at_birth) < 0.6


def liked(society: Society) -> list[float]:
    """Return how often each brain did in its last rollout what its drive likes."""
    shares = []
    for brain, likes in zip(society.brains.values(), (0, 4), strict=True):
        record = brain.rollout
        assert record.executed is not None
        shares.append(float((record.executed[record.present] == likes).mean()))
    return shares


def test_rollouts_of_different_length():
    """Each learns whole rollouts that cover its share; who is done first goes on acting, and learns no more."""
    brains = {
        "short": {"agents": [0], "steering": [Doing(0)], **SETTINGS},
        "long": {"agents": [1, 2], "steering": [Doing(4)], **SETTINGS, "n_steps": 48},
    }
    society = Society(commune(), brains, seed=1)
    keep = Keep()
    society.learn(50 * N, callback={"short": keep})
    assert [len(keep.logged), society.brains["short"].num_timesteps] == [3, 60 * 2]
    assert society.brains["long"].num_timesteps == 96 * 4
    assert society.num_timesteps == 96 * N
    society.learn(48 * N, reset_num_timesteps=False)
    assert society.num_timesteps == (96 + 60) * N
    lived = Lived(96 + 60)
    last = society.brains["short"]
    np.testing.assert_array_equal(last.rollout.present, lived.present[-STEPS:, ::AGENTS])
    there = last.rollout.present
    started = last.rollout_buffer.episode_starts.astype(bool)
    np.testing.assert_array_equal(started[there], (lived.age[-STEPS:, ::AGENTS] == 0)[there])


def test_any_algorithm_may_sit_there():
    """The seat is an ordinary VecEnv."""
    hub = SharedVecEnv(commune(), {"a": [0], "b": [1, 2]})
    one, two = (A2C("MlpPolicy", hub.seats[name], n_steps=5, seed=0) for name in "ab")
    lives = {"a": lambda: one.learn(40), "b": lambda: two.learn(80)}
    acting = {"a": lambda: hub.seats["a"].step(np.zeros(2, np.int64)), "b": lambda: pytest.fail("b learns longest")}
    hub.share(lives, acting, lambda *_: None)
    assert (one.num_timesteps, two.num_timesteps) == (40, 80)


def test_it_is_saved_and_goes_on(tmp_path):
    society = pair().learn(2 * STEPS * N)
    society.save(tmp_path / "town")
    assert sorted(path.name for path in (tmp_path / "town").iterdir()) == ["first.zip", "others.zip", "society.json"]
    two = Society.load(tmp_path / "town", commune()).learn(STEPS * N, reset_num_timesteps=False)
    one = Society.load(tmp_path / "town", commune())
    for name, brain in society.brains.items():
        assert same(dict(brain.policy.state_dict()), dict(one.brains[name].policy.state_dict()))
        assert list(one.brains[name].steering.signals) == list(brain.steering.signals)
    assert one.learn(STEPS * N, reset_num_timesteps=False).num_timesteps == 3 * STEPS * N
    assert same(contents(one.brains["others"]), contents(two.brains["others"]))
    assert not same(contents(one.brains["others"]), contents(society.brains["others"]))
    with pytest.raises(UserError, match="pass env"):
        Society.load(tmp_path / "town")
    larger = Society.load(tmp_path / "town", commune(9))
    assert larger.learn(STEPS * 9).brains["others"].n_envs == 6


def test_it_is_loaded_into_the_world_of_its_id(tmp_path):
    settings = {"agents": [0], "steering": ["hunger"], **SETTINGS}
    society = Society("dualbrain/Forage-v0", {"one": settings}, n_envs=4, env_kwargs={"size": 12}, seed=0)
    society.save(tmp_path)
    loaded = Society.load(tmp_path)
    assert loaded._hub.venv.world.world.size == 12
    assert loaded.brains["one"].n_envs == 4
    loaded.learn(STEPS * 4)


def test_a_folder_without_a_society_is_told(tmp_path):
    with pytest.raises(UserError, match="holds no saved society"):
        Society.load(tmp_path)


MISTAKES = [
    ({"a": {"agents": [0, 1]}}, "no brain controls agents 2: a world has 0 to 2"),
    ({"a": {"agents": [0, 1]}, "b": {"agents": [1, 2]}}, "agent 1 is given to 'a' and to 'b'"),
    ({"a": {"agents": [0, 1, 2, 3]}}, "there is no agent 3, a world has 0 to 2"),
    ({"a": {"agents": []}}, "'a' controls no agent"),
    ({"a": {}}, "'a' controls no agent"),
    ({"a/b": {"agents": [0, 1, 2]}}, "'a/b' cannot be a brain's name"),
    ({"society": {"agents": [0, 1, 2]}}, "'society' cannot be a brain's name"),
    ({"a": {"agents": [0, 1, 2], "n_step": 8}}, "unknown setting 'n_step' of brain 'a': did you mean 'n_steps'"),
]


@pytest.mark.parametrize(("brains", "told"), MISTAKES, ids=[told for _, told in MISTAKES])
def test_mistakes_are_told_in_one_line(brains, told):
    with pytest.raises(UserError, match=told.replace("(", r"\(")) as error:
        Society(commune(), {name: {"steering": [Doing()], **s} if s else s for name, s in brains.items()})
    assert "\n" not in str(error.value)


def test_a_brain_does_not_learn_without_the_others():
    society = pair()
    with pytest.raises(UserError, match="learn together"):
        society.brains["first"].learn(STEPS)
    with pytest.raises(UserError, match="unknown brain 'frist': did you mean 'first'"):
        society.learn(STEPS * N, callback={"frist": None})


def test_when_one_fails_all_stop_and_may_begin_again():
    def fail(*_: Any) -> bool:
        raise RuntimeError("enough")

    society = pair()
    with pytest.raises(RuntimeError, match="enough"):
        society.learn(STEPS * N, callback={"others": fail})
    society.learn(STEPS * N)
    assert society.num_timesteps == STEPS * N


def test_the_societys_figures():
    """Reckoned by hand from the lives in the commune."""
    society = pair().learn(2 * STEPS * N)
    lived, metrics = Lived(2 * STEPS), society.metrics
    second = slice(STEPS, 2 * STEPS)
    score = np.where(lived.present, world_score(lived.who, lived.life, lived.age + 1), 0.0)
    present = lived.present[second].reshape(STEPS, 2, AGENTS)
    worlds = []
    for world in range(2):
        rows = slice(world * AGENTS, (world + 1) * AGENTS)
        for life in range(lived.life[:, rows].max() + 1):
            when = lived.life[:, rows.start] == life
            t = np.flatnonzero(when)[-1]
            over = (lived.terminated | lived.truncated | ~lived.present)[t, rows].all()
            if over and t >= STEPS:
                worlds.append([rows_of[when][:, rows].sum(0) for rows_of in (score, lived.present, lived.truncated)])
    returns, lengths, survived = np.moveaxis(np.array(worlds, float), 1, 0)
    assert len(returns) > 4
    for agent in range(AGENTS):
        assert metrics[f"agent/{agent}.present"] == pytest.approx(present[..., agent].mean())
        assert metrics[f"agent/{agent}.return"] == pytest.approx(returns[:, agent].mean(), rel=1e-5)
        assert metrics[f"agent/{agent}.length"] == pytest.approx(lengths[:, agent].mean())
    assert metrics["brain/others.return"] == pytest.approx(returns[:, 1:].mean(), rel=1e-5)
    assert metrics["brain/others.length"] == pytest.approx(lengths[:, 1:].mean())
    assert metrics["society/efficiency"] == pytest.approx(returns.sum(1).mean(), rel=1e-5)
    assert metrics["society/survival"] == pytest.approx(survived.mean())
    gini = [abs(r[:, None] - r).sum() / (2 * AGENTS * r.sum()) for r in returns]
    assert metrics["society/equality"] == pytest.approx(1 - np.mean(gini), rel=1e-5)


def test_what_cannot_be_told_is_left_out():
    figures = PopulationStats(4, 2, {"all": [0, 1]})
    everybody, nobody = np.ones(4, bool), np.zeros(4, bool)
    figures.step(np.ones(4), everybody, nobody, nobody)
    assert figures.read() == {"agent/0.present": 1.0, "agent/1.present": 1.0, "brain/all.present": 1.0}
    figures.step(np.array([-3.0, 1.0, -3.0, 1.0]), everybody, everybody, nobody)
    told = figures.read()
    assert "society/equality" not in told, "with a negative return there are no shares"
    assert told["society/efficiency"] == 0.0
    assert told["society/survival"] == 0.0


def test_every_brain_and_the_society_have_their_logs(tmp_path):
    pair(tensorboard_log=str(tmp_path)).learn(2 * STEPS * N)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first_1", "others_1", "society_1"]
    assert [step for step, _ in scalars(tmp_path / "society_1")["society/efficiency"]] == [STEPS * N, 2 * STEPS * N]
    assert "world/present" in scalars(tmp_path / "others_1")
    shutil.rmtree(tmp_path)


def test_nothing_is_gathered_that_nobody_reads():
    """The senses of a seat are taken when they are asked for."""
    hub = SharedVecEnv(make_vec_env(lambda: Counting(0), 2), {"a": [0]})
    assert set(hub.seats["a"].senses) >= {"who", "age", "visits"}


def test_what_json_has_no_words_for_comes_back_or_is_refused(tmp_path):
    settings = {"agents": 0, "steering": ["hunger"], "n_steps": 16, "batch_size": 32}
    society = Society("dualbrain/Forage-v0", {"one": settings}, n_envs=4, env_kwargs={"size": 12}, seed=0)
    society._plan["env_kwargs"] = {"size": 12, "told": (1, None)}
    society.save(tmp_path)
    with pytest.raises(UserError, match="unknown option 'told'"):
        Society.load(tmp_path)
    society._plan["env_kwargs"] = {"size": {12}}
    with pytest.raises(UserError, match=r"'size' is a set, which society\.json cannot hold"):
        society.save(tmp_path)

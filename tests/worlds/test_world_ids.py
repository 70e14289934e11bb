"""Ids of worlds: found, imported, or refused with the nearest and with how to import more."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import gymnasium
import numpy as np
import pytest

from dualbrain.errors import UserError
from dualbrain.registry import register_worlds
from dualbrain.worlds.creation_errors import making
from dualbrain.worlds.ids import find_spec, unknown_environment
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.options import agents_of, declaration_of
from dualbrain.worlds.single_env import is_batched, make, senses_of

WORLDS = """
import gymnasium as gym, numpy as np

class Shop(gym.Env):
    observation_space = gym.spaces.Box(-1, 1, (2,))
    action_space = gym.spaces.Discrete(2)
    made = 0

    def __init__(self, render_mode=None, size=2):
        Shop.made += 1

    def reset(self, *, seed=None, options=None):
        return np.zeros(2, np.float32), {}

    def step(self, action):
        return np.zeros(2, np.float32), 1.0, True, False, {}

class Typo(Shop):
    def __init__(self, render_mode=None, **kwargs):
        Shop.made += 1
        self.path = "maps/" + 7

class Strict(Shop):
    def __init__(self, street):
        pass

class Poor(Shop):
    def __init__(self):
        import a_package_that_is_not_there.deep

class Undriven(Shop):
    def __init__(self):
        raise gym.error.DependencyNotInstalled("the simulator: pip install simulator")

for world in (Shop, Typo, Strict, Poor, Undriven):
    gym.register(f"{world.__name__}-v0", world)
gym.register("Gone-v0", "a_package_that_is_not_there:Gone")
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the name of a module of somebody's own that registers worlds when it is imported."""
    (tmp_path / "own_shop.py").write_text(WORLDS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "own_shop"
    sys.modules.pop("own_shop", None)
    for name in ("Shop", "Typo", "Strict", "Poor", "Undriven", "Gone"):
        gymnasium.registry.pop(f"{name}-v0", None)


def test_a_module_before_the_id_is_imported(shop: str):
    assert find_spec(f"{shop}:Shop-v0").id == "Shop-v0"
    assert not is_batched(f"{shop}:Shop-v0")
    assert agents_of(f"{shop}:Shop-v0") == 1
    assert senses_of(f"{shop}:Shop-v0") == {}
    venv = make_vec_env(f"{shop}:Shop-v0", 2)
    assert np.asarray(venv.reset()).shape == (2, 2)
    assert make("gymnasium:CartPole-v1").spec is not None


@pytest.mark.parametrize(
    ("env_id", "says"),
    [
        ("no_such_module:Env-v0", "the module of the environment 'no_such_module:Env-v0', 'no_such_module' cannot be"),
        ("own_shop:Shopp-v0", "unknown environment 'Shopp-v0': did you mean 'Shop-v0'?"),
        (":CartPol-v1", "did you mean 'CartPole-v1'?"),
        ("a:b:CartPole-v1", "cannot be imported"),
    ],
)
def test_a_module_or_id_that_is_not_there(shop: str, env_id: str, says: str):
    with pytest.raises(UserError) as raised:
        find_spec(env_id)
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("CartPole", "CartPole-v1"),
        ("CartPole-v9", "CartPole-v1"),
        ("cartpole-v1", "CartPole-v1"),
        ("CartPloe-v1", "CartPole-v1"),
        ("Ant-v9", "Ant-v5"),
        ("Forage-v0", "dualbrain/Forage-v0"),
        ("forage", "dualbrain/Forage-v0"),
        ("dualbrian/Forage-v0", "dualbrain/Forage-v0"),
        ("dualbrain/Forrage", "dualbrain/Forage-v0"),
        ("LunarLander", "LunarLander-v3"),
        ("SuperMario", None),
        ("SuperMarioBros-v0", None),
        ("Nope-v0", None),
        ("nowhere/SuperMario-v0", None),
        ("Isaac-Cartpole-Direct-v0", None),
        ("Löwe-v0", None),
        ("y" * 100_000, None),
        ("", None),
        ("x", None),
    ],
)
def test_only_a_near_world_is_proposed_in_its_latest_version(
    written: str, meant: str | None, monkeypatch: pytest.MonkeyPatch
):
    for name in [name for name in gymnasium.registry if "mario" in name]:  # MO-Gymnasium's, where a test imported it
        monkeypatch.delitem(gymnasium.registry, name)
    with pytest.raises(UserError) as raised:
        find_spec(written)
    said = str(raised.value)
    assert (f"did you mean '{meant}'? " in said) if meant else ("did you mean" not in said)
    assert "--gym-packages PACKAGE" in said
    assert "import PACKAGE" in said
    assert len(said) < 1000


def test_native_worlds_are_named():
    register_worlds()
    assert "Native worlds: dualbrain/Commons-v0, " in str(unknown_environment("x"))


@pytest.mark.parametrize(
    ("env_id", "kwargs", "says"),
    [
        ("Shop-v0", {"colour": "red"}, "environment 'Shop-v0' does not accept 'colour' with {'colour': 'red'}"),
        ("Strict-v0", {}, "environment 'Strict-v0' needs the keyword arguments 'street': give --env-kwargs"),
        ("Poor-v0", {}, "'Poor-v0' needs the package 'a_package_that_is_not_there': pip install a_package_that_is"),
        ("Gone-v0", {}, "'Gone-v0' needs the package 'a_package_that_is_not_there'"),
        ("Undriven-v0", {}, "'Undriven-v0' cannot be made: the simulator: pip install simulator"),
        ("CartPole-v1", {"colour": "red"}, "environment 'CartPole-v1' does not accept 'colour'"),
        ("CartPole-v1", {"id": "red"}, "'id' is no keyword argument of environment 'CartPole-v1'"),
        (
            "CartPole-v1",
            {"max_episode_steps": "x"},
            "'CartPole-v1' cannot be made with {'max_episode_steps': 'x'}: Type",
        ),
        ("FrozenLake-v1", {"map_name": "9x9"}, "'FrozenLake-v1' cannot be made with {'map_name': '9x9'}: KeyError"),
        ("dualbrain/Forage-v0", {"num_envs": 2}, "'num_envs' is no keyword argument of environment 'dualbrain/Forage"),
    ],
)
def test_what_the_caller_can_mend_is_one_line(shop: str, env_id: str, kwargs: dict[str, str], says: str):
    find_spec(f"{shop}:Shop-v0")
    with pytest.raises(UserError) as raised:
        make_vec_env(env_id, env_kwargs=kwargs)
    assert says in " ".join(str(raised.value).split())


def test_a_package_that_the_entry_point_needs(monkeypatch: pytest.MonkeyPatch):
    for module in [name for name in sys.modules if name.startswith("gymnasium.envs.phys2d")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "jax", None)
    for ask in (make, is_batched, declaration_of):
        with pytest.raises(
            UserError, match=r"environment 'phys2d/CartPole-v1' needs the package 'jax': pip install jax"
        ):
            ask("phys2d/CartPole-v1")


def test_a_mistake_inside_the_world_keeps_its_traceback(shop: str):
    find_spec(f"{shop}:Shop-v0")
    for kwargs in ({}, {"size": 3}):
        with pytest.raises(TypeError, match="can only concatenate str") as raised:
            make("Typo-v0", **kwargs)
        assert "own_shop.py" in str(raised.getrepr(chain=True))


def test_a_mistake_of_our_own_is_not_blamed_on_the_world():
    from dualbrain.spelling import nearest

    with pytest.raises(AttributeError), making("CartPole-v1", {}):
        nearest(None, ["a"])  # type: ignore[arg-type]

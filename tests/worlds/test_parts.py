"""The parts of an observation: those that a world names, those of a Dict, or one."""

from __future__ import annotations

import numpy as np
import pytest
from gymnasium import spaces

from dualbrain import UserError
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.spaces.parts import Part, check_parts, observation_parts
from dualbrain.worlds.vec_env.attributes import attribute


def test_a_native_world_names_what_is_seen_heard_and_felt():
    venv = make_vec_env("dualbrain/SpiderCave-v0", 2)
    layout = venv.get_attr("layout")[0]
    parts = {
        part.name: part for part in observation_parts(venv.observation_space, attribute(venv, "observation_parts"))
    }
    assert [*parts] == ["view", "word", "body"]
    assert parts["view"].shape == layout.view_shape
    assert parts["word"].where == layout.word
    assert parts["body"].stop == spaces.flatdim(venv.observation_space)


def test_entries_of_a_dict_and_else_the_whole_are_parts():
    image, vector = spaces.Box(0, 255, (4, 4, 3), np.uint8), spaces.Box(-1, 1, (5,))
    entries = spaces.Dict({"camera": image, "choice": spaces.Discrete(3), "joints": vector})
    expected = (Part("camera", 0, 48, (4, 4, 3)), Part("choice", 48, 51), Part("joints", 51, 56))
    assert observation_parts(entries) == expected
    assert observation_parts(vector) == (Part("observation", 0, 5),)


def test_parts_with_a_gap_or_of_another_size_are_refused():
    with pytest.raises(UserError, match="'b' of an observation must start at 2, not 3"):
        check_parts([Part("a", 0, 2), Part("b", 3, 5)], 5)
    with pytest.raises(UserError, match="have 2 numbers, and the observation has 5"):
        check_parts([Part("a", 0, 2)], 5)
    with pytest.raises(UserError, match="'a'"):
        Part("a", 0, 6, (2, 2))

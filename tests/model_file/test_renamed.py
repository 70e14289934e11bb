"""Files of earlier versions name classes as they were called then: such names are understood."""

from __future__ import annotations

import importlib
from dataclasses import fields
from typing import Any

import pytest

from dualbrain.files.trust import Source
from dualbrain.heads.options import AssessorOptions
from dualbrain.model_file.names import Names
from dualbrain.registry import load
from dualbrain.renamed import FIELDS, MODULES, NAMES, current_name
from dualbrain.steering.stages import Stage
from dualbrain.structured.reading import from_dict


@pytest.mark.parametrize("module", MODULES.values())
def test_every_module_is_where_the_table_says(module: str):
    importlib.import_module(module)


@pytest.mark.parametrize("name", NAMES.values())
def test_every_name_is_where_the_table_says(name: str):
    module, _, path = name.partition(":")
    assert hasattr(importlib.import_module(module), path)


def test_no_name_has_to_be_looked_up_twice():
    assert {*MODULES} & {*MODULES.values()} == set()
    assert {*NAMES} & {*NAMES.values()} == set()


def test_a_model_and_a_configuration_may_use_the_old_name():
    old = "dualbrain.stage:Stage"
    assert current_name(old) == "dualbrain.steering.stages:Stage"
    assert Names(Source("the file")).find(old, "a class", lambda found: found is Stage) is Stage
    assert load("", "value", old) is Stage


def test_who_gives_a_class_by_its_old_name_is_understood():
    old = "dualbrain.stage:Stage"
    assert Names(Source("the file"), {old: int}).find(old, "a class", lambda found: found is int) is int
    assert Names(Source("the file"), {current_name(old): int}).find(old, "a class", lambda found: found is int) is int


def test_names_of_others_stay():
    assert current_name("mine.stage:Stage") == "mine.stage:Stage"


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_has_the_name_that_the_table_says(name: str):
    module, _, path = name.partition(":")
    cls: Any = getattr(importlib.import_module(module), path)
    assert {*FIELDS[name].values()} <= {each.name for each in fields(cls)}


def test_a_configuration_may_use_the_old_name_of_a_field():
    options = from_dict(AssessorOptions, {"lesions": ["flinch.flinch"], "tau": 0.5}, "config.toml")
    assert options == AssessorOptions(ablated_heads=("flinch.flinch",), tau=0.5)
    both = {"ablated_heads": ["pain.pain"], "lesions": ["flinch.flinch"]}
    assert from_dict(AssessorOptions, both, "config.toml").ablated_heads == ("pain.pain",)

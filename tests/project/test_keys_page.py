"""The tables of keys on the page about inspection are made from the table that the charts are made from."""

from __future__ import annotations

from collections import Counter

from docs.make_keys import PAGE, page
from dualbrain.scalars.keys import KEYS, SOCIETY, written
from dualbrain.tensorboard.hparams import METRICS
from dualbrain.tensorboard.layout import OF_A_SIGNAL, OVERVIEW


def test_the_tables_on_the_page_are_current():
    assert PAGE.read_text() == page(PAGE.read_text()), "write them anew: make docs"


def test_every_key_stands_in_one_row():
    assert set(Counter(key.pattern for key in (*KEYS, *SOCIETY)).values()) == {1}


def test_every_chart_has_its_place_and_every_place_a_chart():
    shown = {title for key in KEYS for title in key.charts}
    assert shown - {"<signal>: mean prediction and target"} == {*OVERVIEW, *OF_A_SIGNAL}


def test_what_stands_beside_the_settings_is_written_by_every_run():
    assert {*METRICS} <= written({}, assessed=False).keys()


def test_a_key_of_a_signal_holds_its_name():
    keys = written({"pain.pain": True, "extrinsic.reward": False})
    assert keys["assessor/pain.pain.auroc"].name_in("assessor/pain.pain.auroc") == "pain.pain"
    assert "assessor/extrinsic.reward.auroc" not in keys
    assert "drive/extrinsic.reward.prediction" in keys
    assert "drive/extrinsic.reward.prediction" not in written({"extrinsic.reward": False}, assessed=False)
    assert "cortex/next" in written({}, losses=["next"])
    assert (keys["world/reward"].per, keys["world/reward"].group) == ("", "world")

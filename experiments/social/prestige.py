"""Prestige: a model that bystanders watch is copied.

Chudek and others let children watch two models, one of them watched by bystanders; the children then copied the watched
one's choices, in her domain more than outside of it. Claim, when there is a cortex that learns from what it sees others
do: with drives of attention and prestige the odds of copying the watched model are at least twice even, thrice in her
domain, and .67 to 1.5 off it; control: no drive of attention (odds of 1).
"""

from __future__ import annotations

from dualbrain.lab.experiment import Experiment, Published

PRESTIGE = Experiment(
    name="prestige",
    about="Is a model that bystanders watch copied more than another?",
    published=(
        Published(
            "A model watched by bystanders is copied: odds of more than 2, about 5 in its domain, none outside",
            "Chudek, Heller, Birch, Henrich 2012, Evolution and Human Behavior 33:46",
            second_hand="this project's list of experiments, not yet held against the paper",
        ),
    ),
    run=None,
    notes="To be accepted if the odds ratio is at least 2, at least 3 in the domain, and .67 to 1.5 off it.",
    waits_for="a cortex that learns from what it sees others do",
)

"""A drive in a package of its own, built and installed, is found by its entry-point name with no edit here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dualbrain

ROOT = Path(dualbrain.__file__).parents[1]

PYPROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "third-party-drives"
version = "0.1"

[project.entry-points."dualbrain.reward_modules"]
loneliness = "third_party_drives:Loneliness"

[tool.setuptools]
py-modules = ["third_party_drives"]
"""

DRIVE = '''
"""A drive that somebody else wrote."""

from dataclasses import dataclass

from dualbrain import RewardModule, Signal


@dataclass
class Loneliness(RewardModule):
    """Company is good."""

    emits = (Signal("company"),)

    def truth(self, something_near):
        return {"company": something_near}
'''

USE = """
import numpy as np
from dualbrain import SteeringSubsystem, registry
from dualbrain.testing import check_module

assert registry.modules()["loneliness"] == "third_party_drives:Loneliness"
steering = SteeringSubsystem(["loneliness", "hunger"], weights={"loneliness": 2.0})
steering.bind(2, ["something_near", "ate", "energy"])
senses = {"something_near": np.array([0.0, 1.0]), "ate": np.zeros(2), "energy": np.ones(2)}
assert steering.step(senses, None, np.zeros(2, bool)).reward.tolist() == [0.0, 2.0]
check_module("loneliness", n=4, steps=20)
print("works")
"""


def pip(*arguments: str | Path) -> None:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
    subprocess.run([sys.executable, "-m", "pip", *arguments, *quiet], check=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the third-party package installed from its wheel."""
    source, wheels, site = (tmp_path_factory.mktemp(name) for name in ("source", "wheels", "site"))
    (source / "pyproject.toml").write_text(PYPROJECT)
    (source / "third_party_drives.py").write_text(DRIVE)
    pip("wheel", source, "--no-build-isolation", "--wheel-dir", wheels)
    pip("install", *wheels.glob("*.whl"), "--target", site)
    return site


def test_it_is_listed_and_steers(site: Path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])}
    used = subprocess.run([sys.executable, "-c", USE], env=environment, cwd=site, capture_output=True, text=True)
    assert used.stdout.strip() == "works", used.stderr

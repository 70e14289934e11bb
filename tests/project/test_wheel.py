"""What is installed is what was built: the wheel, alone in a virtual environment outside the checkout."""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROBE = """
import agents, dualbrain, envs, reward_modules
print(*(package.__file__ for package in (agents, dualbrain, envs, reward_modules)), sep="\\n")
"""

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a virtual environment that has the wheel, and borrows third-party packages only."""
    home = tmp_path_factory.mktemp("wheel")
    shutil.copytree(
        ROOT, home / "source", ignore=shutil.ignore_patterns(".*", "runs", "build", "*.egg-info", "__pycache__")
    )
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(home), str(home / "source")]
    subprocess.run(build, check=True, capture_output=True)
    venv.create(home / "venv", with_pip=False)
    target = home / "venv" / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    pip = [sys.executable, "-m", "pip", "--python", str(home / "venv"), "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, str(next(home.glob("*.whl")))], check=True)
    (target / "borrowed.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return home


def run(home: Path, *command: str) -> str:
    python = home / "venv" / "bin" / "python"
    done = subprocess.run([python, "-P", *command], cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_package_comes_from_the_wheel(installed: Path):
    for path in run(installed, "-c", PROBE).split():
        assert Path(path).is_relative_to(installed), path


def test_the_command_trains_a_thousand_steps(installed: Path):
    train = ("-m", "dualbrain", "train", "dualbrain/Forage-v0", "--modules", "hunger,thirst")
    run(installed, *train, "-n", "1000", "--n-envs", "8", "-params", "n_steps:64", "batch_size:256")
    folder = installed / "runs" / "ppo" / "dualbrain-Forage-v0_1"
    kept = {path.name for path in folder.iterdir()}
    files = {
        "config.toml",
        "command.txt",
        "model.zip",
        "best_model.zip",
        "evaluations.npz",
        "monitor.csv",
        "versions.txt",
    }
    assert kept == {*files, "tb"}
    assert list((folder / "tb").glob("events.out.tfevents.*"))

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

PLUGIN = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "foreign-drives"
version = "1.0"

[project.entry-points."dualbrain.reward_modules"]
comfort = "foreign_drives:Comfort"

[tool.setuptools]
py-modules = ["foreign_drives"]
"""
DRIVE = """
from dataclasses import dataclass
from dualbrain import RewardModule, Signal

@dataclass
class Comfort(RewardModule):
    emits = (Signal("comfort"),)

    def truth(self, stamina):
        return {"comfort": stamina}
"""

pytestmark = pytest.mark.wheel


def install(home: Path, source: Path) -> None:
    """Build the wheel of a project, and install it into the virtual environment at ``home``."""
    wheels = source.with_name(f"{source.name}-wheels")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(source)]
    subprocess.run(build, check=True, capture_output=True)
    pip = [sys.executable, "-m", "pip", "--python", str(home / "venv"), "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, *map(str, wheels.glob("*.whl"))], check=True)


def what_is_not_ours(folder: str, names: list[str]) -> set[str]:
    """Return what was made in the checkout: hidden files and caches anywhere, runs and builds at its top."""
    made = {"runs", "build"} & {*names} if Path(folder) == ROOT else set()
    return {*shutil.ignore_patterns(".*", "*.egg-info", "__pycache__")(folder, names), *made}


def borrow_kernels(packages: Path) -> None:
    """Give what was installed the kernels of the checkout, compiled from the same files: that takes a minute."""
    for source in (ROOT / "envs").rglob("*.py"):
        copy = packages / source.relative_to(ROOT)
        assert copy.read_bytes() == source.read_bytes()
        shutil.copystat(source, copy)  # by which Numba knows a file
    for compiled in (ROOT / "envs").rglob("__pycache__/*.nb[ci]"):
        shutil.copy2(compiled, packages / compiled.relative_to(ROOT))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a virtual environment that has the wheel and a foreign one, and borrows other packages."""
    home = tmp_path_factory.mktemp("wheel")
    venv.create(home / "venv", with_pip=False)
    packages = home / "venv" / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    (packages / "borrowed.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    install(home, Path(shutil.copytree(ROOT, home / "source", ignore=what_is_not_ours)))
    foreign = home / "foreign"
    foreign.mkdir()
    (foreign / "pyproject.toml").write_text(PLUGIN)
    (foreign / "foreign_drives.py").write_text(DRIVE)
    install(home, foreign)
    borrow_kernels(packages)
    return home


def run(home: Path, *command: str) -> str:
    python = home / "venv" / "bin" / "python"
    done = subprocess.run([python, "-P", *command], cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_package_comes_from_the_wheel(installed: Path):
    for path in run(installed, "-c", PROBE).split():
        assert Path(path).is_relative_to(installed), path


def test_a_foreign_package_adds_a_drive_by_name(installed: Path):
    assert "comfort" in run(installed, "-m", "dualbrain", "list", "modules")


def test_the_command_trains_a_thousand_steps_with_its_drives_and_a_foreign_one(installed: Path):
    train = ("-m", "dualbrain", "train", "dualbrain/Forage-v0", "--modules", "hunger,thirst,comfort")
    said = run(installed, *train, "-n", "1000", "--n-envs", "8", "-params", "n_steps:64", "batch_size:256")
    assert "comfort" in said
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

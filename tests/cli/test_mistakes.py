"""A mistake gets one line with the nearest valid choice and exit code 2, and leaves nothing behind."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.command_line import Command

TRAIN = ("train", "CartPole-v1")


def complains(dualbrain: Command, *argv: str) -> str:
    """Run a command that must fail kindly; return its one line."""
    code, _, err = dualbrain(*argv)
    assert code == 2
    assert err.startswith("dualbrain: error: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert not Path("runs").exists()
    return err


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (("trian", "CartPole-v1"), "did you mean 'train'?"),
        (("list", "modulez"), "did you mean 'modules'?"),
        (("list", "agents", "CartPole-v1"), "takes no world"),
        (("train",), "which world?"),
        ((*TRAIN, "--modulse", "novelty"), "--modulse novelty: did you mean '--modules'? (see dualbrain train --help)"),
        ((*TRAIN, "Acrobot-v1"), "unrecognized arguments: Acrobot-v1 (see dualbrain train --help)"),
        (("lab", "list", "blocking"), "(see dualbrain lab list --help)"),
        ((*TRAIN, "--no-assessors", "--ablate", "wire"), "nothing to ablate by wire: there are no assessors"),
        (("train", "CartPole-v1", "--nonsense"), "--nonsense"),
        (("train", "CartPole-v1", "-n", "many"), "many"),
        (("train", "CartPol-v1"), "did you mean 'CartPole-v1'?"),
        (("train", "dualbrain/Forrage-v0"), "did you mean 'dualbrain/Forage-v0'?"),
        ((*TRAIN, "--modules", "hungre"), "did you mean 'hunger'?"),
        ((*TRAIN, "--modules", "hunger:lots"), "'lots' is no weight"),
        ((*TRAIN, "--modules", "extrinsic,extrinsic:2"), "named twice"),
        ((*TRAIN, "--modules", "hunger"), "unknown sense"),
        ((*TRAIN, "--modules", "pathlib:Path"), "no reward module"),
        ((*TRAIN, "--modules", "nowhere.to_be_found:Drive"), "No module named 'nowhere'"),
        ((*TRAIN, "--algo", "pppo"), "did you mean 'ppo'?"),
        ((*TRAIN, "-params", "learning_rat:1"), "did you mean 'learning_rate'?"),
        ((*TRAIN, "-params", "learning_rate"), "write key:value"),
        ((*TRAIN, "-params", "learning_rate:lin_fast"), "lin_0.001"),
        ((*TRAIN, "--env-kwargs", "colour:red"), "colour"),
        ((*TRAIN, "--gym-packages", "no_such_package"), "no_such_package"),
        ((*TRAIN, "--config", "absent.toml"), "absent.toml"),
        ((*TRAIN, "-i", "absent.zip"), "absent.zip"),
        (("eval", "absent.zip"), "absent.zip"),
        (("eval", "."), "holds no run"),
        (("board", "absent"), "absent"),
        (("board", ".", "--port", "99999"), "--port must be at most 65,535, not 99999"),
        (("board", ".", "--host", "no.such.host.example"), "cannot serve on no.such.host.example:6006"),
        (("list", "senses", "Nope-v0"), "unknown environment 'Nope-v0': A world of another package"),
        (("train", "nope:Env-v0"), "the module of the environment 'nope:Env-v0', 'nope' cannot be imported"),
        (("compare", "CartPole-v1", "--condition", "a='x"), "No closing quotation"),
        ((*TRAIN, "--modules", ":"), "write package.module:Object"),
        ((*TRAIN, "--modules", "a:b:c"), "write package.module:Object"),
        ((*TRAIN, "--modules", ","), "--modules must be written without spaces"),
        ((*TRAIN, "--modules", " "), "names no drive"),
        ((*TRAIN, "--modules", "extrinsic,", "novelty"), "--modules must be written without spaces"),
        ((*TRAIN, "--modules", ""), "--modules must be something, not an empty text"),
        ((*TRAIN, "-i", ""), "-i/--trained-agent must be something"),
        (("eval", ""), "RUN must be something"),
        (("board", ""), "RUNS must be something"),
        ((*TRAIN, "-params", "ent_coef:auto"), "'ent_coef' must be a finite number, not 'auto'"),
        ((*TRAIN, "-params", "rollout_buffer_class:x"), "'rollout_buffer_class' cannot be chosen"),
        (("compare", "CartPole-v1", "--condition", "a=extrinsic --seed 5"), "the condition 'a' cannot have --seed"),
        (("compare", "CartPole-v1", "--condition", "a=extrinsic -f x"), "the condition 'a' cannot have --log-folder"),
        (("compare", "CartPole-v1", "--condition", "a=extrinsic Acrobot-v1"), "the condition 'a' cannot have a world"),
        ((*TRAIN, "--algo", "stable_baselines3:PPO"), "it takes no steering"),
        ((*TRAIN, "--gym-packages", "."), "cannot be imported"),
        ((*TRAIN, "--steering", "."), "Is a directory"),
        ((*TRAIN, "-params", "use_sde:true"), "'ppo' cannot be built with these settings in this world: ValueError"),
        ((*TRAIN, "-params", "rollout_buffer_kwargs:3"), "'ppo' cannot be built with these settings"),
    ],
    ids=" ".join,
)
def test_a_mistake_on_the_command_line(dualbrain: Command, argv: tuple[str, ...], hint: str):
    assert hint in complains(dualbrain, *argv)


@pytest.mark.parametrize(
    ("toml", "hints"),
    [
        ("sed = 1", ["unknown key 'sed'", "run.toml", "did you mean 'seed'?"]),
        ("seed = 'one'", ["run.toml", "'seed' must be a whole number, not 'one'"]),
        ("[evaluation]\nfrq = 1", ["run.toml [evaluation]", "did you mean 'freq'?"]),
        ("[assessors]\ntao = 1.0", ["run.toml [assessors]", "did you mean 'tau'?"]),
        ("[hyperparams]\ngama = 0.9", ["run.toml [hyperparams]", "did you mean 'gamma'?"]),
        ("[modules.extrinsic]\nweight = 2", ["run.toml [modules.extrinsic]", "lacks 'module'"]),
        ("[modules.novelty]\nmodule='novelty'\nwieght = 2", ["[modules.novelty]", "did you mean 'weight'?"]),
        (
            "[modules.novelty]\nmodule='novelty'\n[modules.novelty.params]\nbonnus = 1.0",
            ["[modules.novelty.params]", "did you mean 'bonus'?"],
        ),
        ("[modules.novelty]\nmodule='novelty'\n[weights]\nnovlety = 2", ["weight", "did you mean 'novelty'?"]),
        ("seed = = 1", ["run.toml is not valid TOML", "line 1"]),
    ],
)
def test_a_mistake_in_a_configuration_file(dualbrain: Command, toml: str, hints: list[str]):
    Path("run.toml").write_text(toml)
    line = complains(dualbrain, *TRAIN, "--config", "run.toml")
    assert [hint for hint in hints if hint not in line] == []


def test_a_module_file_with_a_syntax_error(dualbrain: Command):
    Path("crooked_drive.py").write_text("class Drive(:\n")
    line = complains(dualbrain, *TRAIN, "--modules", "crooked_drive:Drive")
    assert "crooked_drive.py, line 1" in line


def test_a_run_folder_that_cannot_be_written(dualbrain: Command):
    Path("taken").write_text("a file, not a folder")
    assert "cannot write a run folder in taken" in complains(dualbrain, *TRAIN, "-f", "taken/runs")


@pytest.mark.parametrize("kind", ["noise", "archive"])
def test_a_foreign_model_file(dualbrain: Command, kind: str):
    model = Path("foreign.zip")
    if kind == "noise":
        model.write_bytes(b"\x00\x01 not a model")
    else:
        with zipfile.ZipFile(model, "w") as archive:
            archive.writestr("letter.txt", "Dear reader,")
    assert "foreign.zip is not a saved model" in complains(dualbrain, *TRAIN, "-i", "foreign.zip")
    assert "foreign.zip is not a saved model" in complains(dualbrain, "eval", "foreign.zip", "--env", "CartPole-v1")


def test_a_module_that_breaks_its_word_while_training(dualbrain: Command):
    Path("boastful_drive.py").write_text(
        "from dataclasses import dataclass\n"
        "from dualbrain import RewardModule, Signal\n"
        "@dataclass\n"
        "class Boast(RewardModule):\n"
        "    emits = (Signal('boast'),)\n"
        "    def truth(self, visits):\n"
        "        return {'boast': visits * 7.0}\n"
    )
    line = complains(dualbrain, *TRAIN, "--modules", "boastful_drive:Boast", "-n", "64")
    assert "module 'boast', signal 'boast', environment 0: truth is 7" in line


def test_a_folder_that_was_removed_is_said(dualbrain: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    code, _, err = dualbrain("list", "agents")
    monkeypatch.chdir(tmp_path)
    assert code == 2
    assert err == "dualbrain: error: the current folder was removed: change into one that is there (cd)\n"


def test_text_of_another_encoding_is_said(dualbrain: Command, tmp_path: Path):
    (tmp_path / "wide.toml").write_bytes('env = "CartPole-v1"'.encode("utf-16"))
    assert "wide.toml: it is no text in UTF-8" in complains(dualbrain, *TRAIN, "--config", "wide.toml")

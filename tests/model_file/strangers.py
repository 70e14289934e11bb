"""Model files and run folders as a stranger with bad intentions would make them."""

from __future__ import annotations

import base64
import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dualbrain.model_file.archive import read_archive, stored, write_archive

CANARY = "canary"
"""The file that exists once some code of a stranger has run."""
EVIL = f"open({CANARY!r}, 'w').close()\n"
HARMLESS = "class Agent: ...\nclass Drive: ...\ndef make(*_): ...\n"

Members = dict[str, bytes]
Change = Callable[[Members], Members]
Harm = Callable[[Path], object]
"""Changes a run folder."""


class Payload:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, (EVIL,)


PICKLED = pickle.dumps(Payload())


def members_of(model: Path) -> Members:
    with model.open("rb") as file:
        return read_archive(file)


def sealed(change: Change) -> Harm:
    """Return what changes the members of a model, and lists them and their digests anew."""

    def harm(run: Path) -> None:
        members = change(members_of(run / "model.zip"))
        with (run / "model.zip").open("wb") as file:
            write_archive(file, members, "0")

    return harm


def data(change: Callable[[dict[str, Any]], object]) -> Harm:
    """Return what changes the attributes of a model."""

    def changed(members: Members) -> Members:
        tables = json.loads(members["data"])
        change(tables)
        return members | {"data": json.dumps(tables).encode()}

    return sealed(changed)


def replaced(**values: Any) -> Harm:
    return data(lambda tables: tables.update(values))


def member(name: str, content: bytes) -> Harm:
    return sealed(lambda members: members | {name: content})


def pickled(name: str) -> Harm:
    """Return what puts a pickle into an attribute, as Stable-Baselines3 writes them."""
    return replaced(**{name: {":type:": "x", ":serialized:": base64.b64encode(PICKLED).decode()}})


def as_stable_baselines3_writes(run: Path) -> None:
    members = members_of(run / "model.zip")
    serialized = {":type:": "x", ":serialized:": base64.b64encode(PICKLED).decode()}
    members["data"] = json.dumps(dict.fromkeys(json.loads(members["data"]), serialized)).encode()
    with zipfile.ZipFile(run / "model.zip", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def torch_file(pickle_: bytes, storages: Mapping[str, bytes] | None = None) -> bytes:
    parts = {f"data/{key}": content for key, content in (storages or {}).items()}
    members = {"data.pkl": pickle_, "byteorder": b"little", "version": b"3\n", **parts}
    return stored({f"archive/{name}": content for name, content in members.items()})


def weights(pickle_: bytes, **storages: bytes) -> Harm:
    return member("policy.pth", torch_file(pickle_, storages))


def torch_saved(value: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file)
    return file.getvalue()


def old_torch_saved(value: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, _use_new_zipfile_serialization=False)
    return file.getvalue()


def calls(module: str, name: str, argument: bytes) -> bytes:
    return b"\x80\x02c" + f"{module}\n{name}\n".encode() + argument + b"\x85R."


def tensor(count: int, size: int, stride: int) -> bytes:
    """Return the pickle of a tensor of one dimension over a storage of ``count`` numbers."""
    number = [b"J" + struct.pack("<i", value) for value in (count, size, stride)]
    storage = (
        b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu" + number[0] + b"tQ"
    )
    rebuilt = (
        b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\x00" + number[1] + b"\x85" + number[2] + b"\x85\x89"
    )
    return b"\x80\x02}X\x01\x00\x00\x00w" + rebuilt + b"ccollections\nOrderedDict\n)RtRs."


def array(header: str, content: bytes = b"") -> Harm:
    text = header.encode()
    text += b" " * (63 - (len(text) + 10) % 64) + b"\n"
    first = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + content
    return sealed(lambda members: members | {"arrays.npz": stored({"0.npy": first})})


def object_array(members: Members) -> Members:
    file = io.BytesIO()
    np.save(file, np.array([Payload()], object), allow_pickle=True)
    return members | {"arrays.npz": stored({"0.npy": file.getvalue()})}


def packed(*entries: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> Harm:
    """Return what adds entries to the zip, beside the sealed ones."""

    def harm(run: Path) -> None:
        with zipfile.ZipFile(run / "model.zip", "a", compression) as archive:
            for name, content in entries:
                archive.writestr(name, content)

    return harm


def bomb(run: Path) -> None:
    members = members_of(run / "model.zip")
    with zipfile.ZipFile(run / "model.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        with archive.open("policy.extra.pth", "w", force_zip64=True) as file:
            for _ in range(64):
                file.write(bytes(2**20))


def declared(run: Path) -> None:
    """State a size of 3 GiB in the zip's directory for a member of few bytes."""
    file = run / "model.zip"
    content = file.read_bytes()
    with zipfile.ZipFile(file) as archive:
        size = archive.getinfo("policy.pth").file_size
    file.write_bytes(content.replace(struct.pack("<II", size, size), struct.pack("<II", 3 << 30, 3 << 30)))


def sparse(run: Path) -> None:
    with (run / "model.zip").open("ab") as file:
        file.truncate(3 << 30)


def link(run: Path) -> None:
    with zipfile.ZipFile(run / "model.zip", "a") as archive:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")


def config(text: str, instead_of: str = "") -> Harm:
    """Return what changes the configuration, beside which a module of the stranger's lies."""

    def harm(run: Path) -> None:
        file = run / "config.toml"
        before = file.read_text(encoding="utf-8")
        assert instead_of in before
        file.write_text(before.replace(instead_of, text, 1) if instead_of else f"{text}\n{before}", encoding="utf-8")
        (run / "stranger.py").write_text(EVIL + HARMLESS, encoding="utf-8")

    return harm


def linked_model(run: Path) -> None:
    (run / "model.zip").unlink()
    (run / "model.zip").symlink_to("/etc/passwd")


def endless_model(run: Path) -> None:
    (run / "model.zip").unlink()
    (run / "model.zip").symlink_to("/dev/zero")


def endless_config(run: Path) -> None:
    (run / "config.toml").unlink()
    (run / "config.toml").symlink_to("/dev/zero")


def named(key: str, payload: Any) -> dict[str, Any]:
    return {f":{key}": payload}


def drive(dotted: str, **parameters: Any) -> Harm:
    def change(tables: dict[str, Any]) -> None:
        tables["steering"][":steering"][0][0][0] = dotted
        tables["steering"][":steering"][0][0][2].update(parameters)

    return data(change)


def policy(**arguments: Any) -> Harm:
    return data(lambda tables: tables["policy_kwargs"].update(arguments))


def deep(members: Members) -> Members:
    return members | {"data": b'{"a": ' + b"[" * 10**5 + b"]" * 10**5 + b"}"}


def lately(**values: Any) -> Harm:
    return data(lambda tables: tables["steering"][":steering"][2].update(values))


def discrete(n: int) -> Any:
    return named("space", ["Discrete", {"n": n, "start": 0, "dtype": named("dtype", "<i8")}])


TEMPORARY = "tempfile:_TemporaryFileCloser"
HARMS: dict[str, Harm] = {
    # pickles, wherever they may stand
    "a file of pickles": as_stable_baselines3_writes,
    "a pickle for the drives": pickled("steering"),
    "a pickle for the arguments of the policy": pickled("policy_kwargs"),
    "a pickle for the class of the policy": pickled("policy_class"),
    "a pickle for a schedule": pickled("lr_schedule"),
    "a pickle for a space": pickled("observation_space"),
    "a pickle for a new attribute": pickled("anything"),
    "weights: an object": member("policy.pth", torch_saved(Payload())),
    "weights: an old file of torch's": member("policy.pth", old_torch_saved(Payload())),
    "weights: a pickle": member("policy.pth", PICKLED),
    "optimiser: an object": member("policy.optimizer.pth", torch_saved({"state": Payload()})),
    "optimiser of the assessors: an object": member("policy.assessor_optimizer.pth", torch_saved(Payload())),
    "variables: an object": member("pytorch_variables.pth", torch_saved({"a": Payload()})),
    "weights: a call": weights(calls("posix", "system", b"X\x0c\x00\x00\x00touch canary")),
    "weights: a call of what torch allows": weights(calls("torch", "FloatStorage", b"J\xff\xff\xff\x7f")),
    "weights: room for many bytes": weights(b"\x80\x05\x96" + struct.pack("<Q", 2**33) + b"."),
    "weights: a far place in the memory": weights(b"\x80\x02}r\xff\xff\xff\x7f."),
    "weights: a tensor larger than the file": weights(tensor(2**30, 2**30, 1), **{"0": bytes(4)}),
    "weights: a tensor that repeats one number": weights(tensor(1, 2**30, 0), **{"0": bytes(4)}),
    "weights: an endless list": weights(b"\x80\x02]q\x00h\x00a."),
    "arrays: objects": sealed(object_array),
    "arrays: a huge shape": array("{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,)}"),
    "arrays: a huge type": array("{'descr': '|V2147483647', 'fortran_order': False, 'shape': (4,)}"),
    "arrays: a shape below 0": array("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -1)}", bytes(8)),
    "arrays: no header": member("arrays.npz", stored({"0.npy": b"\x93NUMPY"})),
    "arrays: pickled": member("arrays.npz", PICKLED),
    # zips
    "zip slip": packed(("../canary", b"")),
    "an absolute path": packed(("/canary", b"")),
    "a folder": packed(("a/b", b"")),
    "two members of one name": packed(("data", b"{}")),
    "a member that is not listed": packed(("more", b"")),
    "a link in the zip": link,
    "a zip bomb": bomb,
    "a size that is not the member's": declared,
    "a huge file without content": sparse,
    # names of code
    "a class that is none": replaced(policy_class=named("class", "os:abort")),
    "a policy that is none": replaced(policy_class=named("class", "torch.optim.adam:Adam")),
    "an activation that is none": policy(activation_fn=named("function", "os:abort")),
    "an activation of the wrong kind": policy(activation_fn=named("class", "torch.optim.adam:Adam")),
    "a drive that is none": drive("os:abort"),
    "a drive by a way round": drive("dualbrain.files.trust:os.abort"),
    "a drive of the run folder": drive("stranger:Drive"),
    "a drive of the command line's": drive("dualbrain.__main__:main"),
    "a function of a library for a parameter": drive(
        "reward_modules.extrinsic:Extrinsic", f=named("function", "os:popen")
    ),
    "an object with a destructor": replaced(
        audit=named("object", [TEMPORARY, {"name": "config.toml", "delete": True}])
    ),
    "a dataclass of a library": replaced(audit=named("record", ["dataclasses:_MISSING_TYPE", {}])),
    "a method in the place of an attribute": replaced(_setup_model=3),
    # sizes
    "a history that is none": data(lambda tables: tables["history"][":object"][1].update(rollouts=[1])),
    "an audit that is none": data(lambda tables: tables["audit"][":object"][1].update(_paid=None)),
    "an audit of nothing": replaced(audit=named("object", ["dualbrain.scalars.audit:Audit", {}])),
    "latest episodes that are none": replaced(ep_info_buffer=named("deque", [100, [{"r": "x"}]])),
    "much experience": replaced(n_steps=10**12),
    "many worlds": replaced(n_envs=10**9),
    "a wide network": policy(net_arch=[10**9, 10**9]),
    "a deep network": policy(net_arch=[1] * 10**6),
    "many kinds of observations": replaced(observation_space=discrete(10**12)),
    "many actions": replaced(action_space=discrete(10**12)),
    "many agents to steer": lately(n=10**12),
    "a stage that is none": lately(stage=99),
    "nested too deep": sealed(deep),
    "no attributes": sealed(lambda members: members | {"data": b"[]"}),
    # run folders
    "an algorithm of the run folder": config('algo = "stranger:Agent"', 'algo = "ppo"'),
    "an algorithm that is none": config('algo = "os:abort"', 'algo = "ppo"'),
    "a drive in the configuration": config('module = "stranger:Drive"', 'module = "extrinsic"'),
    "a package of the run folder": config('gym_packages = ["stranger"]', "gym_packages = []"),
    "a world of the run folder": config('env = "stranger:CartPole-v1"', 'env = "CartPole-v1"'),
    "a value of the run folder": config("[env_kwargs]\na = \"python: load('stranger:make')\"", "[env_kwargs]"),
    "a policy of the run folder": config(
        '[hyperparams]\npolicy_kwargs = { activation_fn = "stranger:make" }', "[hyperparams]"
    ),
    "a link in the place of the model": linked_model,
    "an endless model": endless_model,
    "an endless configuration": endless_config,
}

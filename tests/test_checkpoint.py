"""The checkpoint folder."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from scumble.checkpoint import Checkpoint, Origin, load_checkpoint, load_strictly, save_checkpoint
from scumble.errors import CheckpointError
from scumble.label_space import LabelSpace
from scumble.models.divsem.config import DivSemConfig, StyleConfig
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.divsem.style_bank import StyleBank
from scumble.models.partnet.config import PartNetConfig
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.supports import SupportStore
from scumble.models.spmpgan.config import SPMPGANConfig, StageConfig
from scumble.models.spmpgan.generator import SPMPGANGenerator
from scumble.outlines import OutlineBank
from tests.disk import FAILURES, Disk, room_for

CAMVID = LabelSpace.load("camvid")
ORIGIN = Origin(7, "drawn rectangles", "free")
PYRAMID = SPMPGANConfig(label_channels=12, stages=(StageConfig((2, 2, 2), (2,)),), hidden=2)
DIVSEM = DivSemConfig(PYRAMID, StyleConfig(length=3, encoder=(2, 2, 2), decoder=(2,)))
PARTNET = PartNetConfig((2, 2, 2, 2), (2, 2, 2), attention_layers=1, supports=2)
FILES = ("model.safetensors", "style_bank.safetensors", "outlines.safetensors", "config.json")


def divsem() -> Checkpoint:
    torch.manual_seed(0)
    bank = StyleBank(torch.randn(5, 3), torch.tensor([0, 0, 3, 8, 8]))
    outlines = OutlineBank({"car": np.ones((2, 64, 64), np.bool_)}, {"car": np.ones(2, np.float32)})
    return Checkpoint("divsem", DIVSEM, CAMVID, ORIGIN, DivSemGenerator(DIVSEM), bank, outlines)


def spmpgan() -> Checkpoint:
    torch.manual_seed(1)
    return Checkpoint("spmpgan", PYRAMID, CAMVID, ORIGIN, SPMPGANGenerator(PYRAMID))


def partnet() -> Checkpoint:
    torch.manual_seed(2)
    rng = np.random.default_rng(0)
    maps = {number: rng.integers(0, 9, (2, 64, 64), dtype=np.uint8) for number in (26, 3)}
    names = LabelSpace.from_names("part categories", ["26 car", "3 bird"])
    return Checkpoint("partnet", PARTNET, names, ORIGIN, PartNet(PARTNET), supports=SupportStore(maps))


def refuses(folder: Path, message: str) -> None:
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def set_config(folder: Path, **changes: Any) -> None:
    """Change entries of config.json as someone would who knows how digests are made."""
    path = folder / "config.json"
    description = {**json.loads(path.read_bytes()), **changes}
    if "files" not in changes:
        description["files"] = {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in description["files"]
        }
    del description["digest"]
    compact = json.dumps(description, sort_keys=True, separators=(",", ":"))
    description["digest"] = hashlib.sha256(compact.encode()).hexdigest()
    path.write_text(json.dumps(description, indent=1) + "\n")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_checkpoint(tmp_path / "net", divsem(), card="# Card\n")
    return tmp_path / "net"


@pytest.mark.parametrize("make", [divsem, spmpgan, partnet])
def test_a_saved_checkpoint_loads_bit_equal(make: Callable[[], Checkpoint], tmp_path: Path) -> None:
    written = make()
    save_checkpoint(tmp_path / "net", written, card="# Card\n")
    read = load_checkpoint(tmp_path / "net")
    assert (read.system, read.config, read.label_space, read.origin) == (
        written.system,
        written.config,
        written.label_space,
        written.origin,
    )
    expected, found = written.network.state_dict(), read.network.state_dict()
    assert list(found) == list(expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert not read.network.training
    assert not any(p.requires_grad for p in read.network.parameters())
    if written.bank is None:
        assert read.bank is None
    else:
        assert read.bank is not None
        assert torch.equal(read.bank.codes, written.bank.codes)
        assert torch.equal(read.bank.classes, written.bank.classes)
    if written.supports is None:
        assert read.supports is None
    else:
        assert read.supports is not None
        assert set(read.supports.maps) == set(written.supports.maps)
        for number, maps in written.supports.maps.items():
            assert read.supports.maps[number].dtype == np.uint8
            assert np.array_equal(read.supports.maps[number], maps)
    assert (tmp_path / "net" / "README.md").read_text() == "# Card\n"


def test_the_digest_tells_checkpoints_apart(saved: Path, tmp_path: Path) -> None:
    again = divsem()
    save_checkpoint(tmp_path / "same", again, card="another card")
    assert load_checkpoint(tmp_path / "same").digest == load_checkpoint(saved).digest
    with torch.no_grad():
        next(again.network.parameters()).add_(1)
    save_checkpoint(tmp_path / "other", again, card="")
    assert load_checkpoint(tmp_path / "other").digest != load_checkpoint(saved).digest


@pytest.mark.parametrize("name", FILES)
def test_any_changed_byte_is_noticed(saved: Path, name: str) -> None:
    whole = (saved / name).read_bytes()
    rng = np.random.default_rng(0)
    places = [0, 1, len(whole) // 2, len(whole) - 1, *rng.integers(len(whole), size=40).tolist()]
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << int(rng.integers(8))
        (saved / name).write_bytes(changed)
        refuses(saved, name)
    for other in (whole[:-1], whole + b"\0", b""):
        (saved / name).write_bytes(other)
        refuses(saved, name)
    (saved / name).write_bytes(whole)
    load_checkpoint(saved)


def test_a_changed_byte_that_leaves_the_json_alike_is_noticed(saved: Path) -> None:
    path = saved / "config.json"
    path.write_bytes(path.read_bytes().replace(b"\n ", b"\n\t", 1))
    refuses(saved, "config.json is damaged")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(saved: Path, name: str) -> None:
    (saved / name).unlink()
    refuses(saved, name)


def test_what_is_no_checkpoint_folder_is_refused(tmp_path: Path) -> None:
    refuses(tmp_path / "absent", "is not a checkpoint: it has no config.json")
    refuses(tmp_path, "is not a checkpoint: it has no config.json")
    (tmp_path / "config.json").write_text("[" * 100_000)
    refuses(tmp_path, "config.json is damaged")
    (tmp_path / "config.json").write_text("[1]")
    refuses(tmp_path, "config.json is damaged")


class _Canary:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.path,)


def test_a_pickle_is_never_opened(saved: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    published = tmp_path / "best.pth"
    torch.save({"netG": _Canary(canary)}, published)
    refuses(published, "is a file, but a checkpoint is a folder")

    folder = tmp_path / "folder.pth"
    folder.mkdir()
    shutil.copy(published, folder / "best.pth")
    refuses(folder, "is not a checkpoint")
    shutil.copy(published, folder / "config.json")
    refuses(folder, "config.json is damaged")

    shutil.copy(published, saved / "model.safetensors")
    refuses(saved, "model.safetensors is damaged")
    set_config(saved)
    refuses(saved, "cannot be read as safetensors")
    (saved / "model.safetensors").write_bytes(pickle.dumps(_Canary(canary)))
    set_config(saved)
    refuses(saved, "cannot be read as safetensors")

    assert not canary.exists()
    torch.load(published, weights_only=False)
    assert canary.exists(), "the canary must be able to sing"


def test_weights_of_another_network_are_refused(saved: Path, tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "other", spmpgan(), card="")
    shutil.copy(tmp_path / "other" / "model.safetensors", saved)
    set_config(saved)
    refuses(saved, "model.safetensors: the entry 'pyramid.* of another")


def test_every_name_and_shape_must_fit() -> None:
    network = nn.Linear(2, 3)
    fitting = network.state_dict()
    with pytest.raises(CheckpointError, match="file: the entry 'bias' is missing"):
        load_strictly(network, {"weight": fitting["weight"]}, "file")
    with pytest.raises(CheckpointError, match="file: the entry 'scale' is not expected"):
        load_strictly(network, {**fitting, "scale": torch.ones(1)}, "file")
    with pytest.raises(CheckpointError, match=r"'weight' has shape \[3, 4\], expected \[3, 2\]"):
        load_strictly(network, {**fitting, "weight": torch.ones(3, 4)}, "file")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, "format 2, but this scumble reads format 1"),
        ({"system": "divsen"}, "no system 'divsen'; did you mean 'divsem'"),
        ({"system": "spmpgan"}, "config: there is no key 'pyramid'"),
        ({"origin": {"images": 1}}, "origin: the key 'data' is missing"),
        ({"label_space": {}}, "A label space is written as"),
        ({"config": {"pyramid": {"label_channels": "12"}}}, "label_channels is '12', expected a whole"),
        ({"extra": 1}, "has the keys .*extra"),
        ({"files": {}}, r"and the files \{\}"),
        ({"files": ["model.safetensors"]}, "and the files"),
        ({"files": {"../net/model.safetensors": ""}}, "and the files"),
    ],
)
def test_a_config_that_cannot_be_used_is_refused(saved: Path, changes: dict[str, Any], message: str) -> None:
    set_config(saved, **changes)
    refuses(saved, f"config.json.*{message}")


def test_a_bank_of_other_entries_is_refused(saved: Path) -> None:
    safetensors.torch.save_file({"codes": torch.ones(2, 3)}, saved / "style_bank.safetensors")
    set_config(saved)
    refuses(saved, "style_bank.safetensors has the entries codes; expected codes and classes")


def test_support_maps_are_part_of_what_is_verified(tmp_path: Path) -> None:
    folder, written = tmp_path / "net", partnet()
    save_checkpoint(folder, written, card="", dtype=torch.float16)
    path = folder / "supports.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    refuses(folder, "supports.safetensors is damaged")
    path.unlink()
    refuses(folder, "supports.safetensors is missing")
    path.write_bytes(whole)
    read = load_checkpoint(folder)
    assert read.supports is not None
    assert written.supports is not None
    assert torch.equal(read.supports.fixed([3, 26], 2), written.supports.fixed([3, 26], 2))
    save_checkpoint(tmp_path / "without", replace(written, supports=None), card="")
    assert load_checkpoint(tmp_path / "without").digest != read.digest


@pytest.mark.parametrize(
    "entries",
    [
        {"car": torch.ones(2, 64, 64, dtype=torch.uint8)},
        {"26": torch.ones(2, 64, 64)},
        {"26": torch.full((2, 64, 64), 9, dtype=torch.uint8)},
    ],
)
def test_a_file_that_holds_no_support_maps_is_refused(
    tmp_path: Path, entries: dict[str, torch.Tensor]
) -> None:
    save_checkpoint(tmp_path / "net", partnet(), card="")
    safetensors.torch.save_file(entries, tmp_path / "net" / "supports.safetensors")
    set_config(tmp_path / "net")
    refuses(tmp_path / "net", r"supports\.safetensors: The entry '(car|26)' has .*the file holds no supports")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e6])
def test_weights_that_are_not_finite_are_not_written(tmp_path: Path, value: float) -> None:
    broken = spmpgan()
    with torch.no_grad():
        next(broken.network.parameters()).view(-1)[0] = value
    with pytest.raises(CheckpointError, match=r"'pyramid\..*not finite.*nothing was written"):
        save_checkpoint(tmp_path / "runs" / "net", broken, card="", dtype=torch.float16)
    assert contents(tmp_path) == {}


def test_a_failed_save_keeps_the_old_checkpoint(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(saved.parent)
    broken = divsem()
    with torch.no_grad():
        next(broken.network.parameters()).fill_(float("nan"))
    with pytest.raises(CheckpointError, match="not finite"):
        save_checkpoint(saved, broken, card="")
    assert contents(saved.parent) == before

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(safetensors.torch, "save_file", full)
    with pytest.raises(CheckpointError, match=r"net cannot be written .*No space left"):
        save_checkpoint(saved, divsem(), card="")
    assert contents(saved.parent) == before


@pytest.mark.parametrize("error", [OSError(18, "Invalid cross-device link"), KeyboardInterrupt()])
def test_a_save_stopped_while_the_folders_are_exchanged_keeps_the_old_checkpoint(
    saved: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    before = contents(saved.parent)
    rename = Path.rename

    def stopped(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stopped)
    with pytest.raises((CheckpointError, KeyboardInterrupt)):
        save_checkpoint(saved, divsem(), card="changed")
    assert contents(saved.parent) == before


@pytest.mark.parametrize(("code", "forever"), FAILURES)
def test_whenever_a_disk_fails_there_is_a_checkpoint_that_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, forever: bool
) -> None:
    save_checkpoint(tmp_path / "old", divsem(), card="old")
    save_checkpoint(tmp_path / "new", spmpgan(), card="new")
    old, new = (load_checkpoint(tmp_path / name).digest for name in ("old", "new"))
    found = []
    for at in itertools.count(1):
        folder = tmp_path / str(at) / "net"
        shutil.copytree(tmp_path / "old", folder)
        with monkeypatch.context() as patch:
            disk = Disk(patch, folder.parent, code, at, forever)
            try:
                save_checkpoint(folder, spmpgan(), card="new")
                expected = [new]
            except CheckpointError as error:
                assert f"net cannot be written ([Errno {code}] {os.strerror(code)})" in str(error)
                expected = [old, new]  # the new one if the old one alone could not be removed
        found.append(load_checkpoint(folder).digest)
        assert found[-1] in expected
        if disk.calls < at:
            break
        save_checkpoint(folder, spmpgan(), card="new")
        assert load_checkpoint(folder).digest == new
    assert found.count(old) > 8
    assert found[-1] == new


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_files_that_are_cut_by_the_system_are_no_new_checkpoint(saved: Path, share: float) -> None:
    before = contents(saved.parent)
    with (
        room_for(int(share * (saved / "model.safetensors").stat().st_size)),
        pytest.raises(CheckpointError, match=r"net cannot be written .*File too large"),
    ):
        save_checkpoint(saved, divsem(), card="")
    assert contents(saved.parent) == before


def test_a_new_checkpoint_takes_the_place_of_the_old_one(saved: Path) -> None:
    save_checkpoint(saved, replace(spmpgan(), origin=Origin(8, "", "")), card="new")
    assert load_checkpoint(saved).origin.images == 8
    assert sorted(contents(saved.parent)) == ["net/README.md", "net/config.json", "net/model.safetensors"]
    assert [p.name for p in saved.parent.iterdir()] == ["net"]


def test_other_folders_and_files_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.txt").write_text("mine")
    with pytest.raises(CheckpointError, match="photos exists and is not a checkpoint"):
        save_checkpoint(tmp_path / "photos", spmpgan(), card="")
    with pytest.raises(CheckpointError, match="net cannot be written"):
        save_checkpoint(tmp_path / "photos" / "a.txt" / "net", spmpgan(), card="")
    assert contents(tmp_path) == {"photos/a.txt": b"mine"}


def test_half_precision_weights_load_as_float32(tmp_path: Path) -> None:
    written = divsem()
    save_checkpoint(tmp_path / "net", written, card="", dtype=torch.float16)
    stored = safetensors.torch.load_file(tmp_path / "net" / "model.safetensors")
    assert {t.dtype for t in stored.values()} == {torch.float16}
    read = load_checkpoint(tmp_path / "net")
    assert read.bank is not None
    assert read.bank.codes.dtype == torch.float32
    for name, value in written.network.state_dict().items():
        assert torch.equal(read.network.state_dict()[name], value.half().float())

"""Packed sets: the same scenes as their source, or one message that says what is wrong."""

from __future__ import annotations

import io
import json
import os
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scumble.data.layouts import find_layout, list_split, open_scenes
from scumble.data.layouts.shards import INDEX, instances_of, numbers_of
from scumble.data.writers.shards import pack
from scumble.errors import DataError, ScumbleError
from scumble.files import TarMember
from scumble.instances import consistent_instances
from scumble.label_space import LabelSpace
from scumble.training.scene_data import SceneData
from tests.data.check.sets import FORMS, HEIGHT, WIDTH, build

Break = Callable[[Path], object]


def packed(root: Path, out: Path, split: str | None = "train", **options: Any) -> Path:
    (out / "train").mkdir(parents=True)
    pack(list_split(root, split), out / "train", options.pop("per_shard", 2), **options)
    return out


@pytest.mark.parametrize("layout", FORMS)
def test_a_packed_set_holds_the_scenes_of_its_source(layout: str, tmp_path: Path) -> None:
    source = open_scenes(build(layout, tmp_path / "set", scenes=3), "train")
    root = packed(tmp_path / "set", tmp_path / "shards")
    assert find_layout(root).name == "shards"
    read = open_scenes(root, "train")
    assert (len(read), read.label_space) == (3, source.label_space)
    for index in range(3):
        assert read.name(index) == source.name(index)
        for kind in ("image", "labels", "instances"):
            assert np.array_equal(getattr(read[index], kind), getattr(source[index], kind))
        wanted, found = source[index].parts, read[index].parts
        assert (found is None) == (wanted is None)
        assert found is None or wanted is None or np.array_equal(found, wanted)


def test_shards_do_not_depend_on_the_number_of_workers_and_can_be_packed_again(tmp_path: Path) -> None:
    root = build("editing", tmp_path / "set", scenes=5)
    one = packed(root, tmp_path / "one", workers=1)
    two = packed(root, tmp_path / "two", workers=2)
    again = packed(one, tmp_path / "again", workers=1)
    names = ["000000.tar", "000001.tar", "000002.tar", INDEX]
    for folder in (one, two, again):
        assert sorted(path.name for path in (folder / "train").iterdir()) == names
        for name in names:
            assert (folder / "train" / name).read_bytes() == (one / "train" / name).read_bytes()


def test_numbers_within_the_class_keep_every_id_that_scumble_gives() -> None:
    space = LabelSpace.load("ade20k")  # whose ids of instances need more than 16 bits
    rng = np.random.default_rng(0)
    labels = rng.integers(len(space), size=(60, 60)).astype(np.int32)
    instances = consistent_instances(labels, rng.integers(300, size=(60, 60)), space)
    assert instances.max() > 65535
    numbers = numbers_of(labels, instances)
    assert 0 <= numbers.min() <= numbers.max() <= 1000
    assert np.array_equal(instances_of(labels, numbers), instances)


def test_training_takes_the_classes_from_the_index(tmp_path: Path) -> None:
    root = packed(build("folder", tmp_path / "set"), tmp_path / "shards")
    data = SceneData(folder=str(root), label_space="cityscapes")
    assert data.scenes("train").label_space.names == ("sky", "road", "car")
    assert len(data.scenes("test")) == 2  # there is one split
    with pytest.raises(DataError, match="packed with the label space 'yards', but 'cityscapes' is asked for"):
        open_scenes(root, "train", None, LabelSpace.load("cityscapes"))


def test_a_listing_goes_to_other_processes(tmp_path: Path) -> None:
    read = open_scenes(packed(build("editing", tmp_path / "set"), tmp_path / "shards"), "train")
    copied = pickle.loads(pickle.dumps(read))
    assert np.array_equal(copied[1].image, read[1].image)


def test_shards_are_tar_files_as_webdataset_has_them(tmp_path: Path) -> None:
    """Members of a sample lie together and have one key, which ends at the first dot."""
    source = open_scenes(build("editing", tmp_path / "set", scenes=3), "train")
    root = packed(tmp_path / "set", tmp_path / "shards")
    samples: list[dict[str, bytes]] = []
    keys: list[str] = []
    for path in sorted((root / "train").glob("*.tar")):
        with tarfile.open(path) as tar:
            for member in tar:
                key, _, ending = member.name.partition(".")
                if key not in keys[-1:]:
                    keys.append(key)
                    samples.append({})
                content = tar.extractfile(member)
                assert content is not None
                samples[-1][ending] = content.read()
    assert keys == ["00000000", "00000001", "00000002"]
    for index, sample in enumerate(samples):
        assert json.loads(sample["json"]) == {"name": f"{index:06d}", "width": WIDTH, "height": HEIGHT}
        for ending, expected in (("image.png", source[index].image), ("labels.png", source[index].labels)):
            assert np.array_equal(np.asarray(Image.open(io.BytesIO(sample[ending]))), expected)


def change(place: str, value: Any) -> Break:
    """Another value at a place of the index, such as ``shards.0.scenes``."""

    def do(folder: Path) -> None:
        index = json.loads((folder / INDEX).read_text())
        *path, last = (int(key) if key.isdigit() else key for key in place.split("/"))
        inner = index
        for key in path:
            inner = inner[key]
        if value is None:
            del inner[last]
        else:
            inner[last] = value
        (folder / INDEX).write_text(json.dumps(index))

    return do


def overwrite(name: str, offset: int, content: bytes) -> Break:
    def do(folder: Path) -> None:
        with (folder / name).open("r+b") as stream:
            stream.seek(offset)
            stream.write(content)

    return do


def shorten(name: str, size: int) -> Break:
    return lambda folder: os.truncate(folder / name, size)


SCENE = "shards/0/scenes/1"
BREAKERS: dict[str, tuple[Break, str]] = {
    "a lost shard": (lambda folder: (folder / "000001.tar").unlink(), "000001.tar does not exist"),
    "a truncated shard": (shorten("000000.tar", 700), "000000.tar is cut short: it has 700 bytes"),
    "a longer shard": (shorten("000001.tar", 50_000), "000001.tar is not the file that was indexed"),
    "no tar file": (overwrite("000000.tar", 0, bytes(range(256)) * 4), "there is no header of a file there"),
    "another member": (overwrite("000000.tar", 0, b"12345678.image.png"), "should begin at byte 0, but"),
    "a damaged picture": (overwrite("000000.tar", 512, b"\0" * 64), "00000000.image.png is not a picture"),
    "no index": (lambda folder: (folder / INDEX).write_text("{"), "is no readable index of shards"),
    "deep brackets": (lambda folder: (folder / INDEX).write_text("[" * 10**5), "is no readable index"),
    "a list": (lambda folder: (folder / INDEX).write_text("[]"), "has the format []"),
    "another format": (change("format", "scumble shards 2"), "has the format 'scumble shards 2'"),
    "no classes": (change("label_space", None), "lacks a label space"),
    "wrong classes": (change("label_space/dont_care", 99), "the don't-care id is 99"),
    "no shards": (change("shards", 3), "sound entries of shards"),
    "no size": (change("shards/0/bytes", "many"), "sound entries of shards"),
    "no scenes": (change("shards", []), "names no scenes"),
    "a missing photograph": (change(f"{SCENE}/image.png", None), "scene 1 has no image"),
    "a missing label map": (change(f"{SCENE}/labels.png", None), "scene 1 has no labels.png"),
    "a missing instance map": (change(f"{SCENE}/instances.png", None), "scene 1 has no instances.png"),
    "no name": (change(f"{SCENE}/name", None), "scene 1 has the name None"),
    "a name that leads elsewhere": (change(f"{SCENE}/name", "../a"), "scene 1 has the name '../a'"),
    "a place beyond the end": (change(f"{SCENE}/labels.png", [10**30, 5]), "scene 1 has 'labels.png' at ["),
    "a huge member": (change(f"{SCENE}/labels.png", [0, 10**12]), "scene 1 has 'labels.png' at ["),
    "a negative place": (change(f"{SCENE}/labels.png", [-5, 5]), "scene 1 has 'labels.png' at ["),
    "a place in words": (change(f"{SCENE}/labels.png", "here"), "scene 1 has 'labels.png' at 'here'"),
    "a scene in words": (change(SCENE, "here"), "scene 1 is 'here'"),
    "a wrong place": (change(f"{SCENE}/labels.png", [512, 64]), "there is no header of a file there"),
}


@pytest.mark.parametrize(("breaker", "expected"), BREAKERS.values(), ids=BREAKERS.keys())
def test_what_is_wrong_is_said_in_one_sentence(breaker: Break, expected: str, tmp_path: Path) -> None:
    root = packed(build("editing", tmp_path / "set", scenes=4), tmp_path / "shards")
    breaker(root / "train")
    with pytest.raises(ScumbleError) as caught:
        scenes = open_scenes(root, "train")
        for index in range(len(scenes)):
            scenes[index]
    assert expected in str(caught.value)
    assert str(root / "train") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_members_beyond_the_limit_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "000000.tar"
    path.touch()
    os.truncate(path, 2**30)  # a sparse file, which takes no room
    with pytest.raises(ScumbleError, match="expected at most 268,435,456"):
        TarMember(path, 0, 2**29, "00000000.image.png").read_bytes()


def test_a_set_with_a_defect_is_not_packed(tmp_path: Path) -> None:
    root = build("editing", tmp_path / "set")
    (root / "train" / "labels" / "000001.png").unlink()
    with pytest.raises(DataError, match="has no label map"):
        packed(root, tmp_path / "shards")
    assert not list((tmp_path / "shards" / "train").iterdir())

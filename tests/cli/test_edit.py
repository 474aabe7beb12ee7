"""``scumble edit`` as a user meets it."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from scumble.cli import main
from tests.editing_fixture import Files, write_files

BOX = ("--box", "40", "70", "100", "110", "--class", "car")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_files(tmp_path_factory.mktemp("edit"))


def edit(files: Files, out: Path, *words: str, **replaced: Path) -> int:
    paths = {**{k: v for k, v in vars(files).items() if k != "instances"}, **replaced}
    named = [f"--{name}={path}" for name, path in paths.items() if name != "image"]
    return main(["edit", str(paths["image"]), *named, f"--out={out}", *words])


def picture(path: Path) -> NDArray[np.uint8]:
    return np.asarray(Image.open(path))


def refused(
    files: Files, out: Path, capsys: pytest.CaptureFixture[str], *words: str, **replaced: Path
) -> str:
    """The message of a refusal, which leaves nothing behind and exits with 2."""
    assert edit(files, out, *words, **replaced) == 2
    assert not out.exists()
    message = capsys.readouterr().err
    assert message.startswith("scumble: ")
    assert "Traceback" not in message
    assert len(message.strip().splitlines()) == 1
    return message


def test_samples_have_the_size_of_the_photograph_and_its_bytes_outside_the_mask(
    files: Files, tmp_path: Path
) -> None:
    assert edit(files, tmp_path / "out", *BOX, "--samples", "4", "--seed", "1") == 0
    photograph = picture(files.image)
    outside = np.ones(photograph.shape[:2], dtype=bool)
    outside[70:110, 40:100] = False
    results = [picture(tmp_path / "out" / f"sample_{n:03d}.png") for n in range(4)]
    for result in results:
        assert (result[outside] == photograph[outside]).all()
    assert any((result != results[0]).any() for result in results[1:])


def test_a_seed_gives_the_same_bytes_alone_and_among_others(files: Files, tmp_path: Path) -> None:
    assert edit(files, tmp_path / "all", *BOX, "--samples", "3", "--seed", "5") == 0
    assert edit(files, tmp_path / "one", *BOX, "--seed", "7") == 0
    third, alone = tmp_path / "all" / "sample_002.png", tmp_path / "one" / "sample_000.png"
    assert third.read_bytes() == alone.read_bytes()


def test_result_json_replays_the_edit(files: Files, tmp_path: Path) -> None:
    assert edit(files, tmp_path / "first", *BOX, "--samples", "2", "--seed", "3") == 0
    recipe = tmp_path / "first" / "result.json"
    assert edit(files, tmp_path / "again", "--recipe", str(recipe)) == 0
    for name in ("sample_000.png", "sample_001.png"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    record = json.loads(recipe.read_text())
    assert [row["seed"] for row in record["results"]] == [3, 4]
    assert record["size"] == [160, 128]
    assert record["checkpoint"]["system"] == "divsem"


def test_free_mask_replays_from_the_recipe_alone(files: Files, tmp_path: Path) -> None:
    mask = np.zeros((128, 160), dtype=np.uint8)
    mask[30:90:2, 50:100] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    assert edit(files, tmp_path / "first", "--mask", str(tmp_path / "mask.png")) == 0
    (tmp_path / "mask.png").unlink()
    recipe = tmp_path / "first" / "result.json"
    assert edit(files, tmp_path / "again", "--recipe", str(recipe)) == 0
    results = [(tmp_path / run / "sample_000.png").read_bytes() for run in ("first", "again")]
    assert results[0] == results[1]


@pytest.mark.parametrize(
    "words",
    [
        ("--remove", "car"),
        ("--remove", "car#0"),
        ("--restyle", "car"),
        ("--extend", "0", "0", "32", "0"),
        ("--box", "0", "0", "160", "128"),
    ],
)
def test_every_kind_of_edit_paints(files: Files, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert edit(files, tmp_path / "out", *words) == 0
    assert picture(tmp_path / "out" / "sample_000.png").shape[0] == 128


def test_style_comes_from_a_reference_picture(files: Files, tmp_path: Path) -> None:
    """Two reference pictures of different look give different cars, whatever the seed."""
    results = []
    for name, colour in (("dark", 10), ("bright", 245)):
        Image.new("RGB", (64, 64), (colour, colour, colour)).save(tmp_path / f"{name}.png")
        Image.fromarray(np.full((64, 64), 8, dtype=np.uint8)).save(tmp_path / "map.png")
        noisy = picture(files.image).copy()
        noisy[:64, :64] = noisy[:64, :64] // 2 + colour // 2
        Image.fromarray(noisy).save(tmp_path / f"{name}.png")
        style = ("--style", f"{tmp_path / name}.png:car", "--style-labels", str(files.labels))
        assert edit(files, tmp_path / name, *BOX, *style) == 0
        results.append((tmp_path / name / "sample_000.png").read_bytes())
    assert results[0] != results[1]


def test_json_prints_the_record(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert edit(files, tmp_path / "out", *BOX, "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "out" / "result.json").read_text())


def test_a_missing_instance_map_is_refused(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "absent.png" in refused(files, tmp_path / "out", capsys, *BOX, instances=tmp_path / "absent.png")


def test_instances_of_any_numbering_can_be_chosen(files: Files, tmp_path: Path) -> None:
    """Numbers from 1 for the car and 0 elsewhere choose the same pixels as the map in our numbering."""
    numbered = (picture(files.labels) == 8).astype(np.uint8)
    Image.fromarray(numbered).save(tmp_path / "numbered.png")
    for name, path in (("ours", files.instances), ("theirs", tmp_path / "numbered.png")):
        assert edit(files, tmp_path / name, "--restyle", "car#0", instances=path) == 0
    results = [(tmp_path / name / "sample_000.png").read_bytes() for name in ("ours", "theirs")]
    assert results[0] == results[1]


def test_map_of_another_size_is_refused(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(np.zeros((128, 161), dtype=np.uint8)).save(tmp_path / "wide.png")
    message = refused(files, tmp_path / "out", capsys, *BOX, labels=tmp_path / "wide.png")
    assert "wide.png" in message
    assert "161 x 128" in message
    assert "160 x 128" in message


def test_mask_of_another_size_is_refused(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(np.full((64, 64), 255, dtype=np.uint8)).save(tmp_path / "small.png")
    message = refused(files, tmp_path / "out", capsys, "--mask", str(tmp_path / "small.png"))
    assert "small.png" in message
    assert "64 x 64" in message


def test_colour_picture_as_map_is_refused(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "photo.png" in refused(files, tmp_path / "out", capsys, *BOX, labels=files.image)


def test_id_outside_the_label_space_is_named_with_place_and_count(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = picture(files.labels).copy()
    labels[5, 7:10] = 77
    Image.fromarray(labels).save(tmp_path / "strange.png")
    message = refused(files, tmp_path / "out", capsys, *BOX, labels=tmp_path / "strange.png")
    assert "77 (first at x=7, y=5; 3 pixels)" in message


def test_empty_mask_is_refused(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("L", (160, 128)).save(tmp_path / "empty.png")
    assert "empty.png" in refused(files, tmp_path / "out", capsys, "--mask", str(tmp_path / "empty.png"))


def test_unknown_class_names_the_nearest(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    box = ("--box", "40", "70", "100", "110", "--class", "carr")
    assert "'car'" in refused(files, tmp_path / "out", capsys, *box)
    assert "'road'" in refused(files, tmp_path / "out", capsys, "--remove", "roda")


def test_unreadable_and_truncated_pictures_are_refused(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    half = files.image.read_bytes()
    (tmp_path / "half.png").write_bytes(half[: len(half) // 2])
    for name in ("text.png", "half.png", "missing.png"):
        assert name in refused(files, tmp_path / "out", capsys, *BOX, image=tmp_path / name)


def test_picture_bomb_is_refused_before_it_is_decoded(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = b"IHDR" + struct.pack(">IIBBBBB", 200_000, 200_000, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    data = b"IDAT" + zlib.compress(bytes(1000))
    body = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + body)
    assert "bomb.png" in refused(files, tmp_path / "out", capsys, *BOX, image=tmp_path / "bomb.png")


@pytest.mark.parametrize("name", ["model.safetensors", "style_bank.safetensors", "config.json"])
def test_checkpoint_with_one_byte_changed_is_refused(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    folder = write_files(tmp_path).checkpoint
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    refused(files, tmp_path / "out", capsys, *BOX, checkpoint=folder)


def test_pickle_as_checkpoint_is_refused(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save({"netG": {}}, tmp_path / "best.pth")
    assert "best.pth" in refused(files, tmp_path / "out", capsys, *BOX, checkpoint=tmp_path / "best.pth")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((), "--remove"),
        (("--remove", "car", "--restyle", "car"), "2 edits"),
        (("--remove", "car", "--class", "road"), "--class"),
        (("--remove", "car", "--style", "a.png"), "--style"),
        (("--remove", "car", "--style-labels", "a.png"), "--style"),
        ((*BOX, "--samples", "0"), "samples"),
        (("--box", "150", "10", "200", "20"), "160"),
        (("--extend", "0", "0", "0", "0"), "0"),
        (("--remove", "pedestrian"), "pedestrian"),
        ((*BOX, "--style", "missing.png"), "missing.png"),
    ],
)
def test_impossible_requests_are_refused(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], named: str
) -> None:
    assert named in refused(files, tmp_path / "out", capsys, *words)


def test_damaged_recipes_are_refused(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "recipe.json"
    for text in (
        "{",
        "[]",
        '{"edit": {}}',
        '{"edit": {"operations": [{"kind": "explode"}]}}',
        '{"seed": "a"}',
    ):
        recipe.write_text(text)
        refused(files, tmp_path / "out", capsys, "--recipe", str(recipe))


def test_an_unknown_option_exits_with_2(files: Files, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stop:
        edit(files, tmp_path / "out", "--remov", "car")
    assert stop.value.code == 2


def test_output_that_is_a_file_is_refused(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("mine")
    assert edit(files, tmp_path / "taken", *BOX) == 2
    assert (tmp_path / "taken").read_text() == "mine"

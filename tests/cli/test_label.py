"""``scumble label`` and ``--labels auto`` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.checkpoint import save_checkpoint
from scumble.cli import main
from scumble.files import read_instances, read_labels
from scumble.instances import consistent_instances, derive_instances
from scumble.label_space import LabelSpace
from tests.editing_fixture import Files, write_files
from tests.labeler_fixture import VOID, untrained_labeler
from tests.segmenter_fixture import write_segmenter


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("label")
    save_checkpoint(folder / "labeler", untrained_labeler(size=64), card="# untrained\n")
    return write_files(folder)


def labeler(files: Files) -> str:
    return str(files.image.parent / "labeler")


def test_the_proposed_maps_are_those_that_edit_takes(files: Files, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["label", str(files.image), "--checkpoint", labeler(files), "--out", str(out)]) == 0
    space = LabelSpace.load("camvid")
    labels = read_labels(out / "labels.png", space, (160, 128))
    assert len(np.unique(labels)) > 1
    assert VOID not in labels
    instances = read_instances(out / "instances.png", (160, 128))
    assert (instances == derive_instances(labels, space)).all()
    assert (consistent_instances(labels, instances, space) == instances).all()
    record = json.loads((out / "label.json").read_text())
    assert sum(record["classes"].values()) == pytest.approx(1, abs=1e-4)
    words = ["--labels", str(out / "labels.png"), "--instances", str(out / "instances.png")]
    box = ["--box", "40", "70", "100", "110", "--class", "car", "--rectangle"]
    named = ["--checkpoint", str(files.checkpoint), "--out"]
    assert main(["edit", str(files.image), *words, *box, *named, str(tmp_path / "by-hand")]) == 0
    auto = ["--labels", "auto", "--labeler", labeler(files)]
    assert main(["edit", str(files.image), *auto, *box, *named, str(tmp_path / "auto")]) == 0
    results = [(tmp_path / name / "sample_000.png").read_bytes() for name in ("by-hand", "auto")]
    assert results[0] == results[1]
    assert (tmp_path / "auto" / "labels.png").read_bytes() == (out / "labels.png").read_bytes()
    assert json.loads((tmp_path / "auto" / "result.json").read_text())["labeler"]["path"] == labeler(files)


def test_the_shipped_labeler_is_used_where_none_is_named(files: Files, tmp_path: Path) -> None:
    small = tmp_path / "small.png"
    Image.open(files.image).resize((80, 64)).save(small)
    assert main(["label", str(small), "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "overlay.png").is_file()


def test_a_checkpoint_that_paints_does_not_label(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["label", str(files.image), "--checkpoint", str(files.checkpoint), "--out", str(out)]) == 2
    assert "does not label photographs" in capsys.readouterr().err
    assert not out.exists()


def test_auto_labels_and_an_instance_map_do_not_go_together(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--labels", "auto", "--instances", str(files.instances), "--remove", "car"]
    out = ["--checkpoint", str(files.checkpoint), "--out", str(tmp_path / "out")]
    assert main(["edit", str(files.image), *words, *out]) == 2
    assert "leave out --instances" in capsys.readouterr().err


def test_a_segmenter_of_transformers_labels_instead(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = str(write_segmenter(tmp_path / "street")), tmp_path / "out"
    assert main(["label", str(files.image), "--segmenter", folder, "--out", str(out)]) == 0
    told = " ".join(capsys.readouterr().err.split())
    assert "note: No class of 'camvid' stands for 'sofa', 'chest of drawers'; their" in told
    record = json.loads((out / "label.json").read_text())
    assert record["unmatched"] == ["sofa", "chest of drawers"]
    assert sum(record["classes"].values()) == pytest.approx(1, abs=1e-4)
    assert set(record["classes"]) <= {"road", "pavement", "tree", "sign", "pedestrian", "car", "void"}
    box = ["--box", "40", "70", "100", "110", "--class", "car", "--rectangle"]
    words = [*box, "--checkpoint", str(files.checkpoint), "--segmenter", folder, "--out"]
    assert main(["edit", str(files.image), "--labels", "auto", *words, str(tmp_path / "auto")]) == 0
    assert (tmp_path / "auto" / "labels.png").read_bytes() == (out / "labels.png").read_bytes()
    named = json.loads((tmp_path / "auto" / "result.json").read_text())["labeler"]
    assert named == {"path": folder, "digest": record["checkpoint"]}
    given = ["--labels", str(out / "labels.png"), *words, str(tmp_path / "by-hand")]
    assert main(["edit", str(files.image), *given]) == 2
    assert "--segmenter goes with --labels auto" in capsys.readouterr().err

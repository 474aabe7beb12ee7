"""Photographs are labelled by models of the package transformers."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from scumble.errors import CheckpointError, ConfigError, InputError, LabelError, ScumbleError
from scumble.instances import derive_instances
from scumble.label_space import LabelSpace
from scumble.pipelines.label import label_image
from scumble.pipelines.segmenters import load_segmenter
from tests.editing_fixture import scene
from tests.segmenter_fixture import STREET, write_segmenter

CAMVID = LabelSpace.load("camvid")
PHOTO = scene(150, 90).image
STANDS_FOR = ("road", "pavement", "tree", "sign", "pedestrian", "car", "void", "void")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_segmenter(tmp_path_factory.mktemp("segmenter") / "street")


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    for path in saved.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def change_config(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_labels_are_those_of_the_model_by_their_names(saved: Path) -> None:
    transformers = pytest.importorskip("transformers")
    model = transformers.AutoModelForSemanticSegmentation.from_pretrained(saved)
    processor = transformers.AutoImageProcessor.from_pretrained(saved)
    with torch.inference_mode():
        output = model(**processor(images=Image.fromarray(PHOTO), return_tensors="pt"))
    (said,) = processor.post_process_semantic_segmentation(output, target_sizes=[PHOTO.shape[:2]])
    assert {6, 7} & set(said.unique().tolist()), "something that CamVid does not know"
    found = label_image(load_segmenter(saved, CAMVID), PHOTO)
    expected = np.array([CAMVID.index(name) for name in STANDS_FOR])[said.numpy()]
    assert (found.labels == expected).all()
    assert len(np.unique(found.labels)) > 2
    assert (found.instances == derive_instances(found.labels, CAMVID)).all()


def test_a_space_without_a_dont_care_class_gets_the_next_best(saved: Path) -> None:
    two = LabelSpace.from_names("two", ["road", "sidewalk"])
    found = label_image(load_segmenter(saved, two), PHOTO)
    assert set(np.unique(found.labels)) <= {0, 1}
    known = label_image(load_segmenter(saved, CAMVID), PHOTO).labels
    for k, name in enumerate(two.names):
        same = known == CAMVID.index({"sidewalk": "pavement"}.get(name, name))
        assert (found.labels[same] == k).all()


def test_large_and_tiny_pictures_have_maps_of_their_size(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    segmenter = load_segmenter(saved, CAMVID)
    for size in ((1, 1), (1, 9), (7, 3)):
        assert label_image(segmenter, np.zeros((*size, 3), np.uint8)).labels.shape == size
    exact = label_image(segmenter, PHOTO).labels
    monkeypatch.setattr("scumble.pipelines.segmenters.MOST_SCORES", exact.size * len(STREET) // 4)
    coarse = label_image(segmenter, PHOTO).labels
    assert coarse.shape == exact.shape
    assert 0.9 < (coarse == exact).mean() < 1
    with pytest.raises(InputError, match="at most 16 times"):
        label_image(segmenter, np.zeros((2, 40, 3), np.uint8))


def test_pictures_are_not_cropped(folder: Path) -> None:
    transformers = pytest.importorskip("transformers")
    found = []
    for crop in (True, False):
        processor = transformers.MobileNetV2ImageProcessor(
            size={"shortest_edge": 64}, do_center_crop=crop, crop_size={"height": 32, "width": 32}
        )
        processor.save_pretrained(folder)
        found.append(label_image(load_segmenter(folder, CAMVID), PHOTO).labels)
    assert (found[0] == found[1]).all()


def test_files_that_run_code_are_not_opened(folder: Path) -> None:
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(CheckpointError, match="cannot be used as a segmenter"):
        load_segmenter(folder, CAMVID)


def test_code_of_the_folder_is_not_run(folder: Path) -> None:
    (folder / "own.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n")
    own = {"AutoConfig": "own.Config", "AutoModelForSemanticSegmentation": "own.Model"}
    change_config(folder, model_type="own", auto_map=own)
    with pytest.raises(CheckpointError, match="cannot be used as a segmenter"):
        load_segmenter(folder, CAMVID)
    assert not (folder / "ran").exists()


def test_weights_of_another_model_are_refused(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    save_file(
        {name: t for name, t in tensors.items() if "classifier" not in name},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )
    with pytest.raises(CheckpointError, match=r"2 entries, such as 'decode_head.classifier"):
        load_segmenter(folder, CAMVID)


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}, LabelError, "None of the 2 class names"),
        ({"id2label": {"1": "road"}}, CheckpointError, "does not name the classes"),
        ({"id2label": None}, CheckpointError, "does not name the classes"),
        ({"model_type": "bert"}, CheckpointError, "cannot be used as a segmenter"),
    ],
)
def test_other_configurations_are_refused(
    folder: Path, changes: dict[str, object], kind: type[ScumbleError], message: str
) -> None:
    change_config(folder, **changes)
    with pytest.raises(kind, match=message):
        load_segmenter(folder, CAMVID)


def test_names_of_models_are_not_looked_up_elsewhere() -> None:
    with pytest.raises(CheckpointError, match=r"is not a folder.*never downloaded"):
        load_segmenter(Path("nvidia/segformer-b0"), CAMVID)


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"id2label": {"0": "road"}}))
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ConfigError, match=r"pip install 'scumble\[segmenters\]'"):
        load_segmenter(tmp_path, CAMVID)

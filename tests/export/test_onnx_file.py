"""What an exported file holds, and that a wrong one is not written."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from scumble.checkpoint import Checkpoint
from scumble.errors import CheckpointError, ConfigError
from scumble.export import onnx_file
from scumble.export.graph import Graph, Sample
from scumble.export.onnx_file import write_graphs
from scumble.export.systems import graphs_of
from tests.export import checkpoints
from tests.ipose_fixture import ipose


def graphs(checkpoint: Checkpoint) -> list[Graph]:
    return graphs_of(checkpoint, deepcopy(checkpoint.network))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a DivSem."""
    checkpoints.require_extra()
    folder = tmp_path_factory.mktemp("onnx")
    checkpoint = checkpoints.divsem()
    done = write_graphs(folder / "streets.onnx", graphs(checkpoint), checkpoint)
    assert [one.path.name for one in done] == ["streets.onnx", "streets.style.onnx"]
    return folder


@pytest.mark.parametrize("name", sorted(checkpoints.ALL))
def test_a_file_gives_the_numbers_of_torch_at_sizes_and_batches_that_were_not_tried_on_export(
    name: str, tmp_path: Path
) -> None:
    checkpoints.require_extra()
    import onnxruntime

    checkpoint = checkpoints.ALL[name]()
    made = graphs(checkpoint)
    for graph, done in zip(made, write_graphs(tmp_path / "a.onnx", made, checkpoint), strict=True):
        assert done.difference < 1e-4
        session = onnxruntime.InferenceSession(done.path)
        inputs = graph.example(Sample(3, 64, 128), torch.Generator().manual_seed(9))
        found = session.run(None, {p.name: v.numpy() for p, v in zip(graph.inputs, inputs, strict=True)})
        with torch.no_grad():
            for one, wanted in zip(found, graph.reference(*inputs), strict=True):
                assert one.shape == wanted.shape
                np.testing.assert_allclose(one, wanted.numpy(), atol=1e-4, rtol=1e-4)


def test_a_file_says_what_it_takes_and_where_it_comes_from(folder: Path) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(folder / "streets.onnx")
    shapes = {port.name: (port.type, port.shape) for port in session.get_inputs()}
    assert shapes["labels"] == ("tensor(int64)", ["batch", "height", "width"])
    assert shapes["image"] == ("tensor(float)", ["batch", 3, "height", "width"])
    facts = session.get_modelmeta().custom_metadata_map
    assert (facts["system"], facts["checkpoint"], facts["licence"]) == ("divsem", "abc", "free")
    assert json.loads(facts["label_space"])["name"] == "camvid"
    described = {port["name"]: port["meaning"] for port in json.loads(facts["inputs"])}
    assert described.keys() == shapes.keys()
    assert "0..11" in described["labels"]


def test_the_bank_lies_beside_the_files(folder: Path) -> None:
    bank, wanted = np.load(folder / "streets.bank.npz"), checkpoints.divsem().bank
    assert wanted
    np.testing.assert_array_equal(bank["codes"], wanted.codes.numpy())
    np.testing.assert_array_equal(bank["classes"], wanted.classes.numpy())


def test_a_file_knows_no_place_on_this_machine(folder: Path) -> None:
    assert str(Path(onnx_file.__file__).parents[2]).encode() not in (folder / "streets.onnx").read_bytes()


def test_a_file_that_differs_from_torch_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints.require_extra()
    checkpoint = checkpoints.oasis()
    made = graphs(checkpoint)
    with torch.no_grad():
        checkpoint.network.output.bias.add_(0.01)  # type: ignore[operator,union-attr]
    (tmp_path / "a.onnx").write_text("what was there")
    with pytest.raises(CheckpointError, match="other numbers than torch: picture"):
        write_graphs(tmp_path / "a.onnx", made, checkpoint)
    assert [path.name for path in tmp_path.iterdir()] == ["a.onnx"]
    assert (tmp_path / "a.onnx").read_text() == "what was there"


def test_a_partnet_without_supports_is_refused() -> None:
    partnet = replace(checkpoints.partnet(), supports=None)
    with pytest.raises(ConfigError, match="--supports"):
        graphs(partnet)


def test_an_ipose_without_supports_is_its_generator_alone() -> None:
    assert [graph.name for graph in graphs(ipose(supports=False))] == ["generator"]

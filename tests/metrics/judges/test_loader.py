"""Judges by name or by checkpoint folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scumble.checkpoint import load_checkpoint, save_checkpoint
from scumble.errors import CheckpointError, ConfigError
from scumble.label_space import LabelSpace
from scumble.metrics.judges.espnet import ESPNet
from scumble.metrics.judges.labeler import LabelerJudge
from scumble.metrics.judges.loader import judge_digest, load_judge
from scumble.research_data import data_folder
from tests.editing_fixture import untrained
from tests.labeler_fixture import untrained_labeler

CAMVID = LabelSpace.load("camvid")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_checkpoint(tmp_path / "labeler", untrained_labeler(), card="# untrained\n")
    return tmp_path / "labeler"


def test_a_folder_of_a_labeler_is_a_judge(folder: Path) -> None:
    image = np.random.default_rng(0).integers(0, 256, (1, 128, 140, 3), dtype=np.uint8)
    expected = LabelerJudge(untrained_labeler()).predict(image)
    for judge in (load_judge(str(folder)), load_judge(str(folder), CAMVID)):
        assert np.array_equal(judge.predict(image), expected)
    assert judge_digest(str(folder)) == load_checkpoint(folder).digest


@pytest.mark.skipif(
    not (data_folder() / "backbones" / "espnet_camvid.safetensors").is_file(),
    reason="SCUMBLE_DATA has no judges",
)
def test_a_published_judge_is_loaded_by_name() -> None:
    assert isinstance(load_judge("espnet-camvid", CAMVID), ESPNet)
    assert len(judge_digest("espnet-camvid")) == 64


def test_another_label_space_is_refused(folder: Path) -> None:
    other = replace(CAMVID, name="mine")
    with pytest.raises(
        ConfigError, match="knows the label space 'camvid', but the pictures are labelled in 'mine'"
    ):
        load_judge(str(folder), other)


def test_a_folder_of_another_system_is_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "divsem", untrained(), card="# untrained\n")
    with pytest.raises(CheckpointError, match="the system 'divsem', which paints"):
        load_judge(str(tmp_path / "divsem"))


def test_an_unknown_judge_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="did you mean 'espnet-camvid'"):
        load_judge("espnet-canvid")

"""The checkpoints of a studio."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scumble.errors import CheckpointError
from scumble.studio.shelf import Shelf
from tests.segmenter_fixture import write_segmenter
from tests.studio.studio_fixture import BOX, Client, finished, new_project, settings_of, started


def test_clients_are_told_what_each_checkpoint_can_do(client: Client) -> None:
    listed = {entry["name"]: entry for entry in client.get("/api/checkpoints").json()}
    assert {"divsem-streets", "labeler-streets", "tiny-edit", "tiny-paint", "tiny-label"} <= listed.keys()
    assert listed["tiny-edit"]["can"] == ["edit"]
    assert listed["tiny-edit"]["bank"]
    assert listed["tiny-label"]["can"] == ["label"]
    assert listed["tiny-paint"]["can"] == ["synthesize", "parts"]
    assert listed["tiny-paint"]["parts"]["car"][1] == "wheel"
    assert listed["tiny-paint"]["size"] == 64
    space = listed["tiny-edit"]["label_space"]
    assert (space["classes"][8]["name"], space["classes"][8]["thing"]) == ("car", True)
    assert [row["name"] for row in space["classes"] if row["dont_care"]] == ["void"]


def test_two_checkpoints_of_one_name_and_what_is_none_are_refused(
    checkpoints: tuple[Path, ...], tmp_path: Path
) -> None:
    shutil.copytree(checkpoints[0], tmp_path / "tiny-edit")
    with pytest.raises(CheckpointError, match="rename"):
        Shelf((checkpoints[0], tmp_path / "tiny-edit"))
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        Shelf((tmp_path,))


def test_a_checkpoint_that_is_damaged_meanwhile_fails_the_job_alone(
    checkpoints: tuple[Path, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(checkpoints[0], folder)
    with started(settings_of((folder, *checkpoints), tmp_path / "projects")) as client:
        (folder / "model.safetensors").write_bytes(b"x")
        project = new_project(client)["id"]
        job = finished(client, project, kind="edit", checkpoint="mine", operations=BOX)
        assert job["state"] == "failed"
        assert "mine" in job["error"]
        assert str(tmp_path) not in job["error"]
        other = finished(client, project, kind="edit", checkpoint="tiny-edit", operations=BOX)
        assert other["state"] == "done"


def test_a_segmenter_labels_photos_before_any_labeler(
    checkpoints: tuple[Path, ...], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = write_segmenter(tmp_path / "street")
    settings = settings_of(checkpoints, tmp_path / "projects", segmenter=folder)
    with started(settings) as client:
        assert "stands for 'sofa', 'chest of drawers'" in caplog.text
        first, *rest = client.get("/api/checkpoints").json()
        assert (first["name"], first["system"]) == ("street (camvid)", "transformers")
        assert first["can"] == ["label"]
        assert first["label_space"] == rest[0]["label_space"]
        project = new_project(client, maps=False)["id"]
        job = finished(client, project, kind="label")
        assert (job["state"], job["checkpoint"]) == ("done", "street (camvid)")
        assert client.get(f"/api/projects/{project}").json()["maps"] == 1
    with pytest.raises(CheckpointError, match="None of the 2 class names"):
        Shelf(checkpoints, write_segmenter(tmp_path / "rooms", ("sofa", "lamp")))

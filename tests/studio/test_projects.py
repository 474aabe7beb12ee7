"""Projects: made, read, changed by one client at a time, deleted, found again after a restart."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scumble.errors import ConfigError, DataError
from scumble.label_space import LabelSpace
from scumble.studio.projects import Project, write_project
from scumble.studio.store import Store
from tests.studio.studio_fixture import (
    BOX,
    REMOVE_CAR,
    Client,
    blank_project,
    drawn,
    files_of,
    finished,
    ids,
    new_project,
    pixels,
    png,
    save,
    settings_of,
    started,
)


def test_a_photo_keeps_its_pixels_and_its_maps_their_ids(client: Client) -> None:
    photo = drawn()
    files = files_of(photo)
    files["instances"] = ("i.png", png(photo.instances.astype(np.uint16)))
    answer = client.post("/api/projects", files=files, data={"title": "Street", "label_space": "camvid"})
    project = answer.json()
    assert (project["title"], project["width"], project["height"]) == ("Street", 80, 64)
    address = f"/api/projects/{project['id']}"
    assert (pixels(client.get(f"{address}/photo.png")) == photo.image).all()
    assert (ids(client.get(f"{address}/labels.png")) == photo.labels).all()
    assert (ids(client.get(f"{address}/instances.png")) == photo.instances).all()
    names = [row["name"] for row in project["label_space"]["classes"]]
    assert tuple(names) == photo.label_space.names


def test_instances_are_derived_where_none_are_sent(client: Client) -> None:
    photo = drawn()
    project = new_project(client, photo)["id"]
    assert (ids(client.get(f"/api/projects/{project}/instances.png")) == photo.instances).all()


def test_maps_of_many_classes_survive(client: Client) -> None:
    space = LabelSpace.load("ade20k")
    labels = np.zeros((40, 40), np.uint8)
    labels[5:20, 5:20] = max(space.things)
    answer = client.post(
        "/api/projects", files={"labels": ("l.png", png(labels))}, data={"label_space": "ade20k"}
    )
    project = answer.json()
    assert not project["photo"]
    instances = ids(client.get(f"/api/projects/{project['id']}/instances.png"))
    assert instances[10, 10] == max(space.things) * 1000 > 65535


@pytest.mark.parametrize(
    ("files", "data", "told"),
    [
        ({}, {}, "neither a photo nor a label map"),
        ({"photo": b"no picture"}, {}, "The photo is not a picture"),
        ({"photo": b""}, {}, "The photo is empty"),
        ({"instances": png(np.zeros((8, 8), np.uint8)), "photo": png(drawn().image)}, {}, "no label map"),
        (
            {"photo": png(drawn().image), "labels": png(np.zeros((8, 8), np.uint8))},
            {},
            "The label map: the label map is 8 x 8",
        ),
        ({"photo": png(drawn().image)}, {"label_space": "camvit"}, "camvid"),
        (
            {"photo": png(drawn().image), "labels": png(np.full((64, 80), 77, np.uint8))},
            {},
            "The label map has values without a meaning",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    client: Client, tmp_path: Path, files: dict[str, bytes], data: dict[str, str], told: str
) -> None:
    sent = {name: ("x.png", content) for name, content in files.items()}
    answer = client.post("/api/projects", files=sent or None, data=data)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert str(tmp_path) not in answer.text
    assert client.get("/api/projects").json() == []
    assert [path.name for path in (tmp_path / "projects").iterdir()] == [".lock"]


def test_a_blank_project_is_of_one_class(client: Client) -> None:
    project = blank_project(client, 30, 20)
    road = LabelSpace.load("camvid").index("road")
    labels = ids(client.get(f"/api/projects/{project['id']}/labels.png"))
    assert labels.shape == (20, 30)
    assert (labels == road).all()
    refused = client.post("/api/projects/blank", json={"width": 16384, "height": 16384})
    assert refused.status_code == 422
    assert client.post("/api/projects/blank", json={"width": 0, "height": 9}).status_code == 422


def test_a_stale_revision_is_refused_and_nothing_is_lost(client: Client) -> None:
    project = new_project(client)["id"]
    assert save(client, project, 0, REMOVE_CAR)["revision"] == 1
    stale = client.put(f"/api/projects/{project}/edit", json={"revision": 0, "operations": BOX})
    assert stale.status_code == 409
    assert stale.json()["revision"] == 1
    kept = client.get(f"/api/projects/{project}/edit").json()["operations"]
    assert kept == [{**REMOVE_CAR[0], "grow": 5}]


def test_redo_and_choices_are_kept_with_the_list(client: Client, tmp_path: Path) -> None:
    project = new_project(client)["id"]
    choices = {"checkpoint": "tiny-edit", "samples": 4, "seed": 2**53 - 1}
    body = {"revision": 0, "operations": [], "undone": [*BOX, *REMOVE_CAR], "choices": choices}
    saved = client.put(f"/api/projects/{project}/edit", json=body).json()
    assert saved["choices"] == choices
    assert [entry["operation"] for entry in saved["undone"]] == ["box", "remove"]
    assert client.get(f"/api/projects/{project}").json()["edit"] == saved


@pytest.mark.parametrize(
    "operations",
    [
        [{"operation": "explode"}],
        ["remove"],
        [None],
        [{"operation": "remove", "selector": "car", "grow": 2**80}],
        [{"operation": "remove", "selector": "car", "grow": True}],
        [{"operation": "box", "x0": 1.5, "y0": 0, "x1": 2, "y1": 2}],
        [{"operation": "free_mask", "mask": {"size": [-1, 2], "runs": []}}],
        [{}] * 10_001,
        {"operation": "remove"},
        "remove",
        None,
    ],
)
def test_what_is_no_edit_list_is_refused_and_the_old_one_stays(client: Client, operations: Any) -> None:
    project = new_project(client)["id"]
    save(client, project, 0, BOX)
    answer = client.put(f"/api/projects/{project}/edit", json={"revision": 1, "operations": operations})
    assert answer.status_code == 422
    assert client.get(f"/api/projects/{project}/edit").json()["revision"] == 1


def test_labels_are_not_replaced_under_an_edit_list(client: Client) -> None:
    project = new_project(client)["id"]
    save(client, project, 0, BOX)
    answer = client.post(f"/api/projects/{project}/jobs", json={"kind": "label"})
    assert answer.status_code == 409
    save(client, project, 1, [])
    assert finished(client, project, kind="label", checkpoint="tiny-label")["maps"] == 2


def test_everything_is_there_after_a_restart(checkpoints: tuple[Path, ...], tmp_path: Path) -> None:
    settings = settings_of(checkpoints, tmp_path)
    with started(settings) as client:
        project = new_project(client)["id"]
        save(client, project, 0, BOX)
        files = {"picture": ("a.png", png(drawn().image))}
        client.post(f"/api/projects/{project}/references", files=files)
        result = finished(client, project, kind="edit")["results"][0]
        before = client.get(f"/api/projects/{project}").json()
        picture = client.get(f"/api/results/{result}.png").content
    with started(settings) as client:
        assert client.get(f"/api/projects/{project}").json() == before
        assert client.get(f"/api/results/{result}.png").content == picture
        assert client.delete(f"/api/results/{result}").status_code == 204
        assert client.get(f"/api/results/{result}.png").status_code == 404
        assert client.delete(f"/api/projects/{project}").status_code == 204
        assert client.get("/api/projects").json() == []
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_limits_of_projects_and_results_are_kept(checkpoints: tuple[Path, ...], tmp_path: Path) -> None:
    settings = settings_of(checkpoints, tmp_path, max_projects=1, max_results=2)
    with started(settings) as client:
        project = new_project(client)["id"]
        assert client.post("/api/projects", files=files_of(drawn())).status_code == 409
        assert finished(client, project, kind="edit", operations=BOX, samples=2)["state"] == "done"
        full = client.post(f"/api/projects/{project}/jobs", json={"kind": "edit", "operations": BOX})
        assert full.status_code == 409
        assert "delete some" in full.json()["detail"]


def test_a_second_studio_on_the_same_folder_is_refused(client: Client, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Another studio"):
        Store(tmp_path / "projects", 10)


def test_folders_that_are_no_projects_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "AAAAAAAAAAAAAAAAAAAAAA").mkdir()
    (tmp_path / "AAAAAAAAAAAAAAAAAAAAAA" / "project.json").write_text("{}")
    (tmp_path / "mine").mkdir()
    (tmp_path / ".making-12").mkdir()
    store = Store(tmp_path, 10)
    assert store.list() == []
    assert {path.name for path in tmp_path.iterdir()} == {"AAAAAAAAAAAAAAAAAAAAAA", "mine", ".lock"}
    store.close()
    with pytest.raises(DataError):
        Project("AAAAAAAAAAAAAAAAAAAAAA", tmp_path / "AAAAAAAAAAAAAAAAAAAAAA")


def test_a_photo_with_an_orientation_is_turned_upright(client: Client) -> None:
    stream, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(drawn().image).save(stream, format="JPEG", exif=exif)
    answer = client.post("/api/projects", files={"photo": ("a.jpg", stream.getvalue())})
    assert (answer.json()["width"], answer.json()["height"]) == (64, 80)


def test_a_project_folder_is_readable_without_the_studio(tmp_path: Path) -> None:
    photo = drawn()
    maps = photo.labels, photo.instances
    write_project(tmp_path, "title", photo.image, maps, photo.label_space, photo=True)
    scene = Project("id", tmp_path).scene()
    assert (scene.labels == photo.labels).all()
    assert (scene.instances == photo.instances).all()
    assert (scene.image == photo.image).all()

"""A studio as a program that uses it meets it: from a photo to pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scumble.cli import main
from scumble.instances import derive_instances
from scumble.scene import Scene
from scumble.streets import render_street
from tests.studio.studio_fixture import (
    BOX,
    REMOVE_CAR,
    Client,
    blank_project,
    drawn,
    finished,
    ids,
    new_project,
    pixels,
    png,
    save,
    settings_of,
    started,
)


def test_a_photo_is_labelled_edited_and_changes_inside_the_mask_alone(client: Client) -> None:
    photo = drawn()
    project = new_project(client, photo, maps=False)["id"]
    assert client.get(f"/api/projects/{project}").json()["maps"] == 0
    labelled = finished(client, project, kind="label", checkpoint="tiny-label")
    assert (labelled["state"], labelled["maps"]) == ("done", 1)
    labels = ids(client.get(f"/api/projects/{project}/labels.png"))
    instances = ids(client.get(f"/api/projects/{project}/instances.png"))
    assert (instances == derive_instances(labels, photo.label_space)).all()
    save(client, project, 0, BOX)
    mask = pixels(client.get(f"/api/projects/{project}/edited/mask.png")) > 0
    assert mask.sum() == 900
    job = finished(client, project, kind="edit", checkpoint="tiny-edit", samples=3, seed=5)
    assert (job["state"], job["done"], job["total"], len(job["results"])) == ("done", 3, 3, 3)
    pictures = [pixels(client.get(f"/api/results/{result}.png")) for result in job["results"]]
    for picture in pictures:
        assert (picture[~mask] == photo.image[~mask]).all()
        assert (picture[mask] != photo.image[mask]).any()
    assert (pictures[0] != pictures[1]).any()
    details = client.get(f"/api/results/{job['results'][1]}").json()
    assert details["seed"] == 6
    assert details["checkpoint"] == "tiny-edit"
    assert details["operations"] == client.get(f"/api/projects/{project}/edit").json()["operations"]


def test_a_picture_of_the_studio_is_that_of_the_command_line(
    client: Client, checkpoints: tuple[Path, ...], tmp_path: Path
) -> None:
    photo = drawn()
    project = new_project(client, photo)["id"]
    save(client, project, 0, [*REMOVE_CAR, *BOX])
    job = finished(client, project, kind="edit", checkpoint="tiny-edit", seed=3)
    for name, content in {
        "photo.png": png(photo.image),
        "labels.png": png(photo.labels.astype(np.uint8)),
        "recipe.json": client.get(f"/api/projects/{project}/recipe").content,
    }.items():
        (tmp_path / name).write_bytes(content)
    words = ["--labels", str(tmp_path / "labels.png"), "--recipe", str(tmp_path / "recipe.json")]
    named = ["--checkpoint", str(checkpoints[0]), "--seed", "3", "--out", str(tmp_path / "out")]
    assert main(["edit", str(tmp_path / "photo.png"), *words, *named]) == 0
    theirs = (tmp_path / "out" / "sample_000.png").read_bytes()
    assert client.get(f"/api/results/{job['results'][0]}.png").content == theirs


def test_a_preview_is_shown_but_not_kept(client: Client) -> None:
    project = new_project(client)["id"]
    job = finished(client, project, kind="preview", checkpoint="tiny-edit", operations=BOX)
    assert job["state"] == "done"
    assert pixels(client.get(f"/api/results/{job['results'][0]}.png")).shape == (64, 80, 3)
    assert client.get(f"/api/projects/{project}").json()["results"] == []


def test_a_map_alone_is_painted_and_a_part_of_an_object_removed(client: Client) -> None:
    project = blank_project(client)["id"]
    car = {"operation": "box", "x0": 8, "y0": 8, "x1": 56, "y1": 40, "class_name": "car"}
    save(client, project, 0, [car])
    job = finished(client, project, kind="synthesize", checkpoint="tiny-paint", samples=2)
    first = [pixels(client.get(f"/api/results/{result}.png")) for result in job["results"]]
    assert (first[0] != first[1]).any()
    parts = finished(client, project, kind="parts", checkpoint="tiny-paint")["results"][0]
    shown = pixels(client.get(f"/api/results/{parts}.png"))
    objects = client.get(f"/api/results/{parts}").json()["objects"]
    assert [row["area"] for row in objects] == [48 * 32]
    part = max(set(np.unique(shown).tolist()) - {0})
    removed = [car, {"operation": "remove_part", "selector": "car#0", "part": part}]
    request = {"checkpoint": "tiny-paint", "operations": removed}
    after = finished(client, project, kind="parts", **request)["results"][0]
    assert part not in pixels(client.get(f"/api/results/{after}.png"))
    job = finished(client, project, kind="synthesize", **request)
    assert (job["state"], job["done"]) == ("done", 2)
    second = pixels(client.get(f"/api/results/{job['results'][0]}.png"))
    outside = np.ones((64, 64), bool)
    outside[8:40, 8:56] = False
    assert (second[outside] == first[0][outside]).all()


def test_a_list_that_only_splits_changes_the_maps_and_paints_nothing_but_maps(client: Client) -> None:
    photo = drawn()
    things = [row for row in photo.instance_table() if row.id >= len(photo.label_space)]
    row = max(things, key=lambda row: row.area)
    middle = (row.box[1] + row.box[3]) // 2
    selector = f"{photo.label_space.names[row.class_id]}#0"
    cut = [{"operation": "split", "target": selector, "points": [[0, middle], [79, middle]]}]
    project = new_project(client, photo)["id"]
    save(client, project, 0, cut)
    after = ids(client.get(f"/api/projects/{project}/edited/instances.png"))
    assert len(np.unique(after[photo.instances == row.id])) > 1
    assert not pixels(client.get(f"/api/projects/{project}/edited/mask.png")).any()
    assert "nothing to generate" in finished(client, project, kind="edit")["error"]
    files = {"labels": ("labels.png", png(photo.labels.astype(np.uint8)))}
    maps = client.post("/api/projects", files=files).json()["id"]
    painted = finished(client, maps, kind="synthesize", checkpoint="tiny-paint", operations=cut)
    assert painted["state"] == "done", painted["error"]


def test_an_instance_takes_the_look_of_a_picture_or_of_another_instance(client: Client) -> None:
    photo = drawn()
    project = new_project(client, photo)["id"]
    files = {"picture": ("a.png", png(drawn(seed=3).image)), "labels": ("b.png", png(_labels(3)))}
    given = client.post(f"/api/projects/{project}/references", files=files).json()
    assert given["labels"]
    row = next(row for row in photo.instance_table() if row.class_id in photo.label_space.things)
    body = {"instance": row.id}
    own = client.post(f"/api/projects/{project}/references/instance", json=body).json()
    thing = photo.label_space.names[row.class_id]
    seen = []
    for reference, class_name in ((given, "road"), (own, thing)):
        style = {"path": reference["id"], "labels": reference["id"] + ".labels", "class_name": class_name}
        job = finished(client, project, kind="edit", operations=[{**BOX[0], "style": style}])
        assert job["state"] == "done", job["error"]
        details = client.get(f"/api/results/{job['results'][0]}").json()
        assert "reference" in {row["source"] for row in details["styles"]}
        seen.append(pixels(client.get(f"/api/results/{job['results'][0]}.png")))
        shown = pixels(client.get(f"/api/projects/{project}/references/{reference['id']}.png"))
        assert shown.shape == (reference["height"], reference["width"], 3)
    assert (seen[0] != seen[1]).any()


def _labels(seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.asarray(drawn(seed=seed).labels.astype(np.uint8))


def test_what_failed_is_told_in_the_words_of_the_library_without_our_paths(
    client: Client, tmp_path: Path
) -> None:
    project = new_project(client)["id"]
    operations = [{"operation": "remove", "selector": "car#77"}]
    job = finished(client, project, kind="edit", operations=operations)
    assert job["state"] == "failed"
    assert "car#77" in job["error"]
    picture = {"picture": ("a.png", png(drawn(seed=3).image)), "labels": ("b.png", png(_labels(3)))}
    reference = client.post(f"/api/projects/{project}/references", files=picture).json()["id"]
    style = {"path": reference, "labels": reference + ".labels", "class_name": "bicyclist"}
    job = finished(client, project, kind="edit", operations=[{**BOX[0], "style": style}])
    assert job["state"] == "failed"
    assert "bicyclist" in job["error"]
    assert str(tmp_path) not in job["error"]


def test_the_shipped_checkpoint_removes_a_car_of_a_rendered_street(tmp_path: Path) -> None:
    street = _street_with_car()
    with started(settings_of((), tmp_path)) as client:
        project = new_project(client, street)["id"]
        job = finished(client, project, kind="edit", operations=REMOVE_CAR)
        assert job["state"] == "done", job["error"]
        assert job["checkpoint"] == "divsem-streets"
        picture = pixels(client.get(f"/api/results/{job['results'][0]}.png"))
        changed = (picture != street.image).any(axis=2)
        car = street.labels == street.label_space.index("car")
        assert changed[car].mean() > 0.9
        assert changed.mean() < 3 * car.mean()


def _street_with_car() -> Scene:
    for seed in range(20):
        street = render_street(seed, 128, 96)
        if 200 < (street.labels == street.label_space.index("car")).sum() < 4000:
            return street
    raise AssertionError("no street has a car")


def test_the_interface_is_documented_and_loads_nothing_from_elsewhere(client: Client) -> None:
    described = client.get("/api/openapi.json").json()
    assert "/api/projects/{project_id}/jobs" in described["paths"]
    assert client.get("/docs").status_code == 404
    assert "default-src 'none'" in client.get("/").headers["content-security-policy"]


def test_an_internal_error_shows_a_number_and_no_traceback(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(client.app.state.studio.store, "list", broken)  # type: ignore[attr-defined]
    answer = client.get("/api/projects")
    assert answer.status_code == 500
    number = answer.json()["detail"].split()[-1].rstrip(".")
    assert "secret" not in answer.text
    assert number in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert client.get("/api/checkpoints").status_code == 200

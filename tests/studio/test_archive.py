"""Projects as one file: what comes back is what was saved, and nothing else is taken."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scumble.cli import main
from tests.studio.studio_fixture import (
    BOX,
    REMOVE_CAR,
    Client,
    blank_project,
    drawn,
    finished,
    new_project,
    png,
    settings_of,
    started,
)

Members = dict[str, bytes]


def rich_project(client: Client) -> str:
    """A project with everything that a project can have."""
    project: str = new_project(client)["id"]
    photo = drawn(seed=3)
    files = {"picture": ("a.png", png(photo.image)), "labels": ("b.png", png(photo.labels.astype(np.uint8)))}
    reference = client.post(f"/api/projects/{project}/references", files=files).json()["id"]
    style = {"path": reference, "labels": reference + ".labels", "class_name": "road"}
    operations = [{**BOX[0], "style": style}]
    body = {"revision": 0, "operations": operations, "undone": REMOVE_CAR, "choices": {"seed": 9}}
    assert client.put(f"/api/projects/{project}/edit", json=body).status_code == 200
    assert finished(client, project, kind="edit", checkpoint="tiny-edit")["state"] == "done"
    return project


@pytest.fixture(scope="module")
def archive(checkpoints: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A rich project from another studio."""
    with started(settings_of(checkpoints, tmp_path_factory.mktemp("elsewhere"))) as client:
        return archived(client, rich_project(client))


def archived(client: Client, project: str) -> bytes:
    answer = client.get(f"/api/projects/{project}/archive")
    assert answer.status_code == 200
    return bytes(answer.content)


def opened(client: Client, archive: bytes) -> Any:
    return client.post("/api/projects/archive", files={"archive": ("../../x", archive)})


def members_of(archive: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_a_project_comes_back_as_it_was(client: Client, tmp_path: Path) -> None:
    old = rich_project(client)
    answer = opened(client, archived(client, old))
    assert answer.status_code == 201, answer.text
    one, other = client.get(f"/api/projects/{old}").json(), answer.json()
    assert one["id"] != other["id"]
    for key in ("title", "width", "height", "photo", "label_space"):
        assert one[key] == other[key]
    for name in ("photo", "labels", "instances", "edited/labels", "edited/mask"):
        first, second = (client.get(f"/api/projects/{p['id']}/{name}.png") for p in (one, other))
        assert first.status_code == 200
        assert first.content == second.content
    (first,), (second,) = one["results"], other["results"]
    pictures = [client.get(f"/api/results/{result['id']}.png").content for result in (first, second)]
    assert pictures[0] == pictures[1]
    again = finished(client, other["id"], kind="edit", seed=first["seed"], checkpoint="tiny-edit")
    assert client.get(f"/api/results/{again['results'][0]}.png").content == pictures[0]
    assert other["edit"]["choices"]["seed"] == 9
    assert [entry["operation"] for entry in other["edit"]["undone"]] == ["remove"]
    assert not [path for path in (tmp_path / "projects").iterdir() if path.name.endswith(".scumble")]


def test_the_unpacked_file_replays_on_the_command_line(
    client: Client,
    archive: bytes,
    checkpoints: tuple[Path, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        file.extractall(folder)
    monkeypatch.chdir(folder)
    words = ["photo.png", "--labels", "labels.png", "--instances", "instances.png", "--recipe", "edit.json"]
    named = ["--checkpoint", str(checkpoints[0]), "--seed", "0", "--out", "out"]
    assert main(["edit", *words, *named]) == 0
    (result,) = folder.glob("results/*.png")
    assert (folder / "out" / "sample_000.png").read_bytes() == result.read_bytes()


def test_a_project_without_maps_and_one_without_a_photo_come_back(client: Client) -> None:
    for project in (new_project(client, maps=False), blank_project(client)):
        again = opened(client, archived(client, project["id"])).json()
        assert (again["maps"], again["photo"]) == (project["maps"], project["photo"])


def changed(name: str, change: Callable[[Any], Any]) -> Callable[[Members], Members]:
    def apply(members: Members) -> Members:
        return {**members, name: json.dumps(change(json.loads(members[name]))).encode()}

    return apply


def renamed_results(members: Members) -> Members:
    return {("../" + name if name.startswith("results") else name): data for name, data in members.items()}


def with_result(change: dict[str, Any]) -> Callable[[Members], Members]:
    def apply(members: Members) -> Members:
        (name,) = (name for name in members if name.startswith("results/") and name.endswith(".json"))
        return {**members, name: json.dumps({**json.loads(members[name]), **change}).encode()}

    return apply


UNKNOWN = f"references/{'A' * 22}.png"
HOSTILE: dict[str, Callable[[Members], Members]] = {
    "a path upwards": lambda m: {**m, "../evil.png": b"x"},
    "an absolute path": lambda m: {**m, "/tmp/evil.png": b"x"},
    "a path of Windows": lambda m: {**m, "..\\evil.png": b"x"},
    "an unknown member": lambda m: {**m, "run.sh": b"x"},
    "results elsewhere": renamed_results,
    "no photo": lambda m: {name: data for name, data in m.items() if name != "photo.png"},
    "no project": lambda m: {name: data for name, data in m.items() if name != "project.json"},
    "no edit": lambda m: {name: data for name, data in m.items() if name != "edit.json"},
    "no instances": lambda m: {name: data for name, data in m.items() if name != "instances.png"},
    "a photo that is none": lambda m: {**m, "photo.png": b"<html>"},
    "labels of another size": lambda m: {**m, "labels.png": png(np.zeros((4, 4), np.uint8))},
    "labels without a class": lambda m: {**m, "labels.png": png(np.full((64, 80), 200, np.uint8))},
    "a result that is none": lambda m: {
        n: b"x" if "results/" in n and n.endswith("g") else d for n, d in m.items()
    },
    "json that is none": lambda m: {**m, "project.json": b"{"},
    "json that is deep": lambda m: {**m, "project.json": b"[" * 100_000},
    "json that is a list": lambda m: {**m, "edit.json": b"[]"},
    "another format": changed("project.json", lambda v: {**v, "format": 99}),
    "a key too many": changed("project.json", lambda v: {**v, "path": "/etc"}),
    "a wild label space": changed("project.json", lambda v: {**v, "label_space": {"name": 1}}),
    "numbers that are none": with_result({"created": float("nan")}),
    "a result of another size": with_result({"width": 10**9}),
    "a result with a path": with_result({"id": "../../../../etc/passwd"}),
    "a style with a path": changed(
        "edit.json", lambda v: {**v, "edit": {"operations": [{**BOX[0], "style": {"path": "/etc/passwd"}}]}}
    ),
    "a style with an unknown reference": changed(
        "edit.json",
        lambda v: {
            **v,
            "edit": {"operations": [{**BOX[0], "style": {"path": f"references/{'A' * 22}.png"}}]},
        },
    ),
    "an unknown operation": changed(
        "edit.json", lambda v: {**v, "edit": {"operations": [{"operation": "x"}]}}
    ),
    "a huge mask": changed(
        "edit.json",
        lambda v: {
            **v,
            "edit": {
                "operations": [
                    {"operation": "free_mask", "mask": {"size": [2**20, 2**20], "runs": [0, 2**40]}}
                ]
            },
        },
    ),
}


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_hostile_members_are_refused(client: Client, archive: bytes, tmp_path: Path, kind: str) -> None:
    answer = opened(client, zipped(HOSTILE[kind](members_of(archive))))
    assert answer.status_code == 422, answer.text
    assert str(tmp_path) not in answer.text
    assert client.get("/api/projects").json() == []
    assert [path.name for path in (tmp_path / "projects").iterdir()] == [".lock"]
    assert not list(tmp_path.rglob("*evil*"))


def test_what_is_no_zip_archive_is_refused(client: Client, archive: bytes) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file, pytest.warns(UserWarning, match="Duplicate"):
        for name, content in members_of(archive).items():
            file.writestr(name, content)
        file.writestr("photo.png", b"again")
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as file:
        for number in range(6000):
            file.writestr(f"{number}", b"")
    bent = bytearray(archive)
    bent[len(bent) // 2 : len(bent) // 2 + 40] = bytes(40)
    for content in (
        b"",
        b"PK",
        b"x" * 1000,
        archive[:-10],
        archive[100:],
        archive + b"x",
        archive[-22:],
        bytes(bent),
        stream.getvalue(),
        many.getvalue(),
        zipped(members_of(archive), zipfile.ZIP_LZMA),
    ):
        assert opened(client, content).status_code == 422
    assert opened(client, archive).status_code == 201


def test_an_archive_that_unfolds_is_refused(
    client: Client, archive: bytes, checkpoints: tuple[Path, ...], tmp_path: Path
) -> None:
    with started(settings_of(checkpoints, tmp_path / "small", max_archive_bytes=1_000_000)) as small:
        swollen = zipped({**members_of(archive), f"results/{'A' * 22}.png": bytes(10_000_000)})
        assert len(swollen) < 900_000
        answer = opened(small, swollen)
        assert answer.status_code == 422
        assert "unpacks to more" in answer.json()["detail"]
        assert opened(small, archive).status_code == 201


def test_changed_bytes_never_break_the_studio(client: Client, archive: bytes) -> None:
    rng = np.random.default_rng(0)
    for _ in range(40):
        bent = bytearray(archive)
        for place in rng.integers(0, len(bent), rng.integers(1, 9)).tolist():
            bent[place] ^= int(rng.integers(1, 256))
        assert opened(client, bytes(bent)).status_code in (201, 422)
        # Near the end are the names and sizes of all members.
        bent = bytearray(archive)
        for place in rng.integers(len(bent) - 900, len(bent), 3).tolist():
            bent[place] ^= int(rng.integers(1, 256))
        assert opened(client, bytes(bent)).status_code in (201, 422)

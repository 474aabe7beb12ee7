"""Who may talk to a studio, and how much: everything else is refused, and the studio lives on."""

from __future__ import annotations

import json
import socket
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.studio.studio_fixture import (
    BOX,
    Client,
    drawn,
    finished,
    new_project,
    png,
    served,
    settings_of,
    started,
)

OTHER = "AAAAAAAAAAAAAAAAAAAAAA"
"""An id that nothing has."""


def lives(client: Client) -> bool:
    """Whether it still does its work."""
    job = finished(client, new_project(client)["id"], kind="preview", operations=BOX)
    return str(job["state"]) == "done"


@pytest.mark.parametrize(
    ("host", "passes"),
    [
        ("localhost", True),
        ("LOCALHOST:8765", True),
        ("127.0.0.1:1", True),
        ("[::1]:8765", True),
        ("evil.example", False),
        ("evil.example:8765", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost@evil.example", False),
        ("", False),
    ],
)
def test_only_our_own_names_are_answered(client: Client, host: str, passes: bool) -> None:
    for path in ("/api/checkpoints", "/"):
        answer = client.get(path, headers={"host": host})
        assert (answer.status_code != 400) is passes


@pytest.mark.parametrize(
    ("origin", "passes"),
    [
        ("http://localhost", True),
        ("http://localhost:3000", False),
        ("http://127.0.0.1", False),
        ("https://evil.example", False),
        ("null", False),
        ("file://", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_pages_of_other_origins_are_refused(client: Client, origin: str, passes: bool) -> None:
    body = {"width": 8, "height": 8}
    answer = client.post("/api/projects/blank", json=body, headers={"origin": origin})
    assert answer.status_code == (201 if passes else 403)
    assert len(client.get("/api/projects").json()) == passes


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)]
)
def test_pictures_are_not_given_to_pages_of_other_sites(client: Client, site: str, status: int) -> None:
    project = new_project(client)["id"]
    headers = {"sec-fetch-site": site}
    assert client.get(f"/api/projects/{project}/photo.png", headers=headers).status_code == status


@pytest.fixture
def locked(checkpoints: tuple[Path, ...], tmp_path: Path) -> Iterator[Client]:
    """A client of a studio that wants a token."""
    settings = settings_of(checkpoints, tmp_path, token="right-token", hosts=("studio.example",))
    with started(settings) as client:
        client.base_url = "http://studio.example"
        yield client


@pytest.mark.parametrize("path", ["/", "/api/projects", "/api/openapi.json", f"/api/results/{OTHER}.png"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": "Basic right-token"},
        {"cookie": "scumble-token=wrong"},
        {"cookie": 'a="'},
        {"authorization": b"Bearer \xc3\xa9"},
    ],
)
def test_without_the_token_nothing_is_answered(locked: Client, path: str, headers: dict[str, Any]) -> None:
    assert locked.get(path, headers=headers).status_code == 401
    assert locked.get(path + "?token=wrong", headers=headers).status_code == 401


def test_a_program_brings_the_token_in_a_header_and_a_browser_gets_a_cookie(locked: Client) -> None:
    with_header = locked.get("/api/projects", headers={"authorization": "Bearer right-token"})
    assert with_header.status_code == 200
    assert locked.get("/api/projects?token=right-token").status_code == 401
    entry = locked.get("/?token=right-token", follow_redirects=False)
    assert (entry.status_code, entry.headers["location"]) == (303, "/")
    assert "HttpOnly" in entry.headers["set-cookie"]
    assert "SameSite=Strict" in entry.headers["set-cookie"]
    assert locked.get("/api/projects").status_code == 200


def test_oversize_bodies_are_refused_while_they_come_in(
    checkpoints: tuple[Path, ...], tmp_path: Path
) -> None:
    limits = {"max_json_bytes": 2000, "max_upload_bytes": 50_000, "max_archive_bytes": 60_000}
    with started(settings_of(checkpoints, tmp_path, **limits)) as client:
        project = new_project(client)["id"]
        edit = {"revision": 0, "operations": [{"operation": "remove", "selector": "x" * 3000}]}
        assert client.put(f"/api/projects/{project}/edit", json=edit).status_code == 413
        for path in ("/api/projects", "/api/projects/archive", f"/api/projects/{project}/references"):
            answer = client.post(path, files={"photo": ("a", bytes(70_000))})
            assert answer.status_code == 413, path

        def pieces() -> Iterator[bytes]:
            yield b'{"revision": 0, "operations": ["'
            for _ in range(50):
                yield b"x" * 100
            yield b'"]}'

        # Without a Content-Length the bytes are counted as they come.
        answer = client.put(f"/api/projects/{project}/edit", content=pieces())
        assert answer.status_code == 413
        assert "2,000" in answer.json()["detail"]
        assert lives(client)
    assert [path for path in tmp_path.iterdir() if path.is_file() and path.name != ".lock"] == []


def test_a_body_that_never_ends_is_cut_off(checkpoints: tuple[Path, ...], tmp_path: Path) -> None:
    with served(settings_of(checkpoints, tmp_path, max_upload_bytes=100_000)) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            head = "POST /api/projects HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            kind = "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
            connection.sendall((head + kind).encode())
            part = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
            connection.sendall(b"%x\r\n%s\r\n" % (len(part), part))
            sent = 0
            try:
                while sent < 50_000_000:
                    connection.sendall(b"2710\r\n" + bytes(10_000) + b"\r\n")
                    sent += 10_000
                    connection.settimeout(20)
            except OSError:
                pass  # the server has hung up
            assert sent < 50_000_000


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    data = b"IDAT" + zlib.compress(bytes(1000))
    body = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    return b"\x89PNG\r\n\x1a\n" + chunk + body


@pytest.mark.parametrize("size", [(200_000, 200_000), (65_000, 1000)])
def test_pictures_that_unfold_are_refused(client: Client, size: tuple[int, int]) -> None:
    photo = ("photo.png", png(drawn().image))
    project = new_project(client)["id"]
    for path, files in (
        ("/api/projects", {"photo": ("a.png", bomb(*size))}),
        ("/api/projects", {"photo": photo, "labels": ("a.png", bomb(*size))}),
        (f"/api/projects/{project}/references", {"picture": ("a.png", bomb(*size))}),
    ):
        answer = client.post(path, files=files)
        assert answer.status_code == 422
        assert "pixels" in answer.json()["detail"]
    assert lives(client)


@pytest.mark.parametrize("masks", [1, 5])
def test_masks_that_unfold_are_refused(client: Client, masks: int) -> None:
    project = new_project(client)["id"]
    side = 20_000 if masks == 1 else 8_000
    mask = {"size": [side, side], "runs": [0, side * side]}
    operations = [{"operation": "free_mask", "mask": mask}] * masks
    answer = client.put(f"/api/projects/{project}/edit", json={"revision": 0, "operations": operations})
    assert answer.status_code == 422
    assert "pixels" in answer.json()["detail"]


@pytest.mark.parametrize(
    "name", ["../../evil.png", "/etc/passwd", "C:\\evil.png", "a\0b.png", "x" * 200, "..", "photo.npy", "é"]
)
def test_names_of_files_mean_nothing(client: Client, tmp_path: Path, name: str) -> None:
    before = set(tmp_path.parent.rglob("*evil*"))
    quoted = name.replace("\\", "\\\\").replace("\0", "%00")
    head = f'--b\r\nContent-Disposition: form-data; name="photo"; filename="{quoted}"\r\n\r\n'.encode()
    body = head + png(drawn().image) + b"\r\n--b--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = client.post("/api/projects", content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    folder = tmp_path / "projects" / answer.json()["id"]
    assert {path.name for path in folder.iterdir()} == {
        "project.json",
        "edit.json",
        "photo.png",
        "references",
        "results",
    }
    assert set(tmp_path.parent.rglob("*evil*")) == before


@pytest.mark.parametrize(
    "path",
    ["/etc/hostname", "../../x/photo.png", "http://evil.example/a.png", "photo.png", "", OTHER, "\ud800"],
)
def test_a_style_opens_no_file_that_a_client_names(client: Client, path: str) -> None:
    project = new_project(client)["id"]
    style = {"path": path, "labels": path}
    operations = [{**BOX[0], "style": style}]
    for answer in (
        client.put(
            f"/api/projects/{project}/edit",
            content=json.dumps({"revision": 0, "operations": operations}),
            headers={"content-type": "application/json"},
        ),
        client.post(
            f"/api/projects/{project}/jobs",
            content=json.dumps({"kind": "edit", "operations": operations}),
            headers={"content-type": "application/json"},
        ),
    ):
        assert answer.status_code == 422
        assert "reference picture" in answer.json()["detail"] or "Unicode" in answer.json()["detail"]


def test_a_reference_of_another_project_is_none_of_this_one(client: Client) -> None:
    one, other = (new_project(client)["id"] for _ in range(2))
    files = {"picture": ("a.png", png(drawn().image))}
    reference = client.post(f"/api/projects/{one}/references", files=files).json()["id"]
    operations = [{**BOX[0], "style": {"path": reference}}]
    body = {"revision": 0, "operations": operations}
    assert client.put(f"/api/projects/{one}/edit", json=body).status_code == 200
    assert client.put(f"/api/projects/{other}/edit", json=body).status_code == 422
    assert client.get(f"/api/projects/{other}/references/{reference}.png").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/%2e%2e/%2e%2e/app.py",
        "/..%2fapp.py",
        "//etc/passwd",
        "/api/projects/../../etc/passwd",
        "/api/projects/..%2f..%2f/photo.png",
        f"/api/results/..%2f{OTHER}.png",
        f"/api/projects/{OTHER}/photo.png",
        "/api/results/%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00.png",
    ],
)
def test_paths_lead_nowhere_else(client: Client, path: str) -> None:
    assert client.get(path).status_code in (404, 422)


def test_a_checkpoint_is_found_by_its_listed_name_alone(
    client: Client, checkpoints: tuple[Path, ...]
) -> None:
    project = new_project(client)["id"]
    for name in (str(checkpoints[0]), "../tiny-edit", "", "."):
        request = {"kind": "edit", "checkpoint": name, "operations": BOX}
        assert client.post(f"/api/projects/{project}/jobs", json=request).status_code == 404


def test_a_flood_of_requests_is_slowed_down(checkpoints: tuple[Path, ...], tmp_path: Path) -> None:
    with started(settings_of(checkpoints, tmp_path, requests_per_second=5.0)) as client:
        answers = [client.get("/api/projects") for _ in range(60)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
        assert answers[0].status_code == 200


def test_every_answer_forbids_what_a_page_could_be_tricked_into(client: Client) -> None:
    for path in ("/", "/api/projects", "/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"

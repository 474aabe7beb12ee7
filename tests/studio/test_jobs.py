"""Jobs: queued, told about, cancelled, refused when there are too many."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from scumble.studio import studio as studio_module
from scumble.studio.work import Done, Painted, Task
from tests.studio.studio_fixture import (
    BOX,
    Client,
    blank_project,
    drawn,
    ended,
    finished,
    new_project,
    save,
    served,
    settings_of,
)


class Brake:
    """Stands in for the networks: work begins, and goes on step by step as the test says."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.begun: list[Task] = []

    def __call__(self, task: Task, *given: Any) -> Done:
        step: Callable[[], None] = given[-1]
        self.begun.append(task)
        for _ in range(task.steps):
            assert self.go.acquire(timeout=30)
            step()
        return Done([Painted(drawn().image, seed) for seed in task.seeds])

    def release(self) -> None:
        """Let everything run to its end."""
        self.go.release(10_000)


@pytest.fixture
def brake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Brake]:
    """Work that waits for the test."""
    brake = Brake()
    monkeypatch.setattr(studio_module, "carry_out", brake)
    yield brake
    brake.release()


def submit(client: httpx.Client, project: str, **request: Any) -> httpx.Response:
    return client.post(f"/api/projects/{project}/jobs", json={"kind": "edit", "operations": BOX, **request})


def test_of_a_hundred_jobs_those_that_fit_are_done_and_the_others_refused(
    client: Client, brake: Brake
) -> None:
    project = new_project(client)["id"]
    answers = [submit(client, project) for _ in range(100)]
    accepted = [answer.json()["id"] for answer in answers if answer.status_code == 202]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(accepted) + len(refused) == 100
    assert 16 <= len(accepted) <= 17
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    brake.release()
    assert all(ended(client, job)["state"] == "done" for job in accepted)
    assert submit(client, project).status_code == 202


def test_a_waiting_job_is_cancelled_at_once_and_never_begun(client: Client, brake: Brake) -> None:
    project = new_project(client)["id"]
    first, second = (submit(client, project, seed=seed).json()["id"] for seed in (1, 2))
    assert client.delete(f"/api/jobs/{second}").json()["state"] == "cancelled"
    brake.release()
    assert ended(client, first)["state"] == "done"
    assert [task.seed for task in brake.begun] == [1]


def test_a_long_job_ends_after_the_picture_that_is_being_painted(client: Client, brake: Brake) -> None:
    project = new_project(client)["id"]
    job = submit(client, project, samples=64).json()["id"]
    brake.go.release()
    while client.get(f"/api/jobs/{job}").json()["done"] < 1:
        time.sleep(0.005)
    client.delete(f"/api/jobs/{job}")
    brake.go.release()
    told = ended(client, job)
    assert (told["state"], told["done"], told["results"]) == ("cancelled", 2, [])
    assert client.get(f"/api/projects/{project}").json()["results"] == []
    assert client.delete(f"/api/jobs/{job}").json()["state"] == "cancelled"


def test_a_long_edit_of_a_real_network_is_cancelled(client: Client) -> None:
    project = new_project(client, drawn(160, 128))["id"]
    job = submit(client, project, samples=64).json()["id"]
    while client.get(f"/api/jobs/{job}").json()["done"] < 1:
        time.sleep(0.005)
    client.delete(f"/api/jobs/{job}")
    told = ended(client, job)
    assert told["state"] == "cancelled"
    assert told["done"] < 64
    assert finished(client, project, kind="preview", operations=BOX)["state"] == "done"


def test_a_newer_preview_replaces_one_that_waits(client: Client, brake: Brake) -> None:
    one, other = (new_project(client)["id"] for _ in range(2))
    running = submit(client, one, kind="preview", seed=1).json()["id"]
    while not brake.begun:
        time.sleep(0.005)
    waiting = submit(client, one, kind="preview", seed=2).json()["id"]
    elsewhere = submit(client, other, kind="preview", seed=3).json()["id"]
    newer = submit(client, one, kind="preview", seed=4).json()["id"]
    assert client.get(f"/api/jobs/{waiting}").json()["state"] == "cancelled"
    brake.release()
    assert [ended(client, job)["state"] for job in (running, elsewhere, newer)] == ["done"] * 3
    assert [task.seed for task in brake.begun] == [1, 3, 4]


def test_jobs_of_a_deleted_project_end(client: Client, brake: Brake) -> None:
    project = new_project(client)["id"]
    running, waiting = (submit(client, project).json()["id"] for _ in range(2))
    while not brake.begun:
        time.sleep(0.005)
    assert client.delete(f"/api/projects/{project}").status_code == 204
    brake.release()
    assert ended(client, running)["state"] == ended(client, waiting)["state"] == "cancelled"


def test_events_tell_a_job_from_beginning_to_end(checkpoints: tuple[Path, ...], tmp_path: Path) -> None:
    with served(settings_of(checkpoints, tmp_path)) as address, httpx.Client(base_url=address) as client:
        project = new_project(client)["id"]
        for kind, samples, names in (
            ("edit", 3, ["queued", *["progress"] * 4, "done"]),
            ("preview", 1, ["queued", *["progress"] * 2, "preview", "done"]),
        ):
            job = submit(client, project, kind=kind, samples=samples).json()["id"]
            events = read_events(client, job)
            assert [name for name, _ in events] == names
            assert [told["done"] for _, told in events][-1] == samples
            assert len(events[-1][1]["results"]) == samples
            assert read_events(client, job, last=len(events) - 1) == events[-1:]


def read_events(client: httpx.Client, job: str, last: int = 0) -> list[tuple[str, dict[str, Any]]]:
    headers = {"last-event-id": str(last)} if last else {}
    events = []
    with client.stream("GET", f"/api/jobs/{job}/events", headers=headers, timeout=60) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
    return events


def test_events_come_while_the_work_goes_on(
    checkpoints: tuple[Path, ...], tmp_path: Path, brake: Brake
) -> None:
    with served(settings_of(checkpoints, tmp_path)) as address, httpx.Client(base_url=address) as client:
        project = new_project(client)["id"]
        job = submit(client, project, samples=2).json()["id"]
        with client.stream("GET", f"/api/jobs/{job}/events", timeout=30) as answer:
            lines = answer.iter_lines()
            for done in (0, 1, 2):
                wanted = f'"done":{done},'
                assert any(line.startswith("data: ") and wanted in line for line in lines)
                brake.go.release()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"kind": "edit", "operations": []}, 409),
        ({"kind": "edit", "checkpoint": "tiny-label"}, 409),
        ({"kind": "edit", "checkpoint": "none"}, 404),
        ({"kind": "dance"}, 422),
        ({"kind": "edit", "samples": 0}, 422),
        ({"kind": "edit", "samples": 65}, 422),
        ({"kind": "edit", "seed": -1}, 422),
        ({"kind": "edit", "seed": 2**60}, 422),
        ({"kind": "edit", "seed": "1"}, 422),
        ({"kind": "edit", "path": "/etc"}, 422),
        ({"kind": "edit", "operations": [{"operation": "explode"}]}, 422),
    ],
)
def test_impossible_jobs_are_refused_before_they_wait(
    client: Client, request_: dict[str, Any], status: int
) -> None:
    project = new_project(client)["id"]
    answer = client.post(f"/api/projects/{project}/jobs", json={"operations": BOX, **request_})
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_what_a_project_lacks_is_told(client: Client) -> None:
    unlabelled = new_project(client, maps=False)["id"]
    assert "label the photo first" in submit(client, unlabelled).json()["detail"]
    blank = blank_project(client)["id"]
    assert "no photo to edit" in submit(client, blank).json()["detail"]
    assert "no photo to label" in submit(client, blank, kind="label").json()["detail"]
    narrow = blank_project(client, 600, 8)["id"]
    assert "times as long" in submit(client, narrow, kind="synthesize", operations=[]).json()["detail"]


def test_a_job_that_breaks_is_told_without_its_reason(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> Done:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(studio_module, "carry_out", broken)
    project = new_project(client)["id"]
    job = ended(client, submit(client, project).json()["id"])
    assert job["state"] == "failed"
    assert "secret" not in job["error"]
    assert job["error"].split()[-1].rstrip(".") in caplog.text
    monkeypatch.undo()
    assert finished(client, project, kind="preview", operations=BOX)["state"] == "done"


def test_saved_operations_are_used_where_none_are_sent(client: Client) -> None:
    project = new_project(client)["id"]
    save(client, project, 0, BOX)
    job = finished(client, project, kind="edit")
    operations = client.get(f"/api/results/{job['results'][0]}").json()["operations"]
    assert [entry["operation"] for entry in operations] == ["box"]

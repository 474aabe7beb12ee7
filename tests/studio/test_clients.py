"""Many clients at once: nothing is lost, nothing of one reaches another, memory stays bounded."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from scumble.scene import Scene
from tests.studio.studio_fixture import drawn, ended, ids, new_project, pixels, save, served, settings_of

CLIENTS = 20
SECONDS = float(os.environ.get("SCUMBLE_STUDIO_SECONDS", "4"))
MEMORY = 600_000_000
"""Bytes by which the process may grow, with the photos and pictures of all clients."""


class OneClient(threading.Thread):
    """Edits its own photo again and again, and looks whether everything that comes back is its own."""

    def __init__(self, address: str, number: int, until: float) -> None:
        super().__init__(daemon=True)
        self.address, self.number, self.until = address, number, until
        self.done = self.refused = 0
        self.error: BaseException | None = None

    def run(self) -> None:
        """Until the time is over; what goes wrong is kept for the test."""
        try:
            with httpx.Client(base_url=self.address, timeout=120) as client:
                self._work(client)
        except BaseException as error:
            self.error = error

    def _work(self, client: httpx.Client) -> None:
        photo = self._photo()
        project = new_project(client, photo)["id"]
        operations: list[Any] = []
        while time.monotonic() < self.until or not self.done:
            x = (self.number + len(operations)) % 30
            box = {"operation": "box", "x0": x, "y0": 4, "x1": x + 8, "y1": 20, "class_name": "car"}
            operations.append(box)
            operations = operations[-5:]
            revision = client.get(f"/api/projects/{project}/edit").json()["revision"]
            saved = save(client, project, revision, operations)
            assert saved["operations"] == operations
            self._paint(client, project, photo, operations)
        told = client.get(f"/api/projects/{project}").json()
        assert told["edit"]["operations"] == operations
        assert len(told["results"]) == self.done

    def _paint(self, client: httpx.Client, project: str, photo: Scene, operations: list[Any]) -> None:
        request = {"kind": "edit", "checkpoint": "tiny-edit", "seed": self.number}
        answer = client.post(f"/api/projects/{project}/jobs", json=request)
        if answer.status_code == 429:
            self.refused += 1
            time.sleep(0.1)
            return
        assert answer.status_code == 202, answer.text
        job = ended(client, answer.json()["id"], seconds=120)
        assert (job["state"], job["project"]) == ("done", project), job
        details = client.get(f"/api/results/{job['results'][0]}").json()
        assert (details["seed"], details["operations"]) == (self.number, operations)
        mask = pixels(client.get(f"/api/projects/{project}/edited/mask.png")) > 0
        picture = pixels(client.get(f"/api/results/{job['results'][0]}.png"))
        assert (picture[~mask] == photo.image[~mask]).all()
        assert (ids(client.get(f"/api/projects/{project}/labels.png")) == photo.labels).all()
        self.done += 1

    def _photo(self) -> Scene:
        """A photo that no other client has."""
        scene = drawn(40, 32, seed=self.number)
        image = scene.image // 4 + np.uint8(self.number * 9 % 192)
        return Scene(image, scene.labels, scene.instances, scene.label_space)


def test_twenty_clients_get_their_own_and_all_of_it(checkpoints: tuple[Path, ...], tmp_path: Path) -> None:
    with served(settings_of(checkpoints, tmp_path, queue=8, requests_per_second=10_000.0)) as address:
        with httpx.Client(base_url=address, timeout=60) as client:
            OneClient(address, 99, 0)._work(client)
        before = memory()
        until = time.monotonic() + SECONDS
        clients = [OneClient(address, number, until) for number in range(CLIENTS)]
        for client_ in clients:
            client_.start()
        for client_ in clients:
            client_.join(timeout=SECONDS + 300)
        assert [client_.error for client_ in clients] == [None] * CLIENTS
        assert all(client_.done for client_ in clients)
        with httpx.Client(base_url=address, timeout=60) as client:
            assert len(client.get("/api/projects").json()) == CLIENTS + 1
        growth = memory() - before
        pictures, refused = (sum(getattr(c, name) for c in clients) for name in ("done", "refused"))
        print(f"\n{pictures} pictures, {refused} refusals; the process grew by {growth / 1e6:.0f} MB")
        assert growth < MEMORY


def memory() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")

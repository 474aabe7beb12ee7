"""A studio that is killed: no project is damaged, and at most the action that was on its way is missing."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from scumble.studio.projects import Project, write_project
from scumble.studio.store import Store
from tests.studio.studio_fixture import REMOVE_CAR, drawn, ended, new_project, save

KILLS = int(os.environ.get("SCUMBLE_KILLS", "20"))
"""Kills of the process that saves."""

SAVER = r"""
import os
import sys
import numpy as np
from pathlib import Path
from scumble.studio.models import EditSave
from scumble.studio.store import Store

def work():
    store = Store(Path(sys.argv[1]), 10)
    (project,) = store.list()
    edit = project.edit()
    operations = edit.operations
    while True:
        x = len(operations)
        box = {"operation": "box", "x0": x % 70, "y0": 0, "x1": x % 70 + 5, "y1": 9, "class_name": "car"}
        operations = [*operations, box][-200:]
        edit = project.save_edit(EditSave(revision=edit.revision, operations=operations))
        # One write, which no kill cuts in two, as it would a line and its end that print writes one by one.
        os.write(1, b"%d\n" % edit.revision)
        if edit.revision % 5 == 0:
            project.add_reference(np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.int32))

# Importing takes longer than all else, so it is done once, and every process to be killed is a copy.
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os.write(1, b"ready %d\n" % os.getpid())
        work()
    os.waitpid(child, 0)
    os.write(1, b"dead\n")
"""


def test_kills_while_saving_cost_at_most_the_last_action(tmp_path: Path) -> None:
    make_project(tmp_path)
    rng = np.random.default_rng(0)
    command = [sys.executable, "-c", SAVER, str(tmp_path)]
    saver = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert saver.stdin is not None
    assert saver.stdout is not None
    told = 0
    for _ in range(KILLS):
        saver.stdin.write("go\n")
        saver.stdin.flush()
        child = int(saver.stdout.readline().removeprefix("ready "))
        for _ in range(int(rng.integers(1, 9))):
            told = int(saver.stdout.readline())
        time.sleep(float(rng.uniform(0, 0.02)))
        os.kill(child, signal.SIGKILL)
        while (line := saver.stdout.readline()) != "dead\n":
            told = int(line)
        project = opened(tmp_path)
        edit = project.edit()
        assert edit.revision - told in (0, 1)
        assert len(edit.operations) == min(edit.revision, 200)
        assert project.parse(edit.operations) is not None
        for reference in project.references.values():
            assert project.reference_picture(reference.id).is_file()
    saver.stdin.close()
    assert saver.wait(timeout=60) == 0
    assert told > KILLS
    assert {path.name for path in tmp_path.iterdir()} == {".lock", project.id}


def make_project(root: Path) -> None:
    store, photo = Store(root, 10), drawn()
    with store.making() as folder:
        maps = photo.labels, photo.instances
        write_project(folder, "", photo.image, maps, photo.label_space, photo=True)
        store.added(folder)
    store.close()


def opened(root: Path) -> Project:
    store = Store(root, 10)
    (project,) = store.list()
    store.close()
    return project


def start(projects: Path, *words: str) -> tuple[subprocess.Popen[str], str]:
    """``scumble studio`` as a process, and its address."""
    # A test that runs in the background is started with Ctrl+C ignored, and hands that on.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "scumble", "studio"]
    command += ["--port=0", "--no-browser"]
    studio = subprocess.Popen([*command, f"--projects={projects}", *words], stdout=subprocess.PIPE, text=True)
    assert studio.stdout is not None
    found = re.search(r"http://\S+", studio.stdout.readline())
    assert found is not None
    return studio, found[0]


def test_a_killed_studio_opens_with_everything_that_it_confirmed(
    checkpoints: tuple[Path, ...], tmp_path: Path
) -> None:
    words = ("--checkpoint", str(checkpoints[0]))
    studio, address = start(tmp_path, *words)
    with httpx.Client(base_url=address, timeout=60) as client:
        project = new_project(client)["id"]
        job: dict[str, Any] = client.post(
            f"/api/projects/{project}/jobs", json={"kind": "edit", "operations": REMOVE_CAR}
        ).json()
        result = ended(client, job["id"])["results"][0]
        client.post(
            f"/api/projects/{project}/jobs", json={"kind": "edit", "operations": REMOVE_CAR, "samples": 64}
        )
        operations: list[Any] = []
        for revision in range(30):
            operations.append({"operation": "box", "x0": revision, "y0": 0, "x1": revision + 5, "y1": 9})
            save(client, project, revision, operations)
        studio.kill()
        studio.wait()
    studio, address = start(tmp_path, *words)
    with httpx.Client(base_url=address, timeout=60) as client:
        again = client.get(f"/api/projects/{project}").json()
        assert again["edit"]["revision"] == 30
        assert again["edit"]["operations"] == operations
        assert result in [row["id"] for row in again["results"]]
        assert client.get(f"/api/results/{result}.png").status_code == 200
    # Ctrl+C ends it in good order.
    studio.send_signal(signal.SIGINT)
    assert studio.wait(timeout=60) == 130

"""The page's JavaScript and Python make the same maps of an edit list, bit for bit."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scumble.edit import Edit, Edited, Erase, Merge, Operation, Split
from scumble.errors import InputError
from scumble.run_lengths import encode_mask
from scumble.scene import Scene
from scumble.studio.spaces import space_model
from tests.studio.drawing_lists import CAMVID, random_list, random_scene, regrouping_list, written

NODE = shutil.which("node")
SCRIPT = Path(__file__).parent / "rasterise.mjs"
pytestmark = pytest.mark.skipif(
    NODE is None, reason="node is not installed, so the page's modules cannot run"
)


def in_node(tasks: Sequence[tuple[Scene, list[Operation]]]) -> list[Any]:
    """What the page's modules say of each scene and list."""
    lines = [
        json.dumps(
            {
                "space": space_model(CAMVID).model_dump(),
                "width": scene.size[0],
                "height": scene.size[1],
                "labels": scene.labels.ravel().tolist(),
                "instances": scene.instances.ravel().tolist(),
                "parts": None if scene.parts is None else scene.parts.ravel().tolist(),
                "operations": [written(operation) for operation in operations],
            }
        )
        for scene, operations in tasks
    ]
    assert NODE is not None
    done = subprocess.run(
        [NODE, str(SCRIPT)], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def in_python(
    scene: Scene, operations: list[Operation]
) -> tuple[list[bool], list[str], Edited | None, set[int]]:
    """Which operations can be carried out, the maps after each, the last maps, and ids that objects lost."""
    kept: list[Operation] = []
    carried: list[bool] = []
    steps: list[str] = []
    edited = None
    present, lost = things(scene), set[int]()
    for operation in operations:
        try:
            edited = Edit((*kept, operation)).apply(scene, generate=False)
        except InputError:
            carried.append(False)
            continue
        steps.append(digest(edited))
        carried.append(True)
        kept.append(operation)
        before, present = present, things(edited.scene)
        lost |= before - present
        if isinstance(operation, Erase):
            lost -= present - before  # it brings back the objects themselves
    return carried, steps, edited, lost


def things(scene: Scene) -> set[int]:
    """The ids of the countable objects."""
    return {int(number) for number in np.unique(scene.instances) if number >= len(CAMVID.classes)}


def digest(edited: Edited) -> str:
    scene = edited.scene
    found = hashlib.sha1(scene.labels.tobytes() + scene.instances.tobytes() + edited.mask.tobytes())
    if scene.parts is not None:
        found.update(scene.parts.astype(np.uint8).tobytes())
    styles = [[key, style.path] for key, style in sorted(edited.styles.items())]
    found.update(json.dumps([*scene.size, *edited.offset, styles], separators=(",", ":")).encode())
    return found.hexdigest()


def test_python_and_the_page_agree_on_random_edit_lists() -> None:
    rng = np.random.default_rng(1)
    scenes = [random_scene(rng) for _ in range(300)]
    done = carried_out([(scene, random_list(rng, scene, 12)) for scene in scenes])
    assert len(done) > 1500, "most operations must be possible, or little is compared"


def test_python_and_the_page_agree_on_what_is_merged_and_split() -> None:
    rng = np.random.default_rng(3)
    scenes = [random_scene(rng) for _ in range(150)]
    done = carried_out([(scene, regrouping_list(rng, scene, 10)) for scene in scenes])
    assert sum(isinstance(operation, Merge) for operation in done) > 60
    assert sum(isinstance(operation, Split) for operation in done) > 150


def carried_out(tasks: Sequence[tuple[Scene, list[Operation]]]) -> list[Operation]:
    """Compare what Python and the page make of lists; the operations that are possible."""
    done: list[Operation] = []
    for number, ((scene, operations), page) in enumerate(zip(tasks, in_node(tasks), strict=True)):
        carried, steps, edited, lost = in_python(scene, operations)
        for k, (here, there) in enumerate(zip(carried, page["carried"], strict=True)):
            assert here == there, f"list {number}: {operations[k]} in Python {here}, in the page {there}"
        kept = [operation for operation, done in zip(operations, carried, strict=True) if done]
        for k, (mine, its) in enumerate(zip(steps, page["steps"], strict=True)):
            assert mine == its, f"list {number}, after {kept[k]}"
        if edited is not None:
            assert page["runs"] == encode_mask(edited.mask)["runs"]
        assert page["lost"] == sorted(lost), f"list {number}: a new object may have got the id of another"
        assert page["known"], f"list {number}: an id that is no class"
        assert page["coded"] and page["replayed"] and page["forgotten"] and page["undone"], f"list {number}"
        done += kept
    return done


def test_undoing_five_hundred_random_actions_gives_back_every_byte() -> None:
    rng = np.random.default_rng(2)
    scene = random_scene(rng)
    (page,) = in_node([(scene, random_list(rng, scene, 500, extend=False))])
    assert sum(page["carried"]) > 300
    assert page["undone"]
    assert page["known"]

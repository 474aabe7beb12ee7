"""How many scenes a second the readers yield, and how that compares with decoding the files alone.

Run ``python -m benchmarks.layouts [--scenes N]``. The scenes are rendered streets of 512x256, written in each
layout to a temporary folder. A training step of the compact models takes about half a second on two cores.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from scumble.data.boxes import object_boxes, object_codes
from scumble.data.layouts import open_scenes
from scumble.data.part_categories import CAMVID_CLASSES, by_class_id
from scumble.data.writers import WRITERS
from scumble.streets import Streets

_TOML = """
[files]
images = "{split}/images/{name}.png"
labels = "{split}/labels/{name}.png"
instances = "{split}/inst_map/{name}.png"

[classes]
space = "camvid"
"""


def write(folder: Path, scenes: int) -> dict[str, Path]:
    """The sets by layout; the folder described by a TOML file shares the files of the editing layout."""
    streets = Streets("train", scenes, 512, 256)
    for index in range(scenes):
        scene = streets[index]
        for name, writer in WRITERS.items():
            writer(folder / name, "train", index, scene)
    (folder / "folder.toml").write_text(f'root = "{(folder / "editing").as_posix()}"\n{_TOML}')
    return {**{name: folder / name for name in WRITERS}, "folder": folder / "folder.toml"}


def read(job: tuple[Path, int, int]) -> float:
    """Seconds to read every n-th scene from the k-th on."""
    root, first, step = job
    scenes = open_scenes(root, "train")
    start = time.perf_counter()
    for index in range(first, len(scenes), step):
        scenes[index]
    return time.perf_counter() - start


def decode(root: Path) -> float:
    """Seconds to decode the files of all scenes, without looking at what is in them."""
    files = open_scenes(root, "train").listing.files
    start = time.perf_counter()
    for entry in files:
        for path in (entry.image, entry.labels, entry.instances, entry.parts):
            if path is not None:
                np.asarray(Image.open(path))
    return time.perf_counter() - start


def boxes(root: Path) -> float:
    """Seconds to find the objects of all scenes, once they are read."""
    found = open_scenes(root, "train")
    scenes = [found[index] for index in range(len(found))]
    table = by_class_id(CAMVID_CLASSES, found.label_space)
    start = time.perf_counter()
    for scene in scenes:
        object_boxes(object_codes(scene.labels, scene.instances, table), list(table.values()))
    return time.perf_counter() - start


def main() -> None:
    """Print scenes a second for every layout."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scenes", type=int, default=120, help="scenes of each layout (default: 120)")
    scenes = parser.parse_args().scenes
    # Several processes that use several threads each would be in each other's way.
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        sets = write(Path(folder), scenes)
        for name, root in sets.items():
            read((root, 0, 1))  # so that all files are in memory
            alone = read((root, 0, 1))
            with multiprocessing.get_context("spawn").Pool(2) as pool:
                shared = max(pool.map(read, [(root, 0, 2), (root, 1, 2)], chunksize=1))
            print(
                f"{name:<12} one worker {scenes / alone:6.1f} scenes a second, two {scenes / shared:6.1f}; "
                f"{alone / decode(root):.2f} times the time of decoding the files"
            )
        seconds = boxes(sets["editing"])
        print(f"boxes        {scenes / seconds:6.1f} maps a second")


if __name__ == "__main__":
    main()

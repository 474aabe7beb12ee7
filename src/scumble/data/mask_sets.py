"""Evaluation masks that are drawn once, stored beside their digests, and read again.

``OUT/TASK/NAME.png`` for every task and picture (0 or 255; 255 = to generate, as in the published
``predefined_masks`` folders), and ``OUT/masks.json``, which says what they were drawn from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from scumble.data.masks import Mask, training_mask
from scumble.errors import DataError
from scumble.files import read_mask, sha256_of, write_image, write_json
from scumble.instances import INSTANCES_PER_CLASS
from scumble.scene import Scene

Task = Literal["free-form", "extension", "outpainting", "class", "instance"]
TASKS: tuple[Task, ...] = get_args(Task)
"""The tasks that the published systems are trained and judged on (``spmpgan``, section 6)."""
MANIFEST = "masks.json"


def fixed_mask(scene: Scene, task: Task, seed: int, name: str) -> Mask:
    """The mask of one picture ``[H, W]``; it depends on the arguments alone, never on other pictures.

    The masks are those of training, with one difference: the class ``don't care`` is only chosen where a
    picture has nothing else, because no judge scores it.

    Args:
        scene: the picture with its maps.
        task: what is hidden.
        seed: of the set, at least 0.
        name: of the picture.
    """
    digest = hashlib.sha256(name.encode()).digest()
    rng = np.random.default_rng([seed, TASKS.index(task), int.from_bytes(digest[:16], "big")])
    if task == "class":
        present = np.unique(scene.labels)
        known = present[present != scene.label_space.dont_care]
        return np.asarray(scene.labels == rng.choice(known if len(known) else present))
    ids = np.unique(scene.instances) if task == "instance" else np.array([], dtype=np.int32)
    return training_mask(task, rng, scene.labels, scene.instances, ids[ids >= INSTANCES_PER_CLASS])


def make_mask_set(scenes: Iterable[tuple[str, Scene]], task: Task, seed: int) -> Iterator[tuple[str, Mask]]:
    """The masks of a task for pictures with their names, one after the other."""
    return ((name, fixed_mask(scene, task, seed, name)) for name, scene in scenes)


def write_mask_sets(
    folder: Path, scenes: Iterable[tuple[str, Scene]], tasks: Sequence[Task], seed: int, set_name: str
) -> None:
    """Draw and write the masks of several tasks; each scene is asked for once.

    Args:
        folder: where to; it exists.
        scenes: pictures with their names.
        tasks: what is hidden.
        seed: of the masks, at least 0.
        set_name: what the pictures are, for ``masks.json``.

    Raises:
        DataError: two pictures have one name.
        InputError: the folder cannot be written.
    """
    entries: dict[str, dict[str, Any]] = {task: {} for task in tasks}
    for task in tasks:
        (folder / task).mkdir()
    for name, scene in scenes:
        width, height = scene.size
        for task in tasks:
            if name in entries[task]:
                raise DataError(
                    f"Two pictures of {set_name} are called {name!r}; masks are stored by name: rename one."
                )
            file = folder / task / f"{name}.png"
            write_image(file, fixed_mask(scene, task, seed, name).astype(np.uint8) * np.uint8(255))
            entries[task][name] = {"width": width, "height": height, "sha256": sha256_of(file)}
    write_json(folder / MANIFEST, {"set": set_name, "seed": seed, "tasks": entries})


class MaskSet:
    """The stored masks of one task: ours, or a published folder of ``NAME.png`` or ``0000.png``, ...

    Where ``masks.json`` lies beside the folder, every mask must still be the one that was written.

    Args:
        folder: the PNG files of one task, such as ``OUT/free-form``.

    Raises:
        DataError: there is none, or ``masks.json`` names others or cannot be understood.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {path.stem: path for path in sorted(folder.glob("*.png"))}
        if not self.files:
            below = ", ".join(sorted(str(path.parent) for path in folder.glob("*/*.png")))
            hint = f"give one of its tasks ({below})" if below else "give the folder of one task's masks"
            raise DataError(f"{folder} holds no .png; expected one mask for every picture; {hint}.")
        self._digests = _recorded_digests(folder)
        lost = sorted(self._digests.keys() ^ self.files.keys()) if self._digests else []
        if lost:
            state = "is missing" if lost[0] in self._digests else "does not belong"
            raise DataError(
                f"{folder}: {lost[0]}.png {state} there according to {folder.parent / MANIFEST} ({len(lost)} "
                "such files in all); write the set anew with scumble data masks."
            )

    def __len__(self) -> int:
        return len(self.files)

    def pair(self, names: Sequence[str]) -> list[Path]:
        """The mask file of each picture.

        By name; where no picture has the name of a mask and all masks are numbers (``0000.png``, the
        published form), by position, both in the order of their names.

        Args:
            names: of all pictures of the set, in the order of their names.

        Raises:
            DataError: a picture has no mask.
        """
        numbered = all(stem.isdecimal() for stem in self.files)
        if numbered and not any(name in self.files for name in names):
            if len(names) > len(self):
                raise DataError(
                    f"{self.folder} has {len(self)} numbered masks for {len(names)} pictures; expected one "
                    "for every picture, in the order of their names; add masks or take fewer pictures."
                )
            return list(self.files.values())[: len(names)]
        without = [name for name in names if name not in self.files]
        if without:
            raise DataError(
                f"{self.folder} has no mask {without[0]}.png ({len(without)} of {len(names)} pictures have "
                "none); expected one of the same name for every picture; add them or write the set anew "
                "with scumble data masks."
            )
        return [self.files[name] for name in names]

    def read(self, file: Path, size: tuple[int, int]) -> Mask:
        """One mask ``[H, W]``, True = to generate.

        Args:
            file: from `pair`.
            size: width and height of its picture in pixels.

        Raises:
            DataError: the file is not the one that was written.
            InputError: it cannot be used, is of another size, or hides nothing.
        """
        recorded = self._digests.get(file.stem)
        if recorded is not None and sha256_of(file) != recorded:
            raise DataError(
                f"{file} is not the mask that {self.folder.parent / MANIFEST} records (other SHA-256); "
                "restore it, or write the set anew with scumble data masks."
            )
        return read_mask(file, size)


def _recorded_digests(folder: Path) -> dict[str, str]:
    """SHA-256 by picture, from the manifest beside the folder; empty without one."""
    path = folder.parent / MANIFEST
    if not path.is_file():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["tasks"].get(folder.name, {})
        return {str(name): str(entry["sha256"]) for name, entry in entries.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(
            f"{path} is no record of masks ({type(error).__name__}: {error}); expected what scumble data "
            "masks writes; write the set anew or remove the file."
        ) from None

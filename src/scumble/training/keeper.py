"""What a run keeps on disk: its last states, the best checkpoint, milestones, and batches that went wrong."""

from __future__ import annotations

import errno
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file

from scumble.checkpoint import replace_folder
from scumble.errors import CheckpointError
from scumble.files import write_json
from scumble.training.state import TrainingState
from scumble.training.step import Collated
from scumble.training.world import World

STATE = "state.pt"
"""The last state; older ones are state-1.pt and so on."""
_BEST = "best.json"
_MOST_BATCHES = 3


class Keeper:
    """Writes and reads the files of a run.

    Args:
        folder: the run.
        keep: states that are kept, at least 1.
    """

    def __init__(self, folder: Path, keep: int) -> None:
        self.folder, self.count = folder, keep
        self.images: int | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def _states(self) -> list[Path]:
        """Where the states lie, the last one first."""
        return [self.folder / STATE, *(self.folder / f"state-{n}.pt" for n in range(1, self.count))]

    def saved(self) -> bool:
        """Whether there is a state to go back to."""
        return any(path.is_file() for path in self._states())

    def save(self, state: TrainingState) -> None:
        """Write the state; the old ones move on when the new one has been written and read again.

        A state of as many images as the last one is not written again.
        """
        if state.images == self.images:
            return
        temporary = self.folder / f".{STATE}.tmp"
        try:
            state.save(temporary)
            paths = self._states()
            for older, newer in zip(paths[:0:-1], paths[-2::-1], strict=True):
                if newer.is_file():
                    # A link, not a move: at every moment there is a file of the newer name.
                    older.unlink(missing_ok=True)
                    _duplicate(newer, older)
            temporary.replace(paths[0])
            self.images = state.images
        finally:
            temporary.unlink(missing_ok=True)

    def load(self, state: TrainingState, device: torch.device, tell: Callable[[str], None]) -> None:
        """Continue from the last state that can be read; without any the state stays as it is.

        Raises:
            CheckpointError: there are states, but none continues this run.
        """
        first: CheckpointError | None = None
        for path in self._states():
            if not path.is_file():
                continue
            try:
                state.load(path, device)
            except CheckpointError as error:
                first = first or error
                continue
            self.images = state.images if first is None else None
            if first is not None:
                tell(f"{first} The run goes on from {path.name}, {state.images} images.")
            return
        if first is not None:
            raise first

    def milestone(self, images: int) -> None:
        """Keep the checkpoint for good, as ``milestones/IMAGES``."""
        _copy(self.folder / "checkpoint", self.folder / "milestones" / f"{images:08d}")

    def is_best(self, score: float | None) -> bool:
        """Whether a score, lower is better, is the lowest so far."""
        if score is None:
            return False
        try:
            best = json.loads((self.folder / _BEST).read_text(encoding="utf-8"))
            return score < float(best["score"])
        except (OSError, ValueError, KeyError):
            return True

    def best(self, score: float, images: int) -> None:
        """Keep the checkpoint as ``best``."""
        _copy(self.folder / "checkpoint", self.folder / "best")
        write_json(self.folder / _BEST, {"score": score, "images": images})

    def keep_batch(self, collated: Collated, images: int, world: World) -> None:
        """Keep the samples of a step that went wrong, for a look at them; the first three."""
        folder = self.folder / "not_finite"
        folder.mkdir(exist_ok=True)
        if len(list(folder.glob("*.safetensors"))) < _MOST_BATCHES * world.size:
            tensors = {name: values.contiguous() for name, values in collated.items()}
            save_file(tensors, folder / f"{images:08d}-{world.rank}.safetensors")


def _duplicate(source: Path, target: Path) -> None:
    """Give a file a second name; a copy where the file system has no links, in one step, too."""
    try:
        target.hardlink_to(source)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EROFS):
            raise
        temporary = target.with_name(f".{target.name}.tmp")
        try:
            shutil.copyfile(source, temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copy a checkpoint folder; the target is whole or as before."""
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as temporary:
        new = Path(temporary) / "new"
        try:
            shutil.copytree(source, new)
        except shutil.Error as error:
            raise OSError(error.args[0][0][2]) from error  # a list of files, each with its reason
        replace_folder(new, target)

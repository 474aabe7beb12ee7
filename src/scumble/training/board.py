"""What a run shows in TensorBoard, which is an extra: the numbers of ``stats.jsonl`` and the grids."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scumble.errors import ConfigError
from scumble.scene import ImageArray


def summary_writer() -> Any:
    """The class that writes event files.

    Raises:
        ConfigError: the extra is not installed.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    # A package that was built for another torch raises RuntimeError.
    except (ImportError, RuntimeError):
        raise ConfigError(
            "--tensorboard needs a package that is not installed; install it with: "
            "pip install 'scumble[tensorboard]'"
        ) from None
    return SummaryWriter


class Board:
    """Event files of a run; the horizontal axis counts images.

    Args:
        folder: for the files; None writes nothing.
        start: images seen before. What a run has shown beyond them, before it was killed, is withdrawn.

    Raises:
        ConfigError: the extra is not installed.
    """

    def __init__(self, folder: Path | None, start: int) -> None:
        self._writer = summary_writer()(str(folder), purge_step=start + 1) if folder else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer:
            self._writer.close()

    def numbers(self, images: int, values: Mapping[str, float]) -> None:
        """Show numbers by name, as after so many images."""
        if self._writer:
            for name, value in values.items():
                self._writer.add_scalar(name, value, images)

    def picture(self, images: int, grid: ImageArray) -> None:
        """Show a grid ``[H, W, 3]`` and let everything reach the disk, as a state is saved with it."""
        if self._writer:
            self._writer.add_image("grid", grid, images, dataformats="HWC")
            self._writer.flush()

"""The checkpoints that come with the package, by name."""

from __future__ import annotations

from pathlib import Path

from scumble.errors import CheckpointError, nearest

DEFAULT_CHECKPOINT = "divsem-streets"
"""What edits a photograph where no checkpoint is named."""
DEFAULT_SYNTHESIS = "ipose-streets"
"""What paints from maps where no checkpoint is named."""
DEFAULT_LABELER = "labeler-streets"
"""What labels a photograph where no labeler is named."""
FOLDER = Path(__file__).parent / "weights"
"""Where the shipped checkpoints lie, one folder each."""


def shipped_checkpoints() -> list[str]:
    """The names of the shipped checkpoints, sorted."""
    return sorted(config.parent.name for config in FOLDER.glob("*/config.json"))


def find_checkpoint(name_or_path: str | Path) -> Path:
    """The folder that a checkpoint argument means.

    Args:
        name_or_path: a folder, or as a ``str`` the name of a shipped checkpoint. Such a name means the
            shipped one even where a folder is called so; ``./NAME`` or a `Path` means that folder.

    Returns:
        The folder; whether it holds a checkpoint is not looked at.

    Raises:
        CheckpointError: it is a bare name, of neither a shipped checkpoint nor of anything on disk.
    """
    if isinstance(name_or_path, Path):
        return name_or_path
    names = shipped_checkpoints()
    if name_or_path in names:
        return FOLDER / name_or_path
    path = Path(name_or_path)
    if path.name == name_or_path and not path.exists():
        raise CheckpointError(
            f"There is no folder {name_or_path!r}, and no checkpoint of that name comes with scumble; "
            f"{nearest(name_or_path, names)}"
        )
    return path

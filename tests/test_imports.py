"""What importing the package costs, which way imports point, and which names are public."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import scumble

SOURCE = Path(scumble.__file__).parent

# Each room may import the rooms above it and its own; the order is that of the design.
LAYERS = (
    ("errors", "allocator"),
    (
        "research_data",
        "label_space",
        "label_coding",
        "label_colors",
        "label_refusals",
        "label_tables",
        "scene",
        "instances",
        "files",
        "run_lengths",
        "codec",
        "edit",
        "outlines",
    ),
    ("nn", "losses", "data", "streets"),
    ("models",),
    ("shipped", "checkpoint", "published"),
    ("training", "pipelines", "metrics", "export"),
    ("presets",),
    ("studio",),
    ("cli", "__main__"),
)
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


def room_of(parts: tuple[str, ...]) -> str:
    return parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_point_one_way(path: Path) -> None:
    room = room_of(path.relative_to(SOURCE).parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.startswith("scumble.") and name != "scumble.__version__":
                used = name.split(".")[1]
                assert RANK[used] <= RANK[room], f"{path.name} imports {name}"


def test_scenes_files_and_edits_do_not_import_torch() -> None:
    program = (
        "import sys, scumble, scumble.scene, scumble.instances, scumble.files, scumble.edit\n"
        "scumble.Scene, scumble.Edit, scumble.read_image\n"
        "sys.exit('torch was imported' if 'torch' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_help_imports_neither_torch_nor_the_web_server() -> None:
    program = (
        "import sys, scumble, scumble.cli\n"
        "scumble.cli.main(['--help'])\n"
        "sys.exit(' '.join({'torch', 'fastapi', 'uvicorn', 'pydantic'} & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_public_names_are_these() -> None:
    """Adding a name is a decision, removing one a break: both begin by changing this list."""
    assert scumble.__all__ == [
        "Box",
        "Brush",
        "Checkpoint",
        "Edit",
        "EditResult",
        "EditSession",
        "Erase",
        "Extend",
        "Fill",
        "FreeMask",
        "LabelSpace",
        "Merge",
        "Move",
        "Paint",
        "PaintPart",
        "Polygon",
        "Rectangle",
        "Remove",
        "RemovePart",
        "Restyle",
        "Scene",
        "ScumbleError",
        "Split",
        "Style",
        "SynthesisSession",
        "derive_instances",
        "edit_scene",
        "edit_synthesis",
        "infer_parts",
        "load_checkpoint",
        "maps_only",
        "outlined",
        "read_image",
        "read_instances",
        "read_labels",
        "read_mask",
        "render_street",
        "save_checkpoint",
        "synthesize",
        "write_image",
    ]


@pytest.mark.parametrize("name", scumble.__all__)
def test_every_public_name_exists_and_is_documented(name: str) -> None:
    assert getattr(scumble, name).__doc__


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="carr"):
        scumble.carr  # noqa: B018

"""Where data for research lies on this machine; none of it is part of the package."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """The folder of research data: the environment variable SCUMBLE_DATA, else ``../shared/data``."""
    return Path(os.environ.get("SCUMBLE_DATA", "../shared/data"))


def find_data(name: str) -> Path:
    """The set that a name means: a folder or file here, else one under the folder of research data.

    Args:
        name: a path; nothing is looked at but whether it exists. One that begins with a dot is here.
    """
    here = Path(name)
    return here if here.exists() or name.startswith(".") else data_folder() / name

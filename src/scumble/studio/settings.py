"""What whoever starts a studio decides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scumble.files import MAX_FILE_BYTES
from scumble.nn.inference import Precision

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
"""Names under which a browser on this machine reaches a server that listens on loopback alone."""


@dataclass(frozen=True)
class Settings:
    """How a studio works and what it refuses.

    Attributes:
        projects: folder of the projects; made where it is missing.
        checkpoints: checkpoint folders that can be used besides the shipped ones.
        segmenter: folder of a model of the package transformers that labels photographs; None for none.
        device: where the networks compute.
        precision: in what numbers they paint.
        hosts: host names, without port, under which the server may be addressed.
        token: what every request must bring; None where only loopback is listened on.
        queue: jobs that may wait; further ones are refused.
        max_json_bytes: largest body of a request without files.
        max_upload_bytes: largest body of a request with pictures.
        max_archive_bytes: largest project file that is opened, and the most that it may unpack to.
        max_projects: projects that may exist.
        max_results: pictures that a project may keep.
        requests_per_second: of one client address, over long times; twice as many may come at once.
    """

    projects: Path
    checkpoints: tuple[Path, ...] = ()
    segmenter: Path | None = None
    device: str = "cpu"
    precision: Precision = "float32"
    hosts: tuple[str, ...] = LOOPBACK_HOSTS
    token: str | None = None
    queue: int = 16
    max_json_bytes: int = 16 * 1024 * 1024
    max_upload_bytes: int = MAX_FILE_BYTES
    max_archive_bytes: int = 2 * MAX_FILE_BYTES
    max_projects: int = 1000
    max_results: int = 1000
    requests_per_second: float = 200.0

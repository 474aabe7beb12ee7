"""``scumble studio``: the web page on which photographs are edited."""

from __future__ import annotations

import os
import secrets
import socket
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import torch
import tyro

from scumble.errors import ConfigError
from scumble.nn.inference import Precision, usable_device


@dataclass(frozen=True)
class StudioOptions:
    """Open a page on which photographs are labelled and edited.

    Example: scumble studio

    The server answers this machine alone unless --host says otherwise; then every browser needs the token
    that is printed. It ends with Ctrl+C; projects are on disk at any time.
    """

    projects: Path | None = None
    """Folder of the projects [~/.local/share/scumble]."""
    checkpoint: tuple[Path, ...] = ()
    """Checkpoint folders to use besides those that come with scumble."""
    segmenter: Path | None = None
    """Folder with a semantic segmentation model of the package transformers, to label photos with."""
    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 means all networks."""
    port: int = 8765
    """Port to listen on; 0 takes a free one."""
    name: tuple[str, ...] = ()
    """Names under which other machines address this one."""
    token: str | None = None
    """The token, instead of a random one."""
    queue: int = 16
    """Jobs that may wait."""
    browser: bool = True
    """Open the page in the browser."""
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    """Where to compute."""
    precision: Precision = "auto"
    """Numbers of the convolutions; auto is bfloat16 where the processor is fast with it, else float32."""


def run(arguments: Sequence[str]) -> None:
    """Parse the words after ``studio`` and serve until the user stops it."""
    options = tyro.cli(StudioOptions, prog="scumble studio", args=list(arguments))
    try:
        import uvicorn

        from scumble.studio.app import create_app
        from scumble.studio.settings import LOOPBACK_HOSTS, Settings
    except ImportError as error:
        raise ConfigError(
            f"The studio needs packages that are not installed ({error.name}); run: "
            "pip install 'scumble[studio]'"
        ) from None
    usable_device(options.device)
    token = _token(options)
    listening = _listen(options.host, options.port)
    host = f"[{options.host}]" if ":" in options.host else options.host
    app = create_app(
        Settings(
            projects=options.projects or _data_folder(),
            checkpoints=options.checkpoint,
            segmenter=options.segmenter,
            device=options.device,
            precision=options.precision,
            hosts=(*LOOPBACK_HOSTS, host, *options.name),
            token=token,
            queue=options.queue,
        )
    )
    shown = "localhost" if _is_everywhere(options.host) else host
    address = f"http://{shown}:{listening.getsockname()[1]}/" + (f"?token={token}" if token else "")
    print(f"The studio is at {address} (Ctrl+C ends it)", flush=True)
    if options.browser:
        webbrowser.open(address)
    # Streams of events are open as long as jobs last, so that waiting for them would not end.
    config = uvicorn.Config(
        app,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=256,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[listening])


def _data_folder() -> Path:
    """Where programs of this user keep their data."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "scumble"


def _token(options: StudioOptions) -> str | None:
    """The token that requests must bring, if any."""
    if options.token is not None:
        if len(options.token) < 8 or not options.token.replace("-", "").replace("_", "").isalnum():
            raise ConfigError("--token is too short or has other characters than letters, digits, - and _.")
        return options.token
    return None if _is_loopback(options.host) else secrets.token_urlsafe(24)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_everywhere(host: str) -> bool:
    return host in ("0.0.0.0", "::")


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        ConfigError: the address or the port cannot be used.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"--host {host} --port {port} cannot be listened on: {reason}.") from None
    return listening

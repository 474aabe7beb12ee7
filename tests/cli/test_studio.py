"""``scumble studio`` as whoever starts it meets it; the server itself is tested in tests/studio."""

from __future__ import annotations

import builtins
import re
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from scumble.cli import main
from scumble.studio.store import Store
from tests.studio.studio_fixture import Client


class Started:
    """What the command would have served."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[httpx.Response] = []
        self.requests: list[tuple[str, dict[str, str]]] = []

        def run(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
            with Client(server.config.app, base_url="http://localhost") as client:  # type: ignore[arg-type]
                for path, headers in self.requests:
                    self.answers.append(client.get(path, headers=headers, follow_redirects=False))
            for listening in sockets:
                listening.close()

        monkeypatch.setattr(uvicorn.Server, "run", run)


def studio(projects: Path, *words: str) -> int:
    return main(["studio", "--port", "0", "--no-browser", "--projects", str(projects), *words])


def test_this_machine_alone_needs_no_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started = Started(monkeypatch)
    started.requests = [("/api/checkpoints", {}), ("/api/checkpoints", {"host": "elsewhere"})]
    assert studio(tmp_path) == 0
    assert re.search(r"http://127\.0\.0\.1:\d+/ ", capsys.readouterr().out)
    assert [answer.status_code for answer in started.answers] == [200, 400]
    assert "divsem-streets" in {entry["name"] for entry in started.answers[0].json()}


def test_other_machines_need_the_token_that_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started = Started(monkeypatch)
    there = {"host": "studio.example:80"}
    started.requests = [
        ("/api/checkpoints", there),
        ("/api/checkpoints", {**there, "authorization": "Bearer chosen-token"}),
        ("/?token=chosen-token", there),
    ]
    words = ("--host", "0.0.0.0", "--name", "studio.example", "--token", "chosen-token")
    assert studio(tmp_path, *words) == 0
    assert "/?token=chosen-token" in capsys.readouterr().out
    assert [answer.status_code for answer in started.answers] == [401, 200, 303]
    started.requests = [("/api/checkpoints", {})]
    assert studio(tmp_path, "--host", "0.0.0.0") == 0
    found = re.search(r"\?token=([\w-]{20,})", capsys.readouterr().out)
    assert found is not None
    assert started.answers[-1].status_code == 401


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--token", "short"), "--token"),
        (("--token", "with spaces in it"), "--token"),
        (("--host", "not an address"), "cannot be listened on"),
        (("--checkpoint", "missing"), "missing"),
    ],
)
def test_impossible_options_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    assert studio(tmp_path / "new", *words) == 2
    assert told in capsys.readouterr().err


def test_a_port_that_is_taken_and_a_folder_that_is_used_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert studio(tmp_path, "--port", str(taken.getsockname()[1])) == 2
    assert "cannot be listened on" in capsys.readouterr().err
    store = Store(tmp_path, 1)
    assert studio(tmp_path) == 2
    assert "Another studio" in capsys.readouterr().err
    store.close()


def test_without_the_packages_of_the_extra_it_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def without(name: str, *given: Any, **named: Any) -> Any:
        if name == "uvicorn":
            raise ModuleNotFoundError("No module named 'uvicorn'", name="uvicorn")
        return real(name, *given, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    assert studio(tmp_path) == 2
    message = capsys.readouterr().err
    assert "uvicorn" in message
    assert "pip install 'scumble[studio]'" in message

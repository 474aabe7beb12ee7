"""The command ``scumble``."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Sequence
from types import SimpleNamespace

import pytest

import scumble
from scumble.cli import COMMANDS, main
from scumble.errors import InputError


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_lists_the_commands(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("usage: scumble COMMAND")
    assert all(f"\n  {name} " in shown for name in COMMANDS)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"scumble {scumble.__version__}\n"


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trian", "x"]) == 2
    assert capsys.readouterr() == ("", "scumble: There is no command 'trian'; did you mean 'train'?\n")


@pytest.mark.parametrize(
    ("error", "code", "shown"),
    [
        (InputError("photo.png is a folder."), 2, "scumble: photo.png is a folder.\n"),
        (KeyboardInterrupt(), 130, "scumble: stopped\n"),
        (None, 0, ""),
    ],
)
def test_an_error_of_the_user_is_one_message_without_traceback(
    error: BaseException | None,
    code: int,
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given: list[Sequence[str]] = []

    def run(arguments: Sequence[str]) -> None:
        given.append(arguments)
        if error is not None:
            raise error

    monkeypatch.setattr(importlib, "import_module", lambda _: SimpleNamespace(run=run))
    assert main(["train", "a", "b"]) == code
    assert given == [["a", "b"]]
    assert capsys.readouterr() == ("", shown)


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(arguments: Sequence[str]) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(importlib, "import_module", lambda _: SimpleNamespace(run=run))
    with pytest.raises(ZeroDivisionError):
        main(["train"])


def test_help_does_not_import_torch() -> None:
    program = (
        "import sys\n"
        "from scumble.cli import main\n"
        "code = main(['--help'])\n"
        "sys.exit('torch was imported' if 'torch' in sys.modules else code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "train" in done.stdout


def test_the_package_runs_as_the_command() -> None:
    arguments = [sys.executable, "-m", "scumble", "trainn"]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "scumble: There is no command 'trainn'; did you mean 'train'?\n"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m scumble train spmpgan-cityscapes --help | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr

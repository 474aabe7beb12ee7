"""A folder is trained in by one process at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scumble.cli import main
from scumble.errors import ConfigError
from scumble.training import lock
from scumble.training.lock import locked

HOLDER = """
import os, sys, time
from pathlib import Path
from scumble.training.lock import locked
with locked(Path(sys.argv[1])):
    if not os.fork():  # as a process that reads samples, which outlives the one that is killed
        time.sleep(60)
    print(os.getpid(), flush=True)
    time.sleep(60)
"""
WORDS = ["train", "spmpgan-streets-tiny", "--losses.perceptual", "0", "--device", "cpu"]


def test_a_second_training_is_refused_until_the_first_is_gone_however_it_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "run")], stdout=subprocess.PIPE, start_new_session=True
    )
    assert holder.stdout is not None
    try:
        holder.stdout.readline()
        assert main([*WORDS, "--run-dir", str(tmp_path / "run")]) == 2
        shown = capsys.readouterr().err
        assert shown.startswith(f"scumble: --run-dir {tmp_path / 'run'} is being trained by another process;")
        assert shown.count("\n") == 1
        assert [p.name for p in (tmp_path / "run").iterdir()] == [".lock"]
        with locked(tmp_path / "other"):
            pass
        holder.kill()
        holder.wait()
        with locked(tmp_path / "run"):
            pass
    finally:
        os.killpg(holder.pid, signal.SIGKILL)
        holder.stdout.close()


def test_without_locks_in_the_file_system_a_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "lockf", unknown)
    with locked(tmp_path):
        pass
    monkeypatch.setattr(lock, "fcntl", None)
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(ConfigError, match=r"--run-dir .*file cannot be made .*give another"),
        locked(tmp_path / "file"),
    ):
        pass

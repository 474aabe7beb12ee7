"""Signals to a run, and runs that are killed: what is on disk can always be used."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from scumble.checkpoint import load_checkpoint
from scumble.training.stop import StopRequest, stop_requests

ROOT = Path(__file__).parents[2]
STEPS = 50
KILLS = int(os.environ.get("SCUMBLE_KILLS", "2"))
"""Kills; ``make test-kills`` makes a hundred."""


def command(run: Path, *options: str) -> list[str]:
    """A training of 50 steps of one sample, saved every eight."""
    words = [sys.executable, "-m", "scumble", "train", "spmpgan-streets-tiny", "--run-dir", str(run)]
    words += ["--losses.perceptual", "0", "--total-images", str(STEPS), "--training.save-every", "8"]
    return [*words, "--device", "cpu", *options]


def started(run: Path, *options: str) -> subprocess.Popen[str]:
    """That training, in a process of its own."""
    return subprocess.Popen(
        command(run, *options),
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(run: Path, *options: str) -> None:
    process = started(run, *options)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-2000:]


def after_first_save(run: Path, process: subprocess.Popen[str], before: float) -> None:
    """Wait until the run has saved again, and a random moment more."""
    state = run / "state.pt"
    while process.poll() is None and not (state.is_file() and state.stat().st_mtime > before):
        time.sleep(0.02)
    time.sleep(random.uniform(0, 0.4))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody has disturbed."""
    run = tmp_path_factory.mktemp("whole") / "run"
    finished(run)
    return run


def assert_same(run: Path, whole: Path) -> None:
    one, two = (torch.load(folder / "state.pt", weights_only=True) for folder in (run, whole))
    assert one["images"] == two["images"]
    assert all(torch.equal(value, two["networks"][name]) for name, value in one["networks"].items())
    assert all(torch.equal(value, two["ema"][name]) for name, value in one["ema"].items())
    assert load_checkpoint(run / "checkpoint").digest == load_checkpoint(whole / "checkpoint").digest


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_that_is_killed_again_and_again_ends_as_if_nothing_had_been(
    tmp_path: Path, whole: Path, workers: str
) -> None:
    run, kills = tmp_path / "run", 0
    while kills < KILLS:
        before = (run / "state.pt").stat().st_mtime if (run / "state.pt").is_file() else 0.0
        process = started(run, "--training.workers", workers)
        after_first_save(run, process, before)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            torch.load(run / "state.pt", weights_only=True)
            load_checkpoint(run / "checkpoint")
            kills += 1
        else:
            _, errors = process.communicate()
            assert process.returncode == 0, errors[-2000:]
            assert_same(run, whole)
            shutil.rmtree(run)
    finished(run, "--training.workers", workers)
    assert_same(run, whole)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_all_its_processes_saves_and_ends_the_run(
    tmp_path: Path, whole: Path, number: signal.Signals
) -> None:
    run = tmp_path / "run"
    process = started(run, "--training.workers", "1")
    after_first_save(run, process, 0.0)
    os.killpg(process.pid, number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == (130 if number == signal.SIGINT else 143), errors[-2000:]
    assert "the same command continues" in errors
    images = torch.load(run / "state.pt", weights_only=True)["images"]
    assert f"stopped after {images} images" in errors
    assert load_checkpoint(run / "checkpoint").origin.images == images
    finished(run, "--training.workers", "1")
    assert_same(run, whole)


def test_sigusr1_saves_and_goes_on(tmp_path: Path) -> None:
    run = tmp_path / "run"
    process = started(run, "--training.save-every", str(10 * STEPS), "--total-images", str(20 * STEPS))
    while not (run / "stats.jsonl").is_file():
        time.sleep(0.02)
    process.send_signal(signal.SIGUSR1)
    while not (run / "state.pt").is_file():
        assert process.poll() is None
        time.sleep(0.02)
    assert process.poll() is None
    process.kill()
    process.communicate()
    load_checkpoint(run / "checkpoint")


def test_the_second_signal_ends_at_once() -> None:
    request = StopRequest()
    request.take(signal.SIGTERM, None)
    assert request.stop == signal.SIGTERM
    with pytest.raises(SystemExit, match="143"):
        request.take(signal.SIGTERM, None)
    with pytest.raises(KeyboardInterrupt):
        request.take(signal.SIGINT, None)


def test_what_signals_did_before_comes_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stop_requests() as request:
        os.kill(os.getpid(), signal.SIGUSR1)
        assert request.save
        assert request.stop is None
    assert signal.getsignal(signal.SIGTERM) is before

"""The page's saver loses nothing, whatever becomes of its requests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

NODE = shutil.which("node")
SCRIPT = Path(__file__).parent / "saver.mjs"
pytestmark = pytest.mark.skipif(
    NODE is None, reason="node is not installed, so the page's modules cannot run"
)


def play(scene: str) -> None:
    assert NODE is not None
    done = subprocess.run([NODE, str(SCRIPT), scene], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_could_not_be_saved_is_sent_again_until_it_is() -> None:
    play("retried")


def test_nobody_is_told_that_all_is_saved_while_it_is_not() -> None:
    play("unsettled")


def test_what_another_tab_has_saved_is_not_overwritten() -> None:
    play("stale")
    play("overtaken")


def test_a_lost_answer_is_not_taken_for_another_tab() -> None:
    play("unanswered")

"""What importing the package must not cost."""

from __future__ import annotations

import subprocess
import sys


def test_scenes_files_and_edits_do_not_import_torch() -> None:
    program = (
        "import sys, scumble, scumble.scene, scumble.files, scumble.edit\n"
        "sys.exit('torch was imported' if 'torch' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

"""The command line: one module per command; torch is imported only when a command runs."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import scumble
from scumble.allocator import keep_freed_memory
from scumble.errors import ConfigError, ScumbleError, nearest

COMMANDS = {
    "convert": "make a checkpoint from a file of the published code",
    "data": "check data sets, render streets, build part sets and masks",
    "demo": "show a trained network at work, with nothing to prepare",
    "edit": "repaint part of a photograph so that it obeys an edited map",
    "evaluate": "judge how well what a checkpoint paints obeys the map",
    "export": "write networks as ONNX, for programs without torch",
    "label": "propose a label map for a photograph",
    "parts": "infer the parts of every object of a map",
    "studio": "open the page on which photographs are labelled and edited",
    "synthesize": "paint pictures from a label map",
    "train": "train a preset; the same command again continues",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: what stands after ``scumble``; by default the process's own.

    Returns:
        0; 1 if a check found defects; 2 after a message about what the user can mend; 130 if the user
        stopped it; 141 if the reader of its output has left.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if not words or words[0] in ("-h", "--help"):
            print(_usage())
            return 0
        if words[0] == "--version":
            print(f"scumble {scumble.__version__}")
            return 0
        if words[0] not in COMMANDS:
            raise ConfigError(f"There is no command {words[0]!r}; {nearest(words[0], COMMANDS)}")
        keep_freed_memory()
        code: int | None = importlib.import_module(f"scumble.cli.{words[0]}").run(words[1:])
    except ScumbleError as error:
        print(f"scumble: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output (head, a pager) has left; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        print("scumble: stopped", file=sys.stderr)
        return 130
    return code or 0


def _usage() -> str:
    rows = "\n".join(f"  {name:<12}{text}" for name, text in COMMANDS.items())
    return f"usage: scumble COMMAND ...\n\n{rows}\n\nscumble COMMAND --help shows the options and an example."

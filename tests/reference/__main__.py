"""``python -m tests.reference DIR ...``: run every reference case below the given folders."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from scumble.nn.regions import USUAL_SHARE, most_neighbourhoods
from tests.reference.case import find_cases
from tests.reference.runner import run_folder

SHARES = {"usual": USUAL_SHARE, "always": 1.0, "never": 0.0}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line a case and a summary; 0 if all passed, 1 if any failed or is unknown."""
    parser = argparse.ArgumentParser(prog="python -m tests.reference", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="searched for case.json")
    parser.add_argument("--dump", type=Path, metavar="OUT", help="write the computed arrays to OUT")
    parser.add_argument(
        "--regions",
        choices=SHARES,
        default="usual",
        help="when maps are convolved region by region: as usual where that is fast, always or never",
    )
    options = parser.parse_args(arguments)
    for folder in options.folders:
        if not find_cases([folder]):
            parser.error(f"{folder}: there is no case.json in or below this folder")
    words: Counter[str] = Counter()
    for folder in find_cases(options.folders):
        with most_neighbourhoods(SHARES[options.regions]):
            verdict = run_folder(folder, options.dump)
        words[verdict.word] += 1
        print(verdict.line(), flush=True)
    print(f"{words['ok']} passed, {words['FAIL']} failed, {words['unknown']} unknown")
    return 1 if words["FAIL"] or words["unknown"] else 0


if __name__ == "__main__":
    sys.exit(main())

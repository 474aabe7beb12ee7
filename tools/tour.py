"""The pictures of docs/studio.md, taken of the real page.

Run ``python -m tools.tour [--out docs/pictures]``.
A studio with the shipped checkpoints is started, Chromium without a window uses its page as a person would,
on rendered streets that no training has seen, and the window is saved at six moments.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from scumble.shipped import DEFAULT_CHECKPOINT
from tests.browser.editor import Editor
from tests.browser.launch import chromium, street, studio

WINDOW = (1024, 640)
SIZE = (384, 256)
"""Of the photographs."""
STREETS = (11, 98)
"""Numbers of the street that is edited, and of the one that gets other looks and is painted from its map."""
COLORS = 112
"""Of the saved pictures; with more the files are too large for a repository."""


class Tour:
    """Saves what a page shows.

    Args:
        editor: at the page.
        out: folder of the pictures.
    """

    def __init__(self, editor: Editor, out: Path) -> None:
        self.editor = editor
        self.out = out

    def wait_for(self, shown: str) -> None:
        """Wait until the canvas shows the ``preview`` or the ``full`` picture of the present edit."""
        self.editor.expect(self.editor.page.locator("#canvas")).to_have_attribute("data-picture", shown)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a place of the picture, in shares of its sides, is in the window."""
        width, height = self.editor.place.size
        return self.editor.at((x * width, y * height))

    def drag(self, *places: tuple[float, float]) -> None:
        """Draw a line through places in shares of the picture's sides."""
        width, height = self.editor.place.size
        self.editor.drag([(x * width, y * height) for x, y in places])

    def take(self, name: str) -> None:
        """Save the window with few colours, so that the file is small."""
        shot = Image.open(io.BytesIO(self.editor.page.screenshot(animations="disabled"))).convert("RGB")
        few = shot.quantize(COLORS, kmeans=2, dither=Image.Dither.NONE)
        few.save(self.out / f"tour_{name}.png", optimize=True)

    def edit_a_photo(self) -> None:
        """Four pictures of one photograph: as the labeler sees it, and edited with its own label map."""
        editor, page = self.editor, self.editor.page
        editor.open(labels=False)
        editor.expect_status("as far as a small network can tell")
        self.take("1_labelled")
        editor.open(checkpoint=DEFAULT_CHECKPOINT)
        editor.click(editor.place.car)
        editor.expect(page.locator("#object-title")).to_contain_text("car")
        page.mouse.move(*self.at(0.77, 0.67))
        self.take("2_selected")
        page.click("#object-delete")
        self.wait_for("full")
        page.click("#compare")
        editor.slide("slider", round(1000 * editor.place.car[0] / editor.place.size[0]))
        self.take("3_removed")
        page.click("#compare")
        editor.choose("tree", "brush")
        editor.slide("radius", 18)
        self.drag((0.42, 0.34), (0.47, 0.4), (0.42, 0.44), (0.44, 0.58))
        self.wait_for("preview")
        self.take("4_brush")

    def try_looks(self) -> None:
        """One picture of a car with several looks."""
        editor, page = self.editor, self.editor.page
        editor.open(checkpoint=DEFAULT_CHECKPOINT)
        page.click("#tool-select")
        editor.click(editor.place.car)
        page.click("#look-drawn")
        page.select_option("#samples", "6")
        page.click("#paint")
        editor.expect(page.locator(".card")).to_have_count(6)
        page.keyboard.press("Escape")
        self.take("5_variations")

    def paint_from_a_map(self) -> None:
        """One picture of a map and the parts of its cars."""
        editor, page = self.editor, self.editor.page
        page.click("#open")
        page.set_input_files("#labels-file", editor.place.labels)
        editor.expect(page.locator("#start")).to_be_hidden()
        self.wait_for("full")
        page.click("#tool-select")
        editor.click(editor.place.car)
        page.check("#show-parts")
        page.locator(".part", has_text="chassis").locator("button:not([disabled])", has_text="Remove").click()
        editor.expect_operations(1)
        self.wait_for("full")
        self.take("6_parts")


def main(arguments: Sequence[str] | None = None) -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"), help="folder of the pictures")
    out = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as name,
        studio(Path(name) / "projects", os.cpu_count() or 1) as address,
    ):
        first, second = (street(address, Path(name), number, SIZE) for number in STREETS)
        with chromium() as browser:
            editor = Editor(browser, first, WINDOW)
            tour = Tour(editor, out)
            tour.edit_a_photo()
            editor.place = second
            tour.try_looks()
            tour.paint_from_a_map()
            editor.close()


if __name__ == "__main__":
    main()

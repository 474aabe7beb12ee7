"""Sound sets of many kinds: functions that write a set and return the words of the command after its root."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scumble.label_space import LabelSpace
from tests.data.check.breakers import (
    Site,
    as_npy,
    changed,
    moved,
    oriented,
    removed,
    replaced,
    reworded,
    text,
)
from tests.data.check.sets import CLASSES, DESCRIPTION, FORMS, HEIGHT, WIDTH, build, draw, load, save

Healthy = Callable[[Path], tuple[str, ...]]
"""Writes a set; returns the arguments that it needs."""

_CLASSES = 'table = "classes.csv"'


def without(layout: str, *kinds: str) -> Healthy:
    """A set that lacks the optional maps of some kinds."""

    def do(root: Path) -> tuple[str, ...]:
        build(layout, root)
        removed(*FORMS[layout].files(*kinds))(Site(root, layout))
        return ()

    return do


def with_(layout: str, *changes: Callable[[Site], object], arguments: tuple[str, ...] = ()) -> Healthy:
    """A set after changes that do no harm."""

    def do(root: Path) -> tuple[str, ...]:
        site = Site(build(layout, root), layout)
        for change in changes:
            change(site)
        return arguments

    return do


def rewritten(kind: str, write: Callable[[Path, NDArray[Any]], object]) -> Callable[[Site], object]:
    """All files of a kind, written in another way."""

    def do(site: Site) -> None:
        for file in FORMS[site.layout].files(kind):
            values = load(site.path(file))
            site.path(file).unlink()
            write(site.path(file), values)

    return do


def _renumbered(path: Path, labels: NDArray[Any]) -> None:
    """The colors of the classes in a palette in which a paint program put them in another order."""
    palette = LabelSpace.load("camvid").palette
    picture = Image.fromarray(np.choose(np.searchsorted([0, 3, 8], labels), [2, 0, 1]).astype(np.uint8), "P")
    picture.putpalette(palette[[3, 8, 0]].tobytes())
    picture.save(path)


def _indexed(path: Path, labels: NDArray[Any]) -> None:
    """The ids as indices of a palette of 4 bits."""
    picture = Image.fromarray(labels, "P")
    picture.putpalette([(31 * i + c) % 256 for i in range(16) for c in range(3)])
    picture.save(path, bits=4)


def _opaque(path: Path, labels: NDArray[Any]) -> None:
    colors = np.array([[1, 2, 3], [9, 8, 7], [90, 0, 0]], np.uint8)[labels]
    save(path, np.dstack([colors, np.full(labels.shape, 255, np.uint8)]))


def _mode(mode: str, kind: str | None = None) -> Callable[[Path, NDArray[Any]], object]:
    """Photographs in another mode of Pillow, in another format whatever the ending says."""
    return lambda path, values: Image.fromarray(values).convert(mode).save(path, kind)


def _beside(site: Site) -> None:
    """What programs and people leave in folders."""
    folder = site.path("image").parent
    for name in (".DS_Store", "Thumbs.db", "README", "notes.txt", "._000000.png"):
        (folder / name).write_text("not of the set")
    for name in (".ipynb_checkpoints/images", ".ipynb_checkpoints/labels", "originals"):
        (site.root / name).mkdir(parents=True)
    save(folder / ".ipynb_checkpoints" / "000000.png", np.zeros((3, 3), np.uint8))


def _upper_case(site: Site) -> None:
    for file in FORMS[site.layout].files("image", "labels"):
        path = site.path(file)
        path.rename(path.with_suffix(path.suffix.upper()))


def _blanks(site: Site) -> None:
    """Names with blanks, brackets and letters of other alphabets, in folders of such names."""
    for kind in ("image", "labels", "instances"):
        for split in range(2):
            path = site.path(FORMS["folder"].path(kind, 0, split))
            path.rename(path.with_name("Łódź 雨 [1] #2 {x}.png"))
    (site.root / "photos").rename(site.root / "mes photos [été]")
    reworded("scumble.toml", "photos/", "mes photos [été]/")(site)


def _unmarked(site: Site) -> None:
    """A strip without a class in every label map."""

    def strip(path: Path, labels: NDArray[Any]) -> None:
        labels[-2:] = 255
        save(path, labels)

    rewritten("labels", strip)(site)
    reworded("scumble.toml", _CLASSES, f"{_CLASSES}\ndont_care = 255")(site)


def _of_minus_one(path: Path) -> None:
    labels = load(path)
    labels[-2:] = -1
    save(path, labels)


def _of_other_sizes(site: Site) -> None:
    """A large scene and one of four pixels."""
    form = FORMS["camvid"]
    for n, (width, height) in enumerate(((96, 64), (2, 2))):
        drawing = draw(0, n, width, height) if n == 0 else None
        image = drawing.image if drawing else np.zeros((height, width, 3), np.uint8)
        labels = np.array(form.values, np.uint8)[drawing.regions] if drawing else np.zeros((2, 2), np.uint8)
        save(site.path(f"image {n}"), image)
        save(site.path(f"labels {n}"), labels)
        save(site.path(f"instances {n}"), labels.astype(np.uint16))


def _elsewhere(root: Path) -> tuple[str, ...]:
    """The description lies beside the folder of the set, whose name needs no ending."""
    build("folder", root / "files")
    (root / "files" / "scumble.toml").unlink()
    (root / "classes.csv").write_text(CLASSES)
    (root / "scumble.toml").write_text(f'root = "files"\n{DESCRIPTION}')
    return ()


def _without_splits(root: Path) -> tuple[str, ...]:
    build("folder", root)
    content = (root / "scumble.toml").read_text().replace("{split}", "train")
    (root / "scumble.toml").write_text(content)
    return ()


def _one_folder(root: Path) -> tuple[str, ...]:
    """``images/`` and its neighbours without a folder for the split."""
    build("editing", root)
    for path in sorted((root / "train").iterdir()):
        path.rename(root / path.name)
    shutil.rmtree(root / "train")
    shutil.rmtree(root / "val")
    return ()


def _linked(site: Site) -> None:
    """Photographs that lie outside."""
    (site.root / "train_img").rename(site.root.parent / "elsewhere")
    (site.root / "train_img").symlink_to(site.root.parent / "elsewhere")


def _portraits(site: Site) -> None:
    for kind in ("img", "label", "inst"):
        for path in sorted((site.root / f"train_{kind}").glob("*1.*")):
            moved(str(path.relative_to(site.root)), f"train_{kind}_portrait/{path.name}")(site)


HEALTHY: Mapping[str, Healthy] = {
    **{name: with_(name) for name in (*FORMS, "full-parts")},
    "Cityscapes without instances": without("cityscapes", "instances"),
    "Cityscapes without parts": without("cityscapes", "parts"),
    "CamVid without instances": with_("camvid", removed("traininst", "valinst")),
    "COCO-Stuff without instances": without("coco-stuff", "instances"),
    "ADE20K without instances": with_("ade20k", removed("annotations_instance")),
    "ADE20K with classes of its own": with_(
        "ade20k", text("classes.txt", "".join(f"{i} class number {i}\n" for i in range(30)))
    ),
    "editing without instances": with_(
        "editing", removed("train/inst_map", "val/inst_map"), arguments=("--label-space", "cityscapes")
    ),
    "editing in one folder": _one_folder,
    "one split of two": with_(
        "cityscapes", removed("gtFine/val", "leftImg8bit/val", "gtFinePanopticParts/val")
    ),
    "one split asked for": with_(
        "cityscapes", removed("gtFine/val"), arguments=("--split", "train", "--layout", "cityscapes")
    ),
    "COCO-Stuff with portraits": with_("coco-stuff", _portraits),
    "COCO-Stuff counted from 1": with_("coco-stuff", arguments=("--label-space", "coco-stuff-from-1")),
    "a description elsewhere": _elsewhere,
    "a description without splits": _without_splits,
    "classes by names": with_(
        "folder", reworded("scumble.toml", _CLASSES, 'names = ["sky", "road", "car"]\nthings = ["car"]')
    ),
    "classes of a label space": with_("folder", reworded("scumble.toml", _CLASSES, 'space = "camvid"')),
    "a table as a plain list": with_(
        "folder",
        text("classes.csv", "2 a car\n0 the sky\n1 the road\n"),
        reworded("scumble.toml", "name =", "# "),
    ),
    "a table of a spreadsheet": with_(
        "folder",
        text("classes.csv", "\ufeff" + CLASSES.replace("\n", "\r\n").replace("car", '"car, parked"')),
    ),
    "don't-care 255": with_("folder", _unmarked),
    "don't-care -1": with_(
        "folder", as_npy(_of_minus_one), reworded("scumble.toml", _CLASSES, f"{_CLASSES}\ndont_care = -1")
    ),
    "labels of 16 bits": with_("editing", changed("labels", lambda v: v.astype(np.uint16))),
    "instances as TIFF": with_(
        "editing", rewritten("instances", lambda path, v: save(path.with_suffix(".tif"), v.astype(np.int32)))
    ),
    "labels in the colors of the classes": with_(
        "camvid", rewritten("labels", lambda path, v: save(path, LabelSpace.load("camvid").palette[v]))
    ),
    "labels in colors without transparency": with_("folder", rewritten("labels", _opaque)),
    "labels with a palette": with_("folder", rewritten("labels", _indexed)),
    "labels with a palette in another order": with_("camvid", rewritten("labels", _renumbered)),
    "labels as arrays": with_("folder", as_npy(lambda path: save(path, load(path).astype(">i8")))),
    "labels as TIFF": with_(
        "ade20k", rewritten("labels", lambda path, v: save(path.with_suffix(".tif"), v.astype(np.int32)))
    ),
    "photographs as WebP": with_(
        "coco-stuff", rewritten("image", lambda path, v: save(path.with_suffix(".webp"), v))
    ),
    "photographs as progressive JPEG": with_(
        "ade20k", rewritten("image", lambda path, v: Image.fromarray(v).save(path, progressive=True))
    ),
    "grey photographs": with_("camvid", rewritten("image", _mode("L"))),
    "photographs with a palette": with_("editing", rewritten("image", _mode("P"))),
    "photographs with transparency": with_("cityscapes", rewritten("image", _mode("RGBA"))),
    "photographs for print": with_("ade20k", rewritten("image", _mode("CMYK", "JPEG"))),
    "endings in capitals": with_("ade20k", _upper_case),
    "endings in capitals in a described folder": with_("folder", _upper_case),
    "other files beside": with_("editing", _beside),
    "names with blanks and letters of all kinds": with_("folder", _blanks),
    "pictures of several sizes": with_("camvid", _of_other_sizes),
    "a scene without things": with_(
        "ade20k",
        changed("labels", lambda v: np.where(v == 21, 7, v).astype(np.uint8)),
        changed("instances", lambda v: 0 * v),
    ),
    "a photograph on its side, with maps that fit": with_(
        "camvid",
        oriented("image", 6),
        changed("labels", lambda v: np.rot90(v, -1)),
        changed("instances", lambda v: np.rot90(v, -1)),
    ),
    "links": with_("coco-stuff", _linked),
    "a file of another format than its ending": with_(
        "coco-stuff", replaced("image", lambda path: Image.new("RGB", (WIDTH, HEIGHT)).save(path, "PNG"))
    ),
}
"""The sets by name."""

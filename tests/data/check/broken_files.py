"""Files that are damaged, missing, too many or not what their names say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from tests.data.check.breakers import (
    NOISE,
    Broken,
    as_npy,
    copied,
    linked,
    moved,
    raw_png,
    removed,
    replaced,
    text,
    truncated,
)
from tests.data.check.sets import FORMS

_AGAIN = "save or copy it again"
_ADE = FORMS["ade20k"].path("image")
_COCO = FORMS["coco-stuff"].path("labels")


def _animated(path: Path) -> None:
    Image.fromarray(NOISE).save(path, save_all=True, append_images=[Image.fromarray(NOISE[::-1])])


def _of_200_bytes(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


DAMAGED: Mapping[str, Broken] = {
    "half a label map": Broken("ade20k", truncated("labels"), "labels", "truncated", _AGAIN),
    "half a photograph": Broken("editing", truncated("image"), "image", "truncated", _AGAIN),
    "half a JPEG": Broken("coco-stuff", truncated("image"), "image", "cut short", _AGAIN),
    "half an instance map": Broken("cityscapes", truncated("instances"), "instances", "truncated", _AGAIN),
    "half an instance map of a set with its own classes": Broken(
        "ade20k",
        lambda site: (
            truncated("instances")(site),
            text("classes.txt", "".join(f"{i} thing {i}\n" for i in range(30)))(site),
        ),
        "instances",
        "truncated",
        _AGAIN,
    ),
    "half a TIFF": Broken("pascal", truncated("labels"), "labels", "cut short", _AGAIN),
    "half an array": Broken("folder", as_npy(_of_200_bytes), "maps/train/a0.npy", "cut short", _AGAIN),
    "an empty file": Broken("camvid", text("image", ""), "image", "0 bytes", "copy it again"),
    "a text that is called PNG": Broken(
        "coco-stuff", text("labels", "not a picture"), "labels", "is not a picture", "convert it to PNG"
    ),
    "a text that is called .npy": Broken(
        "folder",
        as_npy(lambda path: path.write_text("0 0 0\n")),
        "maps/train/a0.npy",
        "does not begin as a .npy file",
        "save it again",
    ),
    "a GIF that is called PNG": Broken(
        "camvid",
        replaced("image", lambda path: Image.fromarray(NOISE).save(path, "GIF")),
        "image",
        "of another kind",
        "convert it to PNG",
    ),
    "a photograph of 16 bits": Broken(
        "camvid", replaced("image", raw_png(16, 2)), "image", "more than 8 bits", "8 bits per channel, for"
    ),
    "an animated picture": Broken(
        "editing", replaced("image", _animated), "image", "2 pictures", "save the one you mean"
    ),
    "a folder with the name of a photograph": Broken(
        "coco-stuff", replaced("image", Path.mkdir), "image", "is a folder", "name a file in it"
    ),
    "a folder with the name of a described map": Broken(
        "folder", replaced("instances", Path.mkdir), "instances", "is a folder", "name a file in it"
    ),
    "a link to itself": Broken(
        "ade20k", linked("labels", "ADE_00000000.png"), "labels", "does not exist", "check the path"
    ),
    "a link to nothing": Broken(
        "cityscapes", linked("image", "nowhere.png"), "image", "does not exist", "check the path"
    ),
    "a link to nothing in a described folder": Broken(
        "folder", linked("labels", "nowhere.png"), "labels", "does not exist", "check the path"
    ),
}
"""Files that cannot be read."""

_ADD = "add it or remove this file"

PAIRS: Mapping[str, Broken] = {
    "no label map": Broken("ade20k", removed("labels"), "image", "no label map", _ADD),
    "no photograph": Broken("coco-stuff", removed("image"), "labels", "no photograph", _ADD, "", 2),
    "no instance map for one scene": Broken(
        "cityscapes", removed("instances"), "image", "no instance map", _ADD
    ),
    "no instance map for one line of a list": Broken(
        "camvid", removed("instances"), "image", "no instance map", "add it or remove"
    ),
    "no part map for one scene": Broken("editing", removed("parts"), "image", "no part map", _ADD),
    "no uids for one scene": Broken("panoptic-parts", removed("labels"), "image", "no map of uids", _ADD),
    "an instance map of no scene": Broken(
        "editing",
        copied("instances", "train/inst_map/lost.png"),
        "train/inst_map/lost.png",
        "no photograph",
        _ADD,
    ),
    "two photographs of one scene": Broken(
        "ade20k", copied("image", _ADE.replace("jpg", "png")), "image", "two photographs", "remove the other"
    ),
    "two label maps of one scene": Broken(
        "coco-stuff",
        copied("labels", _COCO.replace("png", "tif")),
        "labels",
        "two label maps",
        "remove the other",
    ),
    "one name in two cases": Broken(
        "folder",
        copied("image", "photos/train/a0.PNG"),
        "photos/train/a0.PNG",
        "two photographs",
        "remove the other",
    ),
    "an ending that is not read": Broken(
        "ade20k",
        moved("image", _ADE.replace("jpg", "gif")),
        _ADE.replace("jpg", "gif"),
        "no photograph",
        "convert or rename it",
        "",
        2,
    ),
    "another ending than the description has": Broken(
        "folder",
        moved("image", "photos/train/a0.jpeg"),
        "photos/train/a0.jpeg",
        "no photograph",
        "convert or rename it",
        "",
        2,
    ),
    "a folder deeper": Broken(
        "editing", moved("image", "train/images/more/000000.png"), "labels", "no photograph", _ADD, "", 3
    ),
    "a photograph in two splits": Broken(
        "coco-stuff",
        copied("image", FORMS["coco-stuff"].path("image", 1, 1)),
        "image",
        "'train' and 'val' share",
        "remove it from one",
    ),
}
"""Files that do not belong together."""

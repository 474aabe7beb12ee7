"""Reading label maps, instance maps and masks."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from PIL import Image

from scumble.errors import InputError, LabelError
from scumble.files import MAX_PIXELS, read_instances, read_labels, read_mask
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace
from scumble.label_tables import voc_color
from tests.files.samples import save, write_png

CAMVID = LabelSpace.load("camvid")
TRAIN_IDS = LabelCoding.named("cityscapes-train")


def read_camvid(path: Path) -> NDArray[np.int32]:
    return read_labels(path, CAMVID)


LABELS = np.array([[0, 3, 3], [8, 8, 11]])
COLORS = CAMVID.colorize(LABELS)


def save_palette(path: Path, indices: Any, palette: Any, **options: Any) -> Path:
    picture = Image.fromarray(np.array(indices, np.uint8), mode="P")
    picture.putpalette(np.array(palette, np.uint8).tobytes())
    picture.save(path, **options)
    return path


# --- label maps of ids


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("a.png", np.uint8),
        ("a.png", np.uint16),
        ("a.tif", np.uint8),
        ("a.tif", np.uint16),
        ("a.tif", np.int32),
    ],
)
def test_id_maps_come_back_exactly(tmp_path: Path, name: str, dtype: Any) -> None:
    labels = read_labels(save(tmp_path / name, LABELS, dtype), CAMVID, size=(3, 2))
    assert labels.dtype == np.int32
    assert (labels == LABELS).all()


@pytest.mark.parametrize("dtype", ["u1", "i1", "<u2", ">u2", "<i4", ">i8", "<u8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_come_back_exactly(tmp_path: Path, dtype: str, order: Any) -> None:
    np.save(tmp_path / "a.npy", np.array(LABELS, dtype, order=order))
    labels = read_labels(tmp_path / "a.npy", CAMVID, size=(3, 2))
    assert labels.dtype == np.int32
    assert (labels == LABELS).all()


def test_an_array_of_truth_values_holds_the_ids_0_and_1(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", LABELS > 3)
    assert read_camvid(tmp_path / "a.npy").tolist() == [[0, 0, 0], [1, 1, 1]]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 3)), r"shape \(2, 3\) and type float64; expected a label map as a 2-D array of whole"),
        (np.zeros((2, 3, 3), np.uint8), r"shape \(2, 3, 3\) and type uint8"),
        (np.zeros(6, np.uint8), r"shape \(6,\)"),
        (np.zeros((0, 3), np.uint8), r"shape \(0, 3\)"),
        (np.array([["road"]]), "type <U4"),
        (np.zeros((2, 3), "u1,u1"), "type"),
        (np.array([[None]]), "an array of objects .*Python objects"),
        (np.array([[-1, 3]]), r"ids outside label space 'camvid': -1 \(first at x=0, y=0; 1 pixels\)"),
        (np.array([[3, 2**64 - 1]], np.uint64), r"18446744073709551615 \(first at x=1, y=0"),
        (np.array([[0, 255]]), "looks like a mask"),
    ],
)
def test_arrays_that_are_no_label_maps_are_refused(tmp_path: Path, array: Any, message: str) -> None:
    np.save(tmp_path / "a.npy", array, allow_pickle=True)
    with pytest.raises(InputError, match=rf"a\.npy .*{message}"):
        read_camvid(tmp_path / "a.npy")


def test_an_array_cut_short_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", LABELS)
    whole = (tmp_path / "a.npy").read_bytes()
    for keep in (7, 60, len(whole) - 1):
        (tmp_path / "a.npy").write_bytes(whole[:keep])
        with pytest.raises(InputError, match=r"a\.npy is damaged, cut short or an array of objects"):
            read_camvid(tmp_path / "a.npy")


@pytest.mark.parametrize("content", [b"PK\3\4", b"\x80\x04N.", b"\x89PNG\r\n\x1a\n", b"1 2 3\n"])
def test_other_files_called_npy_are_refused_unread(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.npy does not begin as a \.npy file does; expected"):
        read_camvid(tmp_path / "a.npy")


def test_an_array_of_too_many_pixels_is_refused_from_its_header(tmp_path: Path) -> None:
    header = np.lib.format.magic(1, 0) + b"\x76\0"
    shape = f"{{'descr': '|u1', 'fortran_order': False, 'shape': (8001, {MAX_PIXELS // 8000}), }}"
    (tmp_path / "a.npy").write_bytes(header + shape.ljust(0x75).encode() + b"\n")
    os.truncate(tmp_path / "a.npy", 128 + 8001 * 8000)  # a sparse file, which takes no room
    with pytest.raises(InputError, match=r"a\.npy has 8000 x 8001 = 64,008,000 pixels; expected at most"):
        read_camvid(tmp_path / "a.npy")


def test_files_in_another_coding_are_read_as_classes(tmp_path: Path) -> None:
    for name in ("a.png", "a.npy"):
        values = np.array([[0, 18, 255]], np.uint8)
        np.save(tmp_path / name, values) if name == "a.npy" else save(tmp_path / name, values)
        assert read_labels(tmp_path / name, TRAIN_IDS).tolist() == [[0, 18, 19]]


def test_only_0_and_255_is_no_mask_where_255_has_a_meaning(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", [[0, 255]])
    assert read_labels(path, TRAIN_IDS).tolist() == [[0, 19]]
    with pytest.raises(LabelError, match="looks like a mask"):
        read_labels(path, LabelCoding(CAMVID, {0: 0, 9: 1}))


def test_values_that_the_coding_lacks_are_named(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", [[0, 19], [33, 18]])
    with pytest.raises(LabelError) as caught:
        read_labels(path, TRAIN_IDS)
    assert str(caught.value).startswith(
        f"{path} has values without a meaning in label space 'cityscapes-train': "
        "19 (first at x=1, y=0; 1 pixels), 33 (first at x=0, y=1; 1 pixels); expected 0..18, 255; "
        "use 255 ('unlabeled') where the class is unknown, or choose"
    )


# --- label maps of colors


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
@pytest.mark.parametrize("alpha", [False, True])
def test_a_colored_map_gives_the_ids_of_its_colors(tmp_path: Path, name: str, alpha: bool) -> None:
    opaque = np.full((2, 3, 1), 255, np.uint8)
    path = save(tmp_path / name, np.concatenate([COLORS, opaque], axis=2) if alpha else COLORS)
    assert (read_labels(path, CAMVID, size=(3, 2)) == LABELS).all()
    assert (read_labels(path, LabelCoding(CAMVID, {7: 0})) == LABELS).all()


def test_a_transparent_map_is_refused_with_the_place(tmp_path: Path) -> None:
    alpha = np.full((2, 3, 1), 255, np.uint8)
    alpha[1, 2] = 200
    path = save(tmp_path / "a.png", np.concatenate([COLORS, alpha], axis=2))
    with pytest.raises(LabelError, match=r"a\.png is transparent \(alpha 200\) at x=2, y=1; .*; paint"):
        read_camvid(path)
    Image.fromarray(LABELS.astype(np.uint8)).convert("LA").save(path)
    with pytest.raises(InputError, match=r"a\.png has several channels, transparency or fractions \(mode LA"):
        read_camvid(path)


def test_a_wrong_color_is_named_with_file_and_place(tmp_path: Path) -> None:
    colors = np.repeat(np.repeat(COLORS, 4, axis=0), 4, axis=1)
    colors[5, 6] = (100, 64, 128)
    with pytest.raises(LabelError, match=r"a\.png has the color \(100, 64, 128\) at x=6, y=5.*'road'"):
        read_camvid(save(tmp_path / "a.png", colors))


def test_maps_of_16_bits_per_color_are_refused(tmp_path: Path) -> None:
    path = write_png(tmp_path / "a.png", 1, 1, 16, 2, b"\0" + bytes(6))
    for read in (read_camvid, read_instances):
        with pytest.raises(InputError, match=r"a\.png has 16 bits per color"):
            read(path)


def test_a_floating_point_map_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.tif", LABELS, np.float32)
    for read in (read_camvid, read_instances):
        with pytest.raises(InputError, match=r"a\.tif has several channels, .*fractions \(mode F\)"):
            read(path)


# --- label maps with a palette

VOC = [voc_color(i) for i in range(256)]
GREYS = [(i, i, i) for i in range(256)]


@pytest.mark.parametrize("palette", [CAMVID.palette, VOC, GREYS, [(9, 9, 9)] * 12, VOC[::-1]])
def test_the_indices_of_a_palette_map_are_the_ids(tmp_path: Path, palette: Any) -> None:
    for bits in (4, 8):
        path = save_palette(tmp_path / "a.png", LABELS, palette, bits=bits)
        assert (read_camvid(path) == LABELS).all()


@pytest.mark.parametrize("count", [2, 4, 256])
def test_the_colors_count_where_a_program_numbered_them_anew(tmp_path: Path, count: int) -> None:
    shown = LABELS[:, 1:] if count == 2 else LABELS
    ids = np.unique(shown)[:count][::-1]
    indices = (shown[..., None] == ids).argmax(axis=2)
    palette = [*CAMVID.palette[ids].tolist(), *[(255, 255, 255)] * (count - len(ids))]
    labels = read_camvid(save_palette(tmp_path / "a.png", indices, palette))
    assert (labels == ids[indices]).all()
    assert (labels == shown).all() or count == 2


def test_a_colored_map_quantized_by_pillow_is_understood(tmp_path: Path) -> None:
    Image.fromarray(COLORS).quantize(256).save(tmp_path / "a.png")
    assert (read_camvid(tmp_path / "a.png") == LABELS).all()


def test_a_standard_palette_says_nothing_of_the_classes(tmp_path: Path) -> None:
    """Index 0 is black in both, which is the color of void (11), and 1 is the color of building in VOC."""
    for palette in (VOC, GREYS):
        path = save_palette(tmp_path / "a.png", [[0, 0]], palette)
        assert read_camvid(path).tolist() == [[0, 0]]
    assert read_camvid(save_palette(tmp_path / "a.png", [[0, 1]], VOC)).tolist() == [[0, 1]]
    assert read_camvid(save_palette(tmp_path / "a.png", [[0, 1]], VOC[:2])).tolist() == [[11, 1]]


def test_palette_colors_decide_for_values_that_a_coding_lacks(tmp_path: Path) -> None:
    space = TRAIN_IDS.label_space
    path = save_palette(tmp_path / "a.png", [[0, 1]], space.palette[[19, 18]])
    assert read_labels(path, TRAIN_IDS).tolist() == [[19, 18]]
    path = save_palette(tmp_path / "a.png", [[0, 18, 255]], [*space.palette[:19], *[(0, 0, 0)] * 237])
    assert read_labels(path, TRAIN_IDS).tolist() == [[0, 18, 19]]


def test_an_index_beyond_the_palette_is_an_id(tmp_path: Path) -> None:
    path = write_png(tmp_path / "a.png", 2, 1, 8, 3, b"\0\0\3")  # without any palette
    assert read_camvid(path).tolist() == [[0, 3]]


def test_a_mask_with_a_palette_is_recognized(tmp_path: Path) -> None:
    path = save_palette(tmp_path / "a.png", [[0, 1]], [(0, 0, 0), (255, 255, 255)])
    with pytest.raises(LabelError, match=r"a\.png has only the values 0 and 255, which looks like a mask"):
        read_camvid(path)
    two = LabelSpace("two", CAMVID.classes[:2], None)
    assert read_labels(path, two).tolist() == [[0, 1]]


def test_a_color_of_several_classes_is_refused_also_with_a_palette(tmp_path: Path) -> None:
    city = LabelSpace.load("cityscapes")
    path = save_palette(tmp_path / "a.png", [[1, 0]], city.palette[[city.index("pole"), city.index("road")]])
    with pytest.raises(LabelError, match=r"\(153, 153, 153\) at x=1, y=0, .* 'pole' and 'polegroup'"):
        read_labels(path, city)


# --- label maps that are something else


def test_a_lossy_map_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", LABELS)
    for read in (read_camvid, read_instances):
        with pytest.raises(InputError, match=r"a\.jpg is a JPEG, whose compression changes ids"):
            read(path)
    path = save(tmp_path / "a.tiff", LABELS, compression="jpeg")
    with pytest.raises(InputError, match=r"a\.tiff is a JPEG"):
        read_instances(path)


def test_a_map_in_another_format_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.bmp", LABELS)
    with pytest.raises(InputError, match=r"a\.bmp is BMP; expected a label map as PNG or TIFF"):
        read_camvid(path)


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_maps_that_pillow_would_invert_are_refused(tmp_path: Path, compression: str | None) -> None:
    white_is_zero = {262: 0}
    path = save(tmp_path / "a.tif", LABELS, tiffinfo=white_is_zero, compression=compression)
    for read in (read_camvid, read_instances):
        with pytest.raises(InputError, match=r"a\.tif has fewer than 8 bits .* counts down from white"):
            read(path)


@pytest.mark.parametrize("depth", [2, 4])
def test_maps_whose_ids_pillow_would_stretch_are_refused(tmp_path: Path, depth: int) -> None:
    path = write_png(tmp_path / "a.png", 1, 1, depth, 0, b"\0\x10")
    for read in (read_camvid, read_instances):
        with pytest.raises(InputError, match=r"a\.png has fewer than 8 bits per pixel"):
            read(path)


def test_a_photograph_given_as_a_map_is_recognized(tmp_path: Path) -> None:
    photograph = np.random.default_rng(3).integers(0, 256, (40, 40, 3))
    with pytest.raises(LabelError, match=r"a\.png looks like a photograph: .*; give the label map"):
        read_camvid(save(tmp_path / "a.png", photograph))


@pytest.mark.parametrize("values", [[[0, 255]], [[255, 255]]])
def test_a_mask_given_as_a_map_is_recognized(tmp_path: Path, values: Any) -> None:
    path = save(tmp_path / "a.png", values)
    with pytest.raises(LabelError, match=r"a\.png has only the values 0 and 255, which looks like a mask"):
        read_camvid(path)
    for mode in ("1", "RGB", "RGBA"):
        Image.fromarray(np.array(values, np.uint8)).convert(mode).save(path)
        with pytest.raises(LabelError, match="looks like a mask"):
            read_camvid(path)


def test_255_in_a_valid_map_is_recognized(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", [[0, 3, 255]])
    with pytest.raises(LabelError, match=r"255 \(first at x=2, y=0; 1 pixels\).*write 11 \('void'\) instead"):
        read_camvid(path)


def test_ids_outside_the_label_space_are_named_with_place_and_number(tmp_path: Path) -> None:
    values = np.zeros((4, 5), int)
    values[1, 2:] = 200
    values[3, 1] = 14
    values[2] = 12
    values[0, 4] = 255
    with pytest.raises(LabelError) as caught:
        read_camvid(save(tmp_path / "a.png", values))
    message = str(caught.value)
    assert "a.png" in message
    assert "12 (first at x=0, y=2; 5 pixels), 14 (first at x=1, y=3; 1 pixels)" in message
    assert "200 (first at x=2, y=1; 3 pixels) and 1 more" in message
    assert "'camvid'" in message
    assert "0..11" in message


READ_AT: list[Callable[[Path, tuple[int, int]], Any]] = [
    lambda path, size: read_labels(path, CAMVID, size),
    lambda path, size: read_instances(path, size),
    lambda path, size: read_mask(path, size),
]


@pytest.mark.parametrize("read", READ_AT, ids=["labels", "instances", "mask"])
def test_a_map_of_another_size_names_both_sizes(
    tmp_path: Path, read: Callable[[Path, tuple[int, int]], Any]
) -> None:
    path = save(tmp_path / "a.png", np.full((2, 3), 255 if read is READ_AT[2] else 3))
    assert read(path, (3, 2)).shape == (2, 3)
    with pytest.raises(InputError, match=r"a\.png.*is 3 x 2 pixels .*picture 2 x 3"):
        read(path, (2, 3))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=hnp.arrays(np.uint16, (3, 4), elements=st.sampled_from([0, 1, 8, 11, 12, 255, 65535])))
def test_a_map_is_read_exactly_or_refused(tmp_path: Path, values: NDArray[np.uint16]) -> None:
    path = save(tmp_path / "a.png", values, np.uint16)
    if values.max() < len(CAMVID):
        assert (read_camvid(path) == values).all()
    else:
        with pytest.raises(LabelError, match=r"a\.png"):
            read_camvid(path)


# --- instance maps


@pytest.mark.parametrize(
    ("name", "dtype", "top"),
    [
        ("a.png", np.uint8, 255),
        ("a.png", np.uint16, 65535),
        ("a.tiff", np.int32, 2**31 - 1),
        ("a.npy", np.int64, 2**31 - 1),
    ],
)
def test_instance_maps_of_8_16_and_32_bits_come_back_exactly(
    tmp_path: Path, name: str, dtype: Any, top: int
) -> None:
    values = np.array([[0, 1], [top, 3]], dtype)
    np.save(tmp_path / name, values) if name == "a.npy" else save(tmp_path / name, values, dtype)
    instances = read_instances(tmp_path / name)
    assert instances.dtype == np.int32
    assert instances.tolist() == [[0, 1], [top, 3]]


def test_red_and_green_of_an_ade_instance_map_give_the_id(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", [[[4, 1, 0], [4, 2, 0], [0, 0, 0]]])
    assert read_instances(path).tolist() == [[4001, 4002, 0]]


def test_a_photograph_given_as_instance_map_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", [[[4, 1, 0], [4, 2, 9]]])
    with pytest.raises(InputError, match=r"a\.png has blue 9 at x=1, y=0; expected 0"):
        read_instances(path)


def test_an_instance_id_out_of_range_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.tiff", [[1, 2], [-5, 0]], np.int32)
    with pytest.raises(InputError, match=r"a\.tiff has the instance id -5 at x=0, y=1"):
        read_instances(path)
    np.save(tmp_path / "a.npy", [[1, 2**31]])
    with pytest.raises(InputError, match=r"a\.npy has the instance id 2147483648 at x=1, y=0; expected 0"):
        read_instances(tmp_path / "a.npy")


# --- masks


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "LA"])
def test_a_mask_is_what_is_brighter_than_half(tmp_path: Path, mode: str) -> None:
    grey = Image.fromarray(np.array([[0, 127], [128, 255]], np.uint8))
    grey.convert(mode).save(tmp_path / "a.png")
    mask = read_mask(tmp_path / "a.png")
    assert mask.dtype == np.bool_
    assert mask.tolist() == [[False, False], [True, True]]


def test_transparent_white_is_not_in_a_mask(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", [[[255, 255, 255, 0], [255, 255, 255, 255]]])
    assert read_mask(path).tolist() == [[False, True]]


def test_a_full_mask_is_fine(tmp_path: Path) -> None:
    assert read_mask(save(tmp_path / "a.png", np.full((2, 2), 255))).all()


def test_an_empty_mask_is_refused_with_its_brightest_value(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", [[0, 1], [0, 0]])
    with pytest.raises(
        InputError, match=r"a\.png is an empty mask: its brightest grey value is 1; expected 128"
    ):
        read_mask(path)

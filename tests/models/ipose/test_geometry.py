"""Cutting objects out and pasting them back, against loops over objects that follow the specification."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.data.boxes import BoxArray, object_boxes, pad_boxes
from scumble.models.ipose.geometry import Objects, compose, outlines, part_mask, with_margin
from tests.models.synthesis_fixture import noise

Record = list[int]

SIZES = [(64, 64), (40, 101), (97, 33), (20, 31), (13, 13)]
ORIGINALS = [(1, 1), (90, 60), (77, 123), (640, 64)]


def random_codes(height: int, width: int, seed: int, *, pictures: int = 2) -> Tensor:
    """Maps of object codes: ellipses of four categories, many of them over the border, int64."""
    rng = np.random.default_rng([height, width, seed])
    rows, columns = np.mgrid[:height, :width]
    maps = np.zeros((pictures, height, width), np.int64)
    for codes in maps:
        for number in range(10):
            y, x = rng.integers(height), rng.integers(width)
            a, b = rng.integers(1, max(height // 2, 3)), rng.integers(1, max(width // 2, 3))
            inside = ((rows - y) / a) ** 2 + ((columns - x) / b) ** 2 <= 1
            codes[inside] = int(rng.choice([24, 26, 28, 31])) * 1000 + number
        codes[:, rng.integers(width)] = 26_500  # a whole column
    return torch.from_numpy(maps)


def records_of(codes: Tensor, original: tuple[int, int] = (1, 1)) -> list[BoxArray]:
    return [object_boxes(one.numpy(), [24, 26, 28], original) for one in codes]


def listed(codes: Tensor, original: tuple[int, int]) -> tuple[Objects, Tensor, list[tuple[int, Record]]]:
    """The objects, their codes, and picture and record of each."""
    records = records_of(codes, original)
    table, counts = (torch.from_numpy(a) for a in pad_boxes(records))
    objects, values = with_margin(table, counts, *codes.shape[1:])
    return objects, values, [(i, record) for i, rows in enumerate(records) for record in rows.tolist()]


def grown(start: int, end: int, size: int) -> tuple[int, int]:
    """Two pixels of margin, then the even rule (section 3.2, steps 1 and 2)."""
    start, end = max(0, start - 2), min(end + 2, size)
    if (end - start) % 2 and end + 1 <= size:
        end += 1
    if (end - start) % 2 and start - 1 >= 0:
        start -= 1
    return start, end


def restored_size(record: Record, height: int, width: int) -> tuple[int, int]:
    """Height and width in the aspect of the photograph (step 4)."""
    original_height, original_width = record[5:]
    if original_height > original_width:
        return int(height * (original_height / original_width)), width
    if original_width > original_height:
        return height, int(width * (original_width / original_height))
    return height, width


def slow_outline(codes: Tensor, record: Record) -> Tensor:
    """One object cut out as section 3.2 says, ``[1, 1, 64, 64]``."""
    top, bottom = grown(record[1], record[2], codes.shape[0])
    left, right = grown(record[3], record[4], codes.shape[1])
    crop = (codes[top:bottom, left:right] == record[0]).float()[None, None]
    height, width = restored_size(record, bottom - top, right - left)
    crop = F.interpolate(crop, (height, width), mode="nearest")
    r = abs(height - width) // 2
    crop = F.pad(crop, (0, 0, r, r) if height < width else (r, r, 0, 0))
    return F.interpolate(crop, (64, 64), mode="nearest")


def slow_paste(canvas: Tensor, record: Record, values: Tensor, outline: Tensor, mode: str) -> None:
    """One object pasted into its picture ``[1, C, H, W]`` as section 3.3 says, in place."""
    top, bottom = grown(record[1], record[2], canvas.shape[2])
    left, right = grown(record[3], record[4], canvas.shape[3])
    height, width = restored_size(record, bottom - top, right - left)
    r = abs(height - width) // 2
    placed = []
    for what, how in ((values, mode), (outline, "nearest")):
        large = F.interpolate(what, (max(height, width),) * 2, mode=how)
        if height < width and r:
            large = large[:, :, r:-r]
        elif width < height and r:
            large = large[:, :, :, r:-r]
        placed.append(F.interpolate(large, (bottom - top, right - left), mode=how))
    patch, mask = placed
    window = canvas[:, :, top:bottom, left:right]
    canvas[:, :, top:bottom, left:right] = window * (1 - mask) + patch * mask


@pytest.mark.parametrize("original", ORIGINALS)
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_outlines_are_those_of_a_loop_over_objects(
    height: int, width: int, original: tuple[int, int]
) -> None:
    codes = random_codes(height, width, 0)
    objects, values, records = listed(codes, original)
    assert len(objects) == len(records) > 4
    found = outlines(codes, values, objects)
    expected = torch.cat([slow_outline(codes[picture], record) for picture, record in records])
    assert torch.equal(found, expected)
    assert found.flatten(1).any(1).sum() > 4


@pytest.mark.parametrize("original", ORIGINALS)
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_objects_are_pasted_as_by_a_loop_over_objects(
    height: int, width: int, original: tuple[int, int]
) -> None:
    codes = random_codes(height, width, 1)
    objects, values, records = listed(codes, original)
    crops = outlines(codes, values, objects)
    features, logits = noise(len(objects), 5, 64, 64), noise(len(objects), 3, 64, 64, seed=1)
    found = compose((2, height, width), objects, crops, features, logits)
    for canvas, stack, mode in zip(
        found, (features, logits, crops), ("bilinear", "nearest", "nearest"), strict=True
    ):
        expected = torch.zeros(2, stack.shape[1], height, width)
        for i, (picture, record) in enumerate(records):
            one = slice(i, i + 1)
            slow_paste(expected[picture : picture + 1], record, stack[one], crops[one], mode)
        torch.testing.assert_close(canvas, expected, atol=1e-5, rtol=1e-5)


def test_ones_cover_exactly_what_is_covered_and_all_else_stays_0() -> None:
    codes = random_codes(64, 80, 2)
    objects, values, _ = listed(codes, (1, 1))
    crops = outlines(codes, values, objects)
    ones = torch.ones(len(objects), 2, 64, 64)
    features, logits, covered = compose((2, 64, 80), objects, crops, ones, 3 * ones)
    assert set(covered.unique().tolist()) == {0, 1}  # type: ignore[no-untyped-call]
    torch.testing.assert_close(features, covered.expand_as(features))
    assert torch.equal(logits, 3 * covered.expand_as(logits))


def test_an_object_whose_square_is_64_pixels_wide_is_covered_exactly() -> None:
    codes = random_codes(64, 64, 2, pictures=1)
    value = 26_500
    codes[:, :, [0, 63]] = codes[:, [0, 63]] = value
    objects, values, _ = listed(torch.where(codes == value, value, 0), (1, 1))
    assert objects.box.tolist() == [[0, 64, 0, 64]]
    crops = outlines(codes, values, objects)
    _, _, covered = compose((1, 64, 64), objects, crops, crops, crops)
    assert torch.equal(covered[0, 0] > 0, codes[0] == value)


def test_a_later_object_covers_an_earlier_one() -> None:
    ids = torch.zeros(1, 32, 32, dtype=torch.int64)
    objects = Objects(
        torch.tensor([0, 0]), torch.tensor([[0, 16, 0, 16], [8, 24, 8, 24]]), torch.full((2, 2), 16)
    )
    crops = torch.ones(2, 1, 64, 64)
    values = torch.tensor([1.0, 2.0])[:, None, None, None].expand(2, 1, 64, 64)
    for order, on_top in ((slice(None), 2.0), ([1, 0], 1.0)):
        placed = Objects(objects.picture, objects.box[order], objects.restored)
        features, _, _ = compose((1, *ids.shape[1:]), placed, crops, values[order], values[order])
        assert (features[0, 0, 8:16, 8:16] == on_top).all()
        assert (features[0, 0, :8, :8] == 1).all()
        assert (features[0, 0, 16:24, 16:24] == 2).all()


def test_pictures_of_a_batch_do_not_mix() -> None:
    codes = random_codes(48, 64, 3)
    both, values, _ = listed(codes, (1, 1))
    crops = outlines(codes, values, both)
    features, logits = noise(len(both), 2, 64, 64), noise(len(both), 9, 64, 64)
    together = compose((2, 48, 64), both, crops, features, logits)
    for picture in range(2):
        own = both.picture == picture
        one = slice(picture, picture + 1)
        objects, codes_alone, _ = listed(codes[one], (1, 1))
        assert torch.equal(codes_alone, values[own])
        assert torch.equal(outlines(codes[one], codes_alone, objects), crops[own])
        alone = compose((1, 48, 64), objects, crops[own], features[own], logits[own])
        assert all(torch.equal(a[0], b[picture]) for a, b in zip(alone, together, strict=True))


@pytest.mark.parametrize("places", [0, 3])
def test_without_objects_everything_is_0(places: int) -> None:
    ids = torch.zeros(2, 40, 48, dtype=torch.int64)
    objects, values = with_margin(
        torch.zeros(2, places, 7, dtype=torch.int64), torch.zeros(2, dtype=torch.int64), 40, 48
    )
    assert len(objects) == 0
    crops = outlines(ids, values, objects)
    assert crops.shape == (0, 1, 64, 64)
    features, logits, covered = compose(
        (2, 40, 48), objects, crops, *(crops.expand(0, channels, 64, 64) for channels in (4, 9))
    )
    assert (features.shape, logits.shape, covered.shape) == ((2, 4, 40, 48), (2, 9, 40, 48), (2, 1, 40, 48))
    assert not features.any()
    assert not covered.any()
    assert not part_mask(logits).any()


def test_an_object_of_one_pixel_is_none_and_one_of_two_by_two_is_kept_with_its_margin() -> None:
    codes = torch.zeros(1, 20, 20, dtype=torch.int64)
    codes[0, 3, 4], codes[0, 10:12, 10:12] = 24_000, 26_000
    objects, values, _ = listed(codes, (1, 1))
    assert values.tolist() == [26_000]
    assert objects.box.tolist() == [[8, 14, 8, 14]]
    outline = outlines(codes, values, objects)[0, 0]
    rows, columns = outline.nonzero(as_tuple=True)
    # Pixels 2 and 3 of six, which the 64 of the outline show by floor(i * 6 / 64).
    assert (rows.min().item(), rows.max().item()) == (22, 42)
    assert (columns.min().item(), columns.max().item()) == (22, 42)


def test_ids_beyond_32_bits_are_told_apart() -> None:
    large = 2**40
    ids = torch.zeros(1, 32, 32, dtype=torch.int64)
    ids[0, 4:12, 4:12], ids[0, 16:28, 16:28] = large, large + 1
    objects = Objects(
        torch.zeros(1, dtype=torch.int64), torch.tensor([[0, 32, 0, 32]]), torch.full((1, 2), 32)
    )
    found = outlines(ids, torch.tensor([large + 1]), objects)
    assert torch.equal(found[0, 0, ::2, ::2], (ids[0] == large + 1).float())


def test_the_map_may_be_of_a_smaller_type_than_the_ids() -> None:
    codes = random_codes(40, 48, 4)
    objects, values, _ = listed(codes, (90, 60))
    assert torch.equal(outlines(codes.int(), values, objects), outlines(codes, values, objects))


def test_a_part_is_seen_where_its_logit_beats_no_part_and_ties_go_to_no_part() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randint(-1, 2, (2, 9, 6, 7), generator=generator).float()
    logits[0] = 0
    expected = logits.numpy().argmax(1) > 0  # numpy's takes the first of several
    assert np.array_equal(part_mask(logits)[:, 0].numpy() > 0, expected)
    assert 0 < part_mask(logits)[1].mean() < 1

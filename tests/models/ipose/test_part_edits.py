"""Objects with edited parts."""

from __future__ import annotations

import numpy as np
import torch

from scumble.models.ipose.part_edits import PartEdits
from scumble.models.oasis.recipe import SynthesisBatch


def scene() -> tuple[SynthesisBatch, torch.Tensor]:
    """Two pictures of a car and a person; each part has its own colour, the person is of one part."""
    parts = torch.zeros(2, 8, 12, dtype=torch.int64)
    parts[:, 2:6, 1:7], parts[:, 5:6, 2:4], parts[:, 1:7, 9:11] = 1, 2, 3
    codes = torch.where(parts > 0, 26_001, 0)
    codes[:, 1:7, 9:11] = 24_000
    image = parts[:, None].float().expand(-1, 3, -1, -1).clone() / 4
    records = torch.zeros(2, 0, 7, dtype=torch.int64)
    return SynthesisBatch(image, parts, codes, records, torch.zeros(2).long(), (5, 6)), parts


def test_picture_and_part_map_change_alike_and_only_in_objects_of_several_parts() -> None:
    batch, parts = scene()
    car = parts.ne(0) & parts.ne(3)
    removed, painted = set(), 0
    for seed in range(40):
        edited = PartEdits(lambda _: parts, 1.0, seed)(batch)
        assert edited.parts is not None
        # Every part has its own colour, also where it is new.
        assert torch.equal(edited.image[:, 0], edited.parts.float() / 4)
        assert torch.equal(edited.parts.ne(parts) & ~car, torch.zeros_like(car))
        for picture in range(2):
            left = set(edited.parts[picture][car[picture]].tolist())
            removed |= {1, 2} - left
            painted += left == {1, 2} and not torch.equal(edited.parts[picture], parts[picture])
    assert removed == {1, 2}
    assert painted > 10


def test_the_share_of_objects_that_are_edited_is_the_one_asked_for() -> None:
    batch, parts = scene()
    changed = []
    for number in range(300):
        edited = PartEdits(lambda _: parts, 0.25, number)(batch)
        assert edited.parts is not None
        changed += (edited.parts != parts).flatten(1).any(1).tolist()
    assert 0.15 < np.mean(changed) < 0.3


def test_the_same_picture_of_the_training_is_edited_the_same_way_and_its_source_is_left_alone() -> None:
    batch, parts = scene()
    image, before = batch.image.clone(), parts.clone()
    edits = PartEdits(lambda _: parts, 0.5, 3)
    first, second = edits(batch), edits(batch)
    assert torch.equal(first.image, second.image)
    assert torch.equal(batch.image, image)
    assert torch.equal(parts, before)


def test_pictures_without_objects_stay() -> None:
    batch, parts = scene()
    empty = SynthesisBatch(batch.image, parts, torch.zeros_like(parts), batch.boxes, batch.counts, (0, 1))
    edited = PartEdits(lambda _: torch.zeros_like(parts), 1.0, 0)(empty)
    assert torch.equal(edited.image, batch.image)
    full = torch.full_like(parts, 26_000)
    whole = SynthesisBatch(batch.image, parts, full, batch.boxes, batch.counts, (0, 1))
    assert not torch.equal(PartEdits(lambda _: parts, 1.0, 0)(whole).image, batch.image)

"""Objects that lack a part."""

from __future__ import annotations

import numpy as np
import torch

from scumble.models.ipose.removal import PartRemoval
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


def test_picture_and_part_map_lose_the_same_part_and_nothing_else() -> None:
    batch, parts = scene()
    lost = set()
    for seed in range(8):
        varied = PartRemoval(lambda _: parts, 1.0, seed)(batch)
        assert varied.parts is not None
        for picture in range(2):
            car = parts[picture] == 1
            (gone,) = set(parts[picture][varied.parts[picture] != parts[picture]].tolist())
            lost.add(gone)
            where = parts[picture] == gone
            assert (varied.parts[picture][where] == 3 - gone).all()
            # What continues has its own colour, and the person, who has but one part, keeps it.
            assert torch.equal(varied.image[picture, 0], varied.parts[picture].float() / 4)
            assert (where & car).any() or gone == 2
    assert lost == {1, 2}


def test_the_share_of_objects_that_lose_a_part_is_the_one_asked_for() -> None:
    batch, parts = scene()
    changed = []
    for number in range(300):
        varied = PartRemoval(lambda _: parts, 0.25, number)(batch)
        assert varied.parts is not None
        changed += (varied.parts != parts).flatten(1).any(1).tolist()
    assert 0.2 < np.mean(changed) < 0.3


def test_the_same_picture_of_the_training_loses_the_same_part_and_its_source_is_left_alone() -> None:
    batch, parts = scene()
    image, before = batch.image.clone(), parts.clone()
    removal = PartRemoval(lambda _: parts, 0.5, 3)
    first, second = removal(batch), removal(batch)
    assert torch.equal(first.image, second.image)
    assert torch.equal(batch.image, image)
    assert torch.equal(parts, before)


def test_pictures_without_objects_stay() -> None:
    batch, parts = scene()
    empty = SynthesisBatch(batch.image, parts, torch.zeros_like(parts), batch.boxes, batch.counts, (0, 1))
    varied = PartRemoval(lambda _: torch.zeros_like(parts), 1.0, 0)(empty)
    assert torch.equal(varied.image, batch.image)
    full = torch.full_like(parts, 26_000)
    whole = SynthesisBatch(batch.image, parts, full, batch.boxes, batch.counts, (0, 1))
    assert not torch.equal(PartRemoval(lambda _: parts, 1.0, 0)(whole).image, batch.image)

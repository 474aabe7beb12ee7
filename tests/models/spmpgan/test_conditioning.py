"""What the networks are shown."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from scumble.models.spmpgan.conditioning import ScaledBatch, edge_map, layout_regions, masked_classes
from tests.models import tiny


def test_both_pixels_of_a_differing_pair_are_edges_and_the_border_is_none() -> None:
    ids = torch.tensor([[[7, 7, 7, 8], [7, 7, 7, 8], [7, 7, 7, 7], [7, 7, 7, 7]]])
    expected = torch.tensor([[[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]]], dtype=torch.bool)
    assert torch.equal(edge_map(ids), expected)


def test_the_layout_is_classes_edge_and_mask_times_the_mask() -> None:
    batch = tiny.edit_batch()
    classes = F.one_hot(batch.labels, tiny.CLASSES).permute(0, 3, 1, 2).float()
    edge = edge_map(batch.instances)[:, None].float()
    expected = torch.cat([classes, edge, torch.ones_like(edge)], 1) * batch.mask
    assert torch.equal(layout_regions(batch, tiny.CLASSES).dense(32, 32), expected)
    assert torch.equal(masked_classes(batch, tiny.CLASSES).dense(32, 32), classes * batch.mask)


@pytest.mark.parametrize("leak", [True, False])
def test_at_full_size_the_picture_stays_as_it_is(leak: bool) -> None:
    batch = tiny.edit_batch()
    scaled = ScaledBatch(batch, 32, 32, leak=leak)
    assert torch.equal(scaled.image, batch.image)
    assert torch.equal(scaled.mask, batch.mask)


def test_a_smaller_composite_takes_the_mean_of_all_pixels_or_without_leak_of_the_known_ones() -> None:
    batch = tiny.edit_batch()
    batch.image[0, 0, :2, :2] = torch.tensor([[0.5, 0.3], [0.1, -0.5]])
    batch.mask[0, 0, :2, :2] = torch.tensor([[0.0, 0.0], [0.0, 1.0]])
    scaled = {leak: ScaledBatch(batch, 16, 16, leak=leak) for leak in (True, False)}
    composites = {leak: one.composite(torch.zeros(2, 3, 16, 16)) for leak, one in scaled.items()}
    assert composites[True][0, 0, 0, 0].item() == pytest.approx(0.1)
    assert composites[False][0, 0, 0, 0].item() == pytest.approx(0.3)
    assert all(one.image[0, 0, 0, 0].item() == pytest.approx(0.1) for one in scaled.values())

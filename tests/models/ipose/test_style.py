"""What iPOSE's style loss promises beyond the reference cases."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from scumble.losses.remd import relaxed_earth_mover_distance
from scumble.models.ipose.style import CROP_SIZE, StyleLoss, style_crops
from scumble.nn.backbones.clip_vit import CLIPImageTower, CLIPTowerConfig
from scumble.nn.backbones.tokens import TokenNetwork

BOXES = torch.tensor(
    [
        [[24000, 4, 20, 6, 14, 1, 1], [24001, 0, 8, 0, 8, 1, 1]],
        [[26000, 10, 30, 2, 22, 1, 1], [0, 0, 0, 0, 0, 0, 0]],
    ]
)
COUNTS = torch.tensor([2, 1])


def order(objects: int, seed: int = 0) -> Tensor:
    """A random number for each object."""
    return torch.rand(objects, generator=torch.Generator().manual_seed(seed))


def _pictures(seed: int) -> Tensor:
    return torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def _loss() -> StyleLoss:
    torch.manual_seed(0)
    return StyleLoss(TokenNetwork(CLIPImageTower(CLIPTowerConfig(64, 16, 64, 1)), 64))


def _crop(picture: Tensor, *record: int) -> Tensor:
    """The crop of one record ``hs, he, ws, we, H0, W0``."""
    boxes = torch.tensor([[[24000, *record]]])
    return style_crops(picture[None], boxes, torch.tensor([1]), torch.tensor([0]))[0]


def test_objects_are_numbered_picture_by_picture_without_the_padding() -> None:
    pictures = torch.arange(2.0).view(2, 1, 1, 1).expand(2, 3, 32, 32) + 1
    crops = style_crops(pictures, BOXES, COUNTS, torch.tensor([2, 0]))
    assert crops.shape == (2, 3, CROP_SIZE, CROP_SIZE)
    assert set(crops[0].flatten().tolist()) == {2}
    assert set(crops[1].flatten().tolist()) == {0, 1}  # a tall box, so with grey on both sides


def test_a_box_is_cut_out_without_margin() -> None:
    picture = torch.zeros(3, 32, 32)
    picture[:, 8:24, 4:20] = 1
    assert bool((_crop(picture, 8, 24, 4, 20, 1, 1) == 1).all())


def test_the_shorter_side_is_padded_with_grey_on_both_ends() -> None:
    crop = _crop(torch.ones(3, 32, 32), 0, 16, 0, 32, 1, 1)
    assert bool((crop[:, :32] == 0).all())
    assert bool((crop[:, 32:96] == 1).all())
    assert bool((crop[:, 96:] == 0).all())


@pytest.mark.parametrize(("height", "width"), [(200, 100), (100, 200)])
def test_a_squashed_object_gets_the_photographs_aspect_back(height: int, width: int) -> None:
    crop = _crop(torch.ones(3, 32, 32), 4, 12, 4, 12, height, width)
    crop = crop if height > width else crop.mT
    assert bool((crop[:, :, :32] == 0).all())
    assert bool((crop[:, :, 32:96] == 1).all())


def test_gradient_reaches_the_generated_picture_inside_the_boxes_only() -> None:
    fake, real = _pictures(0).requires_grad_(), _pictures(1).requires_grad_()
    boxes = torch.tensor([[[24000, 4, 20, 6, 14, 1, 1]], [[26000, 10, 30, 2, 22, 1, 1]]])
    loss = _loss()
    found = loss.objects(fake, real, boxes, torch.tensor([1, 1]), order(2))
    found.backward()  # type: ignore[no-untyped-call]
    inside = torch.zeros(2, 3, 32, 32, dtype=torch.bool)
    inside[0, :, 4:20, 6:14] = True
    inside[1, :, 10:30, 2:22] = True
    assert fake.grad is not None
    assert fake.grad[inside].abs().sum() > 0
    assert fake.grad[~inside].abs().sum() == 0
    assert real.grad is None
    assert all(parameter.grad is None for parameter in loss.parameters())


def test_whole_pictures_are_compared_pair_by_pair() -> None:
    loss, fake, real = _loss(), _pictures(0), _pictures(1)
    pairs = [loss.whole(fake[i : i + 1], real[i : i + 1]) for i in range(2)]
    torch.testing.assert_close(loss.whole(fake, real), torch.stack(pairs).mean())
    assert loss.whole(fake, fake).item() == pytest.approx(0, abs=1e-5)


def test_objects_of_few_are_all_compared_whatever_is_drawn() -> None:
    loss, fake, real = _loss(), _pictures(0), _pictures(1)
    every = torch.arange(3)
    expected = loss.whole(*(style_crops(x, BOXES, COUNTS, every) for x in (fake, real)))
    for seed in range(3):
        found = loss.objects(fake, real, BOXES, COUNTS, order(3, seed))
        torch.testing.assert_close(found, expected)


def test_ten_different_objects_of_many_are_compared_those_of_the_lowest_numbers() -> None:
    seen: list[Tensor] = []

    class Recorder(TokenNetwork):
        """Remembers what it is shown."""

        def forward(self, pictures: Tensor) -> Tensor:
            """Tokens that do not matter."""
            seen.append(pictures)
            return torch.ones(len(pictures), 1, 1)

    loss = StyleLoss(Recorder(CLIPImageTower(CLIPTowerConfig(64, 16, 16, 0)), 16))
    # Every object is one pixel pair of its own value.
    pictures = torch.arange(16.0).repeat_interleave(2).view(1, 1, 1, 32).expand(1, 3, 32, 32)
    boxes = torch.tensor([[[24000 + i, 0, 2, 2 * i, 2 * i + 2, 1, 1] for i in range(16)]])
    for seed in (0, 0, 1):
        loss.objects(pictures, pictures, boxes, torch.tensor([16]), order(16, seed))
    drawn = [shown[:, 0, 0, 0].tolist() for shown in seen]
    assert [len(set(values)) for values in drawn] == [10] * 6
    assert drawn[0] == drawn[1] == drawn[2] == drawn[3]  # real and fake, and again with the same seed
    assert drawn[4] != drawn[0]
    assert drawn[4] == sorted(order(16, 1).argsort()[:10].tolist())


def test_a_batch_without_objects_costs_a_constant_zero() -> None:
    fake = _pictures(0).requires_grad_()
    found = _loss().objects(fake, _pictures(1), BOXES, torch.tensor([0, 0]), order(0))
    assert found.item() == 0
    assert found.shape == ()
    assert not found.requires_grad


def test_the_loss_is_the_distance_of_the_tokens() -> None:
    loss, fake, real = _loss(), _pictures(0), _pictures(1)
    distances = relaxed_earth_mover_distance(loss.backbone(fake), loss.backbone(real))
    torch.testing.assert_close(loss.whole(fake, real), distances.mean())

"""The segmenting discriminator."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scumble.errors import ConfigError
from scumble.models.oasis.config import SegmenterConfig
from scumble.models.oasis.discriminator import Segmenter
from tests.models.synthesis_fixture import noise, parameters, settled

TINY = SegmenterConfig((4, 4, 6, 6, 8, 8), last=5, global_head=True)


@pytest.mark.parametrize(("height", "width"), [(64, 64), (64, 128), (192, 64)])
@torch.no_grad()
def test_every_pixel_gets_logits_and_every_region_of_16_pixels_a_score(height: int, width: int) -> None:
    found = settled(Segmenter(TINY, 7))(noise(2, 3, height, width))
    assert found.classes.shape == (2, 8, height, width)
    assert found.features.shape == (2, 5, height, width)
    assert found.whole is not None
    assert found.whole.shape == (2, 1, height // 16, width // 16)


@torch.no_grad()
def test_without_a_global_head_the_classes_are_the_same_and_there_is_no_score() -> None:
    with_head = settled(Segmenter(TINY, 7))
    without = Segmenter(SegmenterConfig(TINY.widths, TINY.last), 7).eval()
    missing, surplus = without.load_state_dict(with_head.state_dict(), strict=False)
    assert (missing, surplus) == ([], ["head.weight", "head.bias"])
    pictures = noise(2, 3, 64, 64)
    found = without(pictures)
    assert found.whole is None
    assert torch.equal(found.classes, with_head(pictures).classes)


@torch.no_grad()
def test_the_score_of_a_region_does_not_depend_on_pixels_far_away() -> None:
    network = settled(Segmenter(TINY, 7))
    pictures = noise(1, 3, 64, 256)
    other = pictures.clone()
    other[..., 200:] = 0
    one, changed = network(pictures).whole, network(other).whole
    assert one is not None
    assert changed is not None
    torch.testing.assert_close(one[..., :6], changed[..., :6])
    assert not torch.allclose(one[..., -1], changed[..., -1])


@pytest.mark.parametrize(
    ("classes", "head", "millions"), [(151, True, 22.26), (151, False, 22.26), (35, True, 22.25)]
)
def test_the_published_widths_have_the_published_number_of_parameters(
    classes: int, head: bool, millions: float
) -> None:
    with torch.device("meta"):
        network = Segmenter(SegmenterConfig(global_head=head), classes)
    assert round(parameters(network) / 1e6, 2) == millions


@torch.no_grad()
def test_every_convolution_but_those_that_judge_is_normed_to_a_largest_gain_of_1() -> None:
    network = settled(Segmenter(TINY, 7))
    network(noise(1, 3, 64, 64))
    gains = {
        name: torch.linalg.matrix_norm(module.weight.flatten(1), 2).item()
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d)
    }
    normed = {name for name, gain in gains.items() if abs(gain - 1) < 1e-4}
    assert set(gains) - normed == {"output", "head"}


@torch.no_grad()
def test_fewer_blocks_take_smaller_pictures() -> None:
    network = settled(Segmenter(SegmenterConfig((4, 4, 4, 4), 4, global_head=True), 7))
    found = network(noise(1, 3, 16, 48))
    assert found.classes.shape == (1, 8, 16, 48)
    assert found.whole is not None
    assert found.whole.shape == (1, 1, 1, 3)


@pytest.mark.parametrize("widths", [(4, 4, 4), (4, 4, 4, 0)])
def test_impossible_widths_are_refused(widths: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="at least four widths, all positive"):
        SegmenterConfig(widths)

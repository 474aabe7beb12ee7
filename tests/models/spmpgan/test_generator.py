"""The pyramid and what its switches change."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from scumble.errors import ConfigError
from scumble.models.spmpgan.config import StageConfig, published_config
from scumble.models.spmpgan.generator import SPMPGANGenerator
from tests.models import tiny


@pytest.mark.parametrize(("label_channels", "millions"), [(151, 76.93), (34, 74.10)])
def test_the_published_configuration_has_the_published_number_of_parameters(
    label_channels: int, millions: float
) -> None:
    with torch.device("meta"):
        network = SPMPGANGenerator(published_config(label_channels))
    assert round(sum(p.numel() for p in network.parameters()) / 1e6, 2) == millions


def test_the_published_configuration_takes_multiples_of_128_in_bgr() -> None:
    config = published_config(34)
    assert config.multiple == 128
    assert config.channel_order == "bgr"


@pytest.mark.parametrize(("height", "width"), [(32, 32), (16, 48), (64, 32)])
@torch.no_grad()
def test_every_size_that_is_a_multiple_gives_pictures_of_every_scale(height: int, width: int) -> None:
    output = tiny.with_weights(SPMPGANGenerator(tiny.pyramid_config()))(tiny.edit_batch(height, width))
    scales = [(height // n, width // n) for n in (4, 2, 1)]
    for pictures in (output.inputs, output.raw, output.composites):
        assert [tuple(p.shape) for p in pictures] == [(2, 3, *scale) for scale in scales]
    assert all(torch.isfinite(p).all() and p.abs().max() <= 1 for p in output.raw)


@pytest.mark.parametrize(("height", "width"), [(24, 32), (32, 40)])
def test_another_size_is_refused_with_the_multiple(height: int, width: int) -> None:
    with pytest.raises(ConfigError, match=rf"multiples of 16, but the picture is {width}x{height}"):
        SPMPGANGenerator(tiny.pyramid_config())(tiny.edit_batch(height, width))


def test_a_stage_whose_decoder_does_not_fit_its_encoder_is_refused() -> None:
    with pytest.raises(ConfigError, match="needs 3 decoder"):
        StageConfig((4, 4, 4, 4, 4), (4, 4))


@torch.no_grad()
def test_pixels_outside_the_mask_are_those_of_the_photo_and_inside_those_of_the_network() -> None:
    batch = tiny.edit_batch()
    output = tiny.with_weights(SPMPGANGenerator(tiny.pyramid_config()))(batch)
    hidden = (batch.mask > 0).expand_as(batch.image)
    assert torch.equal(output.picture[~hidden], batch.image[~hidden])
    assert torch.equal(output.picture[hidden], output.raw[-1][hidden])
    assert torch.equal(output.picture, output.composites[-1])


@torch.no_grad()
def test_without_leak_hidden_pixels_have_no_influence() -> None:
    network = tiny.with_weights(SPMPGANGenerator(tiny.pyramid_config(leak=False)))
    batch = tiny.edit_batch()
    other = tiny.with_other_hidden_pixels(batch)
    assert not torch.equal(batch.image, other.image)
    assert torch.equal(network(batch).picture, network(other).picture)


@torch.no_grad()
def test_with_leak_hidden_pixels_shine_through_at_the_border_as_published() -> None:
    network = tiny.with_weights(SPMPGANGenerator(tiny.pyramid_config(leak=True)))
    batch = tiny.edit_batch()
    one, other = network(batch), network(tiny.with_other_hidden_pixels(batch))
    assert torch.equal(one.raw[0], other.raw[0])
    assert not torch.equal(one.inputs[1], other.inputs[1])
    assert not torch.equal(tiny.inside(batch, one.picture), tiny.inside(batch, other.picture))


@torch.no_grad()
def test_labels_outside_the_mask_have_no_influence() -> None:
    network = tiny.with_weights(SPMPGANGenerator(tiny.pyramid_config()))
    batch = tiny.edit_batch()
    changed = torch.where(batch.mask[:, 0] > 0, batch.labels, (batch.labels + 1) % tiny.CLASSES)
    other = replace(batch, labels=changed)
    assert torch.equal(network(batch).picture, network(other).picture)


@torch.no_grad()
def test_a_picture_is_painted_alike_alone_and_in_a_batch() -> None:
    network = tiny.with_weights(SPMPGANGenerator(tiny.pyramid_config()))
    batch = tiny.edit_batch()
    alone = replace(
        batch,
        image=batch.image[1:],
        labels=batch.labels[1:],
        instances=batch.instances[1:],
        mask=batch.mask[1:],
    )
    assert torch.allclose(network(alone).picture, network(batch).picture[1:], atol=1e-5)

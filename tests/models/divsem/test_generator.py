"""The DivSem generator and its switches."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from scumble.errors import ConfigError
from scumble.models.divsem.config import DivSemConfig, published_divsem_config
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.divsem.published import class_of_published_id, generator_keys
from scumble.models.divsem.style_encoder import GivenCodes
from scumble.models.spmpgan.generator import SPMPGANGenerator
from scumble.nn.pooling import find_instances
from tests.models import tiny
from tests.models.published import described_entries


@pytest.mark.parametrize(("label_channels", "millions"), [(151, 85.69), (34, 82.86)])
def test_the_published_configuration_has_the_published_number_of_parameters(
    label_channels: int, millions: float
) -> None:
    with torch.device("meta"):
        network = DivSemGenerator(published_divsem_config(label_channels))
    assert round(sum(p.numel() for p in network.parameters()) / 1e6, 2) == millions
    assert network.style_encoder is not None
    assert round(sum(p.numel() for p in network.style_encoder.parameters()) / 1e6, 2) == 7.44


@torch.no_grad()
def test_without_style_it_is_the_generator_of_spmpgan() -> None:
    published = tiny.with_weights(SPMPGANGenerator(tiny.pyramid_config()))
    network = DivSemGenerator(DivSemConfig(tiny.pyramid_config(), style=None)).eval()
    network.load_state_dict(published.state_dict())
    batch = tiny.edit_batch(erase=True)
    assert torch.equal(network(batch).picture, published(batch).picture)


@torch.no_grad()
def test_another_style_code_paints_the_erased_instance_differently() -> None:
    network = tiny.with_weights(DivSemGenerator(tiny.divsem_config()))
    batch = tiny.edit_batch(erase=True)
    erased = find_instances(batch.instances).id == 121
    pictures = [
        network(batch, GivenCodes(erased, torch.full((len(erased), 3), value))).picture
        for value in (-1.0, 1.0)
    ]
    assert (tiny.inside(batch, pictures[0] - pictures[1]).abs() > 1e-3).any()
    hidden = (batch.mask > 0).expand_as(batch.image)
    assert torch.equal(pictures[0][~hidden], batch.image[~hidden])


@torch.no_grad()
def test_without_leak_hidden_pixels_have_no_influence_when_codes_are_given() -> None:
    config = DivSemConfig(tiny.pyramid_config(leak=False), tiny.style_config())
    network = tiny.with_weights(DivSemGenerator(config))
    batch = tiny.edit_batch(erase=True)
    erased = find_instances(batch.instances).id == 121
    given = GivenCodes(erased, torch.randn(len(erased), 3))
    one, other = (network(b, given).picture for b in (batch, tiny.with_other_hidden_pixels(batch)))
    assert torch.equal(one, other)


@torch.no_grad()
def test_without_given_codes_an_erased_instance_looks_like_what_was_there_as_in_training() -> None:
    network = tiny.with_weights(
        DivSemGenerator(DivSemConfig(tiny.pyramid_config(leak=False), tiny.style_config()))
    )
    batch = tiny.edit_batch(erase=True)
    one, other = (network(b).picture for b in (batch, tiny.with_other_hidden_pixels(batch)))
    assert not torch.equal(one, other)


@pytest.mark.parametrize(("height", "width"), [(32, 32), (16, 48)])
@torch.no_grad()
def test_every_size_that_is_a_multiple_works(height: int, width: int) -> None:
    batch = tiny.edit_batch(height, width)
    picture = tiny.with_weights(DivSemGenerator(tiny.divsem_config()))(batch).picture
    assert picture.shape == batch.image.shape
    assert torch.isfinite(picture).all()


@pytest.mark.parametrize(("height", "width"), [(24, 32), (33, 32)])
def test_another_size_is_refused_with_the_multiple(height: int, width: int) -> None:
    batch = tiny.edit_batch(48, 48)
    cut = replace(
        batch,
        image=batch.image[..., :height, :width],
        labels=batch.labels[..., :height, :width],
        instances=batch.instances[..., :height, :width],
        mask=batch.mask[..., :height, :width],
    )
    with pytest.raises(ConfigError, match=rf"multiples of 16, but the picture is {width}x{height}"):
        DivSemGenerator(tiny.divsem_config())(cut)


def test_the_generator_survives_the_way_to_the_published_entries_and_back() -> None:
    config = tiny.divsem_config()
    ours = DivSemGenerator(config).state_dict()
    keys = generator_keys(config)
    back = keys.to_ours(keys.to_published(ours))
    assert back.keys() == ours.keys()
    assert all(torch.equal(back[name], ours[name]) for name in ours)


@pytest.mark.parametrize(
    ("case", "config"),
    [
        ("divsem/generator_small", published_divsem_config(6, width=4, style_length=8)),
        ("divsem/generator_full_cityscapes", published_divsem_config(34)),
    ],
)
def test_the_generator_has_the_published_entries_in_their_order(case: str, config: DivSemConfig) -> None:
    with torch.device("meta"):
        published = generator_keys(config).to_published(DivSemGenerator(config).state_dict())
    assert [(name, list(value.shape)) for name, value in published.items()] == described_entries(case)


def test_the_class_of_a_published_id_is_wrong_from_120_on_as_released() -> None:
    assert [class_of_published_id(121 * c + 120) for c in (2, 21, 94)] == [2, 21, 94]
    assert class_of_published_id(121 * 128 + 120) == 8

"""Style codes of instances."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest
import torch
from torch import Tensor

from scumble.models.divsem.config import StyleConfig
from scumble.models.divsem.style_encoder import GivenCodes, StyleEncoder
from scumble.models.spmpgan.conditioning import EditBatch
from scumble.nn.inference import prepare
from scumble.nn.pooling import find_instances
from tests.models import tiny


def encoder(config: StyleConfig | None = None) -> StyleEncoder:
    network = StyleEncoder(config or tiny.style_config())
    tiny.with_weights(network)
    return network.requires_grad_(False)


def means_by_loop(network: StyleEncoder, batch: EditBatch, *, visible_only: bool) -> Tensor:
    """Means over the pixels of each instance, or over its visible ones."""
    trunk = network.trunk(batch.image, 1 - batch.mask)
    instances = find_instances(batch.instances)
    rows = []
    for b, k in zip(instances.picture, instances.id, strict=True):
        pixels = batch.instances[b] == k
        if visible_only:
            pixels &= batch.mask[b, 0] == 0
        rows.append(trunk[b, :, pixels].mean(1))
    return torch.stack(rows)


def test_codes_average_all_pixels_of_an_instance_as_in_the_released_code() -> None:
    network, batch = encoder(tiny.style_config(valid_ratio_norm=False)), tiny.edit_batch()
    codes = network(batch.image, batch.mask, find_instances(batch.instances))
    assert torch.allclose(codes, means_by_loop(network, batch, visible_only=False), atol=1e-5)


def test_valid_pooling_ignores_the_hidden_pixels() -> None:
    network, batch = encoder(tiny.style_config(pooling="valid", valid_ratio_norm=False)), tiny.edit_batch()
    codes = network(batch.image, batch.mask, find_instances(batch.instances))
    assert torch.allclose(codes, means_by_loop(network, batch, visible_only=True), atol=1e-5)
    assert not torch.allclose(codes, means_by_loop(network, batch, visible_only=False), atol=1e-3)


def test_a_prepared_encoder_gives_the_same_in_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    network, batch = encoder(), tiny.edit_batch()
    expected = network.trunk(batch.image, 1 - batch.mask)
    prepare(network)
    monkeypatch.setattr("scumble.nn.packed_conv.BAND", 200)
    with torch.inference_mode():
        found = network.trunk(batch.image, 1 - batch.mask)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("pooling", ["all", "valid"])
def test_what_is_hidden_does_not_change_the_code_of_a_visible_instance(
    pooling: Literal["all", "valid"],
) -> None:
    network, batch = encoder(tiny.style_config(pooling=pooling)), tiny.edit_batch()
    other = tiny.with_other_hidden_pixels(batch)
    instances = find_instances(batch.instances)
    codes = [network(b.image, b.mask, instances) for b in (batch, other)]
    assert torch.equal(codes[0], codes[1])


def test_a_code_is_scaled_and_shifted_by_functions_of_the_visible_share() -> None:
    network, batch = encoder(), tiny.edit_batch()
    instances = find_instances(batch.instances)
    ratio = instances.mean(1 - batch.mask)
    assert 0 < ratio.min() < ratio.max() <= 1
    expected = means_by_loop(network, batch, visible_only=False) * torch.sigmoid(
        ratio * network.gamma.weight + network.gamma.bias
    ) + torch.sigmoid(ratio * network.beta.weight + network.beta.bias)
    assert torch.allclose(network(batch.image, batch.mask, instances), expected, atol=1e-5)


def test_given_codes_replace_those_of_their_instances_and_count_as_fully_visible() -> None:
    network, batch = encoder(), tiny.edit_batch()
    instances = find_instances(batch.instances)
    where = torch.arange(len(instances)) == 2
    given = torch.randn(len(instances), 3)
    own = network(batch.image, batch.mask, instances)
    codes = network(batch.image, batch.mask, instances, GivenCodes(where, given))
    assert torch.equal(codes[~where], own[~where])
    scale = torch.sigmoid(network.gamma.weight + network.gamma.bias)
    shift = torch.sigmoid(network.beta.weight + network.beta.bias)
    assert torch.allclose(codes[2], (given[2] * scale + shift)[0])


def test_without_normalisation_a_given_code_is_used_as_it_is() -> None:
    network, batch = encoder(tiny.style_config(valid_ratio_norm=False)), tiny.edit_batch(erase=True)
    instances = find_instances(batch.instances)
    erased = instances.id == 121
    given = torch.randn(len(instances), 3)
    codes = network(batch.image, batch.mask, instances, GivenCodes(erased, given))
    assert torch.equal(codes[erased], given[erased])


def test_in_training_an_erased_instance_takes_its_code_from_the_unmasked_picture() -> None:
    network, batch = encoder(tiny.style_config(valid_ratio_norm=False)), tiny.edit_batch(erase=True)
    instances = find_instances(batch.instances)
    erased = instances.id == 121
    unmasked = replace(batch, mask=torch.zeros_like(batch.mask))
    codes = network(batch.image, batch.mask, instances)
    assert torch.allclose(
        codes[erased], means_by_loop(network, unmasked, visible_only=False)[erased], atol=1e-5
    )


def test_the_trunk_never_sees_the_hidden_pixels() -> None:
    network, batch = encoder(), tiny.edit_batch()
    other = tiny.with_other_hidden_pixels(batch)
    assert torch.equal(network.trunk(batch.image, 1 - batch.mask), network.trunk(other.image, 1 - batch.mask))

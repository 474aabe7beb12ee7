"""PartNet's network."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from scumble.models.partnet.config import PartNetConfig
from scumble.models.partnet.network import RULED_OUT, PartNet
from scumble.models.partnet.supports import one_hot

SMALL = PartNetConfig(encoder=(4, 4, 4, 4), decoder=(4, 4, 4), attention_layers=1)


def prepared(config: PartNetConfig = SMALL) -> tuple[PartNet, torch.Tensor]:
    """An untrained network and the supports of two categories, of which the second shows one part less."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = PartNet(config).eval()
    maps = np.zeros((2, 3, 64, 64), np.uint8)
    maps[:, :, 10:50, 10:30], maps[0, :, 10:50, 30:40] = 1, 2
    return network, one_hot(maps)


@torch.no_grad()
def test_supports_may_be_encoded_once_for_all_objects() -> None:
    network, supports = prepared()
    shapes = network.encode_shapes(1 - supports[:, 0, :1])
    together, _ = network(shapes, network.encode_supports(supports).of(torch.tensor([1, 0])))
    for i, category in enumerate((1, 0)):
        alone = network.encode_supports(supports[category : category + 1])
        logits, _ = network(shapes[i : i + 1], alone.of(torch.tensor([0])))
        torch.testing.assert_close(logits[0, :2], together[i, :2])


@torch.no_grad()
def test_parts_that_no_support_shows_are_ruled_out_if_asked_for() -> None:
    network, supports = prepared(replace(SMALL, skip_empty=True))
    found = network.encode_supports(supports)
    shapes = network.encode_shapes(1 - supports[:, 0, :1])
    logits, features = network(shapes, found.of(torch.tensor([0, 1])))
    assert (logits[0, 3:] == RULED_OUT).all()
    assert (logits[1, 2:] == RULED_OUT).all()
    assert not features.view(2, 9, -1)[1, 2:].any()
    complete, _ = prepared()[0](shapes, found.of(torch.tensor([0, 1])))
    torch.testing.assert_close(logits[0, :3], complete[0, :3])


@torch.no_grad()
def test_a_part_has_no_place_of_its_own() -> None:
    """Exchanging two parts in the supports exchanges their logits."""
    network, supports = prepared()
    shapes = network.encode_shapes(1 - supports[:1, 0, :1])
    logits, _ = network(shapes, network.encode_supports(supports[:1]))
    order = torch.tensor([0, 2, 1, *range(3, 9)])
    swapped, _ = network(shapes, network.encode_supports(supports[:1, :, order]))
    torch.testing.assert_close(swapped[:, order], logits)


@torch.no_grad()
def test_projections_may_be_kept() -> None:
    for config in (SMALL, replace(SMALL, skip_empty=True)):
        network, supports = prepared(config)
        shapes = network.encode_shapes(1 - supports[:, 0, :1])
        found = network.encode_supports(supports)
        kept = replace(found, projected=network.project(found, torch.arange(2)))
        rows = torch.tensor([1, 0])
        for mine, its in zip(network(shapes, kept.of(rows)), network(shapes, found.of(rows)), strict=True):
            torch.testing.assert_close(mine, its)


@torch.no_grad()
def test_small_parts_gain_by_their_share_in_the_supports_and_only_when_parts_are_inferred() -> None:
    plain, supports = prepared(replace(SMALL, skip_empty=True))
    favoured, _ = prepared(replace(SMALL, skip_empty=True, prior_power=0.5))
    shapes = plain.encode_shapes(1 - supports[:, 0, :1])
    given = plain.encode_supports(supports)
    raw = plain(shapes, given)[0]
    gain = (favoured(shapes, given)[0] - raw)[0, :, 0, 0]
    # The first category's part 1 covers 800 of 1200 pixels, its part 2 the other 400.
    expected = [0.0, 0.5 * math.log(3 / 2), 0.5 * math.log(3), *[0.0] * 6]
    torch.testing.assert_close(gain, torch.tensor(expected), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(favoured.train()(shapes, given)[0], raw)


def test_the_published_network_has_its_number_of_parameters() -> None:
    assert sum(p.numel() for p in PartNet(PartNetConfig()).parameters()) == 5_133_825


def test_impossible_widths_are_refused() -> None:
    with pytest.raises(Exception, match="must be at least 1"):
        PartNetConfig(supports=0)
    with pytest.raises(Exception, match=r"prior_power is 2; expected 0\.\.1"):
        PartNetConfig(prior_power=2)


@torch.no_grad()
def test_the_features_of_an_empty_mask_do_not_depend_on_the_machine() -> None:
    """They are enlarged rounding errors, and as large as any other features."""
    network, supports = prepared()
    masks = network.encode_masks(supports.transpose(1, 2))
    assert torch.equal(masks[0, 3], masks[1, 8])
    with torch.backends.mkldnn.flags(enabled=False):
        assert torch.equal(network.encode_masks(supports.transpose(1, 2))[0, 3], masks[0, 3])
    assert masks[0, 3].abs().max() > 0.1

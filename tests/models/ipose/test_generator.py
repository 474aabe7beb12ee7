"""What iPOSE paints, and what objects and their parts do to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from scumble.data.boxes import object_boxes, pad_boxes
from scumble.models.ipose.blocks import Parts
from scumble.models.ipose.config import Injection, IPOSEConfig
from scumble.models.ipose.generator import IPOSEGenerator, NoiseBranch
from scumble.models.ipose.geometry import with_margin
from scumble.models.ipose.inference import ComposedParts, infer_parts
from scumble.models.oasis.config import OASISConfig
from scumble.models.oasis.generator import OASISGenerator
from scumble.models.partnet.supports import one_hot
from tests.models.synthesis_fixture import (
    CLASSES,
    ipose_config,
    label_maps,
    noise,
    oasis_config,
    parameters,
    settled,
)

INJECTIONS: tuple[Injection, ...] = ("modulation", "spade", "concatenation", "none")


def codes(height: int = 64, width: int = 64) -> Tensor:
    """Two pictures; the first shows two cars and a person, the second one car."""
    ids = torch.zeros(2, height, width, dtype=torch.int64)
    ids[0, 4:24, 6:40], ids[0, 34:52, 2:30], ids[0, 20:60, 34:50] = 26_000, 26_001, 24_000
    ids[1, 30:60, 10:60] = 26_000
    return ids


def inferred(network: IPOSEGenerator, ids: Tensor) -> ComposedParts:
    """The parts of a batch; both categories show an upper and a lower part."""
    maps = np.zeros((2, 1, 64, 64), np.uint8)
    maps[:, :, 8:56, 8:56], maps[:, :, 40:56, 8:56] = 1, 2
    table, counts = pad_boxes([object_boxes(one.numpy(), [24, 26]) for one in ids])
    objects, found = with_margin(torch.from_numpy(table), torch.from_numpy(counts), *ids.shape[1:])
    rows = torch.searchsorted(torch.tensor([24, 26]), found // 1000)
    supports = network.partnet.encode_supports(one_hot(maps)).of(rows)
    return infer_parts(network.partnet, ids, found, objects, supports)


def painted(network: IPOSEGenerator, parts: Parts | None, height: int = 64, width: int = 64) -> Tensor:
    """Two pictures of these parts."""
    spatial = noise(2, 3, height // 32, width // 32, seed=5)
    result: Tensor = network(label_maps(height, width), noise(2, 3), parts, spatial)
    return result


@pytest.fixture(scope="module")
def network() -> IPOSEGenerator:
    return settled(IPOSEGenerator(ipose_config()))


@pytest.mark.parametrize("classes", [151, 35])
def test_the_published_configurations_have_the_published_number_of_parameters(classes: int) -> None:
    with torch.device("meta"):
        network = IPOSEGenerator(IPOSEConfig(OASISConfig(classes)))
    partnet = parameters(network.partnet)
    assert partnet == 5_133_825
    assert round((parameters(network) - partnet) / 1e6, 2) == {151: 106.04, 35: 102.83}[classes]


@pytest.mark.parametrize(("height", "width"), [(64, 64), (32, 96)])
@pytest.mark.parametrize("injection", INJECTIONS)
@torch.no_grad()
def test_each_injection_paints_every_size_that_is_a_multiple_of_32(
    injection: Injection, height: int, width: int
) -> None:
    network = settled(IPOSEGenerator(ipose_config(injection)))
    parts = None
    if injection != "none":
        parts = network.modulating(inferred(network, codes(height, width)))
        assert parts.features.shape == (2, 4, height, width)
    pictures = painted(network, parts, height, width)
    assert pictures.shape == (2, 3, height, width)
    assert pictures.std() > 0.01
    assert pictures.abs().max() <= 1


@torch.no_grad()
def test_without_injection_the_pictures_are_those_of_oasis() -> None:
    oasis = settled(OASISGenerator(oasis_config()))
    network = IPOSEGenerator(ipose_config("none")).eval()
    renamed = {
        ".".join([*name.split(".")[:2], "spade", *name.split(".")[2:]])
        if name.startswith("blocks.")
        else name: t
        for name, t in oasis.state_dict().items()
    }
    network.load_state_dict(renamed)
    labels, vector = label_maps(), noise(2, 3)
    assert torch.equal(network(labels, vector), oasis(labels, vector))


@torch.no_grad()
def test_nothing_is_inferred_outside_objects_and_parts_are_seen_inside(network: IPOSEGenerator) -> None:
    ids = codes()
    found = inferred(network, ids)
    assert found.features.shape == (2, 36, 64, 64)
    outside = (F.max_pool2d((ids > 0)[:, None].float(), 5, 1, 2) == 0).expand(2, 9, 64, 64)
    assert not found.logits[outside].any()
    assert not found.features.view(2, 9, 4, 64, 64).abs().amax(2)[outside].any()
    assert not found.mask[outside[:, :1]].any()
    assert found.logits[(ids > 0)[:, None].expand_as(found.logits)].std() > 0.01


@torch.no_grad()
def test_objects_of_another_picture_do_not_matter(network: IPOSEGenerator) -> None:
    ids = codes()
    changed = ids.clone()
    changed[0] = 0
    one, other = inferred(network, ids), inferred(network, changed)
    torch.testing.assert_close(one.features[1], other.features[1], atol=1e-4, rtol=1e-4)
    assert not other.features[0].any()
    assert one.features[0].any()


@torch.no_grad()
def test_pictures_without_objects_are_painted(network: IPOSEGenerator) -> None:
    found = inferred(network, torch.zeros(2, 64, 64, dtype=torch.int64))
    assert not found.features.any()
    assert not found.mask.any()
    assert painted(network, network.modulating(found)).isfinite().all()


@torch.no_grad()
def test_part_features_do_not_matter_where_no_part_is_seen(network: IPOSEGenerator) -> None:
    """Three pixels from the mask at every scale; here the mask is the left half."""
    features, other = noise(2, 4, 64, 256), noise(2, 4, 64, 256, seed=1)
    nothing = torch.zeros(2, 1, 64, 256)
    assert torch.equal(
        painted(network, Parts(features, nothing), 64, 256), painted(network, Parts(other, nothing), 64, 256)
    )
    left = nothing.clone()
    left[..., :128] = 1
    far = features.clone()
    far[..., 128 + 3 * 32 :] = other[..., 128 + 3 * 32 :]
    one, changed = (painted(network, Parts(f, left), 64, 256) for f in (features, far))
    assert torch.equal(one, changed)
    everywhere = torch.ones_like(nothing)
    assert not torch.equal(
        painted(network, Parts(features, everywhere), 64, 256),
        painted(network, Parts(far, everywhere), 64, 256),
    )


@torch.no_grad()
def test_another_part_mask_inside_one_object_changes_the_picture_there_most(network: IPOSEGenerator) -> None:
    found = inferred(network, codes())
    inside = codes()[1] == 26_000
    mask = found.mask.clone()
    mask[1, 0][inside] = 1 - mask[1, 0][inside]
    one, other = (
        painted(network, network.modulating(replace(found, mask=given))) for given in (found.mask, mask)
    )
    assert torch.equal(one[0], other[0])
    difference = (one[1] - other[1]).abs().mean(0)
    assert difference.max() > 0.01
    assert difference[inside].mean() > 2 * difference[:12].mean()


@torch.no_grad()
def test_coarse_noise_is_for_what_is_no_part(network: IPOSEGenerator) -> None:
    features = noise(2, 4, 64, 64)
    labels, vector = label_maps(), noise(2, 3)
    for mask, matters in ((0.0, True), (1.0, False)):
        parts = Parts(features, torch.full((2, 1, 64, 64), mask))
        one, other = (network(labels, vector, parts, noise(2, 3, 2, 2, seed=seed)) for seed in (1, 2))
        assert torch.equal(one, other) is not matters


def test_partnet_is_frozen_and_everything_else_that_is_used_learns() -> None:
    network = settled(IPOSEGenerator(ipose_config()))
    assert not any(p.requires_grad for p in network.partnet.parameters())
    found = inferred(network, codes())
    assert not found.features.requires_grad
    found = replace(found, mask=torch.zeros_like(found.mask).index_fill_(3, torch.arange(32), 1.0))
    torch.autograd.backward(painted(network.train(), network.modulating(found)).square().sum())
    silent = {name for name, p in network.named_parameters() if p.requires_grad and p.grad is None}
    # Released checkpoints hold this layer, but it leads nowhere.
    assert silent == {"noise.up.5.weight", "noise.up.5.bias"}


@torch.no_grad()
def test_the_noise_branch_doubles_in_size_and_sees_the_class_ids_as_numbers() -> None:
    branch = settled(NoiseBranch(4, 6))
    labels, given = label_maps(), noise(2, 3, 2, 2)
    found = branch(given, labels)
    assert [tuple(x.shape) for x in found] == [(2, 4, 2 << i, 2 << i) for i in range(6)]
    first = F.conv2d(
        torch.cat([given, labels[:, None, ::32, ::32].float()], 1),
        branch.first.weight,
        branch.first.bias,
        padding=1,
    )
    torch.testing.assert_close(found[0], F.leaky_relu(F.instance_norm(first), 0.2))
    inputs = [layer.in_channels for layer in branch.up]
    assert inputs == [5, 5, 5, 4, 4, 4]
    # Only the coarse layers look at the ids.
    finer = labels.clone()
    finer[:, 1::2] = (labels[:, 1::2] + 1) % CLASSES
    assert all(torch.equal(a, b) for a, b in zip(found, branch(given, finer), strict=True))

"""Beginning with the weights of a checkpoint that knows other classes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from scumble.checkpoint import Checkpoint, Origin
from scumble.errors import ConfigError
from scumble.label_space import LabelSpace
from scumble.models.class_channels import class_channels
from scumble.models.oasis.generator import OASISGenerator
from scumble.models.registry import SYSTEMS
from scumble.training.transfer import TransferReport, transfer
from tests.models import tiny
from tests.models.class_fixture import VARIANTS, Variant

OLD = LabelSpace.from_names("old", ["road", "Sky", "car", "lamp", "tree"])
NEW = LabelSpace.from_names("new", ["boat", "TREE", "sky", "lake", "car", "road", "reed", "Lamp"])
IDS = torch.tensor([5, 2, 4, 7, 1])
"""The new id of every old class: all of them are there, in another order and other cases."""
PAINTERS = {name: variant for name, variant in VARIANTS.items() if variant.paint}


def checkpoint(variant: Variant, classes: int = 5, space: LabelSpace = OLD) -> Checkpoint:
    network = variant.build(classes).requires_grad_(False)
    return Checkpoint(variant.system, variant.config(classes), space, Origin(9, "none", "none"), network)


def copy_of(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def refuses(source: Checkpoint, network: nn.Module, message: str, space: LabelSpace = NEW) -> None:
    before = copy_of(network)
    with pytest.raises(ConfigError, match=message):
        transfer(source, network, space)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


@torch.no_grad()
@pytest.mark.parametrize("variant", PAINTERS.values(), ids=PAINTERS)
def test_maps_of_known_classes_are_painted_as_before(variant: Variant) -> None:
    assert variant.paint is not None
    source, network = checkpoint(variant), variant.build(8, seed=1)
    labels = torch.arange(32)[:, None] // 7 + torch.zeros(2, 1, 32, dtype=torch.int64)
    expected = variant.paint(source.network, labels)
    painted_before = variant.paint(network, IDS[labels])
    transfer(source, network, NEW)
    torch.testing.assert_close(variant.paint(network, IDS[labels]), expected)
    assert not torch.allclose(painted_before, expected, atol=1e-3)
    # ... and the classes take part at all:
    assert not torch.allclose(variant.paint(network, IDS[labels.flip(1)]), expected, atol=1e-3)


@torch.no_grad()
def test_a_labeler_scores_known_classes_as_before_and_new_ones_as_untrained() -> None:
    variant = VARIANTS["labeler"]
    source, network = checkpoint(variant), variant.build(8, seed=1)
    untrained = copy_of(network)
    transfer(source, network, NEW)
    image = torch.rand(2, 3, 32, 32) * 2 - 1
    torch.testing.assert_close(network(image)[:, IDS], source.network(image))
    others = [0, 3, 6]
    for name in ("classifier.weight", "classifier.bias"):
        assert torch.equal(network.state_dict()[name][others], untrained[name][others])


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_all_but_the_slices_of_new_classes_is_copied(variant: Variant) -> None:
    source, network = checkpoint(variant), variant.build(8, seed=1)
    given, untrained = source.network.state_dict(), copy_of(network)
    report = transfer(source, network, NEW)
    channels = class_channels(variant.system, variant.config(8))
    for name, tensor in network.state_dict().items():
        block = channels.of(name)
        if name.startswith("partnet."):
            assert torch.equal(tensor, untrained[name])
            continue
        if block is None:
            assert torch.equal(tensor, given[name])
            continue
        fresh = [block.offset + i for i in (0, 3, 6)]
        rest = [i for i in range(tensor.shape[block.dim]) if i not in fresh]
        slices, first = tensor.movedim(block.dim, 0), untrained[name].movedim(block.dim, 0)
        assert torch.equal(slices[fresh], first[fresh])
        assert not (slices[rest] == first[rest]).any()
    assert set(report.partial) == {name for name in untrained if channels.of(name)}
    whole = {name for name in untrained if not (channels.of(name) or name.startswith("partnet."))}
    assert set(report.copied) == whole
    assert report.fresh == ()


def test_the_same_number_of_classes_with_other_names_is_another_label_space() -> None:
    source, network = checkpoint(VARIANTS["labeler"]), VARIANTS["labeler"].build(5, seed=1)
    untrained = copy_of(network)["classifier.bias"]
    space = LabelSpace.from_names("other", ["car", "sea", "road", "beach", "sand"])
    report = transfer(source, network, space)
    given, found = source.network.state_dict()["classifier.bias"], network.state_dict()["classifier.bias"]
    expected = [given[2], untrained[1], given[0], untrained[3], untrained[4]]
    assert torch.equal(found, torch.stack(expected))
    assert (report.kept, report.new) == (("car", "road"), ("sea", "beach", "sand"))
    assert report.lost == ("Sky", "lamp", "tree")


def test_classes_without_a_name_keep_their_first_values() -> None:
    """A network may have more channels than its label space has classes."""
    variant = VARIANTS["oasis"]
    network = variant.build(8, seed=1)
    untrained = copy_of(network)["first.weight"]
    source = checkpoint(variant, classes=7)
    report = transfer(source, network, OLD)
    found, given = network.state_dict()["first.weight"], source.network.state_dict()["first.weight"]
    assert torch.equal(found[:, :8], given[:, :8])  # three of noise, five classes
    assert torch.equal(found[:, 8:], untrained[:, 8:])
    assert (report.new, report.lost) == ((), ())
    assert "first.weight" in report.partial


def test_without_a_common_class_a_labeler_keeps_its_classifier_and_an_oasis_its_classes() -> None:
    space = LabelSpace.from_names("rooms", ["wall", "bed", "door", "lid", "oven"])
    reports = {
        system: transfer(checkpoint(VARIANTS[system]), VARIANTS[system].build(5, seed=1), space)
        for system in ("labeler", "oasis")
    }
    assert reports["labeler"].fresh == ("classifier.weight", "classifier.bias")
    assert (reports["oasis"].fresh, reports["oasis"].partial[0]) == ((), "first.weight")
    assert all(report.kept == () and report.lost == OLD.names for report in reports.values())


def test_the_same_label_space_takes_everything() -> None:
    source, network = checkpoint(VARIANTS["divsem"]), VARIANTS["divsem"].build(5, seed=1)
    report = transfer(source, network, OLD)
    given = source.network.state_dict()
    assert all(torch.equal(tensor, given[name]) for name, tensor in network.state_dict().items())
    assert (report.kept, report.partial, report.fresh) == (OLD.names, (), ())


def test_the_network_can_be_trained_and_the_checkpoint_stays_as_it_is() -> None:
    source, network = checkpoint(VARIANTS["oasis"]), VARIANTS["oasis"].build(8, seed=1)
    before = copy_of(source.network)
    transfer(source, network, NEW)
    network.train()
    labels = torch.randint(8, (2, 32, 32), generator=torch.Generator().manual_seed(0))
    optimizer = torch.optim.SGD(network.parameters(), 0.1)
    torch.autograd.backward(network(labels, torch.ones(2, 3)).square().mean())
    assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in network.parameters())
    optimizer.step()
    assert all(torch.equal(tensor, before[name]) for name, tensor in source.network.state_dict().items())
    assert not any(p.requires_grad for p in source.network.parameters())


def test_the_report_is_a_paragraph_with_counts_names_and_entries() -> None:
    entries = tuple(f"blocks.{i}.weight" for i in range(20))
    many = tuple(f"class {i}" for i in range(23))
    report = TransferReport("oasis", ("road", "car"), many, (), ("output.bias",), entries, ("a.bias",))
    assert str(report) == (
        "Copied from the checkpoint: 1 of 22 entries of oasis, 20 except for the slices of new classes "
        "(blocks.0.weight, blocks.1.weight and 18 more), 1 not at all (a.bias). Classes that keep their "
        f"weights: road, car. New classes, which are learnt from the first step on: {', '.join(many[:20])} "
        "and 3 more. Classes of the checkpoint that are lost: none."
    )


def test_other_widths_are_refused_with_the_first_entry_and_both_shapes() -> None:
    wide = OASISGenerator(replace(VARIANTS["oasis"].config(8), width=4))
    refuses(
        checkpoint(VARIANTS["oasis"]),
        wide,
        r"entry 'first.weight' has shape \[32, 8, 3, 3\] in the checkpoint and has shape \[64, 11, 3, 3\] in "
        r"the network; only their classes may differ, so set the model's widths",
    )
    # Two more numbers of noise, two classes fewer: the same shape, and yet another network.
    noisy = OASISGenerator(replace(VARIANTS["oasis"].config(3), noise=5))
    refuses(checkpoint(VARIANTS["oasis"]), noisy, "entry 'first.weight'", LabelSpace.from_names("s", "abc"))


def test_an_entry_that_only_one_of_them_has_is_refused() -> None:
    styles, plain = VARIANTS["divsem"], VARIANTS["divsem without styles"]
    refuses(
        checkpoint(plain), styles.build(8), r"'style_encoder\S+' is missing in the checkpoint and has shape"
    )
    refuses(
        checkpoint(VARIANTS["ipose, spade"]), VARIANTS["ipose, none"].build(8), "is missing in the network"
    )


@pytest.mark.parametrize("system", sorted(set(SYSTEMS) - {"oasis"}))
def test_another_system_is_refused(system: str) -> None:
    source = checkpoint(VARIANTS["oasis"])
    variant = next(variant for variant in VARIANTS.values() if variant.system == system)
    message = f"of the system 'oasis', but the network is of '{system}' .the entry .* has shape"
    refuses(source, variant.build(8), message)


def test_a_network_of_no_system_is_refused() -> None:
    refuses(checkpoint(VARIANTS["oasis"]), nn.Conv2d(3, 3, 1), "but the network is of 'Conv2d'")


@pytest.mark.parametrize("variant", ["divsem", "spmpgan"])
def test_another_order_of_colors_is_refused(variant: str) -> None:
    config: Any = replace(tiny.pyramid_config(), label_channels=8, channel_order="bgr")
    if variant == "divsem":
        config = replace(VARIANTS["divsem"].config(8), pyramid=config)
    network = SYSTEMS[variant].build(config)
    refuses(checkpoint(VARIANTS[variant]), network, "expect 'rgb' pictures, but .* is 'bgr'; set it to 'rgb'")


def test_more_classes_than_channels_are_refused() -> None:
    message = "'new' has 8 classes, but its network has channels for 7; build the network with 8"
    refuses(checkpoint(VARIANTS["labeler"]), VARIANTS["labeler"].build(7), message)

"""PartNet's network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from scumble.models.partnet.config import PartNetConfig
from scumble.models.partnet.network import RULED_OUT, PartNet
from scumble.models.partnet.supports import one_hot
from tests.reference.case import Case, Computed, read_case
from tests.reference.systems.partnet import partnet

CASES = Path(__file__).parent / "cases"
SMALL = PartNetConfig(encoder=(4, 4, 4, 4), decoder=(4, 4, 4), attention_layers=1)


def compared(case: Case, computed: Computed, output: str, channels: slice) -> float:
    """Largest difference in some of the 9 part channels."""
    found, expected = case.select(output, computed), case.expected[output]
    return float(np.abs(found - expected)[:, channels].max())


def test_the_published_logits_come_out_for_every_part_that_the_supports_show() -> None:
    """The others are rounding noise in the released code, which differs from processor to processor."""
    case = read_case(CASES / "partnet_eval_k3")
    computed = partnet(case)
    shown = {c: int(maps.max()) for c, maps in enumerate(case.inputs["supports"])}
    for i, category in enumerate(case.inputs["category_index"].tolist()):
        parts = slice(0, shown[category] + 1)
        found, expected = case.select("logits", computed)[i], case.expected["logits"][i]
        assert np.abs(found[parts] - expected[parts]).max() < case.tolerance("logits")
        features = slice(0, 32 * (shown[category] + 1))
        found = case.select("features_sample", computed)[i, features]
        assert np.abs(found - case.expected["features_sample"][i, features]).max() < case.tolerance()
    assert np.abs(case.select("shape_encoding", computed) - case.expected["shape_encoding"]).max() < 2e-4


def test_both_published_branches_come_out_in_training() -> None:
    case = read_case(CASES / "partnet_train")
    computed = partnet(case)
    shown = set(np.unique(case.inputs["supports"]).tolist())
    order = case.inputs["permutation"].tolist()
    channels = [i for i, part in enumerate(order) if part in shown]
    for name in ("syn", "rec"):
        found, expected = case.select(name, computed), case.expected[name]
        agreeing = [c for c in channels if np.abs(found - expected)[:, c].max() < case.tolerance(name)]
        # A part that only the supports of the other category show is empty in this one.
        assert len(agreeing) >= len(np.unique(case.inputs["supports"][1]))


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


def test_the_published_network_has_its_number_of_parameters() -> None:
    assert sum(p.numel() for p in PartNet(PartNetConfig()).parameters()) == 5_133_825


def test_impossible_widths_are_refused() -> None:
    with pytest.raises(Exception, match="must be at least 1"):
        PartNetConfig(supports=0)

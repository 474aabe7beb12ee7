"""Losses of PartNet and what they are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from scumble.models.partnet import recipe as module
from scumble.models.partnet.config import PartNetConfig
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.recipe import (
    PartBatch,
    PartNetLosses,
    PartNetRecipe,
    branches,
    part_losses,
    published_init,
)
from scumble.models.partnet.supports import SupportStore, one_hot
from tests.models.synthesis_fixture import noise, settled

CONFIG = PartNetConfig(encoder=(4, 4, 4, 4), decoder=(4, 4, 4), attention_layers=1, skip_empty=True)


def shapes() -> dict[int, list[np.ndarray]]:
    """Part maps of two categories: cars of two parts, persons of three."""
    cars, persons = [], []
    for shift in range(6):
        car = np.zeros((64, 64), np.uint8)
        car[20 + shift : 45, 5:60], car[40:50, 10 + shift : 20] = 1, 2
        person = np.zeros((64, 64), np.uint8)
        person[5:60, 20 + shift : 45], person[5:15, 25:40], person[40:, 25:40] = 1, 2, 3
        cars.append(car)
        persons.append(person)
    return {26: cars, 24: persons}


STORE = SupportStore.of(shapes(), 3)


def batch(index: int = 4) -> PartBatch:
    """A car and a person of the store."""
    parts = torch.from_numpy(np.stack([STORE.maps[26][index], STORE.maps[24][index]])).long()
    return PartBatch((parts > 0)[:, None].float(), parts, (26, 24))


def made(
    losses: PartNetLosses | None = None, *, config: PartNetConfig = CONFIG, seed: int = 0
) -> PartNetRecipe:
    """A recipe with weights of its own."""
    return PartNetRecipe(settled(PartNet(config)), STORE, losses or PartNetLosses(), seed)


@dataclass
class Choices:
    """What `branches` was asked for."""

    truth: Tensor
    supports: Tensor
    rows: Tensor
    permutation: list[int]
    slot: int


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Choices]:
    """The choices of every pass; nothing is computed."""
    found: list[Choices] = []

    def note(*given: Any) -> dict[str, Tensor]:
        _, _, truth, supports, rows, permutation, slot = given
        found.append(Choices(truth, supports, rows, permutation.tolist(), slot))
        return {"predicted": torch.zeros_like(truth)}

    monkeypatch.setattr(module, "branches", note)
    return found


@pytest.mark.parametrize("reconstruction", [True, False])
@pytest.mark.parametrize("cross_entropy", [True, False])
def test_terms_can_be_switched_off_and_the_loss_is_their_sum(
    reconstruction: bool, cross_entropy: bool
) -> None:
    losses = PartNetLosses(reconstruction=reconstruction, cross_entropy=cross_entropy)
    (update,) = made(losses).updates(batch(), 0)
    kinds = ["bce"] + ["ce"] * cross_entropy
    branch = ["predicted"] + ["reconstructed"] * reconstruction
    assert set(update.terms) == {f"{kind}_{name}" for kind in kinds for name in branch}
    assert update.loss.item() == pytest.approx(sum(t.item() for t in update.terms.values()), rel=1e-5)
    assert update.name == "generator"


def test_choices_follow_from_seed_and_number_of_the_pass_alone(seen: list[Choices]) -> None:
    for global_seed in (0, 1):
        recipe = made(seed=3)
        torch.manual_seed(global_seed)
        np.random.seed(global_seed)  # noqa: NPY002
        state = torch.random.get_rng_state()
        for draw in range(6):
            recipe.terms(batch(), draw)
        assert torch.equal(torch.random.get_rng_state(), state)
    made(seed=4).terms(batch(), 0)
    for one, other in zip(seen[:6], seen[6:12], strict=True):
        assert (one.permutation, one.slot) == (other.permutation, other.slot)
        assert torch.equal(one.supports, other.supports)
    orders = [tuple(choices.permutation) for choices in (*seen[:6], seen[12])]
    assert len(set(orders)) == len(orders)
    assert all(sorted(order) == list(range(9)) for order in orders)


@pytest.mark.parametrize(("supports", "slots"), [(1, {0}), (2, {0}), (3, {0, 1})])
def test_the_truth_never_replaces_the_last_of_several_supports(
    seen: list[Choices], supports: int, slots: set[int]
) -> None:
    recipe = made(config=replace(CONFIG, supports=supports))
    for draw in range(30):
        recipe.terms(batch(), draw)
    assert {choices.slot for choices in seen} == slots
    assert all(choices.supports.shape[1] == supports for choices in seen)


def test_supports_are_varied_and_channels_shuffled_only_if_asked_for(seen: list[Choices]) -> None:
    fixed = STORE.fixed([24, 26], 3)
    plain = made(PartNetLosses(permute_parts=False, vary_supports=False))
    for draw in range(20):
        plain.terms(batch(), draw)
    assert all(choices.permutation == list(range(9)) for choices in seen)
    assert all(torch.equal(choices.supports, fixed) for choices in seen)
    assert all(choices.rows.tolist() == [1, 0] for choices in seen)
    seen.clear()
    usual = made()
    for draw in range(20):
        usual.terms(batch(), draw)
    assert 3 <= sum(not torch.equal(choices.supports, fixed) for choices in seen) <= 12


@torch.no_grad()
def test_channels_of_supports_and_truth_are_shuffled_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects that equal their supports still do so when the network sees them."""
    recipe = made(PartNetLosses(vary_supports=False))
    masks: list[Tensor] = []
    encode = recipe.network.encode_masks

    def note(given: Tensor) -> Tensor:
        masks.append(given)
        return encode(given)

    monkeypatch.setattr(recipe.network, "encode_masks", note)
    recipe.terms(batch(index=0), 1)
    supports, truth = masks
    first = supports[torch.tensor([1, 0]), :, 0]  # categories are sorted: 24, 26
    assert torch.equal(first, truth)
    assert not torch.equal(truth, one_hot(np.stack([STORE.maps[26][0], STORE.maps[24][0]])))


def test_no_part_has_a_channel_of_its_own() -> None:
    """So that the terms do not depend on the order of the channels."""
    config = replace(CONFIG, supports=2)
    one, other = (
        made(PartNetLosses(permute_parts=permute, vary_supports=False), config=config).terms(batch(), 2)
        for permute in (True, False)
    )
    for name, term in one.items():
        torch.testing.assert_close(term, other[name], atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_the_second_branch_sees_the_truth_in_the_place_of_one_support() -> None:
    network = settled(PartNet(CONFIG))
    supports, rows = STORE.fixed([24, 26], 3), torch.tensor([1, 0])
    truth = one_hot(np.stack([STORE.maps[26][4], STORE.maps[24][4]]))
    outlines, order = 1 - truth[:, :1], torch.arange(9)
    for slot in (0, 1):
        found = branches(network, outlines, truth, supports, rows, order, slot)
        assert branches(network, outlines, truth, supports, rows, order, None).keys() == {"predicted"}
        replaced = supports[rows]
        replaced[:, slot] = truth
        for given, branch in ((supports[rows], "predicted"), (replaced, "reconstructed")):
            logits, _ = network(network.encode_shapes(outlines), network.encode_supports(given))
            torch.testing.assert_close(found[branch], logits, atol=1e-4, rtol=1e-4)


def test_the_terms_are_binary_and_nine_way_cross_entropy() -> None:
    logits, parts = noise(2, 9, 4, 4), torch.randint(9, (2, 4, 4), generator=torch.Generator().manual_seed(0))
    truth = one_hot(parts.numpy().astype(np.uint8))
    found = part_losses({"x": logits}, truth, cross_entropy=True)
    chance = logits.sigmoid()
    binary = -(truth * chance.log() + (1 - truth) * (1 - chance).log())
    assert found["bce_x"].item() == pytest.approx(binary.mean().item(), rel=1e-4)
    nine = -logits.log_softmax(1).gather(1, parts[:, None])
    assert found["ce_x"].item() == pytest.approx(nine.mean().item(), rel=1e-4)


def test_the_loss_falls_on_two_objects() -> None:
    recipe = made(PartNetLosses(vary_supports=False, permute_parts=False))
    optimizer = torch.optim.Adam(recipe.networks.parameters(), 3e-3, recipe.optimized["generator"].betas)
    found = []
    for draw in range(20):
        (update,) = recipe.updates(batch(), draw)
        found.append(update.loss.item())
        optimizer.zero_grad()
        torch.autograd.backward(update.loss)
        optimizer.step()
    assert found[-1] < 0.8 * found[0]


def test_every_weight_learns() -> None:
    recipe = made()
    (update,) = recipe.updates(batch(), 0)
    torch.autograd.backward(update.loss)
    # Before an instance norm a bias has no effect.
    silent = {
        name for name, p in recipe.network.named_parameters() if p.grad is None or not p.grad.abs().max() > 0
    }
    assert not {name for name in silent if not name.endswith("bias")}


def test_the_published_rates_are_the_default() -> None:
    optimized = made().optimized["generator"]
    assert (optimized.learning_rate, optimized.betas) == (1e-4, (0.0, 0.999))


def test_the_published_start_is_narrow_but_for_the_attention_in_projections() -> None:
    network = PartNet(PartNetConfig())
    published_init(network, torch.Generator().manual_seed(0))
    for name, layer in network.named_modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            fan = (layer.weight.shape[0] + layer.weight.shape[1]) * layer.weight[0, 0].numel()
            expected = 0.02 * math.sqrt(2 / fan)
            assert layer.weight.std().item() == pytest.approx(expected, rel=0.12), name
            assert layer.bias is not None
            assert not layer.bias.any()
        elif isinstance(layer, nn.MultiheadAttention):
            bound = math.sqrt(6 / (4 * 288))
            assert layer.in_proj_weight.abs().max().item() == pytest.approx(bound, rel=0.001)
            assert layer.in_proj_weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.01)
            assert not layer.in_proj_bias.any()
        elif isinstance(layer, nn.LayerNorm):
            assert (layer.weight == 1).all()
            assert not layer.bias.any()
    again = PartNet(PartNetConfig())
    published_init(again, torch.Generator().manual_seed(0))
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), again.parameters(), strict=True))

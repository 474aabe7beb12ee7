"""Losses and order of the updates."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from scumble.losses.augmentation import Policy
from scumble.models.spmpgan.conditioning import EditBatch, masked_classes
from scumble.models.spmpgan.config import DiscriminatorConfig
from scumble.models.spmpgan.generator import SPMPGANGenerator
from scumble.models.spmpgan.recipe import EditingLosses, EditingRecipe, published_init
from scumble.nn.regions import RegionMap
from tests.miniature import MeanDifference
from tests.models import tiny


def recipe(losses: EditingLosses | None = None, *, leak: bool = True) -> EditingRecipe:
    torch.manual_seed(0)
    discriminators = DiscriminatorConfig(4, (1, 2, 3))
    return EditingRecipe(
        SPMPGANGenerator(tiny.pyramid_config(leak=leak)),
        tiny.CLASSES,
        discriminators,
        MeanDifference(),
        losses or EditingLosses(),
    )


def state(network: nn.Module) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in network.parameters()]


def test_every_scale_has_its_terms_and_the_loss_is_their_sum() -> None:
    for update in recipe().updates(tiny.edit_batch()):
        expected = {
            "discriminators": {f"{term}_{i}" for term in ("d_fake", "d_real") for i in (1, 2, 3)},
            "generator": {f"{term}_{i}" for term in ("l1", "gan", "perceptual") for i in (1, 2, 3)},
        }[update.name]
        assert set(update.terms) == expected
        assert update.loss.item() == pytest.approx(
            sum(term.item() for term in update.terms.values()), rel=1e-5
        )


def test_the_generator_is_scored_by_the_updated_discriminators() -> None:
    terms = []
    for step in (0.0, 1.0):
        made = recipe()
        updates = made.updates(tiny.edit_batch())
        next(updates)
        with torch.no_grad():
            for parameter in made.optimized["discriminators"].networks.parameters():
                parameter.add_(step)
        terms.append(next(updates).terms["gan_2"].item())
    assert terms[0] != terms[1]


def test_each_update_differentiates_its_own_networks_alone() -> None:
    made = recipe()
    networks = {name: part.networks for name, part in made.optimized.items()}
    for update in made.updates(tiny.edit_batch()):
        for network in networks.values():
            network.zero_grad(set_to_none=True)
        update.loss.backward()  # type: ignore[no-untyped-call]
        for name, network in networks.items():
            assert any(p.grad is not None for p in network.parameters()) == (name == update.name)


def test_pieces_of_a_batch_keep_no_graph_of_the_generator_and_learn_the_same() -> None:
    gradients, graphs = [], []
    for lean in (False, True):
        made = recipe()
        made.networks.eval()  # spectral norms come closer with every forward pass in training
        kept: list[bool] = []
        made.networks["generator"].register_forward_hook(
            lambda *given, kept=kept: kept.append(given[2].raw[0].requires_grad)
        )
        for update in made.updates(tiny.edit_batch(), lean=lean):
            parameters = list(made.optimized[update.name].networks.parameters())
            gradients.append(torch.autograd.grad(update.loss, parameters, allow_unused=True))
        graphs.append(kept)
    assert graphs == [[True], [False, True]]
    for whole, piece in zip(gradients[:2], gradients[2:], strict=True):
        # Without a graph other libraries compute, which round in another way.
        torch.testing.assert_close(piece, whole, rtol=1e-3, atol=2e-4)


def test_without_leak_every_scale_is_still_compared_with_the_whole_picture() -> None:
    """The hidden pixels are what the generator is to learn, at coarse scales too."""
    batch = tiny.edit_batch()
    reals, differences = [], []
    for leak in (True, False):
        made = recipe(leak=leak)
        output = made.networks["generator"].eval()(batch)
        reals.append([scaled.image for scaled in output.scaled])
        terms = made.generator_terms(masked_classes(batch, made.label_channels), output)
        differences.append(terms["l1_1"].item())
    assert all(torch.equal(a, b) for a, b in zip(*reals, strict=True))
    assert differences[0] == differences[1]


def test_weights_scale_the_terms_of_the_generator() -> None:
    one, other = (
        list(recipe(EditingLosses(l1=l1, perceptual=perceptual)).updates(tiny.edit_batch()))[1].terms
        for l1, perceptual in ((1, 10), (3, 5))
    )
    assert other["l1_1"].item() == pytest.approx(3 * one["l1_1"].item(), rel=1e-5)
    assert other["perceptual_2"].item() == pytest.approx(one["perceptual_2"].item() / 2, rel=1e-5)


def test_the_published_learning_rates_are_the_default() -> None:
    optimized = recipe().optimized
    rates = {name: part.learning_rate for name, part in optimized.items()}
    assert rates == {"generator": 1e-4, "discriminators": 4e-4}
    assert {part.betas for part in optimized.values()} == {(0.5, 0.999)}


def test_the_published_start_draws_weights_from_a_narrow_normal_and_zeroes_biases() -> None:
    made = recipe()
    published_init(made.networks, torch.Generator().manual_seed(0))
    first = state(made.networks)
    named = dict(made.networks.named_parameters())
    weights = torch.cat([p.flatten() for name, p in named.items() if not name.endswith("bias")])
    assert weights.std().item() == pytest.approx(0.02, rel=0.02)
    assert abs(weights.mean().item()) < 1e-3
    assert all((p == 0).all() for name, p in named.items() if name.endswith("bias"))
    published_init(made.networks, torch.Generator().manual_seed(0))
    assert all(torch.equal(a, b) for a, b in zip(first, state(made.networks), strict=True))


ALL: tuple[Policy, ...] = ("translation", "color", "cutout")
NUMBERED = replace(tiny.edit_batch(), numbers=(3, 4))


def seen(made: EditingRecipe, batch: EditBatch) -> list[tuple[RegionMap, Tensor]]:
    """What the discriminators are shown in a step: painted and real pictures of each scale, then painted."""
    found: list[tuple[RegionMap, Tensor]] = []

    def note(_: nn.Module, given: tuple[RegionMap, Tensor]) -> None:
        found.append((given[0], given[1].detach()))

    for critic in made.networks["discriminators"].children():
        critic.register_forward_pre_hook(note)
    made.networks.eval()
    list(made.updates(batch))
    return found


def test_by_default_the_discriminators_see_the_pictures_themselves() -> None:
    found = seen(recipe(), NUMBERED)
    assert len(found) == 9
    assert torch.equal(found[5][1], NUMBERED.image)


@pytest.mark.parametrize("policy", ALL)
def test_augmented_pictures_do_not_depend_on_those_beside_them(policy: Policy) -> None:
    losses = EditingLosses(augment=(policy,))
    image, labels, instances, mask = (
        t[1:] for t in (NUMBERED.image, NUMBERED.labels, NUMBERED.instances, NUMBERED.mask)
    )
    second = EditBatch(image, labels, instances, mask, (4,))
    together, alone = seen(recipe(losses), NUMBERED), seen(recipe(losses), second)
    for (classes, picture), (own, only) in zip(together, alone, strict=True):
        assert torch.allclose(picture[1:], only, atol=1e-5)
        size = (picture.shape[2], picture.shape[3])
        assert torch.equal(classes.dense(*size)[1:], own.dense(*size))
    assert not torch.equal(together[5][1], NUMBERED.image)


def test_masked_classes_move_with_the_pictures() -> None:
    shown = replace(NUMBERED, mask=torch.ones_like(NUMBERED.mask))
    shown = replace(shown, image=(shown.labels + 1)[:, None].expand(-1, 3, -1, -1) / tiny.CLASSES)
    classes, real = seen(recipe(EditingLosses(augment=("translation", "cutout"))), shown)[5]
    assert torch.equal(classes.index, (real[:, 0] * tiny.CLASSES).round().long())
    assert 0 < classes.index.eq(0).float().mean() < 1


@pytest.mark.parametrize("augment", [(policy,) for policy in ALL] + [ALL])
def test_augmented_losses_are_finite_and_their_gradient_reaches_the_networks(
    augment: tuple[Policy, ...],
) -> None:
    made = recipe(EditingLosses(augment=augment, l1=0, perceptual=0))
    for update in made.updates(NUMBERED):
        assert all(bool(term.isfinite()) for term in update.terms.values())
        made.networks.zero_grad()
        torch.autograd.backward(update.loss)
        trained = made.optimized[update.name].networks
        assert any(p.grad is not None and bool(p.grad.any()) for p in trained.parameters())

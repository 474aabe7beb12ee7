"""The N + 1 class cross-entropy."""

from __future__ import annotations

import pytest
import torch

from scumble.models.oasis.losses import fake_loss, pixel_weights, real_loss
from tests.models.synthesis_fixture import noise

LABELS = torch.tensor([[[0, 0, 1, 1]], [[1, 1, 1, 3]]])
"""Class 0 on two pixels, class 1 on five, class 3 on one, class 2 nowhere."""


def test_classes_of_the_batch_count_alike_and_dont_care_pixels_nothing() -> None:
    expected = {0: 0.0, 1: 8 / (2 * 5), 3: 8 / (2 * 1)}
    found = pixel_weights(LABELS, 4)
    assert torch.equal(found, torch.tensor([[[expected[int(c)] for c in LABELS[b, 0]]] for b in range(2)]))
    for class_id in (1, 3):
        assert found[LABELS.eq(class_id)].sum().item() == pytest.approx(4)


def test_without_a_dont_care_class_the_class_0_counts_like_the_others() -> None:
    found = pixel_weights(LABELS, 4, dont_care=None)
    for class_id in (0, 1, 3):
        assert found[LABELS.eq(class_id)].sum().item() == pytest.approx(8 / 3)


def test_a_batch_of_dont_care_pixels_has_no_loss() -> None:
    labels = torch.zeros(1, 2, 2, dtype=torch.int64)
    weights = pixel_weights(labels, 4)
    assert not weights.any()
    assert real_loss(noise(1, 5, 2, 2), labels, weights).item() == 0


def test_a_real_pixel_shall_be_seen_as_its_class_plus_1() -> None:
    logits, weights = noise(2, 5, 1, 4), pixel_weights(LABELS, 4)
    chances = logits.softmax(1)
    terms = torch.tensor(
        [[-chances[b, int(LABELS[b, 0, x]) + 1, 0, x].log().item() for x in range(4)] for b in range(2)]
    )
    assert real_loss(logits, LABELS, None).item() == pytest.approx(terms.mean().item(), rel=1e-5)
    # The mean is over all eight pixels, the two that count nothing included.
    expected = (terms * weights[:, 0]).sum().item() / 8
    assert real_loss(logits, LABELS, weights).item() == pytest.approx(expected, rel=1e-5)


def test_dont_care_pixels_of_real_pictures_have_no_gradient() -> None:
    logits = noise(2, 5, 1, 4).requires_grad_()
    torch.autograd.backward(real_loss(logits, LABELS, pixel_weights(LABELS, 4)))
    assert logits.grad is not None
    assert torch.equal(logits.grad.abs().sum(1) > 0, LABELS.gt(0))


def test_every_pixel_of_a_fake_picture_shall_be_seen_as_channel_0() -> None:
    logits = noise(2, 5, 1, 4).requires_grad_()
    loss = fake_loss(logits)
    assert loss.item() == pytest.approx(-logits.softmax(1)[:, 0].log().mean().item(), rel=1e-5)
    torch.autograd.backward(loss)
    assert logits.grad is not None
    assert (logits.grad[:, 0] < 0).all()
    assert (logits.grad[:, 1:] > 0).all()


def test_losses_are_computed_in_full_precision() -> None:
    logits = noise(2, 5, 1, 4).to(torch.bfloat16)
    for loss in (real_loss(logits, LABELS, pixel_weights(LABELS, 4)), fake_loss(logits)):
        assert loss.dtype == torch.float32


def test_any_class_may_be_the_one_that_counts_nothing() -> None:
    found = pixel_weights(LABELS, 4, dont_care=1)
    assert not found[LABELS == 1].any()
    assert found[LABELS != 1].all()


def test_pixels_without_a_picture_count_nothing_and_are_of_no_class() -> None:
    shown = torch.tensor([[[True, True, True, False]], [[True, True, False, False]]])
    found = pixel_weights(LABELS, 4, shown=shown)
    # Class 3 is not shown at all; of class 1 there are three pixels left.
    expected = torch.tensor([[[0, 0, 8 / 3, 0]], [[8 / 3, 8 / 3, 0, 0]]])
    torch.testing.assert_close(found, expected)
    alike = pixel_weights(torch.zeros_like(LABELS), 1, dont_care=None, shown=shown)
    torch.testing.assert_close(alike, shown * (8 / 5))
    logits = noise(2, 5, 1, 4)
    one_by_one = -logits.log_softmax(1)[:, 0]
    assert fake_loss(logits, alike).item() == pytest.approx(one_by_one[shown].mean().item(), rel=1e-5)

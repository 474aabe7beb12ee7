"""The hinge losses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from scumble.losses.gan import hinge_discriminator_fake, hinge_discriminator_real, hinge_generator

SCORES = torch.tensor([[-2.0, -1.0], [0.5, 3.0]])


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (hinge_discriminator_real, (3 + 2 + 0.5 + 0) / 4),
        (hinge_discriminator_fake, (0 + 0 + 1.5 + 4) / 4),
        (hinge_generator, -0.125),
    ],
)
def test_hinge_losses_have_their_closed_form(loss: Callable[[Tensor], Tensor], expected: float) -> None:
    assert loss(SCORES).item() == expected


@pytest.mark.parametrize("loss", [hinge_discriminator_real, hinge_discriminator_fake, hinge_generator])
def test_means_of_bfloat16_scores_are_taken_in_float32(loss: Callable[[Tensor], Tensor]) -> None:
    scores = torch.full((1, 1, 100, 100), 0.5, dtype=torch.bfloat16)
    scores[..., 0] = 0.25
    assert loss(scores).dtype == torch.float32
    torch.testing.assert_close(loss(scores), loss(scores.double()), check_dtype=False)


def test_satisfied_discriminator_gets_no_gradient() -> None:
    real = torch.tensor([1.5, 0.0], requires_grad=True)
    (gradient,) = torch.autograd.grad(hinge_discriminator_real(real), real)
    assert gradient.tolist() == [0, -0.5]

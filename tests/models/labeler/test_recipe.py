"""Loss and update step of the labeler."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.errors import ConfigError
from scumble.models.labeler.recipe import LabelBatch, LabelerLosses, LabelerRecipe, class_weights

WEIGHTS = torch.tensor([1.0, 2.0, 0.0])


def recipe(weights: Tensor = WEIGHTS, losses: LabelerLosses | None = None) -> LabelerRecipe:
    torch.manual_seed(0)
    return LabelerRecipe(nn.Conv2d(3, 3, 1), weights, losses or LabelerLosses())


def batch(labels: Tensor) -> LabelBatch:
    generator = torch.Generator().manual_seed(0)
    return LabelBatch(torch.rand(*labels.shape[:1], 3, *labels.shape[1:], generator=generator), labels)


def test_a_batch_makes_one_update_of_the_whole_network() -> None:
    made = recipe()
    (update,) = made.updates(batch(torch.randint(3, (2, 4, 4))))
    assert update.name == "generator"
    assert update.terms == {"cross_entropy": update.loss}
    update.loss.backward()  # type: ignore[no-untyped-call]
    assert made.optimized["generator"].networks is made.networks["generator"]
    assert all(p.grad is not None and p.grad.any() for p in made.networks.parameters())


def test_the_loss_is_the_weighted_mean_of_the_cross_entropy() -> None:
    logits = torch.randn(2, 3, 4, 4)
    labels = torch.randint(2, (2, 4, 4))
    torch.testing.assert_close(
        recipe().cross_entropy(logits, labels), F.cross_entropy(logits, labels, WEIGHTS)
    )


def test_ignored_pixels_change_nothing() -> None:
    logits = torch.randn(1, 3, 4, 4)
    labels = torch.randint(2, (1, 4, 4))
    expected = recipe().cross_entropy(logits[..., :2], labels[..., :2])
    labels[..., 2:] = 2
    torch.testing.assert_close(recipe().cross_entropy(logits, labels), expected)


def test_a_batch_of_ignored_pixels_alone_has_no_loss_and_no_gradient() -> None:
    made = recipe()
    (update,) = made.updates(batch(torch.full((1, 4, 4), 2)))
    update.loss.backward()  # type: ignore[no-untyped-call]
    assert update.loss.item() == 0
    assert not any(p.grad is not None and p.grad.any() for p in made.networks.parameters())


def test_steps_lower_the_loss() -> None:
    made = recipe(losses=LabelerLosses(learning_rate=0.1))
    part = made.optimized["generator"]
    optimizer = torch.optim.Adam(part.networks.parameters(), part.learning_rate, part.betas)
    pictures = batch(torch.zeros(1, 4, 4, dtype=torch.int64))
    pictures.labels[pictures.image[:, 0] > 0.5] = 1
    losses = []
    for _ in range(30):
        for update in made.updates(pictures):
            optimizer.zero_grad()
            update.loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            losses.append(update.loss.item())
    assert losses[-1] < losses[0] / 2


def test_rare_classes_weigh_more() -> None:
    counts = np.array([100, 400, 500, 0])
    weights = class_weights(counts, 0.5, dont_care=2)
    assert weights.dtype == torch.float32
    assert weights[0].item() == pytest.approx(2 * weights[1].item())
    assert weights[2].item() == 0
    assert weights[3].item() == pytest.approx(10 * weights[0].item())


def test_without_balance_all_classes_but_the_ignored_weigh_alike() -> None:
    assert class_weights(np.array([5, 1, 0]), 0, dont_care=None).tolist() == [1, 1, 1]
    assert class_weights(np.array([5, 1, 0]), 0, dont_care=0).tolist() == [0, 1, 1]


@pytest.mark.parametrize("values", [{"balance": -0.1}, {"learning_rate": 0.0}])
def test_impossible_values_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="is not possible"):
        LabelerLosses(**values)  # type: ignore[arg-type]

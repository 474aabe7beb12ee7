"""The style bank."""

from __future__ import annotations

import pytest
import torch

from scumble.errors import CheckpointError
from scumble.models.divsem.style_bank import StyleBank

CODES = torch.arange(10.0).view(5, 2)
CLASSES = torch.tensor([3, 1, 3, 3, 1])


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_a_draw_is_repeated_by_its_seed() -> None:
    bank = StyleBank(CODES, CLASSES)
    draws = []
    for _ in range(2):
        generator = seeded(4)
        draws.append(torch.stack([bank.draw(3, generator) for _ in range(20)]))
    assert torch.equal(draws[0], draws[1])


def test_draws_reach_every_code_of_the_class_and_no_other() -> None:
    bank, generator = StyleBank(CODES, CLASSES), seeded(0)
    drawn = {tuple(bank.draw(3, generator).tolist()) for _ in range(100)}
    assert drawn == {(0.0, 1.0), (4.0, 5.0), (6.0, 7.0)}


def test_a_class_without_codes_falls_back_to_the_mean_of_all() -> None:
    bank = StyleBank(CODES, CLASSES)
    assert bank.has(1) and not bank.has(2)
    assert torch.equal(bank.draw(2, seeded(0)), CODES.mean(0))


def test_a_bank_survives_the_way_to_the_published_form_and_back() -> None:
    bank = StyleBank(CODES, CLASSES)
    back = StyleBank.from_published(bank.to_published())
    for class_id in (1, 3):
        assert torch.equal(back.of(class_id), bank.of(class_id))
    assert len(back.codes) == len(CODES)


def test_the_published_form_may_be_a_list_indexed_by_class() -> None:
    bank = StyleBank.from_published([[], [CODES[0], CODES[1]], [CODES[2]]])
    assert bank.classes.tolist() == [1, 1, 2]
    assert torch.equal(bank.of(1), CODES[:2])


def test_a_file_of_its_tensors_makes_the_same_bank() -> None:
    bank = StyleBank(**StyleBank(CODES, CLASSES).tensors())
    assert torch.equal(bank.codes, CODES)
    assert torch.equal(bank.classes, CLASSES)


@pytest.mark.parametrize(
    ("codes", "classes"),
    [(torch.zeros(3), torch.zeros(3)), (CODES, CLASSES[:4]), (torch.zeros(0, 2), torch.zeros(0))],
)
def test_codes_and_classes_that_do_not_belong_together_are_refused(
    codes: torch.Tensor, classes: torch.Tensor
) -> None:
    with pytest.raises(CheckpointError, match=r"codes \[N, length\] and classes \[N\]"):
        StyleBank(codes, classes)


def test_an_empty_published_bank_is_refused() -> None:
    with pytest.raises(CheckpointError, match="holds no code"):
        StyleBank.from_published({3: []})

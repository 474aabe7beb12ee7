"""The style bank: codes per class gathered from training pictures (DivSem, section 2.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from scumble.errors import CheckpointError


class StyleBank:
    """Style codes by class.

    Args:
        codes: float32 ``[N, length]``, means of trunk features over an instance, before normalisation.
        classes: int64 ``[N]``, the class of each code.
    """

    def __init__(self, codes: Tensor, classes: Tensor) -> None:
        if codes.ndim != 2 or classes.shape != codes.shape[:1] or len(codes) == 0:
            raise CheckpointError(
                f"A style bank has codes [N, length] and classes [N] with N > 0, "
                f"but these have shapes {list(codes.shape)} and {list(classes.shape)}."
            )
        self.codes = codes.float()
        self.classes = classes.long()

    def of(self, class_id: int) -> Tensor:
        """All codes of a class, ``[n, length]``; n = 0 if the bank has none."""
        return self.codes[self.classes == class_id]

    def draw(self, class_id: int, generator: torch.Generator) -> Tensor:
        """A code of a class, drawn uniformly; the mean of all codes if the bank has none of that class.

        The released code fails for such a class; see ``has`` to warn about it.
        """
        codes = self.of(class_id)
        if not len(codes):
            return self.codes.mean(0)
        return codes[int(torch.randint(len(codes), (1,), generator=generator))]

    def has(self, class_id: int) -> bool:
        """Whether there is a code of this class."""
        return bool((self.classes == class_id).any())

    def tensors(self) -> dict[str, Tensor]:
        """What a file of the bank holds."""
        return {"codes": self.codes, "classes": self.classes}

    @classmethod
    def from_published(cls, bank: Mapping[int, Sequence[Tensor]] | Sequence[Sequence[Tensor]]) -> StyleBank:
        """From the contents of the released ``style_codes.pt``: lists of codes by class id."""
        items = bank.items() if isinstance(bank, Mapping) else enumerate(bank)
        rows = [(int(class_id), code) for class_id, codes in items for code in codes]
        if not rows:
            raise CheckpointError("The published style bank holds no code; give the released style_codes.pt.")
        return cls(torch.stack([code.float() for _, code in rows]), torch.tensor([c for c, _ in rows]))

    def to_published(self) -> dict[int, list[Tensor]]:
        """The contents of a ``style_codes.pt``."""
        return {c: list(self.of(c)) for c in sorted(set(self.classes.tolist()))}

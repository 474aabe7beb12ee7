"""The labeler as a judge."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from scumble.checkpoint import Checkpoint
from scumble.errors import CheckpointError, InputError
from scumble.models.labeler.network import Labeler
from scumble.nn.pictures import to_network


class LabelerJudge:
    """Judges with the weights of a labeler checkpoint.

    Args:
        checkpoint: of the system ``labeler``.

    Attributes:
        label_space: of the predicted ids.

    Raises:
        CheckpointError: the checkpoint is of another system.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        if not isinstance(checkpoint.network, Labeler):
            raise CheckpointError(
                f"The checkpoint is of the system {checkpoint.system!r}, which paints; "
                "a judge is a checkpoint of the system 'labeler': give one that `scumble train` made of a "
                "preset labeler-..."
            )
        self.network = checkpoint.network
        self.label_space = checkpoint.label_space

    @torch.inference_mode()
    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.int64]:
        """The likeliest class of every pixel; the don't-care class is never it.

        A picture is looked at with the shorter side that the weights are used to, and the logits are brought
        back to its own size.

        Args:
            images: RGB ``[B, H, W, 3]`` in 0..255.

        Returns:
            Ids ``[B, H, W]`` of the label space.

        Raises:
            InputError: not 8-bit pictures of that shape.
        """
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3:
            raise InputError(
                f"judge labeler: got {images.dtype} of shape {images.shape}, "
                "expected 8-bit RGB pictures [B, H, W, 3]."
            )
        device = self.network.classifier.weight.device
        logits = self.network.whole(to_network(torch.tensor(images, device=device)))
        if self.label_space.dont_care is not None:
            logits[:, self.label_space.dont_care] = -torch.inf
        labels: NDArray[np.int64] = logits.argmax(dim=1).cpu().numpy()
        return labels

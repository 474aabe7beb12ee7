"""ESPNet with p = 2 and q = 8 (Mehta et al., arXiv 1803.06815), a small judge for street scenes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.errors import ConfigError, InputError, nearest
from scumble.metrics.judges.espnet_layers import Block, Conv, ConvNormAct, DownSampler, NormAct
from scumble.nn.backbones.files import find_weights, load_exactly, read_weights


@dataclass(frozen=True)
class JudgeConfig:
    """What tells the published ESPNets apart.

    Attributes:
        file_name: name of the weight file without suffix.
        classes: classes that count; the network has one more output for everything else.
        predicts_other: whether that last output takes part in a prediction, as it did when the published
            score was measured: on CamVid yes, on Cityscapes no.
        mean: mean of blue, green and red in 0..255.
        deviation: standard deviation of blue, green and red in 0..255.
        size: height and width of the pictures it was trained on.
        late_skip_channels: channels of the features that join before the last layers: 16 of the first
            convolution, or 19 of that and the reduced picture.
    """

    file_name: str
    classes: int
    predicts_other: bool
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    size: tuple[int, int]
    late_skip_channels: int


JUDGES = {
    "espnet-camvid": JudgeConfig(
        file_name="espnet_camvid",
        classes=11,
        predicts_other=True,
        mean=(109.7349, 107.9020, 104.4615),
        deviation=(71.7433, 72.2007, 69.4436),
        size=(360, 480),
        late_skip_channels=19,
    ),
    "espnet-cityscapes": JudgeConfig(
        file_name="espnet_cityscapes",
        classes=19,
        predicts_other=False,
        mean=(72.3923111, 82.90893555, 73.15840149),
        deviation=(45.3192215, 46.15289307, 44.91483307),
        size=(512, 1024),
        late_skip_channels=16,
    ),
}
"""The judges by name. Ids: CamVid's 0 sky .. 10 bicyclist, 11 void; the 19 train ids of Cityscapes."""


class _Encoder(nn.Module):
    """The encoder of ESPNet-C, with its classifier at an eighth of the size."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.level1 = ConvNormAct(3, 16, stride=2)
        self.b1 = NormAct(19)
        self.level2_0 = DownSampler(19, 64)
        self.level2 = nn.Sequential(*(Block(64, 64) for _ in range(2)))
        self.b2 = NormAct(131)
        self.level3_0 = DownSampler(131, 128)
        self.level3 = nn.Sequential(*(Block(128, 128) for _ in range(8)))
        self.b3 = NormAct(256)
        self.classifier = Conv(256, outputs, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The first convolution, it with the halved picture, the second level, and the coarse logits."""
        half = F.avg_pool2d(x, 3, 2, 1)
        first = self.level1(x)
        first_joined = self.b1(torch.cat((first, half), dim=1))
        down = self.level2_0(first_joined)
        second = self.b2(torch.cat((self.level2(down), down, F.avg_pool2d(half, 3, 2, 1)), dim=1))
        down = self.level3_0(second)
        third = self.b3(torch.cat((down, self.level3(down)), dim=1))
        return first, first_joined, second, self.classifier(third)


class ESPNet(nn.Module):
    """ESPNet p = 2, q = 8, frozen and in evaluation mode. Entry names are the published ones.

    Args:
        config: which of the two.
    """

    def __init__(self, config: JudgeConfig) -> None:
        super().__init__()
        self.config = config
        outputs = config.classes + 1
        self.encoder = _Encoder(outputs)
        self.br = nn.BatchNorm2d(outputs, eps=1e-3)
        self.up_l3 = nn.Sequential(_double(outputs))
        self.level3_C = Conv(131, outputs, 1)
        self.combine_l2_l3 = nn.Sequential(NormAct(2 * outputs), Block(2 * outputs, outputs))
        self.up_l2 = nn.Sequential(_double(outputs), NormAct(outputs))
        self.conv = ConvNormAct(config.late_skip_channels + outputs, outputs)
        self.classifier = _double(outputs)
        self.requires_grad_(False)
        self.eval()

    def forward(self, x: Tensor) -> Tensor:
        """Normalised BGR ``[B, 3, H, W]``, sides multiples of 8, to logits ``[B, classes + 1, H, W]``."""
        first, first_joined, second, coarse = self.encoder(x)
        coarse = self.up_l3(self.br(coarse))
        middle = self.up_l2(self.combine_l2_l3(torch.cat((self.level3_C(second), coarse), dim=1)))
        late = first if self.config.late_skip_channels == 16 else first_joined
        logits: Tensor = self.classifier(self.conv(torch.cat((middle, late), dim=1)))
        return logits

    def logits(self, images: NDArray[np.uint8]) -> Tensor:
        """Scores of every output at the pictures' own size.

        A picture of another size than the judge's is brought to it bilinearly, antialiased, whatever its
        proportions, and the logits are brought back bilinearly.

        Args:
            images: RGB ``[B, H, W, 3]`` in 0..255.

        Returns:
            float32 ``[B, classes + 1, H, W]``; the last output is "none of the classes".

        Raises:
            InputError: not 8-bit pictures of that shape.
        """
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3:
            raise InputError(
                f"judge {self.config.file_name}: got {images.dtype} of shape {images.shape}, "
                "expected 8-bit RGB pictures [B, H, W, 3]."
            )
        device = self.br.weight.device
        x = torch.from_numpy(images[..., ::-1].copy()).to(device).permute(0, 3, 1, 2).float()
        mean, deviation = (
            torch.tensor(values, device=device).view(3, 1, 1)
            for values in (self.config.mean, self.config.deviation)
        )
        size = (images.shape[1], images.shape[2])
        if size != self.config.size:
            x = F.interpolate(x, size=self.config.size, mode="bilinear", antialias=True)
        with torch.no_grad():
            y = self((x - mean) / deviation / 255)  # the published training divides by 255 a second time
        return y if size == self.config.size else F.interpolate(y, size=size, mode="bilinear", antialias=True)

    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.int64]:
        """The likeliest class of every pixel.

        Args:
            images: RGB ``[B, H, W, 3]`` in 0..255.

        Returns:
            Ids ``[B, H, W]`` in ``0 .. classes - 1``; with ``predicts_other`` also ``classes``.

        Raises:
            InputError: not 8-bit pictures of that shape.
        """
        outputs = self.config.classes + self.config.predicts_other
        labels: NDArray[np.int64] = self.logits(images)[:, :outputs].argmax(dim=1).cpu().numpy()
        return labels


def _double(channels: int) -> nn.ConvTranspose2d:
    return nn.ConvTranspose2d(channels, channels, 2, stride=2, bias=False)


def load_espnet(name: str, file: Path | None = None) -> ESPNet:
    """Builds one of the published judges and loads its weights.

    Args:
        name: a key of `JUDGES`.
        file: its ``.safetensors`` file; None looks in the folder ``backbones`` of SCUMBLE_DATA.

    Raises:
        ConfigError: the name is not known.
        CheckpointError: the weights are missing or do not fit.
    """
    if name not in JUDGES:
        raise ConfigError(f"judge {name!r} is not known, {nearest(name, JUDGES)}")
    path = find_weights(JUDGES[name].file_name, file)
    judge = ESPNet(JUDGES[name])
    load_exactly(judge, read_weights(path), str(path))
    return judge

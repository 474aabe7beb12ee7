"""The form of a network that only paints."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import remove_spectral_norm

_PREPARED = "_only_for_inference"


class PackedConv2d(nn.Module):
    """A convolution whose weights lie as the processor's library wants them.

    Else they are laid out anew in every pass, which takes longer than the convolution of a small picture. The
    best layout depends on the size of the picture: where that changes, they are laid out anew.

    Args:
        convolution: float32, on the CPU, of one group.
    """

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.stride, self.dilation = list(convolution.stride), list(convolution.dilation)
        assert not isinstance(convolution.padding, str)
        padding = list(convolution.padding)
        self.mode = "constant" if convolution.padding_mode == "zeros" else convolution.padding_mode
        # Zeros are added by the convolution itself.
        self.outside = [] if self.mode == "constant" else [padding[1], padding[1], padding[0], padding[0]]
        self.padding = [0, 0] if self.outside else padding
        self.bias = convolution.bias
        self.weight = convolution.weight.detach()
        self._size: torch.Size | None = None

    def forward(self, x: Tensor) -> Tensor:
        """``[B, in_channels, H, W]`` to ``[B, out_channels, H', W']`` in channels-last memory."""
        if self.outside:
            x = F.pad(x, self.outside, mode=self.mode)
        if self._size != x.shape:
            plain = self.weight.to_dense() if self.weight.is_mkldnn else self.weight
            self.weight = torch._C._nn.mkldnn_reorder_conv2d_weight(  # type: ignore[call-arg]
                plain.to_mkldnn(), self.padding, self.stride, self.dilation, 1, list(x.shape)
            )
            self._size = x.shape
        result: Tensor = torch.ops.mkldnn._convolution_pointwise(
            x.contiguous(memory_format=torch.channels_last),
            self.weight,
            self.bias,
            self.padding,
            self.stride,
            self.dilation,
            1,
            "none",
            [],
            "",
        )
        return result


@torch.no_grad()
def prepare(network: nn.Module) -> None:
    """Bring a trained network into the form that paints fastest, with the same results to rounding.

    Spectral norms and frozen batch statistics are folded into the weights, activations of blocks overwrite
    their input, and on the CPU weights are laid out for its convolutions. The network can no longer be
    trained, saved or moved to another device; a second call changes nothing.

    Args:
        network: in evaluation, on the device where it is to paint; changed in place.
    """
    if is_prepared(network):
        return
    fold(network)
    for module in network.modules():
        if isinstance(module, nn.LeakyReLU | nn.ReLU):
            module.inplace = True
    network.requires_grad_(False)
    if torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        _pack(network)
    setattr(network, _PREPARED, True)


@torch.no_grad()
def fold(network: nn.Module) -> None:
    """Put spectral norms and frozen batch statistics into the weights: what other programs can use, too.

    Args:
        network: in evaluation; changed in place, and never to be trained, saved or folded again.
    """
    for module in network.modules():
        if isinstance(getattr(module, "weight_orig", None), Tensor):
            remove_spectral_norm(module)
        own = getattr(module, "prepare_for_inference", None)
        if own is not None:
            own()


def _pack(network: nn.Module) -> None:
    """Replace the plain convolutions; those of other types are used by others in other ways."""
    for name, child in network.named_children():
        if getattr(child, "keeps_weights", False):
            continue
        if type(child) is not nn.Conv2d:
            _pack(child)
        elif child.groups == 1 and child.weight.device.type == "cpu" and child.weight.dtype == torch.float32:
            setattr(network, name, PackedConv2d(child))


def is_prepared(network: nn.Module) -> bool:
    """Whether `prepare` was called."""
    return bool(getattr(network, _PREPARED, False))

"""The form of a network that only paints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.utils import remove_spectral_norm

from scumble.errors import ConfigError
from scumble.nn.packed_conv import PackedConv2d
from scumble.nn.regions import NeighbourhoodConv2d

Precision = Literal["float32", "bfloat16", "auto"]
"""In what numbers convolutions are computed; ``auto`` is bfloat16 where the processor is fast with it."""

_PREPARED = "_only_for_inference"


@torch.no_grad()
def prepare(network: nn.Module, dtype: torch.dtype = torch.float32) -> None:
    """Bring a trained network into the form that paints fastest, with the same results to rounding.

    Spectral norms and frozen batch statistics are folded into the weights, activations of blocks overwrite
    their input, and on the CPU weights are laid out for its convolutions. The network can no longer be
    trained, saved or moved to another device; a second call changes nothing.

    Args:
        network: in evaluation, on the device where it is to paint; changed in place.
        dtype: float32, or bfloat16 for a network that paints under `autocast`.

    Raises:
        ConfigError: it has been prepared for the other type.
    """
    if is_prepared(network):
        found = getattr(network, _PREPARED)
        if found is not dtype:
            raise ConfigError(
                f"The network was prepared to paint in {found}, not in {dtype}; load the checkpoint again."
            )
        return
    fold(network)
    for module in network.modules():
        if isinstance(module, nn.LeakyReLU | nn.ReLU):
            module.inplace = True
    network.requires_grad_(False)
    if dtype is torch.bfloat16:
        _narrow(network)
    if torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        _pack(network)
    setattr(network, _PREPARED, dtype)


def usable_device(name: str) -> torch.device:
    """The device of a name.

    Raises:
        ConfigError: there is none, or this build of torch or this machine cannot use it.
    """
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(
            f"--device is {name!r}, which cannot be used ({reason}); give cpu or cuda."
        ) from None


def painting_type(precision: Precision, device: torch.device) -> torch.dtype:
    """The type that a precision stands for on a device."""
    if precision != "auto":
        return torch.bfloat16 if precision == "bfloat16" else torch.float32
    if device.type == "cuda":
        fast = torch.cuda.get_device_capability(device) >= (8, 0)
    else:
        known = torch.cpu.get_capabilities()
        fast = bool(known.get("amx_bf16") or known.get("avx512_bf16"))
    return torch.bfloat16 if fast else torch.float32


def autocast(network: nn.Module) -> torch.autocast:
    """Under this a network paints in the type that it was prepared for."""
    device = next(network.parameters()).device.type
    narrow = getattr(network, _PREPARED, None) is torch.bfloat16
    return torch.autocast(device, torch.bfloat16, enabled=narrow)


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


def _plain_convolutions(network: nn.Module) -> Iterator[tuple[nn.Module, str, nn.Conv2d]]:
    """Each with the module that it belongs to and its name there; other types are used in other ways."""
    for name, child in list(network.named_children()):
        if getattr(child, "keeps_weights", False):
            continue
        if type(child) is nn.Conv2d:
            yield network, name, child
        else:
            yield from _plain_convolutions(child)


def _pack(network: nn.Module) -> None:
    """Lay the weights out for the processor's library."""
    for owner, name, plain in _plain_convolutions(network):
        if plain.groups == 1 and plain.weight.device.type == "cpu":
            setattr(owner, name, PackedConv2d(plain))


def _narrow(network: nn.Module) -> None:
    """Store the weights of convolutions in bfloat16, so that they are not cast in every pass."""
    for _, _, plain in _plain_convolutions(network):
        plain.to(torch.bfloat16, memory_format=torch.channels_last)  # type: ignore[call-overload]
    for module in network.modules():
        if isinstance(module, NeighbourhoodConv2d):
            module.to(torch.bfloat16)


def is_prepared(network: nn.Module) -> bool:
    """Whether `prepare` was called."""
    return hasattr(network, _PREPARED)

"""What the training steps of OASIS and iPOSE have in common."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from scumble.models.keys import KeyMap
from scumble.models.oasis.recipe import SynthesisBatch
from tests.reference.case import Case


def load(networks: Mapping[str, nn.Module], keys: Mapping[str, KeyMap], case: Case) -> None:
    """Give networks their weights, whose names carry a prefix, and put them into training mode."""
    for prefix, network in networks.items():
        start = f"{prefix}."
        mine = {name.removeprefix(start): t for name, t in case.weights.items() if name.startswith(start)}
        network.load_state_dict(keys[prefix].to_ours(mine))
        network.train()


def entries(networks: Mapping[str, nn.Module], keys: Mapping[str, KeyMap]) -> dict[str, Tensor]:
    """The published entries of all networks, with prefixes."""
    return {
        f"{prefix}.{name}": value
        for prefix, network in networks.items()
        for name, value in keys[prefix].to_published(network.state_dict()).items()
    }


def gradients_of(network: nn.Module, keys: KeyMap, prefix: str, loss: Tensor) -> dict[str, Tensor]:
    """Gradients of a loss by published name; 0 where there is none."""
    network.zero_grad()
    torch.autograd.backward(loss)
    named = dict(network.named_parameters())
    # Buffers have no gradient, but the key map asks for all entries.
    mine = {
        name: grad
        if (p := named.get(name)) is not None and (grad := p.grad) is not None
        else torch.zeros_like(t)
        for name, t in network.state_dict().items()
    }
    return {f"{prefix}.{name}": value for name, value in keys.to_published(mine).items()}


def step(
    network: nn.Module, keys: KeyMap, prefix: str, loss: Tensor, rate: float, betas: tuple[float, float]
) -> dict[str, Tensor]:
    """One step of Adam; the gradients."""
    found = gradients_of(network, keys, prefix, loss)
    torch.optim.Adam(network.parameters(), rate, betas).step()
    return found


def synthesis_batch(case: Case) -> SynthesisBatch:
    """Pictures and maps of a case; objects only where it has them."""
    labels = case.tensor("label").long()
    labels = labels[:, 0] if labels.ndim == 4 else labels
    boxes = (
        case.tensor("boxes") if "boxes" in case.inputs else torch.zeros(len(labels), 0, 7, dtype=torch.int64)
    )
    counts = case.tensor("count") if "count" in case.inputs else torch.zeros(len(labels), dtype=torch.int64)
    return SynthesisBatch(
        case.tensor("image"), labels, torch.zeros_like(labels), boxes, counts, tuple(range(len(labels)))
    )

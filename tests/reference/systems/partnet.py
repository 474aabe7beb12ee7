"""Cases of PartNet, which belong to the system ``ipose``."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from scumble.models.keys import KeyMap
from scumble.models.partnet.attention import CrossAttention
from scumble.models.partnet.config import PartNetConfig
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.published import attention_entries, partnet_keys
from scumble.models.partnet.recipe import branches, part_losses
from scumble.models.partnet.supports import one_hot
from tests.reference.case import Case, Computed
from tests.reference.systems.editing import computed, prepared

_TERMS = {
    "bce_predicted": "bce_syn",
    "bce_reconstructed": "bce_rec",
    "ce_predicted": "ce_syn",
    "ce_reconstructed": "ce_rec",
}


@torch.no_grad()
def cross_attention(case: Case) -> Computed:
    """One layer alone."""
    keys = KeyMap(attention_entries())
    layer = prepared(CrossAttention(case.config["d"]), keys, case)
    query = case.tensor("query")
    supports = (case.tensor(name).transpose(0, 1) for name in ("support_shape", "support_mask"))
    own = torch.arange(len(query))
    return computed(layer, keys, out=layer(query, *layer.project(*supports), own, own))


@torch.no_grad()
def partnet(case: Case) -> Computed:
    """The whole network, in evaluation or in a training pass."""
    config = case.config
    model = PartNetConfig(
        attention_layers=config["n_att_layers"], supports=config["k"], coordinates=config["use_coord"]
    )
    keys = partnet_keys(model)
    network = prepared(PartNet(model), keys, case)
    shapes = case.tensor("shape").float()
    supports = one_hot(case.inputs["supports"])
    rows = case.tensor("category_index")
    if case.mode == "eval":
        logits, features = network(network.encode_shapes(shapes), network.encode_supports(supports).of(rows))
        encoding = network.encode_shapes(shapes)
        return computed(network, keys, logits=logits, features=features, shape_encoding=encoding)
    permutation = case.tensor("permutation")
    truth = F.one_hot(case.tensor("parts")[:, 0].long(), 9).permute(0, 3, 1, 2).float()[:, permutation]
    slot = int(case.inputs["replaced_slot"])
    found = branches(network, shapes, truth, supports, rows, permutation, slot)
    terms = part_losses(found, truth, cross_entropy=True)
    named = {_TERMS[name]: value for name, value in terms.items()}
    total = torch.stack(list(terms.values())).sum()
    return computed(network, keys, syn=found["predicted"], rec=found["reconstructed"], total=total, **named)


KINDS = {"cross_attention": cross_attention, "partnet": partnet}

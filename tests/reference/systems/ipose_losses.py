"""Cases of iPOSE's discriminator and losses, which it shares with OASIS."""

from __future__ import annotations

import torch

from scumble.losses.gan import hinge_discriminator_fake, hinge_discriminator_real, hinge_generator
from scumble.models.oasis.config import SegmenterConfig
from scumble.models.oasis.discriminator import Segmenter
from scumble.models.oasis.labelmix import consistency, label_mask, mix
from scumble.models.oasis.losses import fake_loss, pixel_weights, real_loss
from scumble.models.oasis.published import discriminator_keys
from tests.reference.case import Case, Computed
from tests.reference.systems.editing import computed, prepared


@torch.no_grad()
def discriminator(case: Case) -> Computed:
    """The U-Net with its global head."""
    config = SegmenterConfig(global_head=case.config["global_head"])
    keys = discriminator_keys(config)
    network = prepared(Segmenter(config, case.config["C"]), keys, case)
    found = network(case.tensor("image"))
    assert found.whole is not None
    named = {"seg_logits": found.classes, "global_logits": found.whole, "features": found.features}
    return computed(network, keys, **named)


def n_plus_1_loss(case: Case) -> Computed:
    """Both losses with and without balancing and the don't-care rule, and the hinge terms."""
    logits, labels, scores = (
        case.tensor("logits"),
        case.tensor("label")[:, 0].long(),
        case.tensor("global_logits"),
    )
    balanced = {
        kind: pixel_weights(labels, case.config["C"], dont_care=0 if kind == "dontcare" else None)
        for kind in _KINDS
    }
    found = {f"real_{kind}_balanced": real_loss(logits, labels, balanced[kind]) for kind in _KINDS}
    found |= {f"real_{kind}_plain": real_loss(logits, labels, None) for kind in _KINDS}
    return Computed(
        {
            **found,
            "fake": fake_loss(logits),
            "weight_map": balanced["dontcare"][:, None],
            "target_real": labels + 1,
            "target_fake": torch.zeros_like(labels),
            "hinge_d_real": hinge_discriminator_real(scores),
            "hinge_d_fake": hinge_discriminator_fake(scores),
            "hinge_g": hinge_generator(scores),
        }
    )


_KINDS = ("dontcare", "allclasses")


def labelmix(case: Case) -> Computed:
    """Mask, mixed picture and consistency under a given mask."""
    labels = case.tensor("label")[:, 0].long()
    coins = torch.zeros(case.config["C"], dtype=torch.int64)
    coins[torch.tensor(case.config["label_classes_present"])] = case.tensor("bits_in_order")
    mask = label_mask(labels, coins, collision=case.config["labelmix_quirk"])
    mixed, real, fake = (case.tensor(f"d_{name}") for name in ("mixed", "real", "fake"))
    loss = consistency(mixed, real, fake, case.tensor("given_mask"))
    pictures = mix(case.tensor("real"), case.tensor("fake"), mask)
    return Computed({"mask": mask, "mixed": pictures, "loss_given_mask": loss})


KINDS = {"discriminator": discriminator, "labelmix": labelmix, "n_plus_1_loss": n_plus_1_loss}

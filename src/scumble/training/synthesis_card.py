"""The card of a synthesis checkpoint."""

from __future__ import annotations

from scumble.checkpoint import Checkpoint


def write_synthesis_card(checkpoint: Checkpoint, claim: str) -> str:
    """The text of ``README.md``.

    Args:
        checkpoint: the weights and where they come from.
        claim: the paper's number for this configuration, or empty.
    """
    space, origin = checkpoint.label_space, checkpoint.origin
    parameters = sum(p.numel() for p in checkpoint.network.parameters())
    published = f"* The paper's number for this configuration: {claim}\n" if claim else ""
    return f"""# {checkpoint.system} on {space.name}

Paints pictures from label maps of the {len(space)} classes of {space.name}; {parameters / 1e6:.2f} M
parameters, trained by scumble on {origin.images} pictures.

* Data: {origin.data or "not stated"}
* Licence: {origin.licence}
{published}"""

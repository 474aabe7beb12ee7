"""The card of a synthesis checkpoint."""

from __future__ import annotations

from collections.abc import Mapping

from scumble.checkpoint import Checkpoint
from scumble.data.part_categories import PART_CATEGORIES


def write_synthesis_card(checkpoint: Checkpoint, terms: Mapping[str, str], claim: str) -> str:
    """The text of ``README.md``.

    Args:
        checkpoint: the weights and where they come from.
        terms: optional terms of the training that were weighed, and the networks they see pictures with.
        claim: the paper's number for this configuration, or empty.
    """
    space, origin = checkpoint.label_space, checkpoint.origin
    parameters = sum(p.numel() for p in checkpoint.network.parameters())
    lines = [
        f"Data: {origin.data or 'not stated'}",
        f"Licence of the weights: {origin.licence}",
        f"Terms beside the discriminator's: {', '.join(f'{k} by {v}' for k, v in terms.items()) or 'none'}",
        f"Label ids ({space.name}, counted from 0): " + ", ".join(f"{c.name} {c.id}" for c in space.classes),
        *_parts(checkpoint),
        "Configuration and digests: `config.json`",
    ]
    if claim:
        lines.append(f"The paper's number for this configuration: {claim}")
    listed = "\n".join(f"* {line}" for line in lines)
    return f"""# {checkpoint.system} on {space.name}

Paints pictures from label maps. {parameters / 1e6:.2f} M parameters, trained by scumble on {origin.images}
pictures.

{listed}

```sh
scumble synthesize labels.png --checkpoint FOLDER --samples 3 --out out
```
"""


def _parts(checkpoint: Checkpoint) -> list[str]:
    """Which classes have parts, and where the examples are."""
    if checkpoint.system != "ipose":
        return []
    names = checkpoint.label_space.names
    classes = [
        f"{names[class_id]} (category {category} {PART_CATEGORIES[category].name}"
        + (f": {', '.join(parts)})" if (parts := checkpoint.config.names_of(class_id)) else ")")
        for class_id, category in checkpoint.config.categories
    ]
    place = "in this folder" if checkpoint.supports else "not in this folder, give a part set as `--supports`"
    return [f"Classes with parts: {', '.join(classes)}", f"Support maps: {place}"]

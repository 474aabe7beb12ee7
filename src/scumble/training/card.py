"""The card of a checkpoint: what it is, what it was trained on, how it is used."""

from __future__ import annotations

from scumble.checkpoint import Checkpoint


def write_card(checkpoint: Checkpoint, perceptual: str) -> str:
    """The text of a checkpoint's ``README.md``.

    Args:
        checkpoint: the weights and where they come from.
        perceptual: name of the network of the perceptual term.
    """
    space, origin = checkpoint.label_space, checkpoint.origin
    parameters = sum(p.numel() for p in checkpoint.network.parameters())
    classes = ", ".join(f"{c.name} {c.id}" for c in space.classes)
    bank = f" A style bank of {len(checkpoint.bank.codes)} codes lies beside." if checkpoint.bank else ""
    if checkpoint.outlines:
        counts = ", ".join(f"{name} {len(masks)}" for name, masks in checkpoint.outlines.masks.items())
        bank += f" So do outlines of objects: {counts}."
    return f"""# {checkpoint.system} on {space.name}

{parameters / 1e6:.2f} M parameters, trained by scumble on {origin.images} windows of pictures.{bank}

* Data: {origin.data or "not stated"}
* Licence of the weights: {origin.licence}
* Perceptual term: {perceptual}
* Label ids ({space.name}, counted from 0): {classes}
* Configuration and digests: `config.json`

```sh
scumble edit photo.jpg --labels labels.png --remove {_a_thing(checkpoint)} --checkpoint FOLDER --out out
```
"""


def _a_thing(checkpoint: Checkpoint) -> str:
    things = checkpoint.label_space.things
    return checkpoint.label_space.names[min(things)] if things else checkpoint.label_space.names[0]

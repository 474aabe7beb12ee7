"""Judges by name or by checkpoint folder."""

from __future__ import annotations

from pathlib import Path

from scumble.checkpoint import load_checkpoint
from scumble.errors import ConfigError, nearest
from scumble.files import sha256_of
from scumble.label_space import LabelSpace
from scumble.metrics.editing import Judge
from scumble.metrics.judges.espnet import JUDGES, load_espnet
from scumble.metrics.judges.labeler import LabelerJudge
from scumble.nn.backbones.files import find_weights
from scumble.shipped import shipped_checkpoints


def load_judge(name: str, label_space: LabelSpace | None = None) -> Judge:
    """Build a judge and load its weights.

    Args:
        name: a key of `JUDGES`, a checkpoint folder of a labeler, or the name of a shipped one.
        label_space: what the pictures are labelled in; a labeler that knows another one is refused.

    Raises:
        ConfigError: the name is not known, or the label space is another one.
        CheckpointError: the weights are missing or do not fit, or the checkpoint is no labeler.
    """
    if name in JUDGES:
        return load_espnet(name)
    if not Path(name).exists() and name not in shipped_checkpoints():
        raise ConfigError(
            f"judge {name!r} is neither known nor a checkpoint folder of a labeler, {nearest(name, JUDGES)}"
        )
    judge = LabelerJudge(load_checkpoint(name))
    if label_space is not None and label_space != judge.label_space:
        raise ConfigError(
            f"The judge {name} knows the label space {judge.label_space.name!r}, but the pictures are "
            f"labelled in {label_space.name!r}; give a judge of that label space."
        )
    return judge


def judge_digest(name: str) -> str:
    """The sha256 by which a record names a judge: of its weight file, or that of its checkpoint.

    Args:
        name: as for `load_judge`.
    """
    if name in JUDGES:
        return sha256_of(find_weights(JUDGES[name].file_name))
    return load_checkpoint(name).digest

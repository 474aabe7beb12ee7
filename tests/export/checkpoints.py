"""Small checkpoints of every system, whose weights neither fade nor saturate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scumble.checkpoint import Checkpoint, Origin
from scumble.models.divsem.config import DivSemConfig
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.oasis.generator import OASISGenerator
from scumble.models.spmpgan.generator import SPMPGANGenerator
from scumble.pipelines.parts import partnet_of
from tests import editing_fixture, ipose_fixture, labeler_fixture
from tests.models import tiny
from tests.models.synthesis_fixture import oasis_config, settled

WITHOUT_EXTRA = "needs pip install 'scumble[export]'"


def require_extra() -> None:
    """Skip where ONNX and ONNX Runtime are not installed."""
    for package in ("onnx", "onnxruntime"):
        pytest.importorskip(package, reason=WITHOUT_EXTRA)


def divsem() -> Checkpoint:
    """With a style bank."""
    checkpoint = editing_fixture.untrained()
    return replace(checkpoint, network=tiny.with_weights(DivSemGenerator(checkpoint.config)), digest="abc")


def divsem_bgr() -> Checkpoint:
    """Everything the other way round, and no bank."""
    pyramid = replace(tiny.pyramid_config(leak=False), channel_order="bgr")
    config = DivSemConfig(pyramid, tiny.style_config(pooling="valid", valid_ratio_norm=False))
    return replace(divsem(), config=config, network=tiny.with_weights(DivSemGenerator(config)), bank=None)


def spmpgan() -> Checkpoint:
    """Without style codes."""
    network = tiny.with_weights(SPMPGANGenerator(tiny.pyramid_config()))
    return Checkpoint("spmpgan", network.config, ipose_fixture.SPACE, Origin(0, "none", "none"), network)


def oasis() -> Checkpoint:
    """With noise."""
    network = settled(OASISGenerator(oasis_config()))
    return Checkpoint("oasis", network.config, ipose_fixture.SPACE, Origin(0, "none", "none"), network)


def partnet() -> Checkpoint:
    """With supports of two categories, and parts that none of them shows."""
    whole = ipose_fixture.ipose()
    config = whole.config.partnet
    return replace(whole, system="partnet", config=config, network=partnet_of(whole))


ALL = {
    "divsem": divsem,
    "divsem-bgr": divsem_bgr,
    "spmpgan": spmpgan,
    "oasis": oasis,
    "ipose": ipose_fixture.ipose,
    "partnet": partnet,
    "labeler": labeler_fixture.untrained_labeler,
}

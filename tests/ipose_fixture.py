"""A small iPOSE with weights that neither fade nor saturate, and a street with two cars."""

from __future__ import annotations

import numpy as np

from scumble.checkpoint import Checkpoint, Origin
from scumble.label_space import LabelSpace
from scumble.models.ipose.config import IPOSEConfig
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.oasis.config import OASISConfig
from scumble.models.partnet.config import PartNetConfig
from scumble.models.partnet.supports import SupportStore
from scumble.scene import Scene
from tests.data.parts.fixture import car
from tests.models.synthesis_fixture import settled

SPACE = LabelSpace.load("camvid")
CAR, ROAD, BICYCLIST = (SPACE.index(name) for name in ("car", "road", "bicyclist"))
CATEGORIES = {CAR: 26, BICYCLIST: 25}


def ipose(*, supports: bool = True) -> Checkpoint:
    """The checkpoint; it has support maps of cars alone, though bicyclists have a category too."""
    config = IPOSEConfig(
        OASISConfig(len(SPACE), width=2, noise=3, size=64),
        PartNetConfig((4, 4, 4, 4), (4, 4, 4), attention_layers=1, supports=1, skip_empty=True),
        tuple(CATEGORIES.items()),
        part_features=4,
        part_names=((26, ("window", "wheel", "light", "licence plate", "chassis")),),
    )
    network = settled(IPOSEGenerator(config)).eval()
    store = SupportStore.of({26: [car(30, 48)], 25: [car(48, 30)]}, 1) if supports else None
    return Checkpoint("ipose", config, SPACE, Origin(0, "none", "none"), network, supports=store)


def street(*, cars: int = 2) -> Scene:
    """A road of 70 x 90 pixels with cars of different size, and no parts known."""
    labels = np.full((70, 90), ROAD, np.int32)
    instances = labels.copy()
    for number, (y, x, height, width) in enumerate([(8, 6, 30, 44), (44, 52, 20, 30)][:cars]):
        box = slice(y, y + height), slice(x, x + width)
        labels[box], instances[box] = CAR, CAR * 1000 + number
    return Scene(np.zeros((70, 90, 3), np.uint8), labels, instances, SPACE)

"""The systems that are built: for each, its kinds of cases and the function that runs one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.reference.case import Case, Computed
from tests.reference.systems import (
    datasets,
    divsem,
    ipose_boxes,
    ipose_losses,
    ipose_networks,
    ipose_style,
    oasis,
    partnet,
    spmpgan,
)

SYSTEMS: Mapping[str, Mapping[str, Callable[[Case], Computed]]] = {
    "datasets": datasets.KINDS,
    "divsem": divsem.KINDS,
    "ipose": {
        **ipose_boxes.KINDS,
        **partnet.KINDS,
        **ipose_networks.KINDS,
        **ipose_losses.KINDS,
        **ipose_style.KINDS,
    },
    "oasis": oasis.KINDS,
    "spmpgan": spmpgan.KINDS,
}

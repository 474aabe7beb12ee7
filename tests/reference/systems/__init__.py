"""The systems that are built: for each, its kinds of cases and the function that runs one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.reference.case import Case, Computed
from tests.reference.systems import divsem, spmpgan

SYSTEMS: Mapping[str, Mapping[str, Callable[[Case], Computed]]] = {
    "divsem": divsem.KINDS,
    "spmpgan": spmpgan.KINDS,
}

"""Cases of data sets."""

from __future__ import annotations

import torch

from scumble.data.parts.uids import PanopticIds, decode_uids, fold_parts
from scumble.scene import IdArray
from tests.reference.case import Case, Computed


def uids(case: Case) -> Computed:
    """Decoding and encoding of Panoptic Parts, and the folding of PASCAL's countable parts."""
    ids = decode_uids(case.inputs["uids"])
    folded = fold_parts(decode_uids(case.inputs["uids_ppp"]), "pascal")
    outputs = {**_levels(ids), **{f"ppp_{name}": values for name, values in _levels(folded).items()}}
    outputs["encoded_again"] = ids.encode()
    return Computed({name: torch.from_numpy(values) for name, values in outputs.items()})


def _levels(ids: PanopticIds) -> dict[str, IdArray]:
    return {name: getattr(ids, name) for name in ("sid", "iid", "pid", "sid_iid", "sid_pid")}


KINDS = {"uids": uids}

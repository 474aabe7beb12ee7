"""Which graphs a checkpoint is exported as."""

from __future__ import annotations

from torch import nn

from scumble.checkpoint import Checkpoint
from scumble.errors import ConfigError
from scumble.export.editing import editing_graphs
from scumble.export.graph import Graph
from scumble.export.labeling import labeling_graphs
from scumble.export.parts import parts_graph
from scumble.export.synthesis import synthesis_graph
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.labeler.network import Labeler
from scumble.models.oasis.generator import OASISGenerator
from scumble.models.partnet.network import PartNet
from scumble.models.partnet.supports import SupportStore
from scumble.models.spmpgan.generator import SPMPGANGenerator
from scumble.nn.inference import fold


def graphs_of(
    checkpoint: Checkpoint, trained: nn.Module, supports: SupportStore | None = None
) -> list[Graph]:
    """The graphs of a checkpoint, the one that paints or predicts first.

    Args:
        checkpoint: its network is folded, see `fold`, and of no other use afterwards.
        trained: the same network once more, which stays as it is, and which the graphs are compared with.
        supports: example part maps, in place of those of the checkpoint.

    Raises:
        ConfigError: it is a PartNet and there are no support maps.
        DataError: a category has too few.
    """
    folded = checkpoint.network
    fold(folded)
    store = supports or checkpoint.supports
    if isinstance(folded, Labeler) and isinstance(trained, Labeler):
        return labeling_graphs(folded, trained)
    if isinstance(folded, OASISGenerator) and isinstance(trained, OASISGenerator):
        return [synthesis_graph(folded, trained)]
    if isinstance(folded, IPOSEGenerator) and isinstance(trained, IPOSEGenerator):
        graphs = [synthesis_graph(folded, trained)]
        categories = sorted({category for _, category in folded.config.categories})
        if store is not None and categories and folded.config.injection != "none":
            graphs.append(parts_graph(folded.partnet, trained.partnet, store, categories))
        return graphs
    if isinstance(folded, PartNet) and isinstance(trained, PartNet):
        if store is None:
            raise ConfigError(
                "The checkpoint holds no support maps, and PartNet can do nothing without; name a part set "
                "with --supports."
            )
        return [parts_graph(folded, trained, store, sorted(store.maps))]
    assert isinstance(folded, DivSemGenerator | SPMPGANGenerator)
    assert isinstance(trained, DivSemGenerator | SPMPGANGenerator)
    return editing_graphs(folded, trained)

"""Steps that run out of memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from scumble.errors import ConfigError
from scumble.label_space import LabelSpace
from scumble.models.recipe import Optimized, Update
from scumble.scene import ImageArray
from scumble.training.config import Phase, TrainingConfig
from scumble.training.loop import train
from scumble.training.world import World

ERRORS = (
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:114] . DefaultCPUAllocator: can't allocate memory"),
)
BATCH = 6
PLACES = ("first", "second", "backward")


class Numbers(Dataset[dict[str, Tensor]]):
    """An endless stream of random numbers."""

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        """Three of them."""
        return {"x": torch.randn(3, generator=torch.Generator().manual_seed(number))}


class Adversaries:
    """A recipe of two updates, the second of which depends on the first, with memory for few samples at once.

    Args:
        place: where it runs out of memory: in the forward pass of an update, or in the backward pass of the
            second.
        limit: most samples for which there is enough.
        error: what is raised.
    """

    def __init__(self, place: str, limit: int, error: RuntimeError) -> None:
        torch.manual_seed(0)
        self.networks = nn.ModuleDict({"generator": nn.Linear(3, 3), "critic": nn.Linear(3, 1)})
        self.optimized = {name: Optimized(n, 0.05, (0.0, 0.9)) for name, n in self.networks.items()}
        self.place, self.limit, self.error, self.largest = place, limit, error, 0
        self.lean: list[bool] = []

    def _allocate(self, place: str, samples: int) -> None:
        if place == self.place and samples > self.limit:
            raise self.error
        self.largest = max(self.largest, samples)

    def updates(self, batch: Tensor, step: int, *, lean: bool = False) -> Iterator[Update]:
        """The critic's, then the generator's."""
        del step
        self.lean.append(lean)
        painted = self.networks["generator"](batch)
        self._allocate("first", len(batch))
        loss = (self.networks["critic"](painted.detach()) - self.networks["critic"](batch)).square().mean()
        yield Update("critic", loss, {"d_real": loss})
        self._allocate("second", len(batch))
        loss = self.networks["critic"](painted).square().mean() + painted.square().mean()
        if self.place == "backward":
            loss.register_hook(lambda _: self._allocate("backward", len(batch)))
        yield Update("generator", loss, {"gan": loss})


class AdversariesTask:
    """The task of that recipe."""

    label_space = LabelSpace.from_names("nothing", ["nothing"])

    def __init__(self, place: str = "", limit: int = BATCH, error: RuntimeError = ERRORS[0]) -> None:
        self.recipe = Adversaries(place, limit, error)

    def samples(self, phase: Phase) -> Dataset[dict[str, Tensor]]:
        """Random numbers."""
        return Numbers()

    def batch(self, collated: dict[str, Tensor], device: torch.device) -> Tensor:
        """The numbers alone."""
        return collated["x"]

    def grid(self, generator: nn.Module) -> ImageArray:
        """A black picture."""
        return np.zeros((2, 2, 3), np.uint8)

    def score(self, generator: nn.Module) -> None:
        """Nothing is known."""

    def discriminator_scores(self, phase: Phase) -> None:
        """Nothing is known."""

    def refresh(self, generator: nn.Module) -> None:
        """Nothing."""

    def save(self, generator: nn.Module, folder: Path, images: int, *, kept: bool) -> None:
        """Nothing."""


def run(task: AdversariesTask, folder: Path, processes: int = 1) -> tuple[dict[str, Tensor], list[str]]:
    """The weights after four steps, and what the user was told."""
    phases = (Phase(share=1, size=1, batch_size=BATCH, smallest_window=1),)
    told: list[str] = []
    config = TrainingConfig(4 * BATCH, phases, workers=0)
    train(task, config, folder, World(0, processes, torch.device("cpu")), tell=told.append)
    return task.recipe.networks.state_dict(), told


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize(("limit", "pieces"), [(3, 2), (2, 4), (1, 6)])
def test_batches_are_cut_until_they_fit_and_the_result_is_that_of_whole_ones(
    place: str, error: RuntimeError, limit: int, pieces: int, tmp_path: Path
) -> None:
    uncut = AdversariesTask()
    whole, nothing = run(uncut, tmp_path / "whole")
    task = AdversariesTask(place, limit, error)
    cut, told = run(task, tmp_path / "cut")
    assert nothing == []
    assert told == [f"memory ran out: every batch is cut into {pieces} pieces from now on."]
    for name, value in whole.items():
        torch.testing.assert_close(cut[name], value, atol=1e-5, rtol=0)
    lines = [(tmp_path / n / "stats.jsonl").read_text().split('"d_real": ')[1][:6] for n in ("whole", "cut")]
    assert lines[0] == lines[1]
    assert not any(uncut.recipe.lean)
    assert all(task.recipe.lean[1:])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("error", ERRORS)
def test_a_single_sample_that_does_not_fit_ends_the_run(
    place: str, error: RuntimeError, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="does not suffice for a single sample; train smaller pictures"):
        run(AdversariesTask(place, 0, error), tmp_path)


def test_networks_are_not_compiled_for_a_processor(tmp_path: Path) -> None:
    phases = (Phase(share=1, size=1, batch_size=BATCH, smallest_window=1),)
    config = TrainingConfig(BATCH, phases, workers=0, compile=True)
    with pytest.raises(ConfigError, match="leave it out, or train on an accelerator"):
        train(AdversariesTask(), config, tmp_path, World(0, 1, torch.device("cpu")))


def test_one_of_several_processes_says_how_to_go_on(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"memory of process 0 ran out; .*--training.accumulate 2 continues"
    ):
        run(AdversariesTask("first", 1), tmp_path, processes=2)


def test_other_errors_are_not_taken_for_want_of_memory(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        run(AdversariesTask("first", 3, RuntimeError("mat1 and mat2 shapes cannot be multiplied")), tmp_path)

"""The training loop, on a miniature CamVid folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from errno import ENOSPC
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.utils.data import Dataset

from scumble.checkpoint import load_checkpoint
from scumble.errors import CheckpointError, ConfigError, ScumbleError
from scumble.label_space import LabelSpace
from scumble.models.recipe import Optimized, Update
from scumble.presets import PRESETS
from scumble.scene import ImageArray
from scumble.training.config import Phase, TrainingConfig
from scumble.training.editing import EditingPreset, EditingTask
from scumble.training.loop import train
from scumble.training.overfit import Scores
from scumble.training.world import World
from tests.disk import Disk
from tests.miniature import MeanDifference

pytestmark = pytest.mark.usefixtures("data")

CPU = torch.device("cpu")
WORLD = World(0, 1, CPU)


class StoppedError(Exception):
    """The run is killed."""


def tiny(system: str = "divsem", **training: Any) -> EditingPreset:
    preset = PRESETS[f"{system}-camvid-tiny"]()
    return replace(preset, training=replace(preset.training, **training))


def run(
    preset: EditingPreset,
    folder: Path,
    perceptual: nn.Module | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> EditingTask:
    task = EditingTask(preset, perceptual or MeanDifference())
    train(task, preset.training, folder, WORLD, tell=tell)
    return task


def weights(task: EditingTask) -> dict[str, Tensor]:
    return task.recipe.networks.state_dict()


class Interrupted(MeanDifference):
    """Kills the run at a call, as pulling the plug would."""

    def __init__(self, call: int) -> None:
        super().__init__()
        self.calls, self.call = 0, call

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """The distance, until it is too late."""
        self.calls += 1
        if self.calls >= self.call:
            raise StoppedError
        return super().forward(x, y)


class Broken(MeanDifference):
    """A distance that is not finite in some calls."""

    def __init__(self, calls: range, value: float) -> None:
        super().__init__()
        self.calls, self.broken, self.value = 0, calls, value

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """The distance, or what is none."""
        self.calls += 1
        return super().forward(x, y) * (self.value if self.calls in self.broken else 1.0)


@pytest.mark.parametrize("system", ["divsem", "spmpgan"])
def test_a_run_leaves_a_checkpoint_grids_and_statistics(system: str, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    task = run(tiny(system), folder)

    expected = ["best", "best.json", "checkpoint", "grids", "state-1.pt", "state.pt", "stats.jsonl"]
    assert sorted(p.name for p in folder.iterdir()) == expected
    checkpoint = load_checkpoint(folder / "checkpoint")
    assert (checkpoint.system, checkpoint.origin.images) == (system, 4)
    assert checkpoint.label_space.name == "camvid"
    assert (checkpoint.bank is not None) == (system == "divsem")
    batch = task.samples(task.preset.training.phases[0])[0]
    collated = {name: value[None] for name, value in batch.items()}
    picture = checkpoint.network(task.batch(collated, CPU)).picture
    assert picture.shape == (1, 3, 64, 64)
    assert bool(picture.isfinite().all())

    assert sorted(p.name for p in (folder / "grids").iterdir()) == ["00000002.png", "00000004.png"]
    grid = np.asarray(Image.open(folder / "grids" / "00000004.png"))
    assert grid.shape == (6 * 64, 4 * 64, 3)
    masked, painted, original = grid[:, :64], grid[:, 128:192], grid[:, 192:]
    hidden = (masked == 127).all(2)
    assert 0.05 < hidden.mean() < 0.95
    assert np.array_equal(masked[~hidden], original[~hidden])
    assert np.array_equal(painted[~hidden], original[~hidden])
    assert not np.array_equal(painted[hidden], original[hidden])

    lines = [json.loads(line) for line in (folder / "stats.jsonl").read_text().splitlines()]
    assert [line["images"] for line in lines] == [2, 4]
    terms = {f"{name}_{i}" for name in ("d_fake", "d_real", "l1", "gan", "perceptual") for i in (1, 2)}
    assert all(set(line) == {"images", "images_per_second", *terms} for line in lines)
    assert all(np.isfinite(list(line.values())).all() for line in lines)


def test_training_changes_all_networks(tmp_path: Path) -> None:
    before = {name: value.clone() for name, value in weights(EditingTask(tiny(), MeanDifference())).items()}
    after = weights(run(tiny(), tmp_path / "run"))
    unchanged = [name for name in before if torch.equal(before[name], after[name])]
    assert [name for name in unchanged if not name.endswith("bias")] == []


def test_the_checkpoint_holds_the_averaged_weights(tmp_path: Path) -> None:
    averaged = run(tiny(), tmp_path / "averaged")
    plain = run(tiny(ema_half_life=None), tmp_path / "plain")
    assert all(torch.equal(value, weights(plain)[name]) for name, value in weights(averaged).items())
    last = plain.recipe.networks["generator"].state_dict()
    saved = load_checkpoint(tmp_path / "plain" / "checkpoint").network.state_dict()
    assert all(torch.equal(value, last[name]) for name, value in saved.items())
    smoothed = load_checkpoint(tmp_path / "averaged" / "checkpoint").network.state_dict()
    assert not all(torch.equal(value, last[name]) for name, value in smoothed.items())


PHASES = (
    Phase(share=0.5, size=32, batch_size=2, smallest_window=64),
    Phase(share=0.5, size=64, batch_size=1, smallest_window=128),
)


def test_a_run_that_was_killed_continues_to_the_same_weights(tmp_path: Path) -> None:
    # Steps: images 0-1, 2-3, 4-5 in batches of two, then 6 ... 11 one by one; two distances a step.
    preset = tiny(total_images=12, phases=PHASES, save_every=4)
    whole = run(preset, tmp_path / "whole")
    for call in (6, 12):
        with pytest.raises(StoppedError):
            run(preset, tmp_path / "parts", Interrupted(call))
    state = torch.load(tmp_path / "parts" / "state.pt", weights_only=True)
    assert state["images"] == 8
    parts = run(preset, tmp_path / "parts")

    assert all(torch.equal(value, weights(parts)[name]) for name, value in weights(whole).items())
    expected = load_checkpoint(tmp_path / "whole" / "checkpoint")
    assert load_checkpoint(tmp_path / "parts" / "checkpoint").digest == expected.digest


def test_a_finished_run_stays_as_it_is(tmp_path: Path) -> None:
    run(tiny(), tmp_path / "run")
    digest = load_checkpoint(tmp_path / "run" / "checkpoint").digest
    stats = (tmp_path / "run" / "stats.jsonl").read_bytes()
    run(tiny(), tmp_path / "run", Interrupted(1))
    assert load_checkpoint(tmp_path / "run" / "checkpoint").digest == digest
    assert (tmp_path / "run" / "stats.jsonl").read_bytes() == stats


def test_samples_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    alone = run(tiny(workers=0), tmp_path / "alone")
    helped = run(tiny(workers=2), tmp_path / "helped")
    assert all(torch.equal(value, weights(helped)[name]) for name, value in weights(alone).items())


def test_a_damaged_state_is_passed_over_and_without_another_refused(tmp_path: Path) -> None:
    whole = run(tiny(total_images=8), tmp_path / "whole")
    run(tiny(total_images=6), tmp_path / "run")
    state = tmp_path / "run" / "state.pt"
    state.write_bytes(state.read_bytes()[:-2000])
    told: list[str] = []
    again = run(tiny(total_images=8), tmp_path / "run", tell=told.append)
    assert "The run goes on from state-1.pt, 4 images" in told[0]
    assert all(torch.equal(value, weights(again)[name]) for name, value in weights(whole).items())
    for path in (tmp_path / "run").glob("state*.pt"):
        path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(CheckpointError, match=r"state\.pt does not continue this run"):
        run(tiny(total_images=10), tmp_path / "run")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_steps_that_are_not_finite_are_left_out_and_then_the_run_goes_back(
    tmp_path: Path, value: float
) -> None:
    told: list[str] = []
    preset = tiny(total_images=20, patience=2, save_every=4)
    # Two distances a step: the third and fourth step are broken, the run goes back and is sound again.
    task = run(preset, tmp_path / "run", Broken(range(5, 9), value), tell=told.append)
    lines = [json.loads(line) for line in (tmp_path / "run" / "stats.jsonl").read_text().splitlines()]
    assert sum(line.get("skipped", 0) for line in lines) == 2
    assert "the weights are those of 4 images again" in told[0]
    assert all(bool(tensor.isfinite().all()) for tensor in weights(task).values())
    kept = sorted(path.name for path in (tmp_path / "run" / "not_finite").iterdir())
    assert kept == ["00000004-0.safetensors", "00000006-0.safetensors"]
    collated = load_file(tmp_path / "run" / "not_finite" / kept[0])
    first = task.samples(preset.training.phases[0])[4]
    assert all(torch.equal(first[name], values[0]) for name, values in collated.items())


def test_a_run_that_never_recovers_ends_with_its_last_state_intact(tmp_path: Path) -> None:
    preset = tiny(total_images=60, patience=2, save_every=4)
    with pytest.raises(ConfigError, match=r"The loss of generator is not finite after \d+ images, 2 steps"):
        run(preset, tmp_path / "run", Broken(range(5, 10_000), float("nan")))
    sound = run(tiny(total_images=4, save_every=4), tmp_path / "sound")
    found = torch.load(tmp_path / "run" / "state.pt", weights_only=True)["networks"]
    assert all(torch.equal(value, found[name]) for name, value in weights(sound).items())
    load_checkpoint(tmp_path / "run" / "checkpoint")


def test_without_a_saved_state_there_is_nothing_to_go_back_to(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not finite after 4 images"):
        run(tiny(total_images=60, patience=3, save_every=40), tmp_path / "run", Broken(range(99), np.nan))


class _InfiniteGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """The identity."""
        return x.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        """No finite gradient."""
        return gradients[0] * float("inf")


class Explosive(MeanDifference):
    """A finite loss whose gradient is not, from the third call on."""

    calls = 0

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """The distance."""
        self.calls += 1
        if self.calls < 3:
            return super().forward(x, y)
        exploded: Tensor = _InfiniteGradient.apply(x)  # type: ignore[no-untyped-call]
        return super().forward(exploded, y)


def test_a_gradient_that_is_not_finite_is_left_out(tmp_path: Path) -> None:
    task = run(tiny(), tmp_path / "run", Explosive())
    assert all(bool(tensor.isfinite().all()) for tensor in weights(task).values())
    assert json.loads((tmp_path / "run" / "stats.jsonl").read_text().splitlines()[-1])["skipped"] == 1


def test_weights_that_are_not_finite_do_not_replace_the_state(tmp_path: Path) -> None:
    class Poisoned(MeanDifference):
        """Spoils a weight between two steps, as a fault of the machine might."""

        calls = 0

        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            """The distance."""
            self.calls += 1
            if self.calls == 4:
                next(task.recipe.networks.parameters()).data.fill_(float("nan"))
            return super().forward(x, y)

    preset = tiny(total_images=4)
    task = EditingTask(preset, Poisoned())
    with pytest.raises(CheckpointError, match="not finite"):
        train(task, preset.training, tmp_path / "run", WORLD)
    assert torch.load(tmp_path / "run" / "state.pt", weights_only=True)["images"] == 2
    assert load_checkpoint(tmp_path / "run" / "checkpoint").origin.images == 2


@pytest.mark.parametrize(
    "place", ["stats.jsonl", "grids", "best", "best.json", "milestones", "checkpoint", ".state.pt.tmp"]
)
def test_a_run_whose_disk_becomes_full_says_so_and_can_be_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    preset = tiny(total_images=4, milestone_every=2)
    folder = tmp_path / "run"
    run(replace(preset, training=replace(preset.training, total_images=2)), folder)
    (folder / "best.json").write_text('{"score": 1e9}')  # so that the next one is better
    with monkeypatch.context() as patch:
        Disk(patch, folder / place, ENOSPC)
        with pytest.raises(ScumbleError, match=r"cannot be written(: |.*Errno 28. )No space left on device"):
            run(preset, folder)
    assert torch.load(folder / "state.pt", weights_only=True)["images"] == 2
    load_checkpoint(folder / "checkpoint")
    run(preset, folder)
    assert load_checkpoint(folder / "checkpoint").origin.images == 4


class Crowded(MeanDifference):
    """Needs too much memory for more than one picture."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """The distance."""
        if len(x) > 1:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes.")
        return super().forward(x, y)


def test_a_run_that_runs_out_of_memory_goes_on_with_smaller_pieces(tmp_path: Path) -> None:
    whole, told = run(tiny(), tmp_path / "whole"), list[str]()
    cut = run(tiny(), tmp_path / "cut", Crowded(), told.append)
    assert told == ["memory ran out: every batch is cut into 2 pieces from now on."]
    for name, value in weights(whole).items():
        # Spectral norms take one more step of their iteration with every forward pass.
        if not name.endswith(("_u", "_v")):
            torch.testing.assert_close(weights(cut)[name], value, atol=5e-3, rtol=0)


class Ones(Dataset[dict[str, Tensor]]):
    """An endless stream of ones."""

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        """A one."""
        return {"x": torch.ones(1)}


class TwoUpdates:
    """A recipe that notes what its only weight gives before and after an update."""

    def __init__(self) -> None:
        linear = nn.Linear(1, 1, bias=False)
        nn.init.ones_(linear.weight)
        self.networks = nn.ModuleDict({"generator": linear})
        self.optimized = {"generator": Optimized(self.networks, 0.25, (0.0, 0.9))}
        self.outputs: list[Tensor] = []

    def updates(self, batch: Tensor, step: int, *, lean: bool = False) -> Iterator[Update]:
        """Two steps on the same weight."""
        del step
        for _ in range(2):
            self.outputs.append(self.networks["generator"](batch))
            yield Update("generator", self.outputs[-1].sum(), {"sum": self.outputs[-1].sum()})


class TwoUpdatesTask:
    """The task of that recipe."""

    label_space = LabelSpace.from_names("nothing", ["nothing"])

    def __init__(self) -> None:
        self.recipe = TwoUpdates()

    def samples(self, phase: Phase) -> Dataset[dict[str, Tensor]]:
        """Ones."""
        return Ones()

    def batch(self, collated: dict[str, Tensor], device: torch.device) -> Tensor:
        """The ones alone."""
        return collated["x"]

    def grid(self, generator: nn.Module) -> ImageArray:
        """A black picture."""
        return np.zeros((2, 2, 3), np.uint8)

    def score(self, generator: nn.Module) -> float | None:
        """Nothing is known."""

    def discriminator_scores(self, phase: Phase) -> Scores | None:
        """Nothing is known."""

    def refresh(self, generator: nn.Module) -> None:
        """Nothing."""

    def save(self, generator: nn.Module, folder: Path, images: int, *, kept: bool) -> None:
        """Nothing."""


@pytest.mark.parametrize(("precision", "dtype"), [("float32", torch.float32), ("bfloat16", torch.bfloat16)])
def test_a_later_loss_sees_the_updated_weights(precision: Any, dtype: torch.dtype, tmp_path: Path) -> None:
    task = TwoUpdatesTask()
    phases = (Phase(share=1, size=1, batch_size=1, smallest_window=1),)
    train(task, TrainingConfig(1, phases, precision=precision), tmp_path, WORLD)
    assert [output.dtype for output in task.recipe.outputs] == [dtype, dtype]
    assert [output.item() for output in task.recipe.outputs] == pytest.approx([1, 0.75], abs=0.01)

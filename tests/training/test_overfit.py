"""Whether a discriminator knows the training photographs by heart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import Dataset, default_collate

from scumble.errors import ConfigError
from scumble.models.oasis.recipe import SynthesisBatch
from scumble.models.spmpgan.conditioning import EditBatch
from scumble.presets.variants import find_preset
from scumble.training import overfit
from scumble.training.editing import EditingTask
from scumble.training.logs import Log
from scumble.training.loop import train
from scumble.training.overfit import OverfitAlarm, Overfitting, Scores, alarm_of, measure, watch_overfitting
from scumble.training.report import write_report
from scumble.training.scene_data import SceneData
from scumble.training.series import parse_lines
from scumble.training.synthesis import SynthesisTask
from scumble.training.world import World
from tests.miniature import MeanDifference, write_camvid

WORLD = World(0, 1, torch.device("cpu"))


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        (Scores(1.0, 1.0, -1.0), 0.0),
        (Scores(1.0, -1.0, -1.0), 1.0),
        (Scores(3.0, 1.5, -1.0), 0.375),
        (Scores(1.0, 2.0, -1.0), -0.5),
        (Scores(1.0, -3.0, -1.0), 2.0),
    ],
)
def test_the_ratio_has_its_closed_form(scores: Scores, expected: float) -> None:
    assert scores.ratio == expected


def test_neither_scale_nor_offset_of_the_scores_matters() -> None:
    assert Scores(30.0, 17.0, -10.0).ratio == pytest.approx(Scores(0.30, 0.17, -0.10).ratio)
    assert Scores(103.0, 101.5, 99.0).ratio == pytest.approx(Scores(3.0, 1.5, -1.0).ratio)


def test_a_difference_within_two_standard_errors_is_no_overfitting() -> None:
    assert Scores(1.0, -1.0, -1.0, error=0.25).ratio == 0.75
    assert Scores(1.0, -1.0, -1.0, error=1.0).ratio == 0


@pytest.mark.parametrize("fake", [1.0, 1.5])
def test_nothing_is_known_by_heart_where_fakes_score_no_lower_than_training_photographs(fake: float) -> None:
    assert Scores(1.0, -5.0, fake).ratio == 0


@pytest.mark.parametrize(
    ("ratios", "above"),
    [
        ([0.2], 0),
        ([0.7], 1),
        ([0.7, 0.7, 0.5], 0),
        ([0.7, 0.5, 0.7, 0.8], 2),
        ([0.6, 0.7, 0.7, 0.7], 3),
        ([0.9, 0.7, 0.7, 0.75], 4),
    ],
)
def test_only_measurements_in_a_row_count_and_three_of_them_warn(ratios: list[float], above: int) -> None:
    found = watch_overfitting(ratios)
    assert found.above == above
    assert found.ratio == pytest.approx(ratios[-1])
    assert (found.warning is not None) == (above >= 3)


def test_scores_that_are_no_numbers_do_not_warn() -> None:
    found = watch_overfitting([0.9, 0.9, float("nan")])
    assert (found.above, found.warning) == (0, None)


def test_threshold_and_patience_are_the_callers() -> None:
    measurements = [0.5, 0.5]
    assert watch_overfitting(measurements, threshold=0.25, patience=2) == Overfitting(
        0.5,
        2,
        "The discriminator knows the training photographs by heart: r_v is 0.50 and was above 0.25 in the "
        "last 2 measurements; stop here, add photographs, or begin anew with --losses.augment translation "
        "color cutout.",
    )
    assert watch_overfitting(measurements, threshold=0.5, patience=1).warning is None
    assert watch_overfitting(measurements, threshold=0.25).warning is None


def test_a_single_measurement_may_warn() -> None:
    found = watch_overfitting([0.75], patience=1)
    assert found.warning is not None
    assert "in the last measurement;" in found.warning


@pytest.mark.parametrize(("measurements", "patience"), [([], 1), ([0.0], 0)])
def test_what_cannot_be_judged_is_refused(measurements: list[float], patience: int) -> None:
    with pytest.raises(ConfigError, match="both must be at least 1"):
        watch_overfitting(measurements, patience=patience)


class Numbers(Dataset[dict[str, Tensor]]):
    """Samples whose number is their picture."""

    def __init__(self, first: float) -> None:
        self.first = first

    def __getitem__(self, number: int) -> dict[str, Tensor]:
        """One."""
        return {"picture": torch.tensor(self.first + number)}


def test_a_measurement_is_the_means_over_sixteen_samples_of_each_kind() -> None:
    networks = nn.Linear(1, 1).train()

    def scores(collated: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        assert not networks.training
        assert not torch.is_grad_enabled()
        (picture,) = collated["picture"]
        return picture, picture - 100

    found = measure(networks, scores, Numbers(100.0), Numbers(0.0))
    assert networks.training
    # The mean of 0 ... 15 is 7.5 and their variance 68/3.
    assert (found.train, found.held_out, found.fake) == (107.5, 7.5, -42.5)
    assert found.error == pytest.approx((2 * 68 / 3 / 16) ** 0.5)


def logged(folder: Path, ratios: list[float], told: list[str], start: int) -> None:
    """A run that measures these."""
    alarm = OverfitAlarm(folder / "stats.jsonl", start, told.append)
    with Log(folder / "stats.jsonl", 10_000, start) as log:
        for n, ratio in enumerate(ratios, 1):
            alarm.note(Scores(1.0, 1.0 - ratio, 0.0), log)
            log.write(start + 1000 * n)


def test_the_warning_comes_once_and_stands_in_the_statistics_also_of_a_continued_run(tmp_path: Path) -> None:
    told: list[str] = []
    logged(tmp_path, [0.125, float("nan"), 0.75, 0.75], told, 0)
    assert told == []
    # Killed: what came after the last saved state, of 3000 images, comes again.
    logged(tmp_path, [0.75, 0.75, 0.75], told, 3000)
    logged(tmp_path, [0.75], told, 6000)
    assert len(told) == 1
    assert "knows the training photographs by heart" in told[0]
    lines = parse_lines((tmp_path / "stats.jsonl").read_text())
    assert [line.get("overfit") for line in lines] == [0.125, 0.75, 0.75, 0.75, 0.75, 0.75]
    assert [line["images"] for line in lines if "overfit_alarm" in line] == [5000]
    assert alarm_of(lines) == (5000, told[0])
    assert alarm_of(lines[:3]) is None


@pytest.fixture(scope="module")
def camvid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A miniature set of three training and two validation pictures."""
    return write_camvid(tmp_path_factory.mktemp("data") / "camvid")


def task_of(kind: str, data: Path, **training: Any) -> EditingTask | SynthesisTask:
    """A tiny task on that set."""
    preset: Any = find_preset("divsem-camvid-tiny" if kind == "editing" else "ipose-streets-tiny+no-parts")
    training = replace(preset.training, **training)
    preset = replace(preset, training=training, data=SceneData(folder=str(data)))
    return EditingTask(preset, MeanDifference()) if kind == "editing" else SynthesisTask(preset)


@pytest.mark.parametrize("kind", ["editing", "synthesis"])
def test_held_out_scenes_are_compared_with_training_scenes_cut_the_same_way(
    kind: str, camvid: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = task_of(kind, camvid)
    (phase,) = task.preset.training.phases
    pictures: list[Tensor] = []

    def scores(batch: EditBatch | SynthesisBatch) -> tuple[Tensor, Tensor]:
        pictures.append(batch.image)
        return torch.ones(()), torch.zeros(())

    monkeypatch.setattr(task.recipe, "scores", scores)
    task.discriminator_scores(phase)
    stream = task.samples(phase)
    for number in range(16):
        collated = default_collate([stream[number]])
        assert torch.equal(pictures[number], task.batch(collated, torch.device("cpu")).image)
    assert len({picture.numpy().tobytes() for picture in pictures}) == 32
    task = task_of(kind, camvid)
    monkeypatch.setattr(SceneData, "has_held_out", False)
    assert task.discriminator_scores(phase) is None


def test_a_set_of_one_split_has_nothing_held_out(tmp_path: Path) -> None:
    for split, expected in (("train", False), ("val", True)):
        for name, mode in (("images", "RGB"), ("labels", "L")):
            (tmp_path / split / name).mkdir(parents=True)
            Image.new(mode, (8, 8)).save(tmp_path / split / name / "a.png")
        assert SceneData("editing", str(tmp_path), "cityscapes").has_held_out == expected


@pytest.mark.parametrize("kind", ["editing", "synthesis"])
def test_measurements_leave_no_trace_in_what_is_learnt(
    kind: str, camvid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overfit, "_PICTURES", 2)
    found = []
    for every in (None, 2):
        task = task_of(kind, camvid, overfit_every=every, log_every=2)
        train(task, task.preset.training, tmp_path / str(every), WORLD)
        found.append(task.recipe.networks.state_dict())
        lines = parse_lines((tmp_path / str(every) / "stats.jsonl").read_text())
        assert all(("overfit" in line) == (every is not None) for line in lines)
    assert all(torch.equal(value, found[1][name]) for name, value in found[0].items())


def test_a_run_that_learns_its_set_by_heart_says_so_once_and_its_page_too(
    tmp_path: Path, camvid: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overfit, "_PICTURES", 3)
    task = task_of("editing", camvid, total_images=10, overfit_every=2, log_every=2, save_every=10)
    known = {
        task.batch(default_collate([task.samples(phase)[n]]), WORLD.device).image.numpy().tobytes()
        for phase in task.preset.training.phases
        for n in range(3)
    }

    def scores(batch: EditBatch) -> tuple[Tensor, Tensor]:
        """Of a discriminator that knows the training pictures and nothing else."""
        return torch.tensor(float(batch.image.numpy().tobytes() in known)), torch.zeros(())

    monkeypatch.setattr(task.recipe, "scores", scores)
    told: list[str] = []
    train(task, task.preset.training, tmp_path, WORLD, tell=told.append)
    assert len(told) == 1
    assert "--losses.augment translation color cutout" in told[0]
    lines = parse_lines((tmp_path / "stats.jsonl").read_text())
    assert [line["overfit"] for line in lines] == [1.0] * 5
    assert [line["images"] for line in lines if line.get("overfit_alarm")] == [6]
    (tmp_path / "config.json").write_text(
        '{"preset": "divsem-streets-tiny", "training": {"total_images": 10}}'
    )
    page = write_report(tmp_path).read_text(encoding="utf-8")
    assert f'<p class="alarm">After 6 images: {told[0]}</p>' in page
    assert "<h3>Overfitting</h3>" in page

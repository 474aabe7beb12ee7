"""What part injection is worth on rendered streets: iPOSE against the same network without parts.

Equal short trainings at 128 x 128 with the same data, terms and seeds; then, on unseen streets, the Frechet
distance of whole pictures and of object crops, and how many part pixels a judge finds where the map has them.
The judge is a labeler of parts that is trained first, on rendered streets too. Features are the last layer of
SqueezeNet, averaged over the picture: the distances compare the two here and nothing else.

Run ``python -m benchmarks.part_injection --run-dir DIR --partnet CHECKPOINT [--images N]``; the same command
again continues where it was stopped.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from scumble.checkpoint import load_checkpoint
from scumble.data.editing import Scenes
from scumble.data.synthesis import SynthesisSamples
from scumble.label_space import LabelSpace
from scumble.metrics.frechet import frechet_distance
from scumble.metrics.judges.labeler import LabelerJudge
from scumble.models.ipose.config import Injection
from scumble.models.ipose.style import style_crops
from scumble.models.oasis.recipe import SynthesisBatch
from scumble.nn.backbones.tokens import TokenNetwork, load_token_network
from scumble.nn.pictures import to_8bit
from scumble.presets.ipose import ipose_streets_compact
from scumble.presets.labeler import labeler_streets_compact
from scumble.scene import IdArray, Scene
from scumble.streets import PARTS, Streets
from scumble.training.labeling import LabelingTask
from scumble.training.loop import train
from scumble.training.scene_data import SceneData
from scumble.training.synthesis import PartNetSource, SynthesisTask
from scumble.training.world import joined

CPU = torch.device("cpu")
NAMES = ("none", *(f"{name} {part}" for name, parts in PARTS.items() for part in parts))
INJECTIONS: tuple[Injection, ...] = ("modulation", "none")
SIDE = 128
_BATCH = 4


def part_labels(scene: Scene) -> IdArray:
    """The part of every pixel as one number for all classes, ``[H, W]``: an index of `NAMES`."""
    assert scene.parts is not None
    found = np.zeros_like(scene.labels)
    first = 0
    for name, parts in PARTS.items():
        inside = (scene.labels == scene.label_space.index(name)) & (scene.parts > 0)
        found[inside] = first + scene.parts[inside]
        first += len(parts)
    return found


class PartScenes:
    """Streets whose labels are parts."""

    def __init__(self, streets: Streets) -> None:
        self.streets, self.label_space = streets, LabelSpace.from_names("street parts", NAMES)

    def __len__(self) -> int:
        return len(self.streets)

    def __getitem__(self, index: int) -> Scene:
        """Scene ``index``."""
        scene = self.streets[index]
        labels = part_labels(scene)
        return Scene(scene.image, labels, labels, self.label_space)


@dataclass(frozen=True)
class PartSceneData(SceneData):
    """The same as training data."""

    def scenes(self, split: str) -> Scenes:
        """Open a split."""
        return PartScenes(Streets(split, self.rendered, *self.rendered_size))


def judge(folder: Path, images: int) -> LabelerJudge:
    """The judge of parts, trained if it is not there yet."""
    preset = labeler_streets_compact()
    training = replace(preset.training, total_images=images)
    phase = replace(training.phases[0], size=SIDE, smallest_window=96)
    preset = replace(
        preset,
        model=replace(preset.model, classes=len(NAMES)),
        training=replace(training, phases=(phase,), workers=0),
        data=PartSceneData("streets", "", rendered=400, rendered_size=(352, 256)),
    )
    if not (folder / "done").exists():
        with joined("cpu") as world:
            train(LabelingTask(preset), preset.training, folder, world)
        (folder / "done").touch()
    return LabelerJudge(load_checkpoint(folder / "checkpoint"))


def trained(
    folder: Path, injection: Injection, seed: int, images: int, source: PartNetSource
) -> SynthesisTask:
    """A training of ``images`` pictures; the averaged weights are in the task's generator."""
    preset = ipose_streets_compact()
    # The average has to forget the first pictures, however short the training is.
    half_life = max(1, images // 8)
    training = replace(
        preset.training, total_images=images, seed=seed, save_every=500, ema_half_life=half_life
    )
    model = replace(preset.model, injection=injection)
    # As published: nothing but the injection differs.
    task = SynthesisTask(replace(preset, model=model, training=training, parts=source, part_edits=0))
    if not (folder / "done").exists():
        with joined("cpu") as world:
            train(task, training, folder, world)
        (folder / "done").touch()
    weights = load_checkpoint(folder / "checkpoint").network.state_dict()
    task.recipe.networks["generator"].load_state_dict(weights)
    task.recipe.networks.eval()
    return task


@dataclass
class Seen:
    """What is gathered of one set of pictures."""

    whole: list[NDArray[np.float32]]
    crops: list[NDArray[np.float32]]
    right: int = 0
    part_pixels: int = 0

    def add(self, pictures: Tensor, batch: SynthesisBatch, parts: IdArray, tools: Tools) -> None:
        """Count pictures ``[B, 3, H, W]`` whose part labels are ``[B, H, W]``."""
        self.whole.append(tools.features(pictures))
        objects = int(batch.counts.sum())
        if objects:
            self.crops.append(
                tools.features(style_crops(pictures, batch.boxes, batch.counts, torch.arange(objects)))
            )
        judged = tools.judge.predict(to_8bit(pictures).numpy())
        self.right += int((judged == parts)[parts > 0].sum())
        self.part_pixels += int((parts > 0).sum())

    def scores(self, real: Seen) -> dict[str, float]:
        """Frechet distances to the photographs, and the share of part pixels that the judge finds."""
        pairs = ((self.whole, real.whole), (self.crops, real.crops))
        whole, crops = (frechet_distance(np.concatenate(a), np.concatenate(b)) for a, b in pairs)
        accuracy = self.right / self.part_pixels
        return {
            "frechet": round(whole, 2),
            "frechet_crops": round(crops, 2),
            "part_accuracy": round(accuracy, 4),
        }


@dataclass(frozen=True)
class Tools:
    """What looks at pictures."""

    judge: LabelerJudge
    network: TokenNetwork

    def features(self, pictures: Tensor) -> NDArray[np.float32]:
        """Mean tokens ``[B, C]``."""
        found: NDArray[np.float32] = self.network(pictures).mean(1).numpy()
        return found


@torch.no_grad()
def measure(task: SynthesisTask, pictures: int, tools: Tools) -> dict[str, dict[str, float]]:
    """Scores of what a network paints for unseen maps, and of the photographs."""
    streets = Streets("test", pictures, 352, 256)
    crop = task.preset.preprocessing
    samples, labels = SynthesisSamples(streets, crop, task.categories, None), PartScenes(streets)
    paint = task.painter(task.recipe.networks["generator"])
    real, fake = Seen([], []), Seen([], [])
    for start in range(0, pictures, _BATCH):
        chosen = range(start, min(start + _BATCH, pictures))
        batch = task.batch(torch.utils.data.default_collate([samples[i] for i in chosen]), CPU)
        parts = np.stack([crop(labels[i]).labels for i in chosen])
        real.add(batch.image, batch, parts, tools)
        fake.add(paint(batch, [np.random.default_rng(i) for i in chosen]), batch, parts, tools)
    return {"real": real.scores(real), "system": fake.scores(real)}


def main() -> None:
    """Train what is missing, measure, and print a line for every run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--run-dir", type=Path, required=True, help="folder for the trainings")
    parser.add_argument("--partnet", required=True, help="checkpoint of PartNet with supports")
    parser.add_argument("--images", type=int, default=3000, help="pictures of each training (default: 3000)")
    parser.add_argument("--judge-images", type=int, default=3000, help="of the judge's (default: 3000)")
    parser.add_argument(
        "--pictures", type=int, default=400, help="unseen maps that are painted (default: 400)"
    )
    options = parser.parse_args()
    source = PartNetSource(options.partnet, shipped=True)
    tools = Tools(judge(options.run_dir / "judge", options.judge_images), load_token_network("squeezenet"))
    found = {}
    for seed in (0, 1):
        for injection in INJECTIONS:
            name = f"{injection}-{seed}"
            task = trained(options.run_dir / name, injection, seed, options.images, source)
            found[name] = measure(task, options.pictures, tools)
            print(name, json.dumps(found[name]), flush=True)
    (options.run_dir / "scores.json").write_text(json.dumps(found, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()

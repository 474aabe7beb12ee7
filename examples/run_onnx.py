"""Repaint part of a photograph as another class, with an exported DivSem and without torch or scumble.

    scumble export divsem-streets --out streets.onnx
    python run_onnx.py streets.onnx photo.png labels.png mask.png CLASS out.png

All pictures have the same size; labels.png holds class ids, mask.png is bright where it is to be painted.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

if len(sys.argv) != 7:
    sys.exit(__doc__)
model, photo, labels_file, mask_file, class_id, out = sys.argv[1:]
generator = onnxruntime.InferenceSession(model)
style = onnxruntime.InferenceSession(Path(model).with_suffix(".style.onnx"))
bank = np.load(Path(model).with_suffix(".bank.npz"))
facts = generator.get_modelmeta().custom_metadata_map

image = np.asarray(Image.open(photo).convert("RGB"))
mask = np.asarray(Image.open(mask_file).convert("L")) > 127
labels = np.asarray(Image.open(labels_file)).astype(np.int64)
if not image.shape[:2] == mask.shape == labels.shape:
    sys.exit(f"photo, labels and mask differ in size: {image.shape[:2]}, {labels.shape}, {mask.shape}")
labels = np.where(mask, int(class_id), labels)
ids = np.where(mask, 1000, labels)  # every class is one instance, and what is painted is a new one

height, width = mask.shape
multiple = json.loads(facts["multiple"])
margin = ((0, -height % multiple), (0, -width % multiple))
image, mask, labels, ids = (
    np.pad(x, margin + ((0, 0),) * (x.ndim - 2), "edge")[None] for x in (image, mask, labels, ids)
)
instances = np.unique(ids, return_inverse=True)[1].reshape(ids.shape)
picture = image.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1

codes, visible = style.run(None, {"image": picture, "mask": mask, "instances": instances})
new = instances[ids == 1000][0]
codes[new], visible[new] = np.random.default_rng().choice(bank["codes"][bank["classes"] == int(class_id)]), 1
maps = {"mask": mask, "labels": labels, "instances": instances}
(painted,) = generator.run(None, {"image": picture, **maps, "codes": codes, "visible": visible})
pixels = ((painted[0] + 1) * 127.5).round().clip(0, 255).astype(np.uint8).transpose(1, 2, 0)
Image.fromarray(pixels[:height, :width]).save(out)

"""Reading a reference case: what it asks for, its inputs and weights, and what was published."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tests.reference.fill import fill
from tests.reference.selection import parse_sample, reduce

Array = NDArray[Any]


@dataclass(frozen=True)
class Computed:
    """What a component of ours returned for a case.

    Attributes:
        outputs: full arrays by the names of the case.
        entries: state-dict entries after the call, by their published names.
        gradients: gradients of such entries.
    """

    outputs: Mapping[str, Tensor] = field(default_factory=dict)
    entries: Mapping[str, Tensor] = field(default_factory=dict)
    gradients: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One reference case; the attributes are the keys of ``case.json``.

    Attributes:
        folder: where it lies; its name has no meaning.
        system: the system that it belongs to.
        name: the case's name, for reports alone.
        kind: which component is run.
        mode: ``eval`` or ``train``.
        config: hyper-parameters by the names of the published code.
        outputs: what is said of every output.
        inputs: the input arrays.
        expected: the published output arrays.
        description: all of ``case.json``.
    """

    folder: Path
    system: str
    name: str
    kind: str
    mode: str
    config: Mapping[str, Any]
    outputs: Mapping[str, Mapping[str, Any]]
    inputs: Mapping[str, Array]
    expected: Mapping[str, Array]
    description: Mapping[str, Any]

    @cached_property
    def weights(self) -> dict[str, Tensor]:
        """The published state dict."""
        d = self.description
        return {name: torch.from_numpy(a) for name, a in fill(d["state_dict"], d["seed"], d["gain"]).items()}

    def tensor(self, name: str) -> Tensor:
        """An input as a tensor of its own type."""
        return torch.from_numpy(np.ascontiguousarray(self.inputs[name]))

    def tolerance(self, output: str | None = None) -> float:
        """Largest difference allowed in an output; without a name, that of the case."""
        return float(self.description.get("tolerances", {}).get(output, self.description["tolerance"]))

    def select(self, output: str, computed: Computed) -> Array:
        """The computed array that belongs to an output: the named part, reduced and sampled as the case says.

        Raises:
            KeyError: the component did not compute it.
            ValueError: the case asks for something that the runner does not know.
        """
        rule = self.outputs[output]
        if "entry" in rule:
            sources = {"gradient": computed.gradients, "value after the call": computed.entries}
            if rule["what"] not in sources:
                raise ValueError(f"unknown 'what': {rule['what']!r}")
            name, source = rule["entry"], sources[rule["what"]]
        else:
            name, source = rule.get("of", output), computed.outputs
        if name not in source:
            raise KeyError(f"{name} was not computed")
        array: Array = source[name].detach().cpu().numpy()
        if "reduce" in rule:
            array = reduce(array, rule["reduce"])
        if "sample" in rule:
            array = array[parse_sample(rule["sample"])]
        return array


def find_cases(folders: Iterable[Path]) -> list[Path]:
    """The folders below the given ones that hold a ``case.json``, each once."""
    found = (path.parent for folder in folders for path in sorted(folder.rglob("case.json")))
    return list({path.resolve(): path for path in found}.values())


def read_case(folder: Path) -> Case:
    """Read a case; its weights are made when they are first asked for."""
    d = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    stored = _arrays(folder / "inputs.npz")
    expected = _arrays(folder / "outputs.npz")
    # An array that is stored but not described is compared as it is.
    outputs = {**{name: {} for name in expected}, **d["outputs"]}
    inputs = {**stored, **dict(_draw(d["inputs"]))}
    return Case(
        folder, d["system"], d["case"], d["kind"], d["mode"], d["config"], outputs, inputs, expected, d
    )


def _arrays(path: Path) -> dict[str, Array]:
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _draw(inputs: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Array]]:
    """The inputs that are not stored, drawn in their order from one stream a seed."""
    recipes = [(name, rule["recipe"]) for name, rule in inputs.items() if "recipe" in rule]
    streams: dict[int, np.random.RandomState] = {}
    for name, recipe in sorted(recipes, key=lambda item: item[1].get("order", 0)):
        if recipe["draw"] != "standard_normal":
            raise ValueError(f"unknown draw of the input {name}: {recipe['draw']!r}")
        stream = streams.setdefault(recipe["seed"], np.random.RandomState(recipe["seed"]))
        values = recipe.get("scale", 1) * stream.standard_normal(tuple(recipe["shape"]))
        yield name, values.astype(recipe["dtype"])

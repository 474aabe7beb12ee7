"""Files of the published code."""

from __future__ import annotations

import io
import os
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from scumble.errors import CheckpointError
from scumble.models.divsem.config import DivSemConfig
from scumble.models.registry import SYSTEMS
from scumble.presets import PRESETS
from scumble.presets.divsem import divsem_camvid_tiny
from scumble.published import read_generator, read_style_bank

MODEL = divsem_camvid_tiny().model
A_WEIGHT = "G1.enc1.conv2d.weight"


def released(system: str, config: Any) -> tuple[nn.Module, dict[str, Tensor]]:
    """A network and its entries as the published code names them."""
    torch.manual_seed(0)
    network = SYSTEMS[system].build(config)
    return network, SYSTEMS[system].published(config).to_published(network.state_dict())


@pytest.fixture
def entries() -> dict[str, Tensor]:
    return released("divsem", MODEL)[1]


def save(path: Path, value: Any) -> Path:
    torch.save(value, path)
    return path


class Canary:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize(("system", "config"), [("divsem", MODEL), ("spmpgan", MODEL.pyramid)])
@pytest.mark.parametrize("bare", [False, True])
def test_a_released_checkpoint_is_read_bit_by_bit(
    tmp_path: Path, system: str, config: Any, bare: bool
) -> None:
    network, published = released(system, config)
    rest = {"epoch": 7, "netD_1": {"a": torch.zeros(1)}, "optimizer_G": {"state": {}, "param_groups": []}}
    path = save(tmp_path / "best.pth", published if bare else {"netG": published, **rest})
    read = read_generator(path, system, config).state_dict()
    expected = network.state_dict()
    assert read.keys() == expected.keys()
    assert all(torch.equal(read[name], expected[name]) for name in expected)


@pytest.mark.parametrize("name", [name for name in PRESETS if "camvid" not in name])
def test_the_released_entries_are_all_there_is_of_a_published_preset(name: str) -> None:
    model: DivSemConfig = PRESETS[name]().model
    system, config = ("divsem", model) if model.style else ("spmpgan", model.pyramid)
    with torch.device("meta"):
        network, published = released(system, config)
    ours = network.state_dict()
    assert sum(value.numel() for value in published.values()) == sum(v.numel() for v in ours.values())
    back = SYSTEMS[system].published(config).to_ours(published)
    assert {n: v.shape for n, v in back.items()} == {n: v.shape for n, v in ours.items()}


def test_code_in_a_file_is_refused_and_not_executed(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    path = save(tmp_path / "evil.pth", {"netG": Canary(canary)})
    for read in (lambda: read_generator(path, "divsem", MODEL), lambda: read_style_bank(path, 12, 4)):
        with pytest.raises(CheckpointError, match=r"evil\.pth holds \S*mkdir.*nothing in it was executed"):
            read()
    with (tmp_path / "evil.pkl").open("wb") as stream:
        pickle.dump(Canary(canary), stream, protocol=2)
    with pytest.raises(CheckpointError, match=r"evil\.pkl holds \S*mkdir"):
        read_generator(tmp_path / "evil.pkl", "divsem", MODEL)
    assert not canary.exists()
    pickle.loads((tmp_path / "evil.pkl").read_bytes())
    assert canary.exists(), "else the canary proves nothing"


def test_what_is_no_file_of_torch_is_refused(tmp_path: Path, entries: dict[str, Tensor]) -> None:
    whole = io.BytesIO()
    torch.save({"netG": entries}, whole)
    contents = {
        "text.pth": b"no weights at all, but words\n" * 9,
        "empty.pth": b"",
        "half.pth": whole.getvalue()[: len(whole.getvalue()) // 2],
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    for name in (*contents, "absent.pth", "."):
        with pytest.raises(CheckpointError, match=r"is not a file") as caught:
            read_generator(tmp_path / name, "divsem", MODEL)
        assert str(tmp_path / name) in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({A_WEIGHT: None}, rf"best\.pth: The entry '{A_WEIGHT}' is missing from the published checkpoint"),
        ({"G4.enc1.conv2d.weight": torch.zeros(1)}, r"best\.pth: The entry 'G4\.enc1.*' is not expected"),
        (
            {A_WEIGHT: torch.zeros(2, 3, 3)},
            rf"best\.pth: the entry '{A_WEIGHT}' has shape \[2, 3, 3\], expected \[4, ",
        ),
        ({A_WEIGHT: "a text"}, rf"entry '{A_WEIGHT}' is 'a text', expected .* tensor"),
        ({A_WEIGHT: torch.zeros(4, dtype=torch.int64)}, r"is tensor\(\[0, 0, 0, 0\]\), expected .* real"),
        ({A_WEIGHT: torch.zeros(4, device="meta")}, "expected .* tensor of real numbers"),
        ({7: torch.zeros(1)}, r"the entry 7 is .* expected a name"),
    ],
)
def test_entries_that_do_not_fit_are_named(
    tmp_path: Path, entries: dict[str, Tensor], change: dict[Any, Any], message: str
) -> None:
    changed = {name: value for name, value in {**entries, **change}.items() if value is not None}
    path = save(tmp_path / "best.pth", {"netG": changed})
    with pytest.raises(CheckpointError, match=message) as caught:
        read_generator(path, "divsem", MODEL)
    assert "\n" not in str(caught.value)


def test_a_tensor_that_claims_to_be_huge_is_refused_unread(
    tmp_path: Path, entries: dict[str, Tensor]
) -> None:
    joined = "G1.enc1.mlp_gamma.weight"  # joined with others of its kind on reading
    huge = torch.zeros(1).expand(2**40)
    path = save(tmp_path / "best.pth", {**entries, joined: huge})
    with pytest.raises(CheckpointError, match=r"has shape \[1099511627776\]"):
        read_generator(path, "divsem", MODEL)


def test_a_file_of_another_system_is_refused(tmp_path: Path, entries: dict[str, Tensor]) -> None:
    path = save(tmp_path / "best.pth", {"netG": entries})
    with pytest.raises(CheckpointError, match=r"zencoder.* is not expected"):
        read_generator(path, "spmpgan", MODEL.pyramid)
    with pytest.raises(CheckpointError, match=r"expected a mapping with the generator's entries"):
        read_generator(save(tmp_path / "list.pth", [1, 2]), "divsem", MODEL)


def test_weights_may_be_stored_in_half_precision(tmp_path: Path, entries: dict[str, Tensor]) -> None:
    halves = {name: value.half() for name, value in entries.items()}
    network = read_generator(save(tmp_path / "best.pth", halves), "divsem", MODEL)
    back = SYSTEMS["divsem"].published(MODEL).to_published(network.state_dict())
    assert all(value.dtype == torch.float32 for value in back.values())
    assert torch.equal(back[A_WEIGHT], halves[A_WEIGHT].float())


# --- style bank


@pytest.mark.parametrize("as_list", [False, True])
def test_a_released_bank_keeps_its_codes_by_class(tmp_path: Path, as_list: bool) -> None:
    codes = {0: [], 3: [torch.randn(4)], 8: [torch.randn(4), torch.randn(4)]}
    written = [codes.get(c, []) for c in range(12)] if as_list else codes
    bank = read_style_bank(save(tmp_path / "style_codes.pt", written), 12, 4)
    assert bank.classes.tolist() == [3, 8, 8]
    assert torch.equal(bank.codes, torch.stack([*codes[3], *codes[8]]))


def test_classes_from_120_on_share_the_codes_that_the_released_code_draws(tmp_path: Path) -> None:
    code = {c: torch.full((2,), float(c)) for c in (8, 40)}
    path = save(tmp_path / "style_codes.pt", {c: [value] for c, value in code.items()})
    bank = read_style_bank(path, 151, 2)
    assert torch.equal(bank.of(128), code[8][None])
    assert bank.classes.tolist() == [8, 40, 128]


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ({3: [torch.zeros(5)]}, r"code 0 of class 3 has shape \[5\], expected 4 numbers"),
        ({3: [torch.zeros(4), torch.zeros(1, 4)]}, r"code 1 of class 3 has shape \[1, 4\]"),
        ({3: [0.5]}, r"code 0 of class 3 has 0\.5, expected 4 numbers"),
        ({3: torch.zeros(2, 4)}, r"class 3 is tensor.* expected a list of codes"),
        ({12: [torch.zeros(4)]}, r"codes of the class 12, expected 0\.\.11"),
        ({"car": [torch.zeros(4)]}, r"codes of the class 'car', expected 0\.\.11"),
        ({3: []}, "holds no code"),
        (7, "holds 7, expected lists of style codes"),
    ],
)
def test_a_bank_that_does_not_fit_is_refused(tmp_path: Path, contents: Any, message: str) -> None:
    with pytest.raises(CheckpointError, match=message):
        read_style_bank(save(tmp_path / "style_codes.pt", contents), 12, 4)


def test_the_channel_order_is_no_matter_of_the_entries(tmp_path: Path, entries: dict[str, Tensor]) -> None:
    swapped = replace(MODEL, pyramid=replace(MODEL.pyramid, channel_order="bgr"))
    network = read_generator(save(tmp_path / "best.pth", entries), "divsem", swapped)
    assert torch.equal(
        SYSTEMS["divsem"].published(MODEL).to_published(network.state_dict())[A_WEIGHT], entries[A_WEIGHT]
    )

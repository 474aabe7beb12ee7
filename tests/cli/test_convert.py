"""``scumble convert`` as a user meets it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from scumble.checkpoint import load_checkpoint
from scumble.cli import main
from scumble.models.registry import SYSTEMS
from scumble.presets import PRESETS
from scumble.presets.divsem import divsem_camvid_tiny
from scumble.training.editing import EditingPreset
from tests.editing_fixture import untrained, write_files

TINY = "divsem-camvid-tiny"
ORIGIN = ("--licence", "MIT", "--data", "streets")


@pytest.fixture
def best(tmp_path: Path) -> Path:
    """A checkpoint as the released code of DivSem writes it."""
    checkpoint = untrained()
    entries = SYSTEMS["divsem"].published(checkpoint.config).to_published(checkpoint.network.state_dict())
    torch.save({"netG": entries, "epoch": 3}, tmp_path / "best.pth")
    return tmp_path / "best.pth"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A style bank as released."""
    codes = untrained().bank
    assert codes
    torch.save(codes.to_published(), tmp_path / "style_codes.pt")
    return tmp_path / "style_codes.pt"


def convert(file: Path, *words: str, preset: str = TINY) -> int:
    return main(
        ["convert", str(file), "--preset", preset, "--out", str(file.parent / "out"), *ORIGIN, *words]
    )


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_a_released_checkpoint_becomes_a_folder_with_the_same_weights(
    best: Path, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert(best, "--bank", str(bank)) == 0
    assert "out: divsem, 0.03 M parameters, 24 style codes" in capsys.readouterr().out
    made, source = load_checkpoint(best.parent / "out"), untrained()
    assert made.bank and source.bank
    assert same(made.network.state_dict(), source.network.state_dict())
    for class_id in range(12):
        assert torch.equal(made.bank.of(class_id), source.bank.of(class_id))
    assert made.config == replace(
        source.config, pyramid=replace(source.config.pyramid, channel_order="bgr")
    ), "the released code reads its pictures as BGR"
    assert made.label_space == source.label_space
    assert (made.origin.images, made.origin.data, made.origin.licence) == (0, "streets", "MIT")
    card = (best.parent / "out" / "README.md").read_text()
    assert all(word in card for word in ("best.pth", "style_codes.pt", "MIT", "streets", "BGR", "car 8"))


def test_the_folder_can_be_used(best: Path, bank: Path, tmp_path: Path) -> None:
    assert convert(best, "--bank", str(bank)) == 0
    files = write_files(tmp_path)
    words = [str(files.image), f"--labels={files.labels}", f"--checkpoint={best.parent / 'out'}"]
    assert main(["edit", *words, "--restyle", "car", "--out", str(tmp_path / "edited")]) == 0
    assert (tmp_path / "edited" / "sample_000.png").is_file()


def test_spmpgan_is_converted_without_a_bank(
    tmp_path: Path, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = divsem_camvid_tiny().model.pyramid
    network = SYSTEMS["spmpgan"].build(config)
    entries = SYSTEMS["spmpgan"].published(config).to_published(network.state_dict())
    torch.save({"netG": entries}, tmp_path / "latest_ckpt.pth")
    assert convert(tmp_path / "latest_ckpt.pth", "--bank", str(bank), preset="spmpgan-camvid-tiny") == 2
    assert "has no style codes; leave it out" in capsys.readouterr().err
    assert convert(tmp_path / "latest_ckpt.pth", preset="spmpgan-camvid-tiny") == 0
    made = load_checkpoint(tmp_path / "out")
    assert (made.system, made.bank) == ("spmpgan", None)
    assert same(made.network.state_dict(), network.state_dict())


def test_what_does_not_fit_is_one_message_and_leaves_nothing(
    best: Path, bank: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_labels() -> EditingPreset:
        preset = divsem_camvid_tiny()
        pyramid = replace(preset.model.pyramid, label_channels=34)
        return replace(preset, model=replace(preset.model, pyramid=pyramid))

    monkeypatch.setitem(PRESETS, "wide", other_labels)
    refusals = (
        (convert(best, preset="divsem-camvid-tini"), "did you mean 'divsem-camvid-tiny'"),
        (convert(best, preset="spmpgan-camvid-tiny"), "best.pth: The entry 'zencoder."),
        (convert(best.with_name("absent.pth")), "absent.pth is not a file"),
        (convert(bank), "style_codes.pt: the entry 0 is [tensor("),
        (convert(best, "--bank", str(best)), "best.pth has codes of the class 'netG'"),
        (convert(best, preset="wide"), "has 34 label channels, but its label space 'camvid' has 12"),
    )
    messages = capsys.readouterr().err.splitlines()
    assert len(messages) == len(refusals)
    for (code, expected), message in zip(refusals, messages, strict=True):
        assert code == 2
        assert message.startswith("scumble: ") and expected in message
    assert not (best.parent / "out").exists()


def test_licence_and_data_must_be_said(best: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["convert", str(best), "--preset", TINY, "--out", str(best.parent / "out")])
    assert stopped.value.code == 2

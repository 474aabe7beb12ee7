"""The state of a run on disk."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from scumble.errors import CheckpointError
from scumble.training.ema import EMA
from scumble.training.keeper import Keeper
from scumble.training.state import TrainingState
from tests.disk import FAILURES, Disk, room_for

CPU = torch.device("cpu")


def state_of(width: int = 3, seed: int = 0, *, averaged: bool = True) -> TrainingState:
    """A state after two steps of Adam."""
    torch.manual_seed(seed)
    networks = nn.ModuleDict({"generator": nn.Linear(4, width)})
    optimizer = torch.optim.Adam(networks.parameters(), 0.1)
    state = TrainingState(
        networks, {"generator": optimizer}, EMA(networks["generator"], 0.5) if averaged else None
    )
    for _ in range(2):
        optimizer.zero_grad()
        torch.autograd.backward(networks["generator"](torch.randn(5, 4)).square().mean())
        optimizer.step()
        if state.ema:
            state.ema.update(networks["generator"])
    state.images = 100 + seed
    return state


def assert_same(a: TrainingState, b: TrainingState) -> None:
    assert a.images == b.images
    torch.testing.assert_close(a.networks.state_dict(), b.networks.state_dict(), rtol=0, atol=0)
    for name in a.optimizers:
        mine, other = a.optimizers[name].state_dict(), b.optimizers[name].state_dict()
        torch.testing.assert_close(mine["state"], other["state"], rtol=0, atol=0)
    assert (a.ema is None) == (b.ema is None)
    if a.ema and b.ema:
        torch.testing.assert_close(a.ema.average.state_dict(), b.ema.average.state_dict(), rtol=0, atol=0)


@pytest.mark.parametrize("averaged", [True, False])
def test_a_saved_state_is_loaded_bit_equal(tmp_path: Path, averaged: bool) -> None:
    written, read = state_of(seed=1, averaged=averaged), state_of(seed=2, averaged=averaged)
    written.save(tmp_path / "state.pt")
    read.load(tmp_path / "state.pt", CPU)
    assert_same(read, written)
    assert [p.name for p in tmp_path.iterdir()] == ["state.pt"]


def test_a_failed_save_keeps_the_old_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.pt"
    state_of(seed=1).save(path)

    def full(state: object, file: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", full)
        with pytest.raises(OSError, match="No space left"):
            Keeper(tmp_path, 2).save(state_of(seed=2))
    assert [p.name for p in tmp_path.iterdir()] == ["state.pt"]
    read = state_of(seed=3)
    read.load(path, CPU)
    assert_same(read, state_of(seed=1))


@pytest.mark.parametrize(("code", "forever"), FAILURES)
def test_whenever_a_disk_fails_there_is_a_state_that_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, forever: bool
) -> None:
    found = []
    for at in itertools.count(1):
        folder = tmp_path / str(at)
        for seed in (1, 2):
            Keeper(folder, 2).save(state_of(seed=seed))
        with monkeypatch.context() as patch:
            disk = Disk(patch, folder, code, at, forever)
            try:
                Keeper(folder, 2).save(state_of(seed=3))
                expected = 103
            except OSError as error:
                assert error.errno == code
                expected = 102
        read = state_of()
        Keeper(folder, 2).load(read, CPU, pytest.fail)
        assert_same(read, state_of(seed=read.images - 100))
        assert read.images == expected
        found.append(expected)
        if disk.calls < at:
            break
    assert found.count(102) > 3


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_file_that_is_cut_by_the_system_is_no_new_state(tmp_path: Path, share: float) -> None:
    keeper = Keeper(tmp_path, 2)
    keeper.save(state_of(seed=1))
    with (
        room_for(int(share * (tmp_path / "state.pt").stat().st_size)),
        pytest.raises(OSError, match="File too large"),
    ):
        keeper.save(state_of(seed=2))
    assert [p.name for p in tmp_path.iterdir()] == ["state.pt"]
    read = state_of(seed=3)
    keeper.load(read, CPU, pytest.fail)
    assert_same(read, state_of(seed=1))


def test_any_damaged_part_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    written = state_of(seed=1)
    written.save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    # The weights themselves, whose damage torch.load does not notice.
    weights = whole.index(written.networks.state_dict()["generator.weight"].numpy().tobytes())
    for place in [weights, weights + 5, len(whole) - 30]:
        changed = bytearray(whole)
        changed[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(changed)
        with pytest.raises(CheckpointError, match=r"state\.pt does not continue this run"):
            state_of().load(path, CPU)
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(CheckpointError, match=r"state\.pt does not continue this run"):
            state_of().load(path, CPU)


def test_the_state_of_another_configuration_is_refused(tmp_path: Path) -> None:
    state_of(width=3).save(tmp_path / "state.pt")
    with pytest.raises(CheckpointError, match="size mismatch"):
        state_of(width=4).load(tmp_path / "state.pt", CPU)
    state_of(averaged=False).save(tmp_path / "state.pt")
    with pytest.raises(CheckpointError, match="does not continue this run"):
        state_of(averaged=True).load(tmp_path / "state.pt", CPU)


class _Canary:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


def test_a_pickled_program_is_not_run(tmp_path: Path) -> None:
    torch.save({"networks": _Canary(tmp_path / "canary")}, tmp_path / "state.pt")
    with pytest.raises(CheckpointError, match="does not continue this run"):
        state_of().load(tmp_path / "state.pt", CPU)
    assert not (tmp_path / "canary").exists()

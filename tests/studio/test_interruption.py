"""A job is cancelled in the midst of a picture, and what sessions keep stays right."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from scumble.edit import Box, Edit, Move
from scumble.pipelines.edit import EditSession
from scumble.pipelines.synthesize import SynthesisSession
from scumble.scene import ImageArray
from scumble.studio.interruption import interrupted_by
from scumble.studio.jobs import CancelledError
from tests.editing_fixture import untrained
from tests.ipose_fixture import ipose
from tests.studio.studio_fixture import BOX, Client, drawn, ended, finished, new_project, pixels

SCENE = drawn()


class Countdown:
    """Ends the work when it is asked for the n-th time; counts on after that."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise CancelledError


def edits() -> Callable[[int], ImageArray]:
    """Two edits of one photo that share what their session keeps."""
    session = EditSession(untrained())
    first, second = Edit((Box(20, 30, 50, 60, "car"),)), Edit((Box(20, 30, 50, 60, "tree"),))
    return lambda number: session(SCENE, (first, second)[number]).samples[0].image


def syntheses() -> Callable[[int], ImageArray]:
    """Two maps that share what their session keeps."""
    session = SynthesisSession(ipose())
    maps = SCENE, Edit((Move("car#0", 3, 2),)).apply(SCENE).scene
    return lambda number: session(maps[number].labels, maps[number].instances, [number]).images[0]


@pytest.mark.parametrize("make", [edits, syntheses])
def test_wherever_work_is_interrupted_the_same_session_goes_on_rightly(
    make: Callable[[], Callable[[int], ImageArray]],
) -> None:
    undisturbed, disturbed = make(), make()
    expected = [undisturbed(0), undisturbed(1)]
    for place in (1, 2, 3, 10, 20, 40, 60, 80):
        for number in (1, 0):
            with pytest.raises(CancelledError), interrupted_by(Countdown(place)):
                disturbed(number)
    assert (disturbed(0) == expected[0]).all()
    assert (disturbed(1) == expected[1]).all()


def test_other_threads_are_not_interrupted_and_nothing_is_after_the_block() -> None:
    module, found = nn.Identity(), []
    with interrupted_by(Countdown(1)):
        thread = threading.Thread(target=lambda: found.append(module(torch.ones(1))))
        thread.start()
        thread.join()
        with pytest.raises(CancelledError):
            module(torch.ones(1))
    module(torch.ones(1))
    assert len(found) == 1


def test_a_network_with_slow_stages_is_cancelled_within_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = new_project(client)["id"]
    request: dict[str, Any] = {"kind": "edit", "operations": BOX}
    (picture,) = finished(client, project, **request)["results"]
    expected = pixels(client.get(f"/api/results/{picture}.png"))
    begun, go = threading.Semaphore(0), threading.Semaphore(0)
    stages = []
    app: Any = client.app
    network = app.state.studio.shelf.load("tiny-edit").network
    for module in network.modules():
        if type(module).__name__ == "Stage":
            stages.append(module)
            monkeypatch.setattr(module, "forward", slow(module.forward, begun, go))
    assert len(stages) > 1
    job = client.post(f"/api/projects/{project}/jobs", json=request).json()["id"]
    assert begun.acquire(timeout=60)
    client.delete(f"/api/jobs/{job}")
    go.release(100)
    told = ended(client, job)
    assert (told["state"], told["done"], told["results"]) == ("cancelled", 0, [])
    assert not begun.acquire(blocking=False), "no other stage has begun"
    monkeypatch.undo()
    (picture,) = finished(client, project, **request)["results"]
    assert (pixels(client.get(f"/api/results/{picture}.png")) == expected).all()


def slow(forward: Callable[..., Tensor], begun: threading.Semaphore, go: threading.Semaphore) -> Any:
    """A stage that waits for the test."""

    def waiting(*inputs: Any) -> Tensor:
        begun.release()
        assert go.acquire(timeout=60)
        return forward(*inputs)

    return waiting

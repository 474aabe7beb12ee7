"""The documented interface, tried with values of every kind: it obeys or refuses, and never breaks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.studio.studio_fixture import BOX, drawn, finished, new_project, png, served, settings_of

schemathesis = pytest.importorskip("schemathesis", reason="the extra 'dev' is not installed")

EXAMPLES = int(os.environ.get("SCUMBLE_STUDIO_EXAMPLES", "3"))
"""Requests that are made up for each route and method."""


@pytest.fixture(scope="module")
def used(
    checkpoints: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a studio, and ids that exist."""
    limits = settings_of(
        checkpoints, tmp_path_factory.mktemp("projects"), requests_per_second=1e6, max_projects=200
    )
    with served(limits) as address, httpx.Client(base_url=address, timeout=60) as client:
        project = new_project(client)["id"]
        job = finished(client, project, kind="edit", operations=BOX)
        files = {"picture": ("a.png", png(drawn().image))}
        reference = client.post(f"/api/projects/{project}/references", files=files).json()["id"]
        yield (
            address,
            {
                "project_id": project,
                "job_id": job["id"],
                "result_id": job["results"][0],
                "reference_id": reference,
                "which": "labels",
            },
        )


def test_no_request_that_fits_the_interface_breaks_it(used: tuple[str, dict[str, str]]) -> None:
    address, known = used
    schema = schemathesis.openapi.from_url(f"{address}/api/openapi.json")
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(case=operation.as_strategy(), keep=st.booleans())
        def attack(case: Any, keep: bool) -> None:
            nonlocal tried
            # Ids that somebody makes up are never found, so most requests get ones that exist.
            if keep and case.method != "DELETE":
                case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
            answer = case.call()
            assert answer.status_code < 500, (case.method, case.path, answer.text)
            if answer.status_code >= 400:
                assert answer.json()["detail"]
            tried += 1

        attack()
    assert tried > 20 * EXAMPLES / 2
    assert httpx.get(f"{address}/api/projects").status_code == 200

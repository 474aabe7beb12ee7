"""The runner itself: what it lets pass, what it does not, and what it reports."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.reference.__main__ import main
from tests.reference.case import Array, Case, Computed, read_case
from tests.reference.runner import compare, run_folder

CASES = Path(__file__).parent / "cases"


def copied(tmp_path: Path, source: str, **changes: Any) -> Path:
    """A case in a folder of another name, with other values in its description."""
    folder = tmp_path / "below" / "anything"
    shutil.copytree(CASES / source, folder)
    description = json.loads((folder / "case.json").read_text())
    (folder / "case.json").write_text(json.dumps({**description, **changes}))
    return folder


def change(path: Path, edit: Callable[[dict[str, Array]], object]) -> None:
    """Edit the arrays of an npz file."""
    with np.load(path) as file:
        arrays = dict(file)
    edit(arrays)
    np.savez(path, allow_pickle=False, **arrays)


def made_case(outputs: dict[str, Any], tolerances: dict[str, float] | None = None, **expected: Array) -> Case:
    """A case that is never run, for comparisons."""
    description = {"tolerance": 0.1, **({"tolerances": tolerances} if tolerances else {})}
    rules = {**{name: {} for name in expected}, **outputs}
    return Case(Path(), "system", "case", "kind", "eval", {}, rules, {}, expected, description)


def verdict(case: Case, **computed: Array) -> str:
    """How a case goes with these outputs."""
    return compare(case, Computed({name: torch.as_tensor(array) for name, array in computed.items()})).word


def test_a_good_case_passes_under_any_name_and_gives_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied(tmp_path, "divsem/edge_map", case="some_other_name")
    assert main([str(tmp_path)]) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first.split() == ["ok", "divsem/some_other_name", "0", "0"]
    assert last == "1 passed, 0 failed, 0 unknown"


@pytest.mark.parametrize(
    ("case", "output", "step"),
    [
        ("divsem/edge_map", "edge", 1),
        ("divsem/to_8bit", "u8", 1),
        ("divsem/conv2d_block_sn_train", "v_after", 1e-3),
    ],
)
def test_one_changed_value_fails_the_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, output: str, step: float
) -> None:
    folder = copied(tmp_path, case)

    def nudge(arrays: dict[str, Array]) -> None:
        arrays[output].flat[np.argmin(arrays[output])] += step

    change(folder / "outputs.npz", nudge)
    assert main([str(tmp_path)]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"FAIL     {case}")
    assert f"{output}: " in first
    assert last == "0 passed, 1 failed, 0 unknown"


@pytest.mark.parametrize("changes", [{"kind": "unheard_of"}, {"system": "unheard_of"}])
def test_a_kind_or_a_system_that_is_not_built_is_unknown_and_gives_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, str]
) -> None:
    copied(tmp_path, "divsem/edge_map", **changes)
    assert main([str(tmp_path)]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.split()[0] == "unknown"
    assert last == "0 passed, 0 failed, 1 unknown"


def test_a_broken_case_fails_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(CASES / "divsem/edge_map", tmp_path / "a")
    shutil.copytree(CASES / "divsem/to_8bit", tmp_path / "b")
    (tmp_path / "a" / "case.json").write_text("{")
    (tmp_path / "b" / "inputs.npz").unlink()
    shutil.copytree(CASES / "divsem/edge_map", tmp_path / "c")
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 2 failed, 0 unknown"


def test_a_value_of_the_configuration_that_is_not_built_fails(tmp_path: Path) -> None:
    folder = copied(tmp_path, "spmpgan/hinge_losses", config={"gan_mode": "lsgan"})
    result = run_folder(folder)
    assert result.word == "FAIL"
    assert "config.gan_mode = 'lsgan'" in result.message


def test_other_weights_fail_the_case(tmp_path: Path) -> None:
    assert run_folder(copied(tmp_path, "divsem/conv2d_block_none_tanh", seed=4)).word == "FAIL"


def test_a_folder_without_cases_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([str(tmp_path)])
    assert caught.value.code == 2
    assert "no case.json" in capsys.readouterr().err


def test_cases_of_overlapping_folders_run_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = copied(tmp_path, "divsem/edge_map")
    assert main([str(tmp_path), str(folder), str(tmp_path / "below")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed, 0 unknown"


def test_the_dump_holds_the_computed_arrays_sampled_as_the_case_says(tmp_path: Path) -> None:
    folder = copied(tmp_path, "divsem/network_inputs")
    change(
        folder / "outputs.npz", lambda arrays: arrays["masked_image"].fill(0)
    )  # the dump is what we computed
    assert main([str(folder), "--dump", str(tmp_path / "out")]) == 1
    with (
        np.load(tmp_path / "out/divsem/network_inputs.npz") as dump,
        np.load(CASES / "divsem/network_inputs/outputs.npz") as published,
    ):
        assert sorted(dump.files) == sorted(published.files)
        for name in published.files:
            assert dump[name].shape == published[name].shape
            np.testing.assert_allclose(dump[name], published[name], atol=1e-6)


def test_missing_outputs_and_other_shapes_fail() -> None:
    case = made_case({}, y=np.zeros((2, 3)))
    assert verdict(case, y=np.zeros((2, 3))) == "ok"
    assert verdict(case, x=np.zeros((2, 3))) == "FAIL"
    assert verdict(case, y=np.zeros((1, 3))) == "FAIL"


def test_a_value_that_is_no_number_fails_unless_the_published_one_is_none_either() -> None:
    case = made_case({}, y=np.array([1.0, np.nan, np.inf]))
    assert verdict(case, y=np.array([1.0, np.nan, np.inf])) == "ok"
    assert verdict(case, y=np.array([np.nan, np.nan, np.inf])) == "FAIL"
    assert verdict(case, y=np.array([1.0, 0.0, np.inf])) == "FAIL"
    assert verdict(case, y=np.array([1.0, np.nan, -np.inf])) == "FAIL"


def test_each_output_has_its_own_tolerance_if_the_case_gives_one() -> None:
    case = made_case({}, {"x": 0.0}, x=np.zeros(2), y=np.zeros(2))
    assert verdict(case, x=np.zeros(2), y=np.full(2, 0.05)) == "ok"
    assert verdict(case, x=np.full(2, 1e-9), y=np.zeros(2)) == "FAIL"


def test_the_reported_output_is_the_one_closest_to_its_tolerance() -> None:
    case = made_case({}, {"x": 0.001}, x=np.zeros(2), y=np.zeros(2))
    computed = Computed({"x": torch.full((2,), 0.0009), "y": torch.full((2,), 0.01)})
    result = compare(case, computed)
    assert result.difference == pytest.approx(0.0009)
    assert result.tolerance == 0.001


def test_only_valid_rows_count() -> None:
    outputs = {"rows": {"valid_rows": "count"}}
    case = made_case(outputs, rows=np.zeros((2, 3, 4)), count=np.array([1, 3]))
    rows = np.zeros((2, 3, 4))
    rows[0, 1:] = 9
    assert verdict(case, rows=rows, count=np.array([1, 3])) == "ok"
    rows[1, 2] = 9
    assert verdict(case, rows=rows, count=np.array([1, 3])) == "FAIL"
    single = made_case(outputs, rows=np.zeros((3, 4)), count=np.array(2))
    assert verdict(single, rows=np.array([[0] * 4, [0] * 4, [9] * 4]), count=np.array(2)) == "ok"
    assert verdict(single, rows=np.array([[0] * 4, [9] * 4, [0] * 4]), count=np.array(2)) == "FAIL"


def test_entries_and_gradients_are_found_by_their_published_names() -> None:
    after, gradient = ({"entry": "net.weight", "what": what} for what in ("value after the call", "gradient"))
    case = made_case({"w": after, "g": gradient}, w=np.ones(2), g=np.zeros(2))
    computed = Computed({}, {"net.weight": torch.ones(2)}, {"net.weight": torch.zeros(2)})
    assert compare(case, computed).word == "ok"
    assert compare(case, Computed({}, computed.entries)).word == "FAIL"
    odd = made_case({"w": {**after, "what": "value before"}}, w=np.ones(2))
    assert compare(odd, computed).message == "w: unknown 'what': 'value before'"


def test_an_unknown_reduction_fails_with_a_message() -> None:
    case = made_case({"y": {"of": "x", "reduce": "median over rows"}}, y=np.zeros(2))
    assert (
        compare(case, Computed({"x": torch.zeros(3, 2)})).message
        == "y: unknown reduction: 'median over rows'"
    )


def test_inputs_with_a_recipe_are_drawn_in_their_order_from_one_stream(tmp_path: Path) -> None:
    draw = {"generator": "numpy.random.RandomState", "seed": 5, "draw": "standard_normal", "dtype": "float32"}
    recipes = {
        "second": {"recipe": {**draw, "shape": [2], "order": 1, "scale": 3}},
        "first": {"recipe": {**draw, "shape": [4, 1], "order": 0}},
    }
    case = read_case(copied(tmp_path, "divsem/edge_map", inputs=recipes))
    stream = np.random.RandomState(5)
    first, second = stream.standard_normal((4, 1)), 3 * stream.standard_normal(2)
    np.testing.assert_array_equal(case.inputs["first"], first.astype(np.float32))
    np.testing.assert_array_equal(case.inputs["second"], second.astype(np.float32))
    assert "inst" in case.inputs

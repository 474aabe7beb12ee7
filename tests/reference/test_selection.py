"""Samples and reductions as cases write them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.reference.selection import Index, parse_sample, reduce

ARRAY = np.random.default_rng(0).standard_normal((2, 3, 4, 5)).astype(np.float32)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[:8]", np.s_[:8,]),
        ("[:4,:4]", np.s_[:4, :4]),
        ("[:, ::8]", np.s_[:, ::8]),
        ("[:, :16, 4::8, 4::8]", np.s_[:, :16, 4::8, 4::8]),
        ("[:, :, :24, -24:]", np.s_[:, :, :24, -24:]),
        ("[:, :, 80:112, 44:76]", np.s_[:, :, 80:112, 44:76]),
        ("[0, ..., -1]", np.s_[0, ..., -1]),
    ],
)
def test_a_sample_is_read_as_python_reads_it(text: str, expected: tuple[Index, ...]) -> None:
    assert parse_sample(text) == expected


@pytest.mark.parametrize("text", ["::2", "[::2", "[]", "[1:2:3:4]", "[a]", "[__import__('os')]"])
def test_what_is_no_slice_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_sample(text)


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("sum over axis 1", ARRAY.sum(1)),
        ("sum over rows", ARRAY.sum(2)),
        ("mean over rows and columns", ARRAY.mean((2, 3))),
        ("argmax over axis 1", ARRAY.argmax(1)),
        ("L2 norm over all axes but the first", np.linalg.norm(ARRAY.reshape(2, -1), axis=1)),
    ],
)
def test_every_reduction_of_the_cases_is_known(phrase: str, expected: np.ndarray) -> None:
    np.testing.assert_allclose(reduce(ARRAY, phrase), expected, rtol=1e-5, atol=1e-6)


def test_sums_of_whole_numbers_stay_exact() -> None:
    large = np.full((1, 3, 2), 2**60, dtype=np.int64)
    assert reduce(large, "sum over rows").tolist() == [[3 * 2**60] * 2]


@pytest.mark.parametrize("phrase", ["median over rows", "sum over axis 9", "sum"])
def test_an_unknown_reduction_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="unknown reduction"):
        reduce(ARRAY, phrase)

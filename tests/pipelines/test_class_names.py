"""Which class of a label space a foreign name stands for."""

from __future__ import annotations

import pytest

from scumble.errors import LabelError
from scumble.label_space import LabelSpace
from scumble.pipelines.class_names import SYNONYMS, match_names, unmatched_note

CAMVID = LabelSpace.load("camvid")
SPACES = ("camvid", "camvid-32", "cityscapes", "cityscapes-train", "ade20k", "coco-stuff")


def matched(names: list[str], space: LabelSpace) -> list[str | None]:
    return [None if k is None else space.names[k] for k in match_names(names, space).ids]


def test_every_class_of_cityscapes_has_one_of_camvid() -> None:
    names = list(LabelSpace.load("cityscapes-train").names)
    found = dict(zip(names, matched(names, CAMVID), strict=True))
    assert found.pop("unlabeled") is None
    assert None not in found.values()
    assert {found[name] for name in ("car", "truck", "bus", "train")} == {"car"}
    assert (found["sidewalk"], found["vegetation"], found["person"]) == ("pavement", "tree", "pedestrian")
    assert {found[name] for name in ("rider", "motorcycle", "bicycle")} == {"bicyclist"}
    assert match_names(names, CAMVID).unmatched == ()
    assert unmatched_note(match_names(names, CAMVID), CAMVID) is None


def test_the_classes_of_a_set_have_themselves_in_any_case() -> None:
    for name in SPACES:
        space = LabelSpace.load(name)
        spelled = [n.upper().replace(" ", "_") for n in space.names]
        assert match_names(spelled, space).ids == tuple(range(len(space)))


def test_several_words_of_one_class_are_tried_in_order() -> None:
    ade = LabelSpace.load("ade20k")
    names = ["building, edifice", "nonsense;sky", "pavement", "house"]
    assert matched(names, ade) == ["building", "sky", "sidewalk", "house"]
    assert matched(names, CAMVID) == ["building", "sky", "pavement", "building"]


def test_what_is_not_matched_is_listed_with_its_fate() -> None:
    matches = match_names(["car", "void", "sofa", "Background", "lamp"], CAMVID)
    assert matches.unmatched == ("sofa", "Background", "lamp")
    note = unmatched_note(matches, CAMVID) or ""
    assert "'sofa', 'Background', 'lamp'; their pixels are 'void'" in note
    two = LabelSpace.from_names("two", ["sky", "car"])
    assert "another class is taken" in (unmatched_note(match_names(["car", "sofa"], two), two) or "")
    many = match_names(["car", *(f"x{k}" for k in range(100))], CAMVID)
    assert "and 88 more" in (unmatched_note(many, CAMVID) or "")


def test_names_that_say_nothing_are_refused() -> None:
    with pytest.raises(LabelError, match=r"None of the 150 class names .'LABEL_0'.*camvid.*id2label"):
        match_names([f"LABEL_{k}" for k in range(150)], CAMVID)
    with pytest.raises(LabelError, match="None of the 1 class names"):
        match_names(["void"], CAMVID)


def test_synonyms_are_names_of_the_sets() -> None:
    known = {name.lower() for space in SPACES for name in LabelSpace.load(space).names}
    for name, others in SYNONYMS.items():
        assert name not in others
        assert set(others) <= known, name

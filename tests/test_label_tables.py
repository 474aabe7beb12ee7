"""Tables of classes that users bring."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scumble import label_tables
from scumble.errors import LabelError
from scumble.label_space import LabelSpace
from scumble.label_tables import MAX_BYTES, MAX_CLASSES, parse_table, read_table, voc_color

DATA = Path(os.environ.get("SCUMBLE_DATA", Path(__file__).parents[2] / "shared/data"))

CSV = "id,name,kind,r,g,b\n0,sky,stuff,1,2,3\n1,car,thing,4,5,6\n2,void,void,0,0,0\n"


def table(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "things.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_csv_table_gives_names_kinds_and_colors(tmp_path: Path) -> None:
    space = LabelSpace.from_table(table(tmp_path, CSV))
    assert space.name == "things"
    assert space.names == ("sky", "car", "void")
    assert space.things == {1}
    assert space.dont_care == 2
    assert space.palette.tolist() == [[1, 2, 3], [4, 5, 6], [0, 0, 0]]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + CSV,
        CSV.replace("\n", "\r\n"),
        CSV.replace("\n", "\n\n") + ",,,,,\n",
        CSV.replace(",", " , ").upper(),
        "r,g,b,more,name,kind,id\n4,5,6,x,car,thing,1\n0,0,0,,void,void,2\n1,2,3,,sky,stuff,0\n",
        'id,name,kind,r,g,b\n0,"sky",stuff,1,2,3\n1,"car",thing,4,5,6\n2,"void",void,0,0,0',
    ],
    ids=["mark", "windows", "empty-lines", "spaces", "columns-and-lines-in-any-order", "quotes"],
)
def test_the_same_table_may_be_written_in_many_ways(tmp_path: Path, text: str) -> None:
    rows = read_table(table(tmp_path, text))
    expected = parse_table(CSV, "a")
    for row, other in zip(rows, expected, strict=True):
        assert (row.id, row.name.lower(), row.kind, row.color) == (
            other.id,
            other.name,
            other.kind,
            other.color,
        )


def test_a_plain_table_has_names_with_spaces_and_colors_of_voc(tmp_path: Path) -> None:
    path = table(tmp_path, "0 traffic light\n\n 1\tcar (parked) \n2 Unlabeled\n3 other\n")
    space = LabelSpace.from_table(path, things=["Traffic Light", "car (parked)"])
    assert space.names == ("traffic light", "car (parked)", "Unlabeled", "other")
    assert space.things == {0, 1}
    assert space.dont_care == 2
    assert space.palette.tolist() == [[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0]]


VOID = ["void", "unlabeled", "UNLABELLED", "unknown", "other", "various", "null", "ignore", "Ignored"]


@pytest.mark.parametrize("name", VOID)
def test_the_first_class_called_unknown_is_the_dont_care_class(tmp_path: Path, name: str) -> None:
    other = "other" if name == "null" else "null"
    assert LabelSpace.from_table(table(tmp_path, f"0 sky\n1 {name}\n2 {other}\n")).dont_care == 1
    assert LabelSpace.from_table(table(tmp_path, f"id,name\n2,{other}\n0,sky\n1,{name}\n")).dont_care == 1
    assert LabelSpace.from_table(table(tmp_path, f"0 sky\n1 {name} sky\n")).dont_care is None


def test_kinds_alone_say_which_class_is_dont_care(tmp_path: Path) -> None:
    text = "id,name,kind\n0,other,stuff\n1,void,void\n"
    assert LabelSpace.from_table(table(tmp_path, text)).dont_care == 1
    assert LabelSpace.from_table(table(tmp_path, text.replace("void,void", "car,thing"))).dont_care is None


def test_a_class_without_a_color_gets_one(tmp_path: Path) -> None:
    space = LabelSpace.from_table(table(tmp_path, "id,name,r,g,b\n0,sky,9,8,7\n1,car,,,\n"))
    assert space.palette.tolist() == [[9, 8, 7], [128, 0, 0]]


def test_a_label_space_of_names_is_that_of_the_plain_table(tmp_path: Path) -> None:
    plain = LabelSpace.from_table(table(tmp_path, "0 sky\n1 car\n2 null\n"), things=["car"])
    assert LabelSpace.from_names("things", ["sky", "car", "null"], things=["car"]) == plain


def test_things_that_the_table_lacks_are_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"no class 'cars' in label space 'things'; did you mean 'car'"):
        LabelSpace.from_table(table(tmp_path, CSV), things=["cars"])


def test_voc_colors_are_the_published_ones_and_differ() -> None:
    assert [voc_color(i) for i in (0, 1, 2, 3, 4, 8, 20, 255)] == [
        (0, 0, 0),
        (128, 0, 0),
        (0, 128, 0),
        (128, 128, 0),
        (0, 0, 128),
        (64, 0, 0),
        (0, 64, 128),
        (224, 224, 192),
    ]
    assert len({voc_color(i) for i in range(5000)}) == 5000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no classes; expected a CSV file with the header"),
        (" \n\n", "names no classes"),
        ("id,name\n", "has a header only"),
        ("class,name\n0,sky\n", r"line 1: the header is 'class,name', in which 'id' is missing"),
        ("id;name\n0;sky\n", r"line 1: the header is 'id;name', in which 'id' is missing"),
        ("\nid,name,name\n0,a,b\n", "line 2: .* 'name' is missing or double"),
        ("id,name,r,g\n0,sky,1,2\n", "'b' is missing"),
        ("id,name,kind,kind\n0,sky,stuff,stuff\n", "'kind' is missing or double"),
        ("id,name\n0,sky\n1,car,red\n", "line 3: there are 3 fields; expected 2 .*double quotes"),
        ("id,name\n0,sky\n1\n", "line 3: there are 1 fields"),
        ('id,name\n0,"sky\n1,car\n', "line 3: .*expected fields between commas"),
        ("id,name\n0,sky\n0,car\n", "line 3: the id 0 is already that of line 2"),
        (
            "id,name\n0,sky\n2,car\n",
            r"line 3: class 'car' has the id 2, but no class has the id 1; .*add a line",
        ),
        ("1 sky\n2 car\n", r"line 1: class 'sky' has the id 1, but no class has the id 0"),
        ("0 sky\n1 car\n2 Sky\n", "line 3: the name 'Sky' is already that of line 1"),
        ("id,name\n0,sky\n1,\n", "line 3: class 1 has no name"),
        ("0 sky\n1\n", "line 2: '1' is not a number, a space and a name"),
        ("0 sky\nroad\n", "line 2: 'road' is not a number"),
        ("0 sky\nred car\n", "line 2: the id is 'red'; expected a whole number from 0 to 65534"),
        ("-1 sky\n", "line 1: the id is '-1'"),
        ("0,sky\n1,car\n", "line 1: '0,sky' is not a number"),
        ("id,name\n1.0,sky\n", "line 2: the id is '1.0'"),
        ("id,name\n\u0661,sky\n", "line 2: the id is"),
        (f"id,name\n{'9' * 5000},sky\n", r"line 2: the id is '999.*'; expected"),
        ("0 sky\n65535 car\n", "line 2: the id is '65535'; expected a whole number from 0 to 65534"),
        ("id,name,kind\n0,sky,blue\n", "line 2: the kind is 'blue'; expected thing, stuff, void"),
        ("id,name,kind\n0,sky,\n", "line 2: the kind is ''"),
        ("id,name,r,g,b\n0,sky,1,2,256\n", "line 2: the b is '256'; expected a whole number from 0 to 255"),
        ("id,name,r,g,b\n0,sky,1,,3\n", "line 2: the g is ''"),
    ],
)
def test_a_bad_table_is_refused_with_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    path = table(tmp_path, text)
    with pytest.raises(LabelError, match=rf"things\.csv.*{message}"):
        read_table(path)


def test_files_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "missing", tmp_path, tmp_path / "pipe", Path("nul\0byte")):
        with pytest.raises(LabelError, match="is no file; expected a class table"):
            read_table(path)
    with pytest.raises(LabelError, match=r"things\.csv, line 2: byte 0xe4 is not UTF-8; .*; save"):
        read_table(table(tmp_path, "0 sky\n1 b\u00e4r\n".encode("latin-1")))
    with pytest.raises(LabelError, match=r"things\.csv has more than 1,000,000 bytes"):
        read_table(table(tmp_path, "0 " + "s" * MAX_BYTES))


def test_more_classes_than_maps_have_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_CLASSES == 2**16 - 1
    monkeypatch.setattr(label_tables, "MAX_CLASSES", 3)
    assert len(parse_table("0 a\n1 b\n2 c\n", "a.txt")) == 3
    with pytest.raises(LabelError, match=r"a\.txt, line 4: the id is '3'; .* from 0 to 2"):
        parse_table("0 a\n1 b\n2 c\n3 d\n", "a.txt")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=60)
    | st.text(alphabet='01289,;" \n\r\tidnamekr\0\u00e4', max_size=60).map(str.encode)
    | st.text(max_size=40).map(lambda text: CSV.encode() + text.encode(errors="surrogatepass"))
)
def test_no_bytes_break_the_reader_of_tables(tmp_path: Path, content: bytes) -> None:
    with contextlib.suppress(LabelError):
        assert len(LabelSpace.from_table(table(tmp_path, content))) > 0


@pytest.mark.parametrize(
    ("name", "count", "dont_care"),
    [
        ("labelmefacade", 9, "various"),
        ("clothing_ccp", 59, "null"),
        ("car_parts", 19, None),
        ("camvid", 12, "void"),
    ],
)
def test_the_tables_of_public_sets_are_understood(name: str, count: int, dont_care: str | None) -> None:
    path = DATA / name / "classes.txt"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    space = LabelSpace.from_table(path)
    assert len(space) == count
    assert (None if space.dont_care is None else space.names[space.dont_care]) == dont_care

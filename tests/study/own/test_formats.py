"""What a file is by its first bytes, which sign separates its fields, and what is said of lines that do not fit."""

import gzip
import io
import lzma
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from study.own.delimited import _coded, _ordinal, frame, header, lines, records, separator
from study.own.formats import Content, content, unpacked
from study.own.options import Options

OPTIONS = Options(target="y")


def read(folder: Path, data: bytes, encoding: str | None = None) -> Content:
    (folder / "a.csv").write_bytes(data)
    return content(str(folder / "a.csv"), encoding)


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"a,b\n", "utf-8", "a,b\n"),
        ("ä,b\n".encode(), "utf-8", "ä,b\n"),
        ("ä,b\n".encode("utf-8-sig"), "utf-8-sig", "ä,b\n"),
        ("ä,b\n".encode("utf-16"), "utf-16", "ä,b\n"),
        ("ä,b\n".encode("utf-32"), "utf-32", "ä,b\n"),
        ("abc,b\n".encode("utf-16-le"), "utf-16-le", "abc,b\n"),
        ("abc,b\n".encode("utf-16-be"), "utf-16-be", "abc,b\n"),
        ("ä,b\n".encode("latin-1"), "cp1252", "ä,b\n"),
        (b"\x81,b\n", "latin-1", "\x81,b\n"),  # no sign of Windows' alphabet
        (b"\xef\xbb\xbf\xe4,b\n", "cp1252", "ä,b\n"),  # a mark that is wrong
        (b"a,b\n\x1a\x1a", "utf-8", "a,b\n"),
        ("ä,b\n\x1a".encode(), "utf-8", "ä,b\n"),
        (b"\n\n a,b\n", "utf-8", "\n\n a,b\n"),
    ],
)
def test_text_of_every_encoding_becomes_utf_8(tmp_path: Path, data: bytes, encoding: str, text: str) -> None:
    found = read(tmp_path, data)
    assert (found.kind, found.encoding, found.data.decode()) == ("text", encoding, text)
    assert bool(found.notes) == (encoding not in {"utf-8", "utf-8-sig"})


def test_what_is_guessed_shows_a_word(tmp_path: Path) -> None:
    long = "ä" * 31
    assert read(tmp_path, f"a,{long};b\n".encode("latin-1")).notes == (
        f'read as cp1252, such as "{long[:30]}": if that is wrong, name another by --set data.encoding=…',
    )
    assert read(tmp_path, "abc,b\n".encode("utf-16-le")).notes == (
        "read as utf-16-le: if that is wrong, name another by --set data.encoding=…",
    )
    assert read(tmp_path, "ä,b\n".encode("utf-16")).notes == ("read as utf-16",)
    assert read(tmp_path, "ä,b\n".encode("latin-1"), "latin-1").notes == ()


@pytest.mark.parametrize(("letters", "fits"), [(1, True), (2, False)])
def test_a_byte_amid_utf_8_is_told_where_more_letters_are_utf_8_than_are_not(
    tmp_path: Path, letters: int, *, fits: bool
) -> None:
    data = b"a,b\n" + ("ä" * letters).encode() + b",1\n\xe4,2\n"
    if fits:
        assert read(tmp_path, data).encoding == "cp1252"
    else:
        with pytest.raises(ValueError, match=r"a\.csv is UTF-8 but for a byte in line 3: correct it"):
            read(tmp_path, data)


@pytest.mark.parametrize(("zeros", "is_text"), [(9, True), (8, False)])
def test_text_of_two_bytes_a_letter_has_more_than_four_zeros_in_five(
    tmp_path: Path, zeros: int, *, is_text: bool
) -> None:
    data = ("a" * zeros + "日" * (10 - zeros)).encode("utf-16-le")
    if is_text:
        assert read(tmp_path, data).encoding == "utf-16-le"
    else:
        with pytest.raises(ValueError, match="is no table, but binary"):
            read(tmp_path, data)


def test_marks_of_byte_order_amid_a_text_are_counted(tmp_path: Path) -> None:
    found = read(tmp_path, "\ufeffa,b\n\ufeff1,2\n\ufeff3,4\n".encode())
    assert found.data == b"a,b\n1,2\n3,4\n"
    assert found.notes == ("marks of byte order amid the text, 2 of them, are left out: were several files joined?",)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x1a", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"% c\n%  d\n  @RELATION x\n", "an ARFF file"),
        (b"a,b\x00\x01\x02", "is no table, but binary"),
        (b"a,b\n\x1f", "is no table, but binary"),
    ],
)
def test_what_is_no_text_of_a_table_is_told(tmp_path: Path, data: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=f"a.csv {told}" if told.startswith(("is", "holds")) else told):
        read(tmp_path, data)


@pytest.mark.parametrize(("data", "line"), [(b"a\0,b\n", 1), (b"\n\na\0,b\n", 3), (b"a,b\n\0", 2)])
def test_a_nul_byte_is_told_with_its_line(tmp_path: Path, data: bytes, line: int) -> None:
    with pytest.raises(ValueError, match=f"holds a NUL byte in line {line}, which no text has"):
        read(tmp_path, data, "utf-8")


@pytest.mark.parametrize(
    ("begins", "told"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook: save it as CSV"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"\x28\xb5\x2f\xfd", "packed by zstd"),
        (b"7z\xbc\xaf\x27", "packed by 7z"),
        (b"Rar!\x1a", "packed by rar"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x80\x04\x95", "a pickle"),
        (b"\x80\x05\x95", "a pickle"),
        (b"\x89HDF\r", "an HDF5 file"),
        (b"\x93NUMPY", "an array of NumPy's"),
        (b"RDX3\n", "R's own file"),
        (b"$FL2", "an SPSS file"),
        (b"<?xml", "HTML or XML"),
        (b' {"a": 1}', "JSON"),
        (b"[1]", "JSON"),
        (b"version https://git-lfs.github.com", "a note of Git LFS's"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path: Path, begins: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=f"a.csv is {told}"):
        read(tmp_path, begins + b",b\n1,2\n")


def test_what_does_not_fit_an_encoding_that_was_named_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no text in ascii, its byte 2 does not fit"):
        read(tmp_path, "a,ä\n".encode(), "ascii")
    with pytest.raises(ValueError, match=r"^utf-99 is no encoding"):
        read(tmp_path, "a,ä\n".encode(), "utf-99")


def _zipped(**members: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return held.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(b"a,b\n"),
        lzma.compress(b"a,b\n"),
        _zipped(**{"people.csv": "a,b\n"}),
        _zipped(**{"x/": "", "x/people.csv": "a,b\n", "x/.hidden": "c", "__MACOSX/people.csv": "d"}),
    ],
    ids=["gzip", "lzma", "zip", "a folder"],  # the bytes hold the second, and processes of pytest have to agree
)
def test_what_is_packed_alone_is_unpacked(data: bytes) -> None:
    assert unpacked("a", data) == b"a,b\n"


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"a.csv": "", "b.csv": ""}, "packs 2 files, a table is one: unpack it, and name one of them"),
        ({"x/": "", ".hidden": ""}, "packs 0 files"),
        ({"[Content_Types].xml": "", "sheet.xml": ""}, "is a workbook"),
        ({"mimetype": ""}, "is a workbook"),
    ],
)
def test_what_is_packed_with_others_is_told(members: dict[str, str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        unpacked("a.zip", _zipped(**members))


@pytest.mark.parametrize(
    ("data", "sep"),
    [
        (b"a,b\n1,2\n", ","),
        (b"a;b\n1,5;2\n1,5;3\n", ";"),
        (b"a|b\n1|2\n", "|"),
        (b"a\tb\n1,5\t2\n", "\t"),
        (b"length;width;kind\n5,1;3,5;a\n4,9;3,1;b\n", ";"),  # as many names as fields, which commas have too
        (b"a;b\n1,5;2,5\n2,5;3,5\n", ";"),
        (b"a,b;c\n1,2;3\n1,2;3\n", ","),  # of equals the first
        (b"a;b;c,d\n1;2;3,4\n", ";"),
        (b"title\n1;2;3,4\n", ";"),
        (b"a,b\n", ","),  # a header alone
        (b"a;b,c,d\n1;2,3,4\n1;2,3,4\n", ","),  # more fields
        (b"a;b,c\n1;2,3\n1;2\n1;2\n", ";"),  # more lines of one length
        (b"sep=|\na,b|c\n", "|"),
        (b"sep=\t\r\na,b\n", "\t"),
    ],
)
def test_the_sign_separates_that_cuts_all_lines_alike(data: bytes, sep: str) -> None:
    assert separator("a.csv", data, OPTIONS) == sep


@pytest.mark.parametrize(("odd", "sep"), [(199, ";"), (200, ",")])
def test_lines_behind_the_sample_do_not_tell_the_separator(odd: int, sep: str) -> None:
    """Commas make more fields, but for one line."""
    lines = ["1;2,3,4"] * 300
    lines[odd - 1] = "1;2"
    assert separator("a.csv", "\n".join(["a;b,c,d", *lines]).encode(), OPTIONS) == sep


@pytest.mark.parametrize(("before", "is_told"), [(4095, True), (4096, False)])
def test_the_beginning_of_a_file_tells_whether_it_is_binary(tmp_path: Path, before: int, *, is_told: bool) -> None:
    data = b"a,b\n" * 1024
    data = data[:before] + b"\x01" + data[before:]
    if is_told:
        with pytest.raises(ValueError, match="is no table, but binary"):
            read(tmp_path, data)
    else:
        assert read(tmp_path, data).encoding == "utf-8"


@pytest.mark.parametrize(("asked", "sep"), [("tab", "\t"), ("\\t", "\t"), (":", ":"), (",", ",")])
def test_a_separator_that_is_asked_for_is_taken(asked: str, sep: str) -> None:
    assert separator("a.csv", b"a;b\n1;2\n", Options(target="y", sep=asked)) == sep


@pytest.mark.parametrize(
    ("first", "likely"), [("a b c:d", " "), ("a:b:c d", ":"), ("a_b-c.d", " "), ("ab", " "), ("a~b", "~")]
)
def test_of_one_column_the_commonest_sign_is_proposed(first: str, likely: str) -> None:
    with pytest.raises(ValueError, match=f"its first line is '{first}': .* such as --sep '{likely}'"):
        separator("a.csv", f"{first}\nx\n".encode(), OPTIONS)


def test_of_a_long_first_line_sixty_letters_are_shown() -> None:
    with pytest.raises(ValueError, match=f"its first line is '{'x' * 60}': which"):
        separator("a.csv", b"x" * 61 + b"\n1\n", OPTIONS)


def test_records_have_the_line_that_they_end_in() -> None:
    data = b'a,b\n\n1,"2\n3"\n4,5\n'
    assert list(records(data, ",")) == [(1, ["a", "b"]), (4, ["1", "2\n3"]), (5, ["4", "5"])]
    assert list(records(b"sep=,\na,b\n1, 2\n", ",")) == [(2, ["a", "b"]), (3, ["1", "2"])]


@pytest.mark.parametrize(
    ("data", "names"),
    [(b"a, b ,\n", ["a", "b", "Unnamed: 2"]), (b",a\n", ["Unnamed: 0", "a"]), (b"", [])],
)
def test_columns_without_a_name_are_numbered(data: bytes, names: list[str]) -> None:
    assert header("a.csv", data, ",") == names


def test_columns_of_one_name_are_told_with_their_places() -> None:
    with pytest.raises(
        ValueError, match=r"a\.csv has 3 columns called b, the 2nd and 4th and 5th: rename one in line 1"
    ):
        header("a.csv", b"a,b,c,b,b\n", ",")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            b'a,b\n1,"2",3\n',
            r"2 names in its header \(a, b\) and 3 fields in line 2: a name is missing, or a field holds",
        ),
        (b'a,b\n"1"\n', "and 1 field in line 2: is the header in line 1, and the separator right"),
        (b'a,b\n"1",2\n1,2,3\n', "and 3 fields in line 3: give this line as many fields"),
        (b'a,b\n"1",2\n1\n', "and 1 field in line 3: give this line as many fields"),
        (b'a\n"1",2\n', "1 name in its header .* and 2 fields in line 2: the names stand in line 1, is that a title"),
        (b'a,b\n"1",2\n"3,4\n5,6\n7"\n', "has a quotation mark that is not closed, in line 3: close it, or double it"),
        (b'a,b\n"1",2\n\n\n3\n', "and 1 field in line 5"),
        (b'"a",b\n', "has a header and no rows"),
    ],
)
def test_the_first_line_of_another_length_is_told(data: bytes, told: str) -> None:
    names = header("a.csv", data, ",")
    with pytest.raises(ValueError, match=told):
        lines("a.csv", data, ",", names)


@pytest.mark.parametrize(
    ("letters", "told"), [(80, "x" * 40 + ", " + "y" * 38), (81, "x" * 40 + ", " + "y" * 35 + "…")]
)
def test_a_long_header_is_shortened(letters: int, told: str) -> None:
    names = ["x" * 40, "y" * (letters - 42)]
    with pytest.raises(ValueError, match=rf"2 names in its header \({told}\) and 1 field in line 2"):
        lines("a.csv", f"{','.join(names)}\n1\n".encode(), ",", names)


def test_rows_have_the_lines_they_end_in() -> None:
    assert lines("a.csv", b'a,b\n\n1,"2\n3"\n4,5\n', ",", ["a", "b"]).tolist() == [4, 5]
    assert lines("a.csv", b"a,b\n\n1,2\n4,5\n", ",", ["a", "b"]).tolist() == [3, 4]


@pytest.mark.parametrize(
    ("data", "places"),
    [
        (b"a,b,c\n1,01067,3\n", {1}),
        (b"a,b,c\n01,2,3\n4,5,1234567890123456\n", {0, 2}),
        (b"a,b\n+1234567890123456,2\n", {0}),
        (b"a,b\n123456789012345,0\n", set()),
        (b"a,b\n0.5,10\n", set()),
        (b'a,b\n"01",2\n', {0}),
        (b"a,b\n 01, 2\n", {0}),
        (b"a,b\n12,0\n", set()),
    ],
)
def test_columns_of_codes_are_known_by_their_text(data: bytes, places: set[int]) -> None:
    assert _coded(data, ",") == places


def framed(data: bytes, *, text: bool = False, **options: object) -> tuple[pd.DataFrame, list[int], list[str]]:
    read, numbered, said = frame("a.csv", data, Options(target="y", **options), text=text)
    return read, numbered.tolist(), said


def test_plain_numbers_are_numbers_and_all_else_is_text_as_it_stands() -> None:
    read, numbered, said = framed(b"a,b,c,d\n1,01,NA,\n2.5,02, x,7\n")
    assert read.a.tolist() == [1, 2.5]
    assert read.b.tolist() == ["01", "02"]
    assert read.c.tolist() == ["NA", "x"]
    assert read.d.tolist() == pytest.approx([np.nan, 7], nan_ok=True)
    assert (numbered, said) == ([2, 3], [])
    assert framed(b"a,b\n1,2\n", text=True)[0].to_numpy().tolist() == [["1", "2"]]
    assert framed(b"a,b\n1,?\n2,3\n", na=("?",))[0].b.isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("options", "is_text"),
    [
        ({}, False),
        ({"decimal": "."}, False),
        ({"decimal": ","}, True),
        ({"thousands": "."}, True),
        ({"thousands": ""}, False),
    ],
)
def test_numbers_that_have_other_marks_are_text_first(options: dict[str, str], *, is_text: bool) -> None:
    assert isinstance(framed(b"a,b\n1.169,2\n", **options)[0].a[0], str) == is_text


def test_how_a_file_is_written_is_said() -> None:
    assert framed(b"a;b\n1;2\n")[2] == ["fields separated by a semicolon"]
    assert framed(b"a;b\n1;2\n", sep=";")[2] == []
    assert framed(b"a,\n1,2\n")[2] == ["column 2 has no name, it is called Unnamed: 1"]
    assert framed(b"a,b,\n1,2,\n")[2] == []  # nothing is in it
    assert framed(b"sep=|\na|b\n1|2\n")[0].to_numpy().tolist() == [[1, 2]]


def test_a_header_that_comes_again_is_told_with_its_line() -> None:
    with pytest.raises(ValueError, match=r"a\.csv has its header again in line 3: were several files joined"):
        framed(b"a,b\n1,2\na,b\n3,4\na,b\n")
    assert framed(b"a,b\n1,x\na,y\n3,b\n")[1] == [2, 3, 4]


def test_places_are_told_as_ordinals() -> None:
    assert [_ordinal(place) for place in (1, 2, 3, 4, 11, 12, 13, 21, 101, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "101st", "111th",
    ]  # fmt: skip
